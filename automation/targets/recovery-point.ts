/**
 * The point a restored database reached, according to the database itself. Commit times are kept by PostgreSQL outside
 * all tables: no user of a database can write, change or remove one.
 */
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
  /** The next transaction id at that moment, in 64 bits. */
  nextTransaction: string;
}

/** A commit of the source, beside the recovery target. */
export interface Commit {
  transaction: string;
  committedAt: string;
}

/** The commits that a restore to the target must and must not have; null if none is known. */
export interface CommitsAround {
  before: Commit | null;
  after: Commit | null;
}

const ISO = `'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'`;

/** Transactions examined, newest first. The last to begin are not always the last to commit. */
const TRANSACTIONS_MAX = 20_000;

/**
 * `pg_last_committed_xact` is lost with a restart on a default parameter group; null then, and the check is
 * inconclusive.
 */
export async function readRecoveryPoint(client: Client, notAfter: string): Promise<RecoveryPoint> {
  const {
    rows: [row],
  } = await client.query<{ version: string; lsn: string; next: string; last: string | null }>(
    `select current_setting('server_version') as version, pg_current_wal_lsn()::text as lsn, txid_snapshot_xmax(txid_current_snapshot())::text as next,
            to_char(case when current_setting('track_commit_timestamp')::boolean then (
              select max(at) from generate_series(greatest(3, txid_snapshot_xmax(txid_current_snapshot()) - $2::bigint), txid_snapshot_xmax(txid_current_snapshot()) - 1) as x,
                pg_xact_commit_timestamp((x % 4294967296)::text::xid) as at  -- 64 bits with the epoch in a snapshot, 32 in a transaction's id
              where x % 4294967296 >= 3 and at <= $1::timestamptz) end at time zone 'UTC', ${ISO}) as last`,
    [notAfter, TRANSACTIONS_MAX],
  );
  const timeline = await client.query<{ timeline_id: number }>("select timeline_id from pg_control_checkpoint()").then(
    (answer) => Number(answer.rows[0]?.timeline_id),
    () => null,
  );
  return {
    lastCommitAt: row?.last ?? null,
    lsn: row?.lsn ?? "",
    timeline,
    serverVersion: row?.version ?? "",
    nextTransaction: row?.next ?? "",
  };
}

/**
 * Commits order themselves in the log a little later than they take their time, so those within this time of the target
 * may be on either side of it.
 */
const EDGE = "interval '100 milliseconds'";

/** The source's commits next to the target, among the transactions around the one at which the copy ended. */
export async function commitsAround(client: Client, target: string, nextTransaction: string): Promise<CommitsAround> {
  const next = (where: string, order: string) =>
    `(select json_build_object('transaction', id::text, 'committedAt', to_char(at at time zone 'UTC', ${ISO}))
      from commits where ${where} order by at ${order} limit 1)`;
  const { rows } = await client.query<CommitsAround>(
    `with commits as materialized (select x % 4294967296 as id, pg_xact_commit_timestamp((x % 4294967296)::text::xid) as at
       from generate_series(greatest(3, $2::bigint - $3::bigint), $2::bigint + $3::bigint) as x
       where x % 4294967296 >= 3 and current_setting('track_commit_timestamp')::boolean)
     select ${next(`at <= $1::timestamptz - ${EDGE}`, "desc")} as before, ${next(`at >= $1::timestamptz + ${EDGE}`, "asc")} as after`,
    [target, nextTransaction, TRANSACTIONS_MAX],
  );
  return rows[0] ?? { before: null, after: null };
}

/** When each transaction was committed in this database; null if it was not, or if no commit times are kept. */
export async function commitTimes(client: Client, transactions: string[]): Promise<(string | null)[]> {
  const { rows } = await client.query<{ at: string | null }>(
    `select to_char(case when current_setting('track_commit_timestamp')::boolean then pg_xact_commit_timestamp(id::xid) end at time zone 'UTC', ${ISO}) as at
     from unnest($1::text[]) with ordinality as t (id, place) order by place`,
    [transactions],
  );
  return rows.map(({ at }) => at);
}
