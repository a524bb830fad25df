/** What a server says of itself after a patch, as a role that may do little. */
import type { Client } from "pg";

export interface RunningServer {
  /** "17.10": of what a distribution appends, nothing. */
  serverVersion: string;
  /** Indexes that the planner does not use. */
  invalidIndexes: number;
  /** "pg_stat_statements 1.10, the server has 1.11": RDS updates none, and `alter extension` is of the owner. */
  extensionsBehind: string[];
  /** Inserted, updated and deleted in all its databases since its counters began; its own catalogs count, too. */
  rowsChanged: number;
}

const ROWS_CHANGED = `(select coalesce(pg_catalog.sum(tup_inserted + tup_updated + tup_deleted), 0)::pg_catalog.float8
  from pg_catalog.pg_stat_database)`;

export async function readRowsChanged(client: Client): Promise<number> {
  const { rows } = await client.query<Pick<RunningServer, "rowsChanged">>(`select ${ROWS_CHANGED} as "rowsChanged"`);
  return rows[0]!.rowsChanged;
}

export async function readRunningServer(client: Client): Promise<RunningServer> {
  const { rows } = await client.query<RunningServer>(
    `select pg_catalog.split_part(pg_catalog.current_setting('server_version'), ' ', 1) as "serverVersion",
       (select pg_catalog.count(*)::pg_catalog.int4 from pg_catalog.pg_index where not indisvalid or not indisready) as "invalidIndexes",
       (select coalesce(pg_catalog.jsonb_agg(extname || ' ' || extversion || ', the server has ' || default_version order by extname), '[]')
        from pg_catalog.pg_extension join pg_catalog.pg_available_extensions on name = extname
        where extversion <> default_version) as "extensionsBehind", ${ROWS_CHANGED} as "rowsChanged"`,
  );
  return rows[0]!;
}
