/** Pure: what a sweep says of databases for which it makes no request. What it compares, its children say. */
import { notCompared, type ComparedDatabase, type Comparison } from "../../difference-records";
import { foundOf } from "./compared";
import { known } from "./known-differences";
import type { SweepOutcome } from "./sweep-verify";
import type { SweepPlan } from "./sweep-plan";
import { aboutTheStack } from "./verify";

export function comparedInSweep(plan: SweepPlan, { rows }: SweepOutcome): Comparison {
  const { databases, unmanaged, unread, unreachable, unreadStacks, unidentified, isWhole } = plan.sweep;
  const answered = unreachable.length === 0 && unreadStacks.length === 0;
  const wasAsked = rows.length > 0 && rows.every(({ requestId }) => requestId !== null);
  return {
    databases: withoutRequest(plan),
    isTold: answered && unidentified.length === 0 && (wasAsked || (rows.length === 0 && unmanaged.length > 0)),
    ...(isWhole && answered && { present: [...databases, ...unmanaged, ...unread] }),
  };
}

/** Those that no stack declares, and those that could not be asked for. */
export function withoutRequest({ sweep }: SweepPlan): ComparedDatabase[] {
  const stack = { none: "undeclared", reason: "none of the stacks that could be read declares it" } as const;
  return [
    ...sweep.unmanaged.map(({ owner, ...database }) => ({
      ...{ database, owner, sources: ["run", "stack", "resources", "access"], unread: [] },
      differences: aboutTheStack({ stack, database }, null)
        .flatMap((one) => foundOf(known({ stack, database }, "stack", one)))
        .map((one) => ({ ...one, owner })),
    })),
    ...sweep.unread.map(({ reason, ...database }) => ({
      ...{ database, owner: null, sources: [], unread: [] },
      differences: [notCompared({ identifier: database.identifier, owner: null }, reason)],
    })),
  ];
}
