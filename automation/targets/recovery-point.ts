/** What a restored database reached, told by the database itself. */
import type { Client } from "pg";

export interface RecoveryPoint {
  /** The last commit that was replayed, whosever it was: the cloud's heartbeats commit too, so it proves time, not business data. */
  lastCommitAt: string | null;
  lsn: string;
  timeline: number | null;
  serverVersion: string;
}

/** `pg_last_committed_xact` is lost with a restart on a default parameter group; null then, and the check is inconclusive. */
export async function readRecoveryPoint(client: Client, notAfter: string): Promise<RecoveryPoint> {
  const {
    rows: [row],
  } = await client.query(
    `select current_setting('server_version') as version, pg_current_wal_lsn()::text as lsn,
            case when current_setting('track_commit_timestamp')::boolean then (
              select max(at) from generate_series(greatest(3, txid_snapshot_xmin(txid_current_snapshot()) - 5000), txid_snapshot_xmax(txid_current_snapshot()) - 1) as x,
                pg_xact_commit_timestamp((x % 4294967296)::text::xid) as at  -- 64 bits with the epoch in a snapshot, 32 in a transaction's id
              where x % 4294967296 >= 3 and at <= $1::timestamptz) end as last`,
    [notAfter],
  );
  const timeline = await client.query("select timeline_id from pg_control_checkpoint()").then(
    (r) => Number(r.rows[0]?.timeline_id),
    () => null,
  );
  return { lastCommitAt: (row.last as Date | null)?.toISOString() ?? null, lsn: row.lsn as string, timeline, serverVersion: row.version as string };
}
