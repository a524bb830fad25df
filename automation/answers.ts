/** What follows when people answer: an approval or a rejection of a plan, and the end of a pause. */
import type { ControlPlaneDatabase } from "./database";
import { runEnds } from "./endings";
import { ShipshapeError } from "./errors";
import { requireKnown } from "./policy/access";
import { isApproved, requireValidAnswer, type Answer } from "./policy/approvals";
import { readDecision, recordAnswer } from "./policy/decisions";
import type { Decision } from "./records";
import { readRequest, requireComment } from "./request/requests";
import type { DurableClient } from "./runner/durable";
import { endPause, pausesNow } from "./runner/pauses";
import { lockRun, nextPreparation } from "./runner/runs";
import { enqueueRun } from "./stages";

/** Records a person's answer to a plan, and does what follows from it: both or neither. */
export async function answerPlan(
  database: ControlPlaneDatabase,
  durable: DurableClient,
  requestId: string,
  given: Answer,
): Promise<Decision> {
  requireComment(given.comment);
  return database.transaction(async (transaction, connection) => {
    await requireKnown(transaction, given.principal);
    const run = await lockRun(transaction, requestId);
    const decision = await readDecision(transaction, requestId, run.preparation);
    if (run.status !== "waiting" || !decision)
      throw new ShipshapeError("approval-not-needed", { id: requestId, status: run.status });
    const request = await readRequest(transaction, requestId);
    requireValidAnswer(request, decision, given);
    await recordAnswer(transaction, decision, given);
    const answered = (await readDecision(transaction, requestId, run.preparation))!;
    if (given.answer === "rejected") {
      const error = new ShipshapeError("approval-rejected", { digest: decision.planDigest, ...given });
      await runEnds(transaction, requestId, { status: "failed", error }); // it has no place
    } else if (isApproved(answered)) await enqueueRun(transaction, connection, durable, request, run);
    return answered;
  });
}

/** Ends a pause, and has what it held planned again. Resolves to the number of these runs. Errors: pause-unknown. */
export function resume(database: ControlPlaneDatabase, durable: DurableClient, operation: string): Promise<number> {
  return database.transaction(async (transaction, connection) => {
    const freed = await endPause(transaction, operation);
    if (!freed) {
      const paused = (await pausesNow(transaction)).map((pause) => pause.operation);
      throw new ShipshapeError("pause-unknown", { operation, paused: paused.join(", ") || "nothing" });
    }
    for (const { requestId, preparation } of freed)
      if (await nextPreparation(transaction, requestId, preparation))
        await durable.enqueuePreparation(connection, await readRequest(transaction, requestId), preparation + 1);
    return freed.length;
  });
}
