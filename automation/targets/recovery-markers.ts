/**
 * Recovery markers: rows whose commit times bracket a recovery target. After a restore to the target the earlier must be there and the
 * later must not; that proves the moment that was reached, on any cloud, without trusting what it says of itself.
 */
import type { Client } from "pg";

export interface Marker {
  name: string;
  /** When the marker was committed, by the database's own clock (pg_xact_commit_timestamp; `track_commit_timestamp` is in the standard). */
  committedAt: string;
}

const TABLE = "shipshape.recovery_marker";

/** Writes a marker once: repeated, it gives back the commit time of the first. Needs the role `shipshape`, which owns its schema. */
export async function writeMarker(client: Client, runId: string, name: string): Promise<Marker> {
  await client.query(
    `create table if not exists ${TABLE} (run_id text, name text, written_at timestamptz not null default clock_timestamp(), primary key (run_id, name))`,
  );
  await client.query(`insert into ${TABLE} (run_id, name) values ($1, $2) on conflict do nothing`, [runId, name]);
  const [marker] = await readMarkers(client, runId, [name]);
  return marker as Marker;
}

/** The markers of a run that are there. None where the table itself is not. */
export async function readMarkers(client: Client, runId: string, names: string[]): Promise<Marker[]> {
  const exists = await client.query(`select to_regclass('${TABLE}') is not null as yes`);
  if (!exists.rows[0]?.yes) return [];
  // Without commit timestamps the row's own clock stands in: written before the commit, so never later than it.
  const { rows } = await client.query(
    `select name, coalesce(case when current_setting('track_commit_timestamp')::boolean then pg_xact_commit_timestamp(xmin) end, written_at) as at
     from ${TABLE} where run_id = $1 and name = any($2) order by name`,
    [runId, names],
  );
  return rows.map((r: { name: string; at: Date }) => ({ name: r.name, committedAt: r.at.toISOString() }));
}

/** Old markers are of no use: what a drill proved stands in its evidence. */
export const deleteMarkers = (client: Client, runId: string) => client.query(`delete from ${TABLE} where run_id = $1`, [runId]);
