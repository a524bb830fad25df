/**
 * Every text of a schema that travels to a copy and may contain real values: comments, labels, constants of checks,
 * bodies, bounds, options of servers. `masking/definitions.ts` says which of them a profile has to classify. Not read:
 * user mappings, which never travel, and what an extension brings along.
 */

import type { DefinitionFacts } from "../masking/schema-facts";

/** Schemas that people made (temporary tables are in none of them), and what extensions made. */
export const OWN_SCHEMAS = `
schemas as materialized (
  select n.oid, n.nspname from pg_catalog.pg_namespace n
  where n.nspname !~ '^(pg_|rdsadmin)' and n.nspname <> 'information_schema'),
of_extension as materialized (
  select d.classid, d.objid, e.extname, e.extconfig from pg_catalog.pg_depend d
  join pg_catalog.pg_extension e on d.refclassid = 'pg_extension'::regclass and d.refobjid = e.oid and d.deptype = 'e')`;

/** Lower numbers are PostgreSQL's own objects. */
const FIRST_OF_PEOPLE = 16384;

/** One kind of definition, as expressions of SQL. */
interface DefinitionQuery {
  kind: DefinitionFacts["kind"];
  id: string;
  text: string;
  /** Where these are read. */
  from: string;
  /** What may belong to an extension. */
  object: [catalog: string, oid: string];
  /** The statement that removes it from its database: NULL if none can, empty if it never travels. */
  drop: string;
  /** What is put before another text for it to become a statement: NULL if there is no such statement. */
  replace?: string;
}

const classes = "join pg_catalog.pg_class c on";
const spaces = "join schemas s on s.oid =";
/** As COMMENT ON names the kind of an object. */
const commented = `case when i.type ~ ' column$' then 'column' when i.type ~ ' constraint$' then 'constraint' when i.type = 'composite type' then 'type'
      when i.type = 'foreign-data wrapper' then 'foreign data wrapper' when i.type = 'statistics object' then 'statistics' else i.type end`;
const checked = `case when k.conrelid <> 0 then format('alter table %I.%I ', s.nspname, c.relname) else format('alter domain %s ', format_type(k.contypid, null)) end`;
const foreignTable = "format('alter foreign table %I.%I', s.nspname, c.relname)";
/** Empty where there are none. */
const dropped = (altered: string, options: string) =>
  `coalesce(${altered} || (select ' options (' || string_agg('drop ' || quote_ident(split_part(o, '=', 1)), ', ') || ')' from unnest(${options}) o having count(*) > 0), '')`;
const queries: DefinitionQuery[] = [
  {
    kind: "comment",
    id: "format('comment on %s %s', i.type, i.identity)",
    text: "d.description",
    from: `pg_catalog.pg_description d cross join lateral pg_identify_object(d.classoid, d.objoid, d.objsubid) i where d.objoid >= ${FIRST_OF_PEOPLE} and i.identity is not null`,
    object: ["d.classoid", "d.objoid"],
    drop: `format('comment on %s %s is ', ${commented}, case when i.type = 'domain constraint' then regexp_replace(i.identity, '^(.+) on ', '\\1 on domain ') else i.identity end) || 'null'`,
    replace: `format('comment on %s %s is ', ${commented}, case when i.type = 'domain constraint' then regexp_replace(i.identity, '^(.+) on ', '\\1 on domain ') else i.identity end)`,
  },
  {
    kind: "comment",
    id: "format('security label of %s on %s %s', l.provider, i.type, i.identity)",
    text: "l.label",
    from: `pg_catalog.pg_seclabel l cross join lateral pg_identify_object(l.classoid, l.objoid, l.objsubid) i where i.identity is not null`,
    object: ["l.classoid", "l.objoid"],
    drop: `''`,
  },
  {
    kind: "default",
    id: "format('default of %I.%I.%I', s.nspname, c.relname, a.attname)",
    text: "pg_get_expr(d.adbin, d.adrelid)",
    from: `pg_catalog.pg_attrdef d ${classes} c.oid = d.adrelid ${spaces} c.relnamespace join pg_catalog.pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum`,
    object: ["'pg_class'::regclass", "c.oid"],
    drop: `case when a.attgenerated = '' then format('alter table %I.%I alter column %I ', s.nspname, c.relname, a.attname) || 'drop default' end`,
    replace: `case when a.attgenerated = '' then format('alter table %I.%I alter column %I ', s.nspname, c.relname, a.attname) || 'set default ' end`,
  },
  {
    kind: "default",
    id: "format('default of domain %I.%I', s.nspname, t.typname)",
    text: "t.typdefault",
    from: `pg_catalog.pg_type t ${spaces} t.typnamespace where t.typtype = 'd' and t.typdefault is not null`,
    object: ["'pg_type'::regclass", "t.oid"],
    drop: `format('alter domain %I.%I ', s.nspname, t.typname) || 'drop default'`,
    replace: `format('alter domain %I.%I ', s.nspname, t.typname) || 'set default '`,
  },
  {
    kind: "check",
    id: "format('check %s on %s', k.conname, case when k.conrelid <> 0 then format('%I.%I', s.nspname, c.relname) else format('domain %s', format_type(k.contypid, null)) end)",
    text: "pg_get_constraintdef(k.oid)",
    from: `pg_catalog.pg_constraint k ${spaces} k.connamespace left join pg_catalog.pg_class c on c.oid = k.conrelid where k.contype = 'c' and (c.oid is null or k.conislocal)`,
    object: [
      "case when k.conrelid <> 0 then 'pg_class'::regclass else 'pg_type'::regclass end",
      "greatest(k.conrelid, k.contypid)",
    ],
    drop: `${checked} || format('drop constraint %I', k.conname)`,
    replace: `${checked} || format('drop constraint %I; ', k.conname) || ${checked} || format('add constraint %I ', k.conname)`,
  },
  {
    kind: "enum",
    id: "format('enum %I.%I', s.nspname, t.typname)",
    text: "(select string_agg(e.enumlabel, E'\\n' order by e.enumsortorder) from pg_catalog.pg_enum e where e.enumtypid = t.oid)",
    from: `pg_catalog.pg_type t ${spaces} t.typnamespace where t.typtype = 'e'`,
    object: ["'pg_type'::regclass", "t.oid"],
    drop: `null`,
  },
  {
    kind: "partition",
    id: "format('partition %I.%I', s.nspname, c.relname)",
    text: "pg_get_expr(c.relpartbound, c.oid)",
    from: `pg_catalog.pg_class c ${spaces} c.relnamespace where c.relispartition and c.relkind in ('r', 'p', 'f')`,
    object: ["'pg_class'::regclass", "c.oid"],
    drop: `null`,
  },
  {
    kind: "partition",
    id: "format('partition key of %I.%I', s.nspname, c.relname)",
    text: "pg_get_partkeydef(c.oid)",
    from: `pg_catalog.pg_class c ${spaces} c.relnamespace where c.relkind = 'p'`,
    object: ["'pg_class'::regclass", "c.oid"],
    drop: `null`,
  },
  {
    kind: "function",
    id: "format('function %s', i.identity)",
    text: "pg_get_functiondef(p.oid)",
    from: `pg_catalog.pg_proc p ${spaces} p.pronamespace cross join lateral pg_identify_object('pg_proc'::regclass, p.oid, 0) i where p.prokind <> 'a'`,
    object: ["'pg_proc'::regclass", "p.oid"],
    drop: `format('drop %s %s', i.type, i.identity)`,
    replace: `''`,
  },
  {
    kind: "view",
    id: "format('view %I.%I', s.nspname, c.relname)",
    text: "pg_get_viewdef(c.oid)",
    from: `pg_catalog.pg_class c ${spaces} c.relnamespace where c.relkind in ('v', 'm')`,
    object: ["'pg_class'::regclass", "c.oid"],
    drop: `format('drop %s %I.%I', case c.relkind when 'v' then 'view' else 'materialized view' end, s.nspname, c.relname)`,
    replace: `case c.relkind when 'v' then format('create or replace view %I.%I as ', s.nspname, c.relname) end`,
  },
  {
    kind: "policy",
    id: "format('policy %s on %I.%I', p.polname, s.nspname, c.relname)",
    text: "concat_ws(E'\\n', pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))",
    from: `pg_catalog.pg_policy p ${classes} c.oid = p.polrelid ${spaces} c.relnamespace`,
    object: ["'pg_class'::regclass", "c.oid"],
    drop: `format('drop policy %I on %I.%I', p.polname, s.nspname, c.relname)`,
  },
  {
    kind: "trigger",
    id: "format('trigger %s on %I.%I', t.tgname, s.nspname, c.relname)",
    text: "pg_get_triggerdef(t.oid)",
    from: `pg_catalog.pg_trigger t ${classes} c.oid = t.tgrelid ${spaces} c.relnamespace where not t.tgisinternal and t.tgparentid = 0`,
    object: ["'pg_class'::regclass", "c.oid"],
    drop: `format('drop trigger %I on %I.%I', t.tgname, s.nspname, c.relname)`,
    replace: `format('drop trigger %I on %I.%I', t.tgname, s.nspname, c.relname) || '; '`,
  },
  {
    kind: "index",
    id: "format('index %I.%I', s.nspname, c.relname)",
    text: "pg_get_indexdef(x.indexrelid)",
    from: `pg_catalog.pg_index x ${classes} c.oid = x.indexrelid ${spaces} c.relnamespace where (x.indpred is not null or x.indexprs is not null) and not c.relispartition`,
    object: ["'pg_class'::regclass", "x.indrelid"],
    drop: `format('drop index %I.%I', s.nspname, c.relname)`,
    replace: `format('drop index %I.%I', s.nspname, c.relname) || '; '`,
  },
  {
    kind: "statistics",
    id: "format('statistics %I.%I', s.nspname, e.stxname)",
    text: "pg_get_statisticsobjdef(e.oid)",
    from: `pg_catalog.pg_statistic_ext e ${spaces} e.stxnamespace`,
    object: ["'pg_class'::regclass", "e.stxrelid"],
    drop: `format('drop statistics %I.%I', s.nspname, e.stxname)`,
    replace: `format('drop statistics %I.%I', s.nspname, e.stxname) || '; '`,
  },
  {
    kind: "rule",
    id: "format('rule %s on %I.%I', r.rulename, s.nspname, c.relname)",
    text: "pg_get_ruledef(r.oid)",
    from: `pg_catalog.pg_rewrite r ${classes} c.oid = r.ev_class ${spaces} c.relnamespace where r.rulename <> '_RETURN'`,
    object: ["'pg_class'::regclass", "c.oid"],
    drop: `format('drop rule %I on %I.%I', r.rulename, s.nspname, c.relname)`,
    replace: `format('drop rule %I on %I.%I', r.rulename, s.nspname, c.relname) || '; '`,
  },
  {
    kind: "server",
    id: "format('server %s', f.srvname)",
    text: "array_to_string(f.srvoptions, E'\\n')",
    from: "pg_catalog.pg_foreign_server f where true",
    object: ["'pg_foreign_server'::regclass", "f.oid"],
    drop: `${dropped("format('alter server %I', f.srvname)", "f.srvoptions")}`,
  },
  {
    kind: "server",
    id: "format('foreign data wrapper %s', f.fdwname)",
    text: "array_to_string(f.fdwoptions, E'\\n')",
    from: "pg_catalog.pg_foreign_data_wrapper f where f.fdwoptions is not null",
    object: ["'pg_foreign_data_wrapper'::regclass", "f.oid"],
    drop: `${dropped("format('alter foreign data wrapper %I', f.fdwname)", "f.fdwoptions")}`,
  },
  {
    kind: "server",
    id: "format('foreign table %I.%I', s.nspname, c.relname)",
    text: "concat_ws(E'\\n', array_to_string(f.ftoptions, E'\\n'), (select string_agg(array_to_string(a.attfdwoptions, E'\\n'), E'\\n' order by a.attnum) from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attfdwoptions is not null))",
    from: `pg_catalog.pg_foreign_table f ${classes} c.oid = f.ftrelid ${spaces} c.relnamespace`,
    object: ["'pg_class'::regclass", "c.oid"],
    drop: `concat_ws('; ', nullif(${dropped(foreignTable, "f.ftoptions")}, ''), (select string_agg(${dropped(`${foreignTable} || format(' alter column %I', a.attname)`, "a.attfdwoptions")}, '; ') from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attfdwoptions is not null))`,
  },
  {
    kind: "publication",
    id: "format('publication %s for %I.%I', p.pubname, s.nspname, c.relname)",
    text: "coalesce(pg_get_expr(r.prqual, r.prrelid), '')",
    from: `pg_catalog.pg_publication_rel r join pg_catalog.pg_publication p on p.oid = r.prpubid ${classes} c.oid = r.prrelid ${spaces} c.relnamespace`,
    object: ["'pg_publication'::regclass", "p.oid"],
    drop: `format('alter publication %I drop table %I.%I', p.pubname, s.nspname, c.relname)`,
  },
  {
    kind: "subscription",
    id: "format('subscription %s', b.subname)",
    text: "''",
    from: "pg_catalog.pg_subscription b where b.subdbid = (select oid from pg_catalog.pg_database where datname = current_database())",
    object: ["'pg_subscription'::regclass", "b.oid"],
    drop: `''`,
  },
  {
    kind: "setting",
    id: "format('settings of %s%s', coalesce('role ' || r.rolname, 'all roles'), case when g.setdatabase = 0 then '' else ' in this database' end)",
    text: "array_to_string(g.setconfig, E'\\n')",
    from: "pg_catalog.pg_db_role_setting g left join pg_catalog.pg_roles r on r.oid = g.setrole where g.setdatabase = (select oid from pg_catalog.pg_database where datname = current_database())",
    object: ["'pg_database'::regclass", "g.setdatabase"],
    drop: `''`,
  },
];

const select = ({ kind, id, text, from, object: [catalog, oid], drop, replace = "null" }: DefinitionQuery) => {
  const own = `not exists (select from of_extension made where made.classid = ${catalog} and made.objid = ${oid})`;
  return `select '${kind}' as kind, ${id} as id, ${text} as text, ${drop} as drop, ${replace} as replace from ${from} ${/ where /.test(from.replaceAll(/\([^()]*\)/g, "")) ? "and" : "where"} ${own}`;
};

const all = `
with ${OWN_SCHEMAS},
definitions as (
${queries.map(select).join("\nunion all ")})`;

export const DEFINITIONS = `${all}
select jsonb_build_object('kind', kind, 'id', id, 'text', coalesce(text, '')) as row from definitions order by kind, id`;

/** What a definition is, and how it is removed from its database, or becomes another. */
export interface ChangeableDefinition extends DefinitionFacts {
  drop: string | null;
  replace: string | null;
}
export const CHANGEABLE_DEFINITIONS = `${all}
select kind, id, coalesce(text, '') as text, drop, replace from definitions order by kind, id`;
