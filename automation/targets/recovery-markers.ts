/**
 * Recovery markers: rows whose commit times bracket a recovery target. After a restore to the target the earlier must
 * exist and the later must not; that proves the moment that was reached, on any cloud, without trusting its own report.
 */
import type { Client } from "pg";
import { ShipshapeError } from "../errors";

export interface Marker {
  name: string;
  /**
   * When the marker was committed, by the database's own clock (pg_xact_commit_timestamp; `track_commit_timestamp` is
   * in the standard).
   */
  committedAt: string;
  /** From the row, so identical in every copy. */
  writtenAt: string;
  /** The id of the transaction that wrote it. */
  transaction: string;
}

const TABLE = "shipshape.recovery_marker";
const ISO = `'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'`;

/**
 * Writes a marker once: repeated, it returns the commit time of the first. Needs the role `shipshape`, which owns its
 * schema.
 */
export async function writeMarker(client: Client, runId: string, name: string): Promise<Marker> {
  if ((await stateOfTable(client)) === "missing")
    await client.query(
      `create table if not exists ${TABLE} (run_id text, name text, written_at timestamptz not null default clock_timestamp(), primary key (run_id, name))`,
    );
  await requireOwnTable(client);
  // A marker outlives its run where the clean-up could not reach the database; none is of use for longer than a
  // throwaway lives.
  await client.query(`delete from ${TABLE} where written_at < clock_timestamp() - interval '2 days'`);
  await client.query(`insert into ${TABLE} (run_id, name) values ($1, $2) on conflict do nothing`, [runId, name]);
  const [marker] = await readMarkers(client, runId, [name]);
  if (!marker) throw changed("a row that was written to it is not there");
  return marker;
}

/**
 * A run's existing markers; empty if there is no table.
 * Errors: marker-table-changed, if something could hide or invent rows.
 */
export async function readMarkers(client: Client, runId: string, names: string[]): Promise<Marker[]> {
  if ((await stateOfTable(client)) === "missing") return [];
  await requireOwnTable(client);
  // Without commit timestamps the row's own clock is used: written before the commit, so never later than it.
  const { rows } = await client.query<Marker>(
    `select name, xmin::text as transaction, to_char(written_at at time zone 'UTC', ${ISO}) as "writtenAt",
       to_char(coalesce(case when current_setting('track_commit_timestamp')::boolean then pg_xact_commit_timestamp(xmin) end, written_at)
         at time zone 'UTC', ${ISO}) as "committedAt"
     from ${TABLE} where run_id = $1 and name = any($2) order by name`,
    [runId, names],
  );
  return rows;
}

/** Old markers are of no use: what a drill proved is in its evidence. */
export async function deleteMarkers(client: Client, runId: string): Promise<void> {
  if ((await stateOfTable(client)) === "intact") await client.query(`delete from ${TABLE} where run_id = $1`, [runId]);
}

/**
 * Whether the table is as `writeMarker` creates it: a plain table of three built-in types, with nothing that runs code
 * or hides rows.
 */
const TABLE_STATE = `
select case when c.relkind <> 'r' or c.relpersistence <> 'p' then 'it is not a logged table'
    when c.relhasrules and exists (select from pg_rewrite r where r.ev_class = c.oid) then 'it has rules'
    when exists (select from pg_trigger t where t.tgrelid = c.oid) then 'it has triggers'
    when c.relrowsecurity then 'it has row-level security'
    when exists (select from pg_inherits h where c.oid in (h.inhrelid, h.inhparent)) then 'other tables inherit from it'
    when exists (select from pg_constraint k where k.conrelid = c.oid and k.contype not in ('p', 'n')) then 'it has constraints of its own'
    when exists (select from pg_index i where i.indrelid = c.oid and not i.indisprimary) then 'it has indexes of its own'
    when exists (select from pg_statistic_ext s where s.stxrelid = c.oid) then 'it has statistics of its own'
    when (select array_agg(format('%s %s %s', a.attname, a.atttypid::regtype, coalesce(pg_get_expr(d.adbin, d.adrelid), '-')) order by a.attname)
        from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped)
      is distinct from array['name text -', 'run_id text -', 'written_at timestamp with time zone clock_timestamp()'] then 'its columns differ'
    end as problem
from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'shipshape' and c.relname = 'recovery_marker'`;

async function stateOfTable(client: Client): Promise<"missing" | "intact" | { problem: string }> {
  const { rows } = await client.query<{ problem: string | null }>(TABLE_STATE);
  const [row] = rows;
  if (!row) return "missing";
  return row.problem === null ? "intact" : { problem: row.problem };
}

async function requireOwnTable(client: Client): Promise<void> {
  const state = await stateOfTable(client);
  if (typeof state === "object") throw changed(state.problem);
}

const changed = (problem: string) => new ShipshapeError("marker-table-changed", { table: TABLE, problem });
