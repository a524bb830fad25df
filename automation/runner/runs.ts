/** The run records: written by the runner alone, each write safe to repeat. */
import type { Database } from "../database";
import { describeError, ShipshapeError } from "../errors";
import { planDigestOf, type Check, type CleanUpStatus, type PlanBasis, type Run, type RunStatus, type StepRecord, type VerdictWord } from "../records";
import type { StepObserver } from "./durable";

export const queueRun = (database: Database, requestId: string) => database.query("insert into run (request_id, status) values ($1, 'queued') on conflict do nothing", [requestId]);

export const setRunStatus = (database: Database, requestId: string, status: RunStatus) =>
  database.query("update run set status = $2, started_at = coalesce(started_at, case when $2 = 'running' then clock_timestamp() end) where request_id = $1", [requestId, status]);

/** The plan is stored once and never changed: whatever is repeated later carries out this one. */
export const setPlan = (database: Database, requestId: string, plan: PlanBasis) =>
  database.query("update run set plan = $2, plan_digest = $3 where request_id = $1 and plan is null", [requestId, JSON.stringify(plan), planDigestOf(plan)]);

export interface RunEnd {
  status: "succeeded" | "failed" | "cancelled";
  outcome?: unknown;
  verdict?: VerdictWord | undefined;
  checks?: Check[];
  error?: unknown;
}

export const endRun = (database: Database, requestId: string, end: RunEnd) =>
  database.query(
    "update run set status = $2, outcome = $3, verdict = $4, checks = $5, error = $6, finished_at = clock_timestamp() where request_id = $1 and finished_at is null",
    [requestId, end.status, JSON.stringify(end.outcome ?? null), end.verdict ?? null, JSON.stringify(end.checks ?? []), end.error === undefined ? null : JSON.stringify(describeError(end.error))],
  );

export const setCleanUp = (database: Database, requestId: string, cleanUp: CleanUpStatus, error?: unknown) =>
  database.query("update run set clean_up = $2, error = coalesce($3, error) where request_id = $1", [requestId, cleanUp, error === undefined ? null : JSON.stringify(describeError(error))]);

/** Runs whose throwaways nobody is removing: they ended, or were cancelled, and their clean-up is still to come. */
export const runsToCleanUp = (database: Database) =>
  database.query<{ request_id: string }>("select request_id from run where clean_up = 'pending' and status in ('failed', 'cancelled')");

export async function readRun(database: Database, requestId: string): Promise<Run> {
  const [run] = await readRuns(database, "where request.id = $1", [requestId]);
  if (!run) throw new ShipshapeError("request-unknown", { id: requestId });
  return run;
}

/** The latest runs, newest first. */
export const latestRuns = (database: Database, countMax: number) => readRuns(database, "order by request.received_at desc limit $1", [countMax]);

interface RunRow {
  request_id: string; operation: string; input: { database?: string }; status: RunStatus; clean_up: CleanUpStatus; plan: PlanBasis | null; plan_digest: string | null;
  steps: Record<string, StepRecord>; outcome: unknown; verdict: VerdictWord | null; checks: Check[] | null; error: Run["error"] | null; started_at: Date | null; finished_at: Date | null;
}

async function readRuns(database: Database, which: string, values: unknown[]): Promise<Run[]> {
  const rows = await database.query<RunRow>(`select run.*, request.operation, request.input from run join request on request.id = run.request_id ${which}`, values);
  return rows.map((r) => ({
    requestId: r.request_id, operation: r.operation, target: r.plan?.target ?? r.input.database, status: r.status, cleanUp: r.clean_up, plan: r.plan ?? undefined,
    planDigest: r.plan_digest ?? undefined, steps: r.steps, outcome: r.outcome, verdict: r.verdict ?? undefined, checks: r.checks ?? [], error: r.error ?? undefined,
    startedAt: r.started_at ?? undefined, finishedAt: r.finished_at ?? undefined,
  }));
}

/** Records each attempt of each step, for progress while it runs and for the report afterwards. */
export function stepRecorder(database: Database, requestId: string): StepObserver {
  const write = (name: string, entry: object) =>
    database.query("update run set steps = jsonb_set(steps, array[$2], coalesce(steps -> $2, '{\"attempts\": 0}') || $3::jsonb) where request_id = $1", [requestId, name, JSON.stringify(entry)]);
  return {
    begun: async (name) => {
      await write(name, { status: "running", startedAt: new Date().toISOString() });
      await database.query("update run set steps = jsonb_set(steps, array[$2, 'attempts'], to_jsonb((steps -> $2 ->> 'attempts')::int + 1)) where request_id = $1", [requestId, name]);
    },
    ended: async (name, error) => {
      await write(name, error === undefined ? { status: "done", finishedAt: new Date().toISOString() } : { status: "failed", finishedAt: new Date().toISOString(), error: describeError(error).message });
    },
  };
}
