/**
 * What the durable engine keeps of workflows that have ended: their input, the result of each step. Nothing reads it
 * once the run is recorded as ended, its statement is sealed and its clean-up is done; until then the sweep may.
 */
import type { Database } from "../database";

/** A workflow's id without this is that of its request. */
export const PART_OF_REQUEST = "-(prepare|carry-out|clean-up)(-\\d+)?$";

/** Workflows of such runs that ended that many days ago, the oldest first. */
export async function unneededWorkflows(database: Database, days: number, countMax: number): Promise<string[]> {
  const rows = await database.query<{ id: string }>(
    `select workflow_uuid as id from dbos.workflow_status
     where completed_at < (extract(epoch from now() - make_interval(days => $1)) * 1000)::bigint and exists (
       select from run where request_id = regexp_replace(workflow_uuid, $3, '')
         and finished_at is not null and verdict_sealed_at is not null and clean_up in ('none', 'done'))
     order by completed_at limit $2`,
    [days, countMax, PART_OF_REQUEST],
  );
  return rows.map(({ id }) => id);
}
