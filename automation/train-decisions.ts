/** What people decide on a train: recorded, told to its run, and the finding of its halt closed, all or nothing. */
import { raiseFinding } from "./alerts";
import type { ControlPlaneDatabase } from "./database";
import { ShipshapeError } from "./errors";
import { identityOf, type TargetDatabase } from "./fleet-records";
import type { PlanBasis } from "./records";
import { authorize } from "./policy/access";
import { requireComment } from "./request/requests";
import { closeFinding } from "./review/findings";
import { wakeRun } from "./runner/durable";
import { addMessage } from "./runner/messages";
import { readRun } from "./runner/runs";
import { decideTrain, type PersonsDecision } from "./runner/trains";
import type { TrainWaiver } from "./train-records";

export interface TrainDecisionAsked extends Omit<PersonsDecision, "skips"> {
  /** The identifier of the database that is skipped. */
  database?: string | undefined;
}

/**
 * Halts a train, resumes it, skips one of its databases, or ends it for good, and wakes its run. Resolves to the ring
 * that it is about. Errors: role-missing, principal-embedded, comment-invalid, request-unknown, train-unknown,
 * train-over, train-decision-idle, train-database-unknown, train-skips-all.
 */
export async function decideOnTrain(
  database: ControlPlaneDatabase,
  requestId: string,
  { database: skipped, ...decision }: TrainDecisionAsked,
): Promise<number> {
  await authorize(database, decision.by, "decide on trains");
  requireComment(decision.reason);
  const { plan, finishedAt } = await readRun(database, requestId);
  if (finishedAt) throw new ShipshapeError("train-over", { id: requestId });
  const skips = skipped === undefined ? {} : { skips: skippedIn(plan, requestId, skipped, decision) };
  return database.transaction(async (transaction) => {
    const ring = await decideTrain(transaction, requestId, { ...decision, ...skips });
    if (decision.word === "halt")
      await raiseFinding(
        transaction,
        requestId,
        "verdict-halted",
        `ring ${ring} is halted by ${decision.by}: ${decision.reason}`,
      );
    // What was open is answered.
    if (decision.word === "resume") await closeFinding(transaction, `${requestId}.verdict`);
    await addMessage(transaction, requestId, "train", { sentBy: decision.by, content: decision.word });
    await wakeRun(transaction, requestId);
    return ring;
  });
}

/** As far as the plan of a train is read here. */
interface Rings {
  to?: string;
  rings?: { databases: TargetDatabase[] }[];
}

/** How long the waiver of a skipped database holds: until about the next quarter's minors, which it is planned with. */
const waiverDays = 90;

function skippedIn(
  plan: PlanBasis | undefined,
  id: string,
  identifier: string,
  { by, reason }: Pick<PersonsDecision, "by" | "reason">,
): { identity: string; waiver: TrainWaiver } {
  const { rings = [], to = "" } = (plan ?? {}) as Rings;
  const found = rings.flatMap(({ databases }) => databases).filter((one) => one.identifier === identifier);
  if (found.length !== 1) throw new ShipshapeError("train-database-unknown", { id, database: identifier });
  const expiresOn = new Date(Date.now() + waiverDays * 86_400_000).toISOString().slice(0, 10);
  const waiver = { id: `${id}-${identifier}`, rule: `ringed-patch to ${to}`, resource: identifier };
  return { identity: identityOf(found[0]!), waiver: { ...waiver, reason, approver: by, expiresOn } };
}
