/** Pauses: while an operation is paused, its runs are held before they are planned or carried out; none is ended. */
import type { Database } from "../database";

/** Stands for every operation in commands and records. */
export const EVERY_OPERATION = "all";

export interface Pause {
  operation: string;
  reason: string;
  pausedBy: string;
  pausedAt: Date;
}

const columns = 'operation, reason, paused_by as "pausedBy", paused_at as "pausedAt"';

export const pausesNow = (database: Database) =>
  database.query<Pause>(`select ${columns} from pause order by operation`);

/** A later pause of the same operation replaces the reason. */
export const addPause = (database: Database, pause: Pick<Pause, "operation" | "reason" | "pausedBy">) =>
  database.query(
    `insert into pause (operation, reason, paused_by) values ($1, $2, $3)
     on conflict (operation) do update set reason = $2, paused_by = $3, paused_at = clock_timestamp()`,
    [pause.operation, pause.reason, pause.pausedBy],
  );

/**
 * Marks a run as running, and whether it owes a clean-up from here on. Undefined if it has ended, or has another plan
 * by now, or a pause of its operation holds it; otherwise for how long it was queued, if it was. The pause stays locked
 * meanwhile, so that who ends it finds every run that it has held.
 */
export async function goOn(
  database: Database,
  run: { requestId: string; operation: string; preparation: number },
  cleansUp = false,
): Promise<{ queuedSeconds: number | null } | undefined> {
  const [row] = await database.query<{ goesOn: boolean; queuedSeconds: number | null }>(
    `with paused as (select from pause where operation in ($2, $3) for share),
       found as (select exists (select from paused) as is_paused),
       before as (select status, queued_at from run where request_id = $1)
     update run set
       status = case when is_paused then 'queued' else 'running' end,
       started_at = case when is_paused then started_at else coalesce(started_at, clock_timestamp()) end,
       held_at = case when is_paused then clock_timestamp() end,
       scopes = case when not is_paused then scopes end,
       has_place = has_place and not is_paused,
       clean_up = case when $5 and not is_paused then 'pending' else clean_up end,
       clean_up_changed_at = case when $5 and not is_paused then clock_timestamp() else clean_up_changed_at end
     from found, before where request_id = $1 and preparation = $4 and finished_at is null
     returning held_at is null as "goesOn", case when before.status = 'queued' then
       extract(epoch from clock_timestamp() - before.queued_at)::float8 end as "queuedSeconds"`,
    [run.requestId, run.operation, EVERY_OPERATION, run.preparation, cleansUp],
  );
  return row?.goesOn ? row : undefined;
}

/** Ends a pause; resolves to the runs that nothing holds any more. Undefined if there was no such pause. */
export async function endPause(
  transaction: Database,
  operation: string,
): Promise<{ requestId: string; preparation: number }[] | undefined> {
  // Two pauses that end at once must not each count on the other to hold a run.
  await transaction.query("select pg_advisory_xact_lock(hashtext('shipshape pauses'))");
  const ended = await transaction.query("delete from pause where operation = $1 returning 1", [operation]);
  if (ended.length === 0) return undefined;
  return transaction.query(
    `update run set held_at = null from request
     where request.id = run.request_id and held_at is not null and scopes is null and finished_at is null
       and not exists (select from pause where pause.operation in (request.operation, $1))
     returning run.request_id as "requestId", preparation`,
    [EVERY_OPERATION],
  );
}
