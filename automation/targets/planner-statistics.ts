/** What the planner knows of the tables of a server: nothing, after a major upgrade. */
import type { Client } from "pg";

export interface Analyzed {
  tables: number;
  /** That have no statistics even so. */
  without: number;
}

const ANALYZED = `select pg_catalog.count(*)::pg_catalog.int4 as tables,
    pg_catalog.count(*) filter (where c.reltuples = -1)::pg_catalog.int4 as without
  from pg_catalog.pg_class c
  where c.relkind in ('r', 'p', 'm') and c.relpersistence = 'p'
    and c.relnamespace::pg_catalog.regnamespace::pg_catalog.text !~ '^(pg_catalog|information_schema|pg_toast)'`;

/**
 * Of the database that it is in, as the owner of that: it may analyze every table there. A server that only reads lets
 * it.
 */
export async function analyze(client: Client): Promise<Analyzed> {
  await client.query("analyze");
  const { rows } = await client.query<Analyzed>(ANALYZED);
  return rows[0]!;
}

/** The databases of a server that take connections, but for templates and RDS's own; `mayConnect`: as this role. */
export async function databasesOf(client: Client): Promise<{ name: string; mayConnect: boolean }[]> {
  const { rows } = await client.query<{ name: string; mayConnect: boolean }>(
    `select datname::pg_catalog.text as name, pg_catalog.has_database_privilege(oid, 'connect') as "mayConnect"
     from pg_catalog.pg_database where datallowconn and not datistemplate and datname <> 'rdsadmin' order by 1`,
  );
  return rows;
}
