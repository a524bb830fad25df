/**
 * What a masking profile has to know of a schema, read from the catalog: no row of a table is read. Definitions may
 * contain real values, and stay in memory.
 */
import type { Client } from "pg";
import type {
  ColumnFacts,
  DefinitionFacts,
  ForeignKeyFacts,
  SchemaFacts,
  TableFacts,
  UniqueFacts,
} from "../masking/schema-facts";
import { DEFINITIONS, OWN_SCHEMAS } from "./schema-definitions";

/** Each is one statement, so it sees one snapshot; together they need a transaction of the caller's for that. */
export async function readSchemaFacts(client: Client): Promise<SchemaFacts> {
  const all = async <T>(sql: string) => (await client.query<{ row: T }>(sql)).rows.map(({ row }) => row);
  await client.query("begin isolation level repeatable read read only");
  const tables = await all<TableFacts>(TABLES);
  const columns = await all<ColumnFacts>(COLUMNS);
  const uniques = await all<UniqueFacts>(UNIQUES);
  const foreignKeys = await all<ForeignKeyFacts>(FOREIGN_KEYS);
  const definitions = await all<DefinitionFacts>(DEFINITIONS);
  const [rest] = await all<Pick<SchemaFacts, "serverVersion" | "extensions" | "largeObjects">>(REST);
  await client.query("commit");
  const byTable = new Map<string, ColumnFacts[]>(tables.map(({ name }) => [name, []]));
  for (const column of columns) byTable.get(column.table)?.push(column);
  return {
    ...rest!,
    tables: tables.map((table) => ({ ...table, columns: byTable.get(table.name) ?? [] })),
    uniques,
    foreignKeys,
    definitions,
  };
}

/** Tables that have rows to copy or to refuse; of an extension's own only those that it says are configuration. */
const RELATIONS = `
with recursive ${OWN_SCHEMAS},
relations as materialized (
  select c.oid, c.relname, s.nspname, c.relkind, c.relispartition, c.relrowsecurity, c.reltuples, x.extname,
    format('%I.%I', s.nspname, c.relname) as name, s.nspname as space
  from pg_catalog.pg_class c join schemas s on s.oid = c.relnamespace
  left join of_extension x on x.classid = 'pg_class'::regclass and x.objid = c.oid
  where c.relkind in ('r', 'p', 'm', 'f') and c.relpersistence <> 't'
    and (x.extname is null or c.oid = any (x.extconfig)))`;

const TABLES = `${RELATIONS}
select jsonb_strip_nulls(jsonb_build_object(
  'name', c.name,
  'kind', case when c.relispartition then 'partition'
    else case c.relkind when 'r' then 'table' when 'p' then 'partitioned' when 'm' then 'materialized-view' else 'foreign' end end,
  'parents', (select jsonb_agg(format('%I.%I', pn.nspname, p.relname) order by i.inhseqno) from pg_catalog.pg_inherits i
    join pg_catalog.pg_class p on p.oid = i.inhparent join pg_catalog.pg_namespace pn on pn.oid = p.relnamespace
    where i.inhrelid = c.oid),
  'rowSecurity', case when c.relrowsecurity then true end,
  'extension', c.extname,
  'rows', greatest(c.reltuples, 0)::bigint)) as row
from relations c order by c.name`;

/** A domain over a domain over a type has a length, a NOT NULL and checks at each step. */
const COLUMNS = `${RELATIONS},
chain as (
  select t.oid as top, t.oid, t.typbasetype, t.typtypmod, t.typnotnull, t.typtype, 0 as depth from pg_catalog.pg_type t
  where t.typtype = 'd'
  union all
  select c.top, t.oid, t.typbasetype, t.typtypmod, t.typnotnull, t.typtype, c.depth + 1
  from chain c join pg_catalog.pg_type t on t.oid = c.typbasetype where c.typtype = 'd'),
domains as materialized (
  select top, (array_agg(oid order by depth desc))[1] as base,
    (array_agg(typtypmod order by depth desc) filter (where typtype = 'd' and typtypmod >= 0))[1] as typmod,
    bool_or(typnotnull) filter (where typtype = 'd') as notnull,
    array_agg(oid) filter (where typtype = 'd') as members
  from chain group by top),
typed as materialized (
  select c.oid as relation, c.name as tablename, c.space, c.relname, a.attnum, a.attname, a.atttypid, a.attnotnull, a.attgenerated, a.attidentity,
    a.attcollation, d.notnull as domain_notnull, d.members,
    coalesce(d.base, a.atttypid) as base, case when a.atttypmod >= 0 then a.atttypmod else coalesce(d.typmod, -1) end as typmod,
    format_type(a.atttypid, a.atttypmod) as declared
  from relations c join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  left join domains d on d.top = a.atttypid)
select jsonb_strip_nulls(jsonb_build_object(
  'table', c.tablename, 'name', c.attname, 'type', t.typname, 'declared', c.declared,
  'kind', case t.typtype when 'b' then 'base' when 'e' then 'enum' when 'c' then 'composite' when 'r' then 'range'
    when 'm' then 'multirange' when 'd' then 'domain' else 'pseudo' end,
  'maxLength', case when t.typname in ('varchar', 'bpchar', '_varchar', '_bpchar') and c.typmod >= 4 then c.typmod - 4 end,
  'precision', case when t.typname = 'numeric' and c.typmod >= 4 then ((c.typmod - 4) >> 16) & 65535 end,
  'scale', case when t.typname = 'numeric' and c.typmod >= 4 then (((c.typmod - 4) & 2047) # 1024) - 1024 end,
  'notNull', c.attnotnull or coalesce(c.domain_notnull, false),
  'generated', case when c.attgenerated <> '' then true end,
  'identity', case c.attidentity when 'a' then 'always' when 'd' then 'by-default' end,
  'domain', case when c.members is not null then format_type(c.atttypid, null) end,
  'made', case when c.attidentity <> '' or exists (select from pg_catalog.pg_attrdef d where d.adrelid = c.relation and d.adnum = c.attnum
    and c.attgenerated = '' and pg_get_expr(d.adbin, d.adrelid) ~ '^(nextval\\(|([a-z_]+\\.)?(gen_random_uuid|uuid_generate_v[0-9]+|uuidv[0-9]+)\\()')
    or exists (select from pg_catalog.pg_trigger g join pg_catalog.pg_proc f on f.oid = g.tgfoid where g.tgrelid = c.relation and not g.tgisinternal
      and f.prosrc ~* ('\\mnew\\."?' || regexp_replace(c.attname, '\\W', '.', 'g') || '"?\\s*:?=\\s*(pg_catalog\\.)?nextval\\s*\\(')) then true end,
  'labels', (select jsonb_agg(e.enumlabel order by e.enumsortorder) from pg_catalog.pg_enum e where e.enumtypid = c.base),
  'checks', coalesce((select jsonb_agg(pg_get_constraintdef(k.oid) order by k.conname) from pg_catalog.pg_constraint k
    where k.contype = 'c' and (k.contypid = any (c.members) or (k.conrelid = c.relation and c.attnum = any (k.conkey)))), '[]'),
  'ignoresCase', case when t.typname = 'citext'
    or (select not o.collisdeterministic from pg_catalog.pg_collation o where o.oid = c.attcollation) then true end,
  'partitionKey', (select case p.partstrat when 'l' then 'list' when 'r' then 'range' else 'hash' end
    from pg_catalog.pg_partitioned_table p where p.partrelid = c.relation and c.attnum = any (p.partattrs::int2[])),
  'distinct', s.n_distinct, 'averageBytes', s.avg_width,
  'comment', col_description(c.relation, c.attnum))) as row
from typed c join pg_catalog.pg_type t on t.oid = c.base
left join pg_catalog.pg_stats s on s.schemaname = c.space and s.tablename = c.relname and s.attname = c.attname and not s.inherited
order by c.tablename, c.attnum`;

const UNIQUES = `${RELATIONS}
select jsonb_strip_nulls(jsonb_build_object(
  'table', c.name, 'name', i.relname, 'primary', x.indisprimary,
  'exclusion', case when x.indisexclusion then true end, 'partial', case when x.indpred is not null then true end,
  'parts', (select jsonb_agg(case when k.attnum > 0 then jsonb_build_object('column', a.attname)
      else jsonb_build_object('expression', pg_get_indexdef(x.indexrelid, k.at::int, true),
        'columns', (select coalesce(jsonb_agg(da.attname order by da.attnum), '[]') from pg_catalog.pg_depend d
          join pg_catalog.pg_attribute da on da.attrelid = d.refobjid and da.attnum = d.refobjsubid
          where d.classid = 'pg_class'::regclass and d.objid = x.indexrelid and d.refclassid = 'pg_class'::regclass
            and d.refobjid = x.indrelid and d.refobjsubid > 0)) end order by k.at)
    from unnest(x.indkey::int2[]) with ordinality k (attnum, at)
    left join pg_catalog.pg_attribute a on a.attrelid = x.indrelid and a.attnum = k.attnum
    where k.at <= x.indnkeyatts))) as row
from relations c join pg_catalog.pg_index x on x.indrelid = c.oid and (x.indisunique or x.indisexclusion)
join pg_catalog.pg_class i on i.oid = x.indexrelid
order by c.name, i.relname`;

/** Of a partitioned table once: those of its partitions follow from it. */
const FOREIGN_KEYS = `${RELATIONS}
select jsonb_build_object('name', k.conname, 'table', c.name,
  'columns', (select jsonb_agg(a.attname order by n.at) from unnest(k.conkey) with ordinality n (attnum, at)
    join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = n.attnum),
  'references', jsonb_build_object('table', r.name,
    'columns', (select jsonb_agg(a.attname order by n.at) from unnest(k.confkey) with ordinality n (attnum, at)
      join pg_catalog.pg_attribute a on a.attrelid = k.confrelid and a.attnum = n.attnum))) as row
from pg_catalog.pg_constraint k join relations c on c.oid = k.conrelid join relations r on r.oid = k.confrelid
where k.contype = 'f' and k.conparentid = 0
order by c.name, k.conname`;

const REST = `
select jsonb_build_object('serverVersion', current_setting('server_version_num')::int,
  'extensions', (select coalesce(jsonb_agg(extname order by extname), '[]') from pg_catalog.pg_extension where extname <> 'plpgsql'),
  'largeObjects', (select count(*) from pg_catalog.pg_largeobject_metadata)) as row`;
