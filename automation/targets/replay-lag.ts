/** How far a standby is behind, as it says itself. */
import type { Client } from "pg";

/** In seconds; null: it is no standby, or has replayed nothing yet. */
export async function readReplayLag(client: Client): Promise<number | null> {
  const { rows } = await client.query<{ seconds: number | null }>(
    `select case when not pg_catalog.pg_is_in_recovery() then null
       when pg_catalog.pg_last_wal_receive_lsn() = pg_catalog.pg_last_wal_replay_lsn() then 0
       else extract(epoch from pg_catalog.clock_timestamp() - pg_catalog.pg_last_xact_replay_timestamp())::pg_catalog.float8
       end as seconds`,
  );
  return rows[0]?.seconds ?? null;
}
