/**
 * The sweep: what runs leave behind when nobody carries them any more. It makes nothing and decides nothing of its own: a lost run is
 * recorded as failed, an overdue one cancelled, and each run that has ended without its clean-up gets one.
 */
import type { Database } from "../database";
import { ShipshapeError } from "../errors";
import { cleanUpsByThemselvesMax, runsSweptMax } from "../limits";
import type { DurableClient } from "./durable";
import type { Liveness } from "./liveness";
import { cleanUpAgain, runsToCleanUp, unfinishedRuns, type RunToCleanUp } from "./runs";
import { overdueThrowaways } from "./throwaways";

export interface Sweep {
  database: Database;
  durable: DurableClient;
  /** Starts a clean-up, once however often it is called with the same id; it records its own end. */
  startCleanUp(requestId: string, workflowId: string): void;
  /** Records that a run ended without a result. */
  lost(requestId: string, error: ShipshapeError): Promise<void>;
  overdue(requestId: string, error: ShipshapeError): Promise<void>;
  stuck(requestId: string, error: ShipshapeError): Promise<void>;
}

export async function sweep(s: Sweep, liveness: Liveness): Promise<void> {
  await endOverdueRuns(s);
  await endLostRuns(s);
  await startMissingCleanUps(s, liveness);
}

/** The copy of real data that a run holds has a date by which it must be gone: a run still at it then is ended. */
async function endOverdueRuns(s: Sweep): Promise<void> {
  for (const { requestId, identifier, expiresAt } of await overdueThrowaways(s.database, runsSweptMax)) {
    await s.overdue(requestId, new ShipshapeError("run-overdue", { id: requestId, identifier, expiresAt: expiresAt.toISOString() }));
  }
}

/** A run whose workflow ended in an error that it could not record, or killed one worker after the other. */
async function endLostRuns(s: Sweep): Promise<void> {
  const ids = await unfinishedRuns(s.database, runsSweptMax);
  const stateOf = await s.durable.states(ids);
  for (const id of ids.filter((i) => stateOf(i) !== "alive")) await s.lost(id, new ShipshapeError("run-lost", { id }));
}

async function startMissingCleanUps(s: Sweep, liveness: Liveness): Promise<void> {
  const runs = await runsToCleanUp(s.database, runsSweptMax);
  const stateOf = await s.durable.states(runs.flatMap((run) => [run.requestId, cleanUpId(run)]));
  for (const run of runs) {
    const state = stateOf(cleanUpId(run));
    // A lifecycle that is alive starts the first clean-up itself.
    if (state === "alive" || (run.attempt === 1 && state === "absent" && stateOf(run.requestId) === "alive")) continue;
    // What the run was making when it was cancelled must not appear after it has been looked for.
    if (!(await liveness.isQuiet(run.requestId))) continue;
    if (state === "absent") s.startCleanUp(run.requestId, cleanUpId(run));
    else if (run.attempt < cleanUpsByThemselvesMax) await cleanUpAgain(s.database, run);
    else await s.stuck(run.requestId, new ShipshapeError("clean-up-lost", { id: run.requestId }));
  }
}

export const cleanUpId = ({ requestId, attempt }: RunToCleanUp): string => (attempt === 1 ? firstCleanUpId(requestId) : `${requestId}-clean-up-${attempt}`);
export const firstCleanUpId = (requestId: string): string => `${requestId}-clean-up`;
