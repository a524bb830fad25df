/**
 * The sweep: what runs leave behind when nobody carries them any more. It makes nothing and decides nothing of its own:
 * a lost run is recorded as failed, an overdue one cancelled, each run that has ended without its clean-up gets one,
 * and each that owes its statement seals it.
 */
import type { Database } from "../database";
import { ShipshapeError } from "../errors";
import { cleanUpsByThemselvesMax, runsSweptMax, stuckRetrySecondsMax, stuckRetrySecondsMin } from "./limits";
import type { DurableClient } from "./durable";
import type { Liveness } from "./liveness";
import {
  cleanUpAgain,
  runsToCleanUp,
  runsToSeal,
  stuckCleanUpsDue,
  unfinishedRuns,
  unstick,
  type RunToCleanUp,
} from "./runs";
import { newlyOutlived, overdueThrowaways, type OverdueThrowaway } from "./throwaways";

export interface Sweep {
  database: Database;
  durable: DurableClient;
  /** Starts a clean-up, once however often it is called with the same id; it records its own end. */
  startCleanUp(requestId: string, workflowId: string): void;
  /** Records that a run ended without a result. */
  lost(requestId: string, error: ShipshapeError): Promise<void>;
  overdue(requestId: string, error: ShipshapeError): Promise<void>;
  stuck(requestId: string, error: ShipshapeError): Promise<void>;
  /** Seals the statement that an ended run owes. */
  seal(requestId: string): Promise<void>;
  outlived(requestId: string, error: ShipshapeError): Promise<void>;
}

/**
 * One look after the other. Each takes one page of each kind and the next look takes the next, so that all are reached
 * however many there are; and a run that cannot be dealt with does not keep the others from it.
 */
export function sweeper(s: Sweep): (liveness: Liveness) => Promise<void> {
  const overdue = pages((after) => overdueThrowaways(s.database, after, runsSweptMax));
  const unfinished = pages((after) => unfinishedRuns(s.database, after, runsSweptMax));
  const toCleanUp = pages((after) => runsToCleanUp(s.database, after, runsSweptMax));
  const toSeal = pages((after) => runsToSeal(s.database, after, runsSweptMax));
  const looks: ((liveness: Liveness) => Promise<void>)[] = [
    async () => each(await overdue(), (one) => endOverdueRun(s, one)),
    async () => endLostRuns(s, await unfinished()),
    () => reportOutlived(s),
    () => retryStuckCleanUps(s),
    async (liveness) => startMissingCleanUps(s, await toCleanUp(), liveness),
    async () => each(await toSeal(), ({ requestId }) => s.seal(requestId)),
  ];
  return (liveness) => each(looks, (look) => look(liveness));
}

/** The copy of real data that a run holds has a date by which it must be gone: a run still at it then is ended. */
function endOverdueRun(s: Sweep, { requestId, identifier, expiresAt }: OverdueThrowaway): Promise<void> {
  return s.overdue(
    requestId,
    new ShipshapeError("run-overdue", { id: requestId, identifier, expiresAt: expiresAt.toISOString() }),
  );
}

/** A run whose workflow ended in an error that it could not record, or killed one worker after the other. */
async function endLostRuns(s: Sweep, runs: { requestId: string }[]): Promise<void> {
  const stateOf = await s.durable.states(runs.map(({ requestId }) => requestId));
  const lost = runs.filter(({ requestId }) => stateOf(requestId) !== "alive");
  await each(lost, ({ requestId }) => s.lost(requestId, new ShipshapeError("run-lost", { id: requestId })));
}

/** A copy of real data past its date, whose run has ended: nobody may overlook it, whatever its clean-up is doing. */
async function reportOutlived(s: Sweep): Promise<void> {
  await each(await newlyOutlived(s.database, runsSweptMax), ({ requestId, identifier, expiresAt }) =>
    s.outlived(
      requestId,
      new ShipshapeError("throwaway-outlived", { id: requestId, identifier, expiresAt: expiresAt.toISOString() }),
    ),
  );
}

/**
 * Stuck is for a human to see, not the end: most causes pass, an outage or a lock, and the copy is to go as soon as it
 * can.
 */
async function retryStuckCleanUps(s: Sweep): Promise<void> {
  await each(await stuckCleanUpsDue(s.database, stuckRetrySecondsMin, stuckRetrySecondsMax, runsSweptMax), (id) =>
    unstick(s.database, id),
  );
}

async function startMissingCleanUps(s: Sweep, runs: RunToCleanUp[], liveness: Liveness): Promise<void> {
  const stateOf = await s.durable.states(runs.flatMap((run) => [run.requestId, cleanUpId(run)]));
  await each(runs, async (run) => {
    const state = stateOf(cleanUpId(run));
    // A lifecycle that is alive starts the first clean-up itself.
    if (state === "alive" || (run.attempt === 1 && state === "absent" && stateOf(run.requestId) === "alive")) return;
    // What the run was making when it was cancelled must not appear after it has been looked for.
    if (!(await liveness.isQuiet(run.requestId))) return;
    if (state === "absent") s.startCleanUp(run.requestId, cleanUpId(run));
    else if (run.attempt < cleanUpsByThemselvesMax) await cleanUpAgain(s.database, run);
    else await s.stuck(run.requestId, new ShipshapeError("clean-up-lost", { id: run.requestId }));
  });
}

/** Gives a page a call, and the first again after the last. */
function pages<Row extends { requestId: string }>(read: (after: string) => Promise<Row[]>): () => Promise<Row[]> {
  let after = "";
  return async () => {
    const rows = await read(after);
    after = rows.length < runsSweptMax ? "" : (rows.at(-1)?.requestId ?? "");
    return rows;
  };
}

/** Deals with each; the failures are reported together, once all others have been dealt with. */
async function each<Row>(rows: Row[], deal: (row: Row) => Promise<unknown>): Promise<void> {
  const failures: unknown[] = [];
  for (const row of rows)
    await deal(row).catch((error: unknown) =>
      failures.push(...(error instanceof AggregateError ? error.errors : [error])),
    );
  if (failures.length > 0) throw new AggregateError(failures);
}

export const cleanUpId = ({ requestId, attempt }: RunToCleanUp): string =>
  attempt === 1 ? firstCleanUpId(requestId) : `${requestId}-clean-up-${attempt}`;
export const firstCleanUpId = (requestId: string): string => `${requestId}-clean-up`;
