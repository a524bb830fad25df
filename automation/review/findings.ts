/** The review stage: what a human must answer. A finding is opened by what went wrong, and stays until it is answered. */
import type { Database } from "../database";

export const openFinding = (database: Database, f: { id: string; requestId: string; target: string; summary: string }) =>
  database.query(
    `insert into finding (id, request_id, target, summary) values ($1, $2, $3, $4)
     on conflict (id) do update set last_seen = clock_timestamp(), summary = excluded.summary, answered_at = null`,
    [f.id, f.requestId, f.target, f.summary],
  );

/** What has put itself right needs no answer any more. */
export const closeFinding = (database: Database, id: string) =>
  database.query("update finding set answered_at = clock_timestamp() where id = $1 and answered_at is null", [id]);

export interface Finding {
  id: string;
  request_id: string;
  target: string;
  summary: string;
  first_seen: Date;
  last_seen: Date;
}

export const openFindings = (database: Database, countMax: number) =>
  database.query<Finding>("select * from finding where answered_at is null order by last_seen desc limit $1", [countMax]);
