/** An empty database with what a StandardDatabase declares in it: schemas, extensions, privileges, and no table. */
import type { Client } from "pg";
import { ensureRoles } from "./schema-load";

export interface EmptyStructure {
  /** In this order. */
  statements: string[];
  /** Which the session that runs them has to be a member of. */
  roles: string[];
}

/** As the database that the session is in has it, of these schemas and extensions. */
export async function readEmptyStructure(
  client: Client,
  schemas: readonly string[],
  extensions: readonly string[],
): Promise<EmptyStructure> {
  const { rows } = await client.query<{ statement: string }>(structure, [schemas, extensions]);
  const owners = await client.query<{ name: string }>(owning, [schemas, extensions]);
  return { statements: rows.map(({ statement }) => statement), roles: owners.rows.map(({ name }) => name) };
}

/** In a session of the master in the empty database: in one transaction. */
export async function makeStructure(client: Client, { statements, roles }: EmptyStructure): Promise<void> {
  await ensureRoles(client, roles);
  await client.query("begin");
  for (const statement of statements) await client.query(statement);
  await client.query("commit");
}

/** What is `made` is created here; an extension that brings its schema creates that itself. */
const found = `
  with extension as (
    select e.oid, e.extname, n.nspname, exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_namespace'::regclass
        and d.objid = n.oid and d.refclassid = 'pg_catalog.pg_extension'::regclass and d.refobjid = e.oid and d.deptype = 'e') as "makesSchema"
    from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace where e.extname = any ($2::text[])),
  kept as (
    select n.oid, n.nspname, n.nspowner, coalesce(n.nspacl, pg_catalog.acldefault('n', n.nspowner)) as acl,
      n.nspname <> 'public' and not exists (select from extension x where x.nspname = n.nspname and x."makesSchema") as made
    from pg_catalog.pg_namespace n
    where n.nspname = any ($1::text[]) or n.nspname = 'public'
      or n.nspname in (select x.nspname from extension x where x.nspname !~ '^pg_')),
  later as (
    select d.defaclrole, d.defaclacl, k.nspname, case d.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions'
        when 'T' then 'types' when 'n' then 'schemas' when 'L' then 'large objects' end as kind
    from pg_catalog.pg_default_acl d left join kept k on k.oid = d.defaclnamespace
    where d.defaclnamespace = 0 or k.oid is not null)`;

const grantee = (of: string) => `case when ${of}.grantee = 0 then 'public' else ${of}.grantee::regrole::text end`;
const withOption = (of: string) => `case when ${of}.is_grantable then ' with grant option' else '' end`;

const structure = `${found}
  select statement from (
    select 1 as part, k.oid as place, pg_catalog.format('create schema %I authorization %s', k.nspname, k.nspowner::regrole) as statement from kept k where k.made
    union all select 2, x.oid, pg_catalog.format('create extension %I', x.extname) || case when x."makesSchema" then '' else pg_catalog.format(' schema %I', x.nspname) end from extension x
    union all select 3, k.oid, pg_catalog.format('revoke all on schema %I from public', k.nspname) from kept k
    union all select 4, k.oid, pg_catalog.format('grant %s on schema %I to %s%s', pg_catalog.string_agg(a.privilege_type, ', '), k.nspname, ${grantee("a")}, ${withOption("a")})
      from kept k, pg_catalog.aclexplode(k.acl) a where a.grantee <> k.nspowner group by k.oid, k.nspname, a.grantee, a.is_grantable
    union all select 5, l.defaclrole, pg_catalog.format('alter default privileges for role %s revoke all on %s from public', l.defaclrole::regrole, l.kind) from later l where l.nspname is null
    union all select 6, l.defaclrole, pg_catalog.format('alter default privileges for role %s%s grant %s on %s to %s%s', l.defaclrole::regrole,
        case when l.nspname is null then '' else ' in schema ' || pg_catalog.quote_ident(l.nspname) end, pg_catalog.string_agg(a.privilege_type, ', '), l.kind, ${grantee("a")}, ${withOption("a")})
      from later l, pg_catalog.aclexplode(l.defaclacl) a where a.grantee <> l.defaclrole group by l.defaclrole, l.nspname, l.kind, a.grantee, a.is_grantable
  ) s order by part, place, statement`;

const owning = `${found}
  select distinct o.owner::regrole::text as name from (
    select k.nspowner as owner from kept k where k.made union select l.defaclrole from later l) o
  where o.owner <> current_user::regrole order by 1`;
