/** Pure: what a detection says of its database beyond its own verdict: what differs, and what it knows nothing of. */
import type { Compared } from "../../difference-records";
import { isAccessWhole } from "./access-baseline";
import type { DriftClass } from "./differences";
import { placeOf, typeOf } from "./known-differences";
import type { DriftDetectionPlan } from "./plan";
import { differencesIn, type DriftDetectionOutcome } from "./verify";

/** The classes that a person must answer. */
export const answeredClasses: readonly DriftClass[] = ["drift", "unmanaged", "unreadable"];

/**
 * What of it people must answer, and which parts were compared: of resources that were not read, or are not listed,
 * nothing is known, nor of any without the instance. Of a database that no stack declares any more, nothing is left to
 * differ.
 */
export function comparedIn(plan: DriftDetectionPlan, outcome: DriftDetectionOutcome): Compared {
  const { comparison, access, beyondProvider, now } = outcome;
  const isUndeclared = "none" in plan.stack && plan.stack.none === "undeclared";
  const isWhole = isUndeclared || (comparison?.databaseWasRead && comparison.differencesLeftOut === 0);
  return {
    differences: differencesIn(plan, outcome)
      .filter((one) => answeredClasses.includes(one.class))
      .map(({ urn: _, type: __, ...found }) => found),
    sources: [
      ...["run", "stack"],
      ...(isWhole ? ["resources"] : []),
      ...(isUndeclared || (access === null ? comparison?.databaseWasRead : isAccessWhole(access)) ? ["access"] : []),
      ...(beyondProvider.unread.length === 0 && plan.beyond.unread.length === 0 ? ["beyond"] : []),
    ],
    unread: (comparison?.unread ?? []).map((urn) => placeOf({ urn, type: typeOf(urn) })),
    lookedAt: now.askedAt,
  };
}
