/** Pure: what a detection says of its database beyond its own verdict: what differs, and what it knows nothing of. */
import type { Comparison, FoundDifference } from "../../difference-records";
import { isAccessWhole, untried } from "./access-baseline";
import type { DriftClass } from "./differences";
import { placeOf, typeOf, type KnownDifference } from "./known-differences";
import type { DriftDetectionPlan } from "./plan";
import { differencesIn, type DriftDetectionOutcome } from "./verify";

/** The classes that a person must answer. */
export const answeredClasses: readonly DriftClass[] = ["drift", "unmanaged", "unreadable"];

/** As findings keep it; none of what nobody must answer. */
export function foundOf(difference: KnownDifference): FoundDifference[] {
  const { urn: _, type: __, change: ___, waivers: ____, values: _____, class: kind, ...found } = difference;
  return answeredClasses.includes(kind) ? [{ ...found, class: kind as FoundDifference["class"] }] : [];
}

/**
 * What of it people must answer, and which parts were compared: of resources that were not read, or are not listed,
 * nothing is known, nor of any without the instance. Of a database that no stack declares any more, nothing is left to
 * differ.
 */
export function comparedIn(plan: DriftDetectionPlan, outcome: DriftDetectionOutcome): Comparison {
  const { comparison, access, beyondProvider, now } = outcome;
  const isUndeclared = "none" in plan.stack && plan.stack.none === "undeclared";
  const isWhole = isUndeclared || (comparison?.databaseWasRead && comparison.differencesLeftOut === 0);
  const isJudged = isUndeclared ? beyondProvider.judged?.unread.length === 0 : "name" in plan.stack;
  // Without a description nothing was asked inside; of a database that is gone nothing is left there.
  const isDescribed = now.missing === undefined || now.missing.isGone;
  const compared = {
    ...{ database: plan.database, owner: plan.heldTo?.owner ?? null },
    differences: differencesIn(plan, outcome).flatMap(foundOf),
    sources: [
      ...["run", "stack"],
      ...(isWhole ? ["resources"] : []),
      ...(isUndeclared || (access === null ? comparison?.databaseWasRead && isDescribed : isAccessWhole(access))
        ? ["access"]
        : []),
      ...(beyondProvider.unread.length === 0 && plan.beyond.unread.length === 0 ? ["beyond"] : []),
      // Of one that a stack declares, no guardrail is a difference any more.
      ...(isJudged ? ["guardrails"] : []),
    ],
    unread: [
      ...(comparison?.unread ?? []).map((urn) => ({ urn, type: typeOf(urn) })),
      ...(access === null ? [] : untried(access)),
    ].map(placeOf),
    lookedAt: now.askedAt,
  };
  return { databases: [compared], isTold: compared.differences.length > 0 };
}
