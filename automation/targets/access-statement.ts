/** The statement of access-catalog.ts: one row of JSON. Its casts are of PostgreSQL's own types only. */

/** pg_auth_members has options since 16, parameters have privileges since 15. */
export const accessStatement = (version: number): string => `
with schemas as materialized (
  select n.oid, n.nspname, n.nspowner, n.nspacl from pg_namespace n
  where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'),
named as materialized (
  select kind, schema, name from unnest($1::text[], $2::text[], $3::text[]) as one (kind, schema, name)),
objects (kind, letter, schema, name, owner, acl, classid, objid, objsubid) as (
${objects(version).join("\n  union all ")}),
described as materialized (
  select row_number() over () as id, o.kind, o.letter, o.schema, o.name, o.owner, o.acl, i.initprivs,
    exists (select from pg_depend d where d.classid = o.classid and d.objid = o.objid and d.deptype = 'e') as of_extension,
    (select n.name from named n where n.kind = o.kind and n.schema = coalesce(o.schema::text, '')
       and n.name in (o.name, split_part(o.name, '(', 1)) limit 1) as named
  from objects o
  left join pg_init_privs i on i.classoid = o.classid and i.objoid = o.objid and i.objsubid = o.objsubid),
grouped as (
  select kind, letter, schema, owner, of_extension, named, min(id) as id, count(*)::int as count,
    (array_agg(name order by name collate "C"))[1:$4] as names
  from described group by kind, letter, schema, owner, of_extension, named, acl::text, initprivs::text),
answer as (select json_build_object(
  'database', current_database()::text,
  'roles', (select json_agg(json_build_object('oid', r.oid::bigint, 'name', r.rolname::text, 'superuser', r.rolsuper,
      'inherit', r.rolinherit, 'createRole', r.rolcreaterole, 'createDatabase', r.rolcreatedb, 'login', r.rolcanlogin,
      'replication', r.rolreplication, 'bypassRowLevelSecurity', r.rolbypassrls, 'connectionLimit', r.rolconnlimit,
      'validUntil', nullif(r.rolvaliduntil::text, 'infinity'))) from pg_roles r),
  'memberships', (select coalesce(json_agg(json_build_object('role', m.roleid::bigint, 'member', m.member::bigint,
      'admin', m.admin, 'inherit', m.inherit, 'set', m.set)), '[]') from (
    select roleid, member, bool_or(admin_option) as admin, ${
      version >= 160000
        ? `bool_or(inherit_option) as inherit, bool_or(set_option) as "set"`
        : `null::bool as inherit, null::bool as "set"`
    } from pg_auth_members group by roleid, member) m),
  'settings', (select coalesce(json_agg(json_build_object('role', s.setrole::bigint, 'here', s.setdatabase <> 0,
      'name', split_part(line, '=', 1), 'value', substr(line, strpos(line, '=') + 1))), '[]')
    from pg_db_role_setting s, unnest(s.setconfig) as line
    where s.setdatabase in (0, (select d.oid from pg_database d where d.datname = current_database()))),
  'objects', (select coalesce(json_agg(json_build_object('kind', g.kind, 'schema', g.schema::text, 'owner', g.owner::bigint,
      'ofExtension', g.of_extension, 'name', g.named, 'count', g.count, 'names', g.names,
      'privileges', ${exploded("coalesce(d.acl, acldefault(g.letter, g.owner))")},
      'initial', ${exploded("coalesce(d.initprivs, acldefault(g.letter, g.owner))")})), '[]')
    from grouped g join described d on d.id = g.id),
  'defaults', (select coalesce(json_agg(json_build_object('owner', d.defaclrole::bigint, 'schema', n.nspname::text,
      'kind', case d.defaclobjtype ${Object.entries(defaultKinds)
        .map(([letter, kind]) => `when '${letter}' then '${kind}'`)
        .join(" ")} end,
      'privileges', ${exploded("d.defaclacl")})), '[]')
    from pg_default_acl d left join pg_namespace n on n.oid = d.defaclnamespace),
  'extensions', (select json_agg(json_build_object('name', e.extname::text, 'schema', n.nspname::text,
      'version', e.extversion, 'owner', pg_get_userbyid(e.extowner)::text))
    from pg_extension e join pg_namespace n on n.oid = e.extnamespace),
  'databases', (select json_agg(json_build_object('name', d.datname::text, 'owner', d.datdba::bigint)) from pg_database d),
  'policiesOff', ${named(`
    select n.nspname as schema, c.relowner as owner, c.relname::text as name from pg_class c join schemas n on n.oid = c.relnamespace
    where not c.relrowsecurity and exists (select from pg_policy p where p.polrelid = c.oid)`)},
  'shadows', ${named(`
    select n.nspname, p.proowner, p.proname || '(' || oidvectortypes(p.proargtypes) || ')'
    from pg_proc p join schemas n on n.oid = p.pronamespace
    where exists (select from pg_proc q where q.pronamespace = 'pg_catalog'::regnamespace and q.proname = p.proname
        and q.proargtypes = p.proargtypes)
      and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
    union all
    select n.nspname, p.oprowner, p.oprname::text from pg_operator p join schemas n on n.oid = p.oprnamespace
    where exists (select from pg_operator q where q.oprnamespace = 'pg_catalog'::regnamespace and q.oprname = p.oprname
        and q.oprleft = p.oprleft and q.oprright = p.oprright)
      and not exists (select from pg_depend d where d.classid = 'pg_operator'::regclass and d.objid = p.oid and d.deptype = 'e')`)}
)::text as found)
select case when octet_length(found) <= $5 then found end as found, octet_length(found) as bytes from answer`;

const exploded = (acl: string): string =>
  `(select json_agg(json_build_array(a.grantee::bigint, a.privilege_type, a.is_grantable) order by a.grantee, a.privilege_type)
        from aclexplode(${acl}) a)`;

const named = (rows: string): string => `(select coalesce(json_agg(json_build_object('schema', g.schema::text,
      'owner', g.owner::bigint, 'count', g.count, 'names', g.names)), '[]') from (
    select schema, owner, count(*)::int as count, (array_agg(name order by name collate "C"))[1:$4] as names
    from (${rows}) as one (schema, owner, name) group by schema, owner) g)`;

const defaultKinds = { r: "table", S: "sequence", f: "function", T: "type", n: "schema", L: "large object" };

/**
 * All that has an owner and privileges. Without temporary tables, which go with their session; without the types of
 * tables and of arrays, which have the privileges of what they belong to.
 */
const objects = (version: number): string[] => [
  object("database", "d", "null", "o.datname", "o.datdba", "o.datacl", "pg_database", "o.datname = current_database()"),
  `select 'schema', 'n'::"char", null, o.nspname::text, o.nspowner, o.nspacl, 'pg_namespace'::regclass, o.oid, 0 from schemas o`,
  `select case o.relkind when 'S' then 'sequence' else 'table' end, case o.relkind when 'S' then 's' else 'r' end::"char",
    n.nspname, o.relname::text, o.relowner, o.relacl, 'pg_class'::regclass, o.oid, 0
  from pg_class o join schemas n on n.oid = o.relnamespace
  where o.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and o.relpersistence <> 't'`,
  `select 'column', 'c'::"char", n.nspname, c.relname || '.' || o.attname, c.relowner, o.attacl, 'pg_class'::regclass, c.oid, o.attnum
  from pg_attribute o join pg_class c on c.oid = o.attrelid join schemas n on n.oid = c.relnamespace
  where o.attacl is not null and not o.attisdropped and c.relpersistence <> 't'`,
  `select case o.prokind when 'p' then 'procedure' else 'function' end, 'f'::"char", n.nspname,
    o.proname || '(' || oidvectortypes(o.proargtypes) || ')', o.proowner, o.proacl, 'pg_proc'::regclass, o.oid, 0
  from pg_proc o join schemas n on n.oid = o.pronamespace`,
  `select 'type', 'T'::"char", n.nspname, o.typname::text, o.typowner, o.typacl, 'pg_type'::regclass, o.oid, 0
  from pg_type o join schemas n on n.oid = o.typnamespace left join pg_class c on c.oid = o.typrelid
  where o.typtype in ('b', 'd', 'e', 'r', 'c') and coalesce(c.relkind, 'c') = 'c'
    and not exists (select from pg_type e where e.typarray = o.oid)`,
  object("language", "l", "null", "o.lanname", "o.lanowner", "o.lanacl", "pg_language"),
  object("foreign data wrapper", "F", "null", "o.fdwname", "o.fdwowner", "o.fdwacl", "pg_foreign_data_wrapper"),
  object("foreign server", "S", "null", "o.srvname", "o.srvowner", "o.srvacl", "pg_foreign_server"),
  object("large object", "L", "null", "o.oid", "o.lomowner", "o.lomacl", "pg_largeobject_metadata"),
  object("tablespace", "t", "null", "o.spcname", "o.spcowner", "o.spcacl", "pg_tablespace", "o.spcname !~ '^pg_'"),
  ...(version >= 150000
    ? [object("parameter", "p", "null", "o.parname", "10::oid", "o.paracl", "pg_parameter_acl")]
    : []),
];

function object(
  kind: string,
  letter: string,
  schema: string,
  name: string,
  owner: string,
  acl: string,
  catalog: string,
  where = "true",
): string {
  const id = `'${catalog}'::regclass, o.oid, 0`;
  return `select '${kind}', '${letter}'::"char", ${schema}::name, ${name}::text, ${owner}, ${acl}, ${id} from ${catalog} o where ${where}`;
}
