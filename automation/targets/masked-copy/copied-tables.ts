/** Which tables a copy reads, and how each is written. */
import type { Client } from "pg";

export interface CopiedTable {
  /** Quoted where SQL needs it, as profiles name it too: `public."Order"`. */
  name: string;
  /** Those that are copied, in the order of the rows' fields: PostgreSQL computes the others. */
  columns: string[];
  /** The table whose partition it is, up to the root. */
  root: { name: string } | null;
  /** Its rows are hidden from some roles, which would copy only the others. */
  rowSecurity: boolean;
  bytes: number;
}

/**
 * Every table that has rows of its own: partitions instead of what is partitioned, and both a parent and its children.
 * Not those of an extension, unless the extension says that users change them. The largest first, since with several
 * at once the last decides when all is done.
 */
const TABLES = `
select format('%I.%I', n.nspname, c.relname) as name,
  c.relrowsecurity as "rowSecurity", pg_table_size(c.oid)::float8 as bytes,
  coalesce((select array_agg(a.attname::text order by a.attnum) from pg_attribute a
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''), '{}') as columns,
  case when c.relispartition then (
    select json_build_object('name', format('%I.%I', rn.nspname, r.relname))
    from pg_class r join pg_namespace rn on rn.oid = r.relnamespace where r.oid = pg_partition_root(c.oid)) end as root
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and c.relpersistence <> 't' and n.nspname !~ '^(pg_|rdsadmin)' and n.nspname <> 'information_schema'
  and (not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
    or exists (select from pg_extension e where c.oid = any (e.extconfig)))
order by pg_table_size(c.oid) desc, n.nspname, c.relname`;

export async function readCopiedTables(source: Client): Promise<CopiedTable[]> {
  return (await source.query<CopiedTable>(TABLES)).rows;
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const list = (columns: string[]): string => (columns.length === 0 ? "" : ` (${columns.map(quoted).join(", ")})`);

/** `from`: rows of the table as `t`, where not all are read. */
export const copyOutStatement = ({ name, columns }: CopiedTable, from?: string): string =>
  from === undefined
    ? `copy ${name}${list(columns)} to stdout (format text, encoding 'UTF8')`
    : `copy (select ${columns.map((one) => `t.${quoted(one)}`).join(", ")} from ${from}) to stdout (format text, encoding 'UTF8')`;

/** `throughRoot`: where masking changes what decides about a row's partition. */
export const copyInStatement = ({ name, columns, root }: CopiedTable, throughRoot: boolean): string =>
  `copy ${throughRoot && root ? root.name : name}${list(columns)} from stdin (format text, encoding 'UTF8')`;
