/** The point a restored database reached, according to the database itself. */
import type { Client } from "pg";

export interface RecoveryPoint {
  /**
   * The last commit that was replayed, by any session: the cloud's heartbeats commit too, so it proves time, not
   * business data.
   */
  lastCommitAt: string | null;
  lsn: string;
  timeline: number | null;
  serverVersion: string;
}

/** Transactions examined, newest first. The last to begin are not always the last to commit. */
const TRANSACTIONS_MAX = 20_000;

/**
 * `pg_last_committed_xact` is lost with a restart on a default parameter group; null then, and the check is
 * inconclusive.
 */
export async function readRecoveryPoint(client: Client, notAfter: string): Promise<RecoveryPoint> {
  const {
    rows: [row],
  } = await client.query<{ version: string; lsn: string; last: string | null }>(
    `select current_setting('server_version') as version, pg_current_wal_lsn()::text as lsn,
            to_char(case when current_setting('track_commit_timestamp')::boolean then (
              select max(at) from generate_series(greatest(3, txid_snapshot_xmax(txid_current_snapshot()) - $2::bigint), txid_snapshot_xmax(txid_current_snapshot()) - 1) as x,
                pg_xact_commit_timestamp((x % 4294967296)::text::xid) as at  -- 64 bits with the epoch in a snapshot, 32 in a transaction's id
              where x % 4294967296 >= 3 and at <= $1::timestamptz) end at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as last`,
    [notAfter, TRANSACTIONS_MAX],
  );
  const timeline = await client.query<{ timeline_id: number }>("select timeline_id from pg_control_checkpoint()").then(
    (answer) => Number(answer.rows[0]?.timeline_id),
    () => null,
  );
  return { lastCommitAt: row?.last ?? null, lsn: row?.lsn ?? "", timeline, serverVersion: row?.version ?? "" };
}
