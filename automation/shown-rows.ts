/** Rows that a masking preview shows: recorded before any of them is read, so that none is seen without a record. */
import type { ControlPlaneDatabase } from "./database";
import { ShipshapeError } from "./errors";
import { areSamePerson } from "./principals";
import { planDigestOf, type PlanBasis } from "./records";
import { authorize } from "./policy/access";
import { readDecision } from "./policy/decisions";
import { addMessage, messagesOf } from "./runner/messages";
import { lockRun, readRun } from "./runner/runs";
import { readRequest } from "./request/requests";

export interface PreviewAsked {
  by: string;
  operation: string;
  /** The step after which there are rows. */
  readyStep: string;
}

export interface ShowingAsked {
  by: string;
  /** Which rows, without a value of any. */
  shown: unknown;
  topic: string;
  /** How often they may be shown in all. */
  countMax: number;
}

/**
 * The plan of a preview that is under way, for the person who requested it, as it was approved. Errors: role-missing,
 * principal-embedded, request-unknown, preview-of-another, preview-over,
 * preview-not-ready, plan-altered.
 */
export async function previewUnderWay(
  database: ControlPlaneDatabase,
  requestId: string,
  { by, operation, readyStep }: PreviewAsked,
): Promise<PlanBasis> {
  await authorize(database, by, "request operations");
  const request = await readRequest(database, requestId);
  if (request.operation !== operation || !areSamePerson(request.requestedBy, by))
    throw new ShipshapeError("preview-of-another", { id: requestId, operation: request.operation, by });
  const { plan, preparation, steps, finishedAt } = await readRun(database, requestId);
  if (finishedAt) throw new ShipshapeError("preview-over", { id: requestId });
  const decision = await readDecision(database, requestId, preparation);
  if (!plan || steps[readyStep]?.status !== "done") throw new ShipshapeError("preview-not-ready", { id: requestId });
  const found = planDigestOf(plan);
  const decided = decision?.planDigest ?? "none";
  if (found !== decided) throw new ShipshapeError("plan-altered", { id: requestId, found, decided });
  return plan;
}

/** Records that rows are shown; called before they are read. Errors: preview-over, preview-used-up. */
export const recordShowing = (
  database: ControlPlaneDatabase,
  requestId: string,
  { by, shown, topic, countMax }: ShowingAsked,
): Promise<void> =>
  database.transaction(async (transaction) => {
    // One after the other, and none after the end of the run: its clean-up reads them.
    if ((await lockRun(transaction, requestId)).finishedAt) throw new ShipshapeError("preview-over", { id: requestId });
    if ((await messagesOf(transaction, requestId, topic)).length >= countMax)
      throw new ShipshapeError("preview-used-up", { id: requestId, count: countMax });
    await addMessage(transaction, requestId, topic, { sentBy: by, content: shown });
  });
