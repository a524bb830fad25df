/** How far a copy is behind: a standby, as it says itself; one that follows logically, as its source says. */
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

/**
 * Of what follows a server by logical replication, in seconds, as the source says; null: nothing does, or a slot has no
 * one who reads it.
 */
export async function readFollowersLag(source: Client): Promise<number | null> {
  const { rows } = await source.query<{ seconds: number | null }>(
    `select case when pg_catalog.count(*) = 0 or not pg_catalog.bool_and(slots.active) then null
       else coalesce(pg_catalog.max(extract(epoch from senders.replay_lag)), 0)::pg_catalog.float8
       end as seconds
     from pg_catalog.pg_replication_slots slots
     left join pg_catalog.pg_stat_replication senders on senders.pid = slots.active_pid
     where slots.slot_type = 'logical'`,
  );
  return rows[0]?.seconds ?? null;
}
