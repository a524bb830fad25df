/**
 * The sweep: handles runs that no worker carries out any more. It creates nothing and decides nothing itself: it
 * records a lost run as failed, cancels an overdue one, starts the clean-up of each ended run that lacks one, and seals
 * each missing statement.
 */
import type { Database } from "../database";
import { ShipshapeError } from "../errors";
import { automaticCleanUpsMax, runsSweptMax, stuckRetrySecondsMax, stuckRetrySecondsMin } from "./limits";
import { carryOutId, preparationId, type DurableClient } from "./durable";
import type { Liveness } from "./liveness";
import {
  cleanUpAgain,
  runsToCleanUp,
  runsToSeal,
  stuckCleanUpsDue,
  unapprovedRuns,
  unfinishedRuns,
  unstick,
  type RunToCleanUp,
  type UnfinishedRun,
} from "./runs";
import { newlyOutlived, overdueThrowaways, type OverdueThrowaway } from "./throwaways";

export interface Sweep {
  database: Database;
  durable: DurableClient;
  /** Hands back what this worker lacks the version for, and takes back what it has. */
  handOver(workerId: string): Promise<void>;
  /** Enqueues runs that are held and have a place: a bound was raised, or a run ended at the moment they were held. */
  fillPlaces(): Promise<void>;
  /** Starts a clean-up, only once per id; the clean-up records its own end. */
  startCleanUp(requestId: string, workflowId: string): Promise<void>;
  /** Records that a run ended without a result, if it is still as it was found. */
  lost(run: UnfinishedRun, error: ShipshapeError): Promise<void>;
  /** Records that a run ended because its plan was not approved in time, if it is still as it was found. */
  unapproved(run: UnfinishedRun & { planDigest: string }): Promise<void>;
  overdue(requestId: string, error: ShipshapeError): Promise<void>;
  stuck(requestId: string, error: ShipshapeError): Promise<void>;
  /** Seals the statement that an ended run owes. */
  seal(requestId: string): Promise<void>;
  /** Removes what nothing needs any more. */
  forget(): Promise<void>;
  outlived(transaction: Database, requestId: string, error: ShipshapeError): Promise<void>;
}

/**
 * One sweep after another. Each takes one page of each kind and the next sweep takes the next page, so that every run
 * is reached however many there are; and a run that cannot be handled does not block the others.
 */
export function sweeper(s: Sweep): (liveness: Liveness) => Promise<void> {
  const overdue = pages((after) => overdueThrowaways(s.database, after, runsSweptMax));
  const unfinished = pages((after) => unfinishedRuns(s.database, after, runsSweptMax));
  const unapproved = pages((after) => unapprovedRuns(s.database, after, runsSweptMax));
  const toCleanUp = pages((after) => runsToCleanUp(s.database, after, runsSweptMax));
  const toSeal = pages((after) => runsToSeal(s.database, after, runsSweptMax));
  const looks: ((liveness: Liveness) => Promise<void>)[] = [
    ({ workerId }) => s.handOver(workerId),
    async () => each(await overdue(), (one) => endOverdueRun(s, one)),
    async () => endLostRuns(s, await unfinished()),
    async () => each(await unapproved(), (run) => s.unapproved(run)),
    () => s.fillPlaces(),
    () => reportOutlived(s),
    () => retryStuckCleanUps(s),
    async (liveness) => startMissingCleanUps(s, await toCleanUp(), liveness),
    async () => each(await toSeal(), ({ requestId }) => s.seal(requestId)),
    () => s.forget(),
  ];
  return (liveness) => each(looks, (look) => look(liveness));
}

/** A run's copy of real data has an expiry: a run still using it then is ended. */
function endOverdueRun(s: Sweep, { requestId, identifier, expiresAt }: OverdueThrowaway): Promise<void> {
  return s.overdue(
    requestId,
    new ShipshapeError("run-overdue", { id: requestId, identifier, expiresAt: expiresAt.toISOString() }),
  );
}

/**
 * A run whose workflow ended in an error that it could not record, or killed one worker after another. Its preparation
 * lives until the transaction that enqueues the next workflow, so one of the two is alive.
 */
async function endLostRuns(s: Sweep, runs: UnfinishedRun[]): Promise<void> {
  const workflowsOf = ({ requestId, preparation }: UnfinishedRun) => [
    preparationId(requestId, preparation),
    carryOutId(requestId, preparation),
  ];
  const stateOf = await s.durable.states(runs.flatMap(workflowsOf));
  const lost = runs.filter((run) => workflowsOf(run).every((id) => stateOf(id) !== "alive"));
  await each(lost, (run) => s.lost(run, new ShipshapeError("run-lost", { id: run.requestId })));
}

/** An expired copy of real data whose run has ended: it must not be overlooked, whatever its clean-up is doing. */
async function reportOutlived(s: Sweep): Promise<void> {
  await s.database.transaction(async (transaction) =>
    each(await newlyOutlived(transaction, runsSweptMax), ({ requestId, identifier, expiresAt }) =>
      s.outlived(
        transaction,
        requestId,
        new ShipshapeError("throwaway-outlived", { id: requestId, identifier, expiresAt: expiresAt.toISOString() }),
      ),
    ),
  );
}

/**
 * Stuck alerts a human but is not final: most causes (an outage, a lock) are transient, and the copy must go as soon as
 * possible.
 */
async function retryStuckCleanUps(s: Sweep): Promise<void> {
  await each(await stuckCleanUpsDue(s.database, stuckRetrySecondsMin, stuckRetrySecondsMax, runsSweptMax), (id) =>
    unstick(s.database, id),
  );
}

async function startMissingCleanUps(s: Sweep, runs: RunToCleanUp[], liveness: Liveness): Promise<void> {
  const stateOf = await s.durable.states(
    runs.flatMap((run) => [carryOutId(run.requestId, run.preparation), cleanUpId(run)]),
  );
  await each(runs, async (run) => {
    const state = stateOf(cleanUpId(run));
    // A live run starts the first clean-up itself.
    const isCarriedOut = stateOf(carryOutId(run.requestId, run.preparation)) === "alive";
    if (state === "alive" || (run.attempt === 1 && state === "absent" && isCarriedOut)) return;
    // What the run was creating when it was cancelled must not appear after the clean-up has looked for it.
    if (!(await liveness.hasNoStepInFlight(run.requestId))) return;
    if (state === "absent") await s.startCleanUp(run.requestId, cleanUpId(run));
    else if (run.attempt < automaticCleanUpsMax) await cleanUpAgain(s.database, run);
    else await s.stuck(run.requestId, new ShipshapeError("clean-up-lost", { id: run.requestId }));
  });
}

/** Returns one page per call, and the first again after the last. */
function pages<Row extends { requestId: string }>(read: (after: string) => Promise<Row[]>): () => Promise<Row[]> {
  let after = "";
  return async () => {
    const rows = await read(after);
    after = rows.length < runsSweptMax ? "" : (rows.at(-1)?.requestId ?? "");
    return rows;
  };
}

/** Handles each; failures are reported together once all others have been handled. */
async function each<Row>(rows: Row[], handle: (row: Row) => Promise<unknown>): Promise<void> {
  const failures: unknown[] = [];
  for (const row of rows)
    await handle(row).catch((error: unknown) =>
      failures.push(...(error instanceof AggregateError ? error.errors : [error])),
    );
  if (failures.length > 0) throw new AggregateError(failures);
}

export const cleanUpId = ({ requestId, attempt }: Pick<RunToCleanUp, "requestId" | "attempt">): string =>
  attempt === 1 ? firstCleanUpId(requestId) : `${requestId}-clean-up-${attempt}`;
export const firstCleanUpId = (requestId: string): string => `${requestId}-clean-up`;
