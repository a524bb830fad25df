/** PostgreSQL's own counters of a database's load, as a role that may do little. No text of a query is read. */
import { DatabaseError, type Client } from "pg";
import type { LoadSample } from "../load-records";
import { sampledStatementsMax } from "./limits";

export async function readLoadSample(client: Client): Promise<LoadSample> {
  const { rows } = await client.query<Pick<LoadSample, "commits" | "rollbacks">>(
    `select xact_commit::pg_catalog.float8 as commits, xact_rollback::pg_catalog.float8 as rollbacks
     from pg_catalog.pg_stat_database where datname = pg_catalog.current_database()`,
  );
  return { ...rows[0]!, statements: await readStatements(client) };
}

/**
 * By the function of the extension's library: only a superuser creates one in C, whereas whose database it is could put
 * a view of that name in its place.
 */
async function readStatements(client: Client): Promise<LoadSample["statements"]> {
  const { rows: found } = await client.query<{ schema: string }>(
    `select nspname as schema from pg_catalog.pg_proc p
       join pg_catalog.pg_namespace n on n.oid = pronamespace join pg_catalog.pg_language l on l.oid = prolang
     where proname = 'pg_stat_statements' and pronargs = 1 and lanname = 'c' and probin ~ '(^|/)pg_stat_statements$'`,
  );
  const [one] = found;
  if (!one) return null;
  const counted = client.query<{ id: string; calls: number; milliseconds: number }>(
    `select queryid::pg_catalog.text as id, pg_catalog.sum(calls)::pg_catalog.float8 as calls,
       pg_catalog.sum(total_exec_time) as milliseconds
     from ${client.escapeIdentifier(one.schema)}.pg_stat_statements(false)
     where queryid is not null and dbid = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())
     group by queryid order by pg_catalog.sum(calls) desc, queryid limit $1`,
    [sampledStatementsMax],
  );
  const rows = await counted.then(
    (answer) => answer.rows,
    (error: unknown) => {
      // The extension is there, and its library is not loaded.
      if (error instanceof DatabaseError && error.code === "55000") return null;
      throw error;
    },
  );
  if (rows === null) return null;
  return Object.fromEntries(rows.map(({ id, calls, milliseconds }) => [id, [calls, milliseconds] as const]));
}
