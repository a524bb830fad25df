/**
 * PostgreSQL gives an object only to a role that may create in its schema. In the source a role may have that right by a
 * grant, or no longer; in the copy all privileges come last. So such roles are lent it while the copy is made.
 */
import type { Client } from "pg";
import type { DumpStatement } from "./dump-statements";

/** A role that owns something in a schema that is not its own, or a publication of the database. */
export interface Creator {
  on: "schema" | "database";
  /** Of the schema; empty for the database, whose copy has another name. */
  schema: string;
  role: string;
}

export async function readCreatorsOf(source: Client): Promise<Creator[]> {
  const owned = catalogs.map(
    ([catalog, prefix]) =>
      `select '${catalog}'::regclass, oid, ${prefix}namespace, ${prefix}owner from pg_catalog.${catalog}`,
  );
  const { rows } = await source.query<Creator>(`
    select distinct 'schema' as "on", n.nspname as schema, r.rolname as role
    from (${owned.join(" union all ")}) o (class, oid, namespace, owner)
    join pg_namespace n on n.oid = o.namespace join pg_roles r on r.oid = o.owner
    where o.owner <> n.nspowner and n.nspname !~ '^(pg_|rdsadmin)' and n.nspname <> 'information_schema'
      and r.rolname !~ '^(pg_|rds)'
      and not exists (select from pg_depend x where x.classid = o.class and x.objid = o.oid and x.deptype = 'e')
    union select 'database', '', r.rolname from pg_publication p join pg_roles r on r.oid = p.pubowner
    where r.rolname !~ '^(pg_|rds)' order by 1, 2, 3`);
  return rows;
}

/** What is in schemas, with the prefix of its columns. */
const catalogs = [
  ...([
    ["pg_class", "rel"],
    ["pg_proc", "pro"],
    ["pg_type", "typ"],
    ["pg_statistic_ext", "stx"],
  ] as const),
  ...([
    ["pg_collation", "coll"],
    ["pg_operator", "opr"],
    ["pg_opclass", "opc"],
    ["pg_opfamily", "opf"],
  ] as const),
  ...([
    ["pg_ts_dict", "dict"],
    ["pg_ts_config", "cfg"],
    ["pg_conversion", "con"],
  ] as const),
] as const;

/** For those that have it not in the target, as it is then; what they have stays. */
export async function lentCreation(
  target: Client,
  creators: readonly Creator[],
): Promise<{ lend: DumpStatement[]; takeBack: DumpStatement[] }> {
  const { rows } = await target.query<{ lend: string; back: string; place: string }>(
    `select format('grant create on %s %I to %I', o.kind, o.name, o.role) as lend,
       format('revoke create on %s %I from %I', o.kind, o.name, o.role) as back, format('ACL %s %s', o.kind, o.name) as place
     from (select c."on", case c."on" when 'schema' then c.schema else current_database() end, c.role
       from jsonb_to_recordset($1) as c ("on" text, schema text, role text)) o (kind, name, role)
     where not case o.kind when 'schema' then has_schema_privilege(o.role, o.name, 'create')
       else has_database_privilege(o.role, o.name, 'create') end`,
    [JSON.stringify(creators)],
  );
  return {
    lend: rows.map(({ lend: sql, place }) => ({ sql, place })),
    takeBack: rows.map(({ back: sql, place }) => ({ sql, place })),
  };
}
