/** How much a database has, and what in it would keep it from being replaced by another one. */
import type { Client } from "pg";

export interface DatabaseContent {
  tables: number;
  bytes: number;
  /** Of all databases of the instance. */
  instanceBytes: number;
  /** What PostgreSQL drops no database with, in words. */
  obstacles: string[];
}

/** Of the database that the session is in; as a member of pg_monitor. */
export async function readContent(client: Client): Promise<DatabaseContent> {
  const { rows } = await client.query<Omit<DatabaseContent, "obstacles"> & Record<keyof typeof named, number>>(`
    select (select pg_catalog.count(*)::int from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p') and n.nspname <> 'information_schema' and n.nspname !~ '^pg_') as tables,
      pg_catalog.pg_database_size(d.oid)::float8 as bytes,
      (select pg_catalog.sum(pg_catalog.pg_database_size(o.oid))::float8 from pg_catalog.pg_database o) as "instanceBytes",
      (select pg_catalog.count(*)::int from pg_catalog.pg_replication_slots s where s.database = d.datname) as slots,
      (select pg_catalog.count(s.subdbid)::int from pg_catalog.pg_subscription s where s.subdbid = d.oid) as subscriptions,
      (select pg_catalog.count(*)::int from pg_catalog.pg_prepared_xacts x where x.database = d.datname) as prepared
    from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()`);
  const { tables, bytes, instanceBytes, ...counts } = rows[0]!;
  const obstacles = Object.entries(named).flatMap(([key, what]) => {
    const count = counts[key as keyof typeof named];
    return count > 0 ? [`${what}: ${count}`] : [];
  });
  return { tables, bytes, instanceBytes, obstacles };
}

const named = {
  slots: "logical replication slots",
  subscriptions: "subscriptions",
  prepared: "prepared transactions",
};
