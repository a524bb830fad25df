/** Pure: what a sweep says of databases for which it makes no request. What it compares, its children say. */
import { notCompared, type ComparedDatabase, type Comparison } from "../../difference-records";
import { notRecorded } from "./changed-by";
import { foundOf } from "./compared";
import { guardrailDifferences } from "./guardrail-breaks";
import { explained, known } from "./known-differences";
import type { SweepOutcome } from "./sweep-verify";
import type { SweepPlan } from "./sweep-plan";
import type { JudgedDatabase } from "./unmanaged";
import { aboutTheStack } from "./verify";

export function comparedInSweep(plan: SweepPlan, outcome: SweepOutcome): Comparison {
  const { databases, unmanaged, unread, unreachable, unreadStacks, unidentified, isWhole } = plan.sweep;
  const { rows } = outcome;
  const answered = unreachable.length === 0 && unreadStacks.length === 0;
  const wasAsked = rows.length > 0 && rows.every(({ requestId }) => requestId !== null);
  return {
    databases: withoutRequest(plan, outcome),
    isTold: answered && unidentified.length === 0 && (wasAsked || (rows.length === 0 && unmanaged.length > 0)),
    ...(isWhole && answered && { present: [...databases, ...unmanaged, ...unread] }),
  };
}

/** Those that no stack declares, as they were judged, and those that could not be asked for. */
export const withoutRequest = ({ sweep }: SweepPlan, { unmanaged }: Pick<SweepOutcome, "unmanaged">) => [
  ...unmanaged.map(undeclared),
  ...sweep.unread.map(({ reason, ...database }): ComparedDatabase => ({
    ...{ database, owner: null, sources: [], unread: [] },
    differences: [notCompared({ identifier: database.identifier, owner: null }, reason)],
  })),
];

/** What a detection of it alone finds, but for what is beside it. */
function undeclared({ owner, breaks, unread, remedy: _, ...database }: JudgedDatabase): ComparedDatabase {
  const stack = { none: "undeclared", reason: "none of the stacks that could be read declares it" } as const;
  const plan = { database, stack };
  const waivers = new Map(breaks.map(({ rule, waivers: own }) => [rule, own]));
  const differences = [
    ...aboutTheStack(plan, null).map((one) => known(plan, "stack", one)),
    ...guardrailDifferences(database, { breaks, unread }).map((one) => known(plan, "guardrails", one)),
  ].map((one) =>
    explained(one, {
      [one.key]: { change: notRecorded(), waivers: one.breaks.flatMap((rule) => waivers.get(rule) ?? []) },
    }),
  );
  return {
    ...{ database, owner, unread: [] },
    differences: differences.flatMap(foundOf).map((one) => ({ ...one, owner })),
    sources: ["run", "stack", "resources", "access", ...(unread.length === 0 ? ["guardrails"] : [])],
  };
}
