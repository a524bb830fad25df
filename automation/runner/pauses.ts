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
 * Holds a run if its operation is paused. The pause stays locked until this transaction ends, so that who ends it finds
 * every run that it has held.
 */
export async function holdIfPaused(transaction: Database, requestId: string, operation: string): Promise<boolean> {
  const pauses = await transaction.query("select 1 from pause where operation in ($1, $2) for share", [
    operation,
    EVERY_OPERATION,
  ]);
  if (pauses.length === 0) return false;
  await transaction.query(
    "update run set status = 'queued', held_at = clock_timestamp() where request_id = $1 and finished_at is null",
    [requestId],
  );
  return true;
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
     where request.id = run.request_id and held_at is not null and finished_at is null
       and not exists (select from pause where pause.operation in (request.operation, $1))
     returning run.request_id as "requestId", preparation`,
    [EVERY_OPERATION],
  );
}
