/** The run records: only the runner writes them, each write safe to repeat. */
import type { Database } from "../database";
import { describeError, ShipshapeError } from "../errors";
import {
  planDigestOf,
  type Check,
  type CleanUpStatus,
  type PlanBasis,
  type Run,
  type RunStatus,
  type StepRecord,
  type VerdictWord,
} from "../records";

export const queueRun = (database: Database, requestId: string) =>
  database.query("insert into run (request_id, status) values ($1, 'queued')", [requestId]);

/** Its plan may be carried out: the run waits for a worker again. Nothing is changed if it has ended. */
export const queuePlannedRun = (database: Database, requestId: string) =>
  database.query(
    "update run set status = 'queued', queued_at = clock_timestamp() where request_id = $1 and finished_at is null",
    [requestId],
  );

/**
 * Records a plan and what it waits for. A plan is never changed, only followed by that of the next preparation. False if
 * the run has ended, or this preparation already has its plan.
 */
export async function setPlan(
  database: Database,
  requestId: string,
  preparation: number,
  plan: PlanBasis,
  status: RunStatus,
): Promise<boolean> {
  const changed = await database.query(
    `update run set plan = $3, plan_digest = $4, planned_preparation = $2, status = $5,
       queued_at = case when $5 = 'queued' then clock_timestamp() else queued_at end
     where request_id = $1 and preparation = $2 and coalesce(planned_preparation, 0) < $2 and finished_at is null returning 1`,
    [requestId, preparation, JSON.stringify(plan), planDigestOf(plan), status],
  );
  return changed.length > 0;
}

/** Queues a run for its next preparation. False if it has ended, or was queued for it already. */
export async function nextPreparation(database: Database, requestId: string, preparation: number): Promise<boolean> {
  const changed = await database.query(
    "update run set preparation = $2 + 1, status = 'queued', queued_at = clock_timestamp(), scopes = null, has_place = false where request_id = $1 and preparation = $2 and finished_at is null returning 1",
    [requestId, preparation],
  );
  return changed.length > 0;
}

/**
 * The run as it is until this transaction ends: an approval, the expiry of its plan and a cancel come one after the
 * other. Errors: request-unknown.
 */
export const lockRun = (transaction: Database, requestId: string): Promise<Run> =>
  onlyRun(transaction, requestId, "where request.id = $1 for update of run");

export interface RunEnd {
  status: "succeeded" | "failed" | "cancelled";
  outcome?: unknown;
  verdict?: VerdictWord | undefined;
  checks?: Check[];
  error?: unknown;
}

/** `only`: if the run is still as it was found. Undefined if it is not, or has ended already. */
export async function endRun(
  database: Database,
  requestId: string,
  end: RunEnd,
  only?: Pick<UnfinishedRun, "status" | "preparation">,
): Promise<{ parent: string | null } | undefined> {
  const [ended] = await database.query<{ parent: string | null }>(
    `update run set status = $2, outcome = $3, verdict = $4, checks = $5, error = $6, finished_at = clock_timestamp(),
       has_place = has_place and clean_up = 'pending'
     where request_id = $1 and finished_at is null and ($7::text is null or (status = $7 and preparation = $8 and held_at is null))
     returning (select parent_id from request where id = request_id) as parent`,
    [
      requestId,
      end.status,
      JSON.stringify(end.outcome ?? null),
      end.verdict ?? null,
      JSON.stringify(end.checks ?? []),
      end.error === undefined ? null : JSON.stringify(describeError(end.error)),
      only?.status ?? null,
      only?.preparation ?? null,
    ],
  );
  return ended;
}

/**
 * Records that the statement of the run's verdict is sealed. False if the lifecycle must not seal it: the run was ended
 * from outside.
 */
export async function markSealed(database: Database, requestId: string, by: "lifecycle" | "sweep"): Promise<boolean> {
  const marked = await database.query(
    `update run set verdict_sealed_at = coalesce(verdict_sealed_at, clock_timestamp())
     where request_id = $1 and ($2 = 'sweep' or finished_at is null) returning 1`,
    [requestId, by],
  );
  return marked.length > 0;
}

/** Runs that were ended from outside their lifecycle (cancelled, lost, overdue), and whose statement is still owed. */
export const runsToSeal = (database: Database, after: string, countMax: number) =>
  database.query<{ requestId: string }>(
    `select request_id as "requestId" from run where verdict_sealed_at is null and finished_at is not null and request_id > $1 order by request_id limit $2`,
    [after, countMax],
  );

/**
 * The clean-up's status. Its error is separate from the run's: a run can fail for one reason, and its clean-up for
 * another.
 */
export const setCleanUp = (database: Database, requestId: string, cleanUp: CleanUpStatus, error?: unknown) =>
  database.query(
    "update run set clean_up = $2, clean_up_error = $3, clean_up_changed_at = clock_timestamp(), has_place = false where request_id = $1",
    [requestId, cleanUp, error === undefined ? null : JSON.stringify(describeError(error))],
  );

export interface RunToCleanUp {
  requestId: string;
  /** The number of this clean-up of the run, from 1. */
  attempt: number;
  /** The preparation whose plan was carried out. */
  preparation: number;
}

/** Runs that have ended but whose clean-up has not, after that id. */
export const runsToCleanUp = (database: Database, after: string, countMax: number) =>
  database.query<RunToCleanUp>(
    `select request_id as "requestId", clean_up_attempt as attempt, preparation from run
     where clean_up = 'pending' and finished_at is not null and request_id > $1 order by request_id limit $2`,
    [after, countMax],
  );

/** Another clean-up after the one of that number; two concurrent calls start only one. */
export const cleanUpAgain = (database: Database, { requestId, attempt }: Pick<RunToCleanUp, "requestId" | "attempt">) =>
  database.query(
    "update run set clean_up = 'pending', clean_up_attempt = $2 + 1 where request_id = $1 and clean_up_attempt = $2",
    [requestId, attempt],
  );

/** Queues another attempt of a stuck clean-up. False if it is not stuck. */
export async function unstick(database: Database, requestId: string): Promise<boolean> {
  const asked = await database.query(
    "update run set clean_up = 'pending', clean_up_attempt = clean_up_attempt + 1 where request_id = $1 and clean_up = 'stuck' returning 1",
    [requestId],
  );
  return asked.length > 0;
}

/** Clean-ups whose pause before the next attempt is over: it doubles each time, up to the maximum. */
export async function stuckCleanUpsDue(
  database: Database,
  secondsMin: number,
  secondsMax: number,
  countMax: number,
): Promise<string[]> {
  const rows = await database.query<{ id: string }>(
    `select request_id as id from run where clean_up = 'stuck'
       and clean_up_changed_at < clock_timestamp() - least($2::float8, $1::float8 * power(2, least(clean_up_attempt, 20) - 1)) * interval '1 second'
     order by clean_up_changed_at limit $3`,
    [secondsMin, secondsMax, countMax],
  );
  return rows.map((row) => row.id);
}

export interface UnfinishedRun {
  requestId: string;
  status: RunStatus;
  preparation: number;
}

/** Runs that have not ended and that a worker should have, after that id. */
export const unfinishedRuns = (database: Database, after: string, countMax: number) =>
  database.query<UnfinishedRun>(
    `select request_id as "requestId", status, preparation from run
     where finished_at is null and status <> 'waiting' and held_at is null and request_id > $1 order by request_id limit $2`,
    [after, countMax],
  );

/** The children of a run that have not ended. */
export const unfinishedChildren = (database: Database, requestId: string) =>
  database.query<UnfinishedRun>(
    `select request_id as "requestId", run.status, preparation from run join request on request.id = run.request_id
     where parent_id = $1 and finished_at is null order by request_id`,
    [requestId],
  );

/** Runs whose plan can no longer be approved, after that id, with the digest that was decided on. */
export const unapprovedRuns = (database: Database, after: string, countMax: number) =>
  database.query<UnfinishedRun & { planDigest: string }>(
    `select request_id as "requestId", run.status, preparation, decision.plan_digest as "planDigest"
     from run join decision using (request_id, preparation)
     where run.status = 'waiting' and decision.expires_at <= clock_timestamp() and request_id > $1
     order by request_id limit $2`,
    [after, countMax],
  );

/** How many runs need a worker; those that wait for a person or for the end of a pause do not count. */
export async function busyRuns(database: Database): Promise<number> {
  const [row] = await database.query<{ count: string }>(
    "select count(*) from run where (status in ('queued', 'running') and (held_at is null or scopes is not null)) or clean_up = 'pending' or (finished_at is not null and verdict_sealed_at is null)",
  );
  return Number(row?.count);
}

/** Whether a run has ever begun that step. */
export const hasBegun = async (database: Database, requestId: string, step: string): Promise<boolean> =>
  (await database.query("select from run where request_id = $1 and steps ? $2", [requestId, step])).length > 0;

/** Errors: request-unknown. */
export const readRun = (database: Database, requestId: string): Promise<Run> =>
  onlyRun(database, requestId, "where request.id = $1");

async function onlyRun(database: Database, requestId: string, which: string): Promise<Run> {
  const [run] = await readRuns(database, which, [requestId]);
  if (!run) throw new ShipshapeError("request-unknown", { id: requestId });
  return run;
}

interface RunRow {
  request_id: string;
  operation: string;
  version: number;
  requested_by: string;
  reason: string;
  received_at: Date;
  parent_id: string | null;
  input: { database?: string };
  status: RunStatus;
  clean_up: CleanUpStatus;
  plan: PlanBasis | null;
  preparation: number;
  held_at: Date | null;
  scopes: string[] | null;
  steps: Record<string, StepRecord>;
  outcome: unknown;
  verdict: VerdictWord | null;
  checks: Check[] | null;
  error: Run["error"] | null;
  clean_up_error: Run["error"] | null;
  started_at: Date | null;
  finished_at: Date | null;
  verdict_sealed_at: Date | null;
}

/** With the requests that they are of. */
export async function readRuns(database: Database, which: string, values: unknown[]): Promise<Run[]> {
  const rows = await database.query<RunRow>(
    `select run.*, request.operation, request.version, request.requested_by, request.reason, request.received_at,
       request.parent_id, request.input
     from run join request on request.id = run.request_id ${which}`,
    values,
  );
  return rows.map((r) => ({
    requestId: r.request_id,
    operation: r.operation,
    version: r.version,
    requestedBy: r.requested_by,
    reason: r.reason,
    receivedAt: r.received_at,
    parent: r.parent_id ?? undefined,
    target: r.plan?.target ?? r.input.database,
    status: r.status,
    cleanUp: r.clean_up,
    plan: r.plan ?? undefined,
    // Of the plan as it is now: who reads and approves it sees if it was altered.
    planDigest: r.plan === null ? undefined : planDigestOf(r.plan),
    preparation: r.preparation,
    heldAt: (r.finished_at === null && r.held_at) || undefined,
    heldIn: (r.finished_at === null && r.held_at && r.scopes) || undefined,
    steps: r.steps,
    outcome: r.outcome,
    verdict: r.verdict ?? undefined,
    checks: r.checks ?? [],
    error: r.error ?? undefined,
    cleanUpError: r.clean_up_error ?? undefined,
    startedAt: r.started_at ?? undefined,
    finishedAt: r.finished_at ?? undefined,
    sealedAt: r.verdict_sealed_at ?? undefined,
  }));
}
