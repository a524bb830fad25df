/**
 * A look at databases in this process: observe, plan and run of the same operation, each step tried once, and what it
 * makes of that. Nothing is recorded or sealed, and no control plane is asked.
 */
import { atOnce } from "./at-once";
import { notCompared, type ComparedDatabase } from "./difference-records";
import { describeError } from "./errors";
import { unreachableText } from "./fleet-records";
import { childInput, unidentifiedText, type SweepPlan } from "./operations/drift-detection/sweep-plan";
import { withoutRequest } from "./operations/drift-detection/sweep-compared";
import type { SweepOutcome } from "./operations/drift-detection/sweep-verify";
import type { PlanBasis } from "./records";
import { newRequestId, validInput } from "./request/requests";
import type { AnyOperation, RunStep } from "./runner/operation";
import { previewSteps } from "./runner/preview-steps";

export interface ComparedOnce {
  databases: ComparedDatabase[];
  /** Why there may be more. */
  problems: string[];
}

const reason = "a look that leaves no record";

/** Of what a request of these words is about; so many databases at once. Errors: those of observing the fleet. */
export async function compareOnce(
  operation: AnyOperation,
  asked: { database?: string | undefined; owner?: string | undefined },
  atOnceMax: number,
  progress: (line: string) => void,
): Promise<ComparedOnce> {
  const { database, owner } = asked;
  if (database !== undefined) return { databases: await one(operation, { database }), problems: [] };
  const input = validInput(operation, owner === undefined ? { fleet: true } : { owner }, reason);
  const id = newRequestId();
  const plan = operation.plan(input, await operation.observe(input, previewSteps(id)), id) as SweepPlan;
  const { databases, unmanaged, unread, unreachable, unreadStacks, unidentified } = plan.sweep;
  progress(`${databases.length} ${databases.length === 1 ? "database" : "databases"} to compare`);
  let count = 0;
  const compared = await atOnce(databases, atOnceMax, async (next) => {
    const found = await one(operation, childInput(plan.sweep, next));
    progress(`${next.identifier}: compared, ${++count} of ${databases.length}`);
    return found;
  });
  // Without them, a sweep makes no requests: what is left of it is the look at what no stack declares.
  const rest: SweepPlan = { ...plan, sweep: { ...plan.sweep, databases: [] } };
  const outcome = (await operation.run(rest, previewSteps(id) as RunStep)) as SweepOutcome;
  return {
    databases: [...compared.flat(), ...withoutRequest(plan, outcome)],
    problems: [
      ...unreachable.map(unreachableText),
      ...unreadStacks.map((stack) => `stack ${stack.stack} could not be read: ${stack.reason}`),
      ...unidentified.map(unidentifiedText),
      // Nothing compared is not nothing found: the wrong account or backend would pass every night.
      ...(databases.length + unmanaged.length + unread.length === 0 ? ["there is no database to compare"] : []),
    ],
  };
}

async function one(operation: AnyOperation, given: { database: string }): Promise<ComparedDatabase[]> {
  const id = newRequestId();
  const step = previewSteps(id) as RunStep; // a detection of one database makes no request and waits for nobody
  let plan: PlanBasis | undefined;
  try {
    const input = validInput(operation, given, reason);
    plan = operation.plan(input, await operation.observe(input, step), id) as PlanBasis;
    return operation.compared!(plan, await operation.run(plan, step)).databases;
  } catch (error) {
    const database = plan?.database ?? { identifier: given.database };
    const owner = plan?.heldTo?.owner ?? null;
    const differences = [notCompared({ identifier: database.identifier, owner }, describeError(error).message)];
    return [{ database, owner, differences, sources: [], unread: [] }];
  }
}
