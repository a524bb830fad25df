/** The leak scan's side of SQL: what was masked, from the source; what there is, from the copy. Rows stream through. */
import type { Client } from "pg";
import type { FieldForm } from "../../masking/leak-pieces";
import type { LeakReport } from "../../masking/leak-report";
import { LeakScan, type SearchedDefinition } from "../../masking/leak-scan";
import { transformers } from "../../masking/transformers";
import { columnId } from "../../masking/schema-facts";
import type { DatabaseLogin } from "../database-login";
import { besideTables } from "./beside-tables";
import { copyOutStatement, type CopiedTable } from "./copied-tables";
import { inCopySession } from "./copy-session";
import type { CopiedRows } from "./copy-tables";
import { copyOut } from "./copy-out";
import { definitionsQuery } from "./definitions";
import { histogramRowsMax, tableCopySeconds } from "./limits";
import { chosenFrom, type ChosenRows } from "./subset-rows";
import type { TableMasks } from "./table-masks";

export interface LeakSearch {
  /** In the source, which stands still. */
  tables: readonly CopiedTable[];
  /** Tables of which no row was copied: their values are searched for, too, since other tables may have them. */
  left?: readonly CopiedTable[] | undefined;
  masks: TableMasks;
  /** Of a subset, the rows that it has. */
  chosen?: ChosenRows | undefined;
  copied: Record<string, CopiedRows>;
  rootCertificateFile?: string | undefined;
  signal?: AbortSignal | undefined;
}

/** Types of few different values, or whose spelling differs from place to place: by position only. */
const short = new Set([
  "bool",
  "date",
  "time",
  "timetz",
  "timestamp",
  "timestamptz",
  "interval",
  "int2",
  "int4",
  "float4",
  "float8",
  "money",
  "char",
]);

/** What is in them is neither a long number nor a text in which a value could be encoded. */
const plain = new Set([
  "bool",
  "date",
  "time",
  "timetz",
  "timestamp",
  "timestamptz",
  "interval",
  "int2",
  "char",
  "uuid",
]);

/** COPY writes them as a cast to text does, which would cost the server more than reading them. */
const asText = [
  "text",
  "varchar",
  "int2",
  "int4",
  "int8",
  "numeric",
  "date",
  "timestamp",
  "timestamptz",
  "json",
  "jsonb",
  "uuid",
];

/** By logins that read everything; of the copy after all of its schema is there. */
export async function searchForLeaks(
  source: DatabaseLogin,
  copy: DatabaseLogin,
  search: LeakSearch,
): Promise<LeakReport> {
  const options = {
    rootCertificateFile: search.rootCertificateFile,
    statementSeconds: tableCopySeconds,
    readOnly: true,
  };
  return inCopySession(source, options, "the leak scan", (from) =>
    inCopySession(copy, options, "the leak scan", (client) => searchIn(from, client, search)),
  );
}

async function searchIn(source: Client, copy: Client, search: LeakSearch): Promise<LeakReport> {
  const scan = new LeakScan();
  const masked = await maskedColumns(source, search);
  const isCopied = (table: CopiedTable) => search.tables.some(({ name }) => name === table.name);
  for (const { table, columns } of masked) {
    const numbers = columns.map((one) =>
      scan.addColumn(columnId({ ...one, table: table.name }), isShort(one), formOf(one)),
    );
    // Once for all columns of a table: reading it costs more than looking at one of them.
    const names = columns.flatMap((one) => (isShort(one) ? [] : [one.name]));
    const learnt = numbers.filter((_, at) => !isShort(columns[at]!));
    if (names.length === 0) continue;
    for await (const { bytes } of copyOut(source, copyOutStatement({ ...table, columns: names }))) {
      search.signal?.throwIfAborted();
      scan.learn(learnt, bytes);
    }
  }
  scan.endLearning();
  for (const { query, places, types } of [...(await searchedRelations(copy)), ...(await besideTables(copy))])
    for await (const { bytes } of copyOut(copy, `copy (${query}) to stdout`)) {
      search.signal?.throwIfAborted();
      scan.searchRows(
        places,
        types.map((type) => plain.has(type)),
        bytes,
      );
    }
  for (const one of (await copy.query<SearchedDefinition>(definitionsQuery)).rows) scan.searchDefinition(one);
  const byPosition = new Set(scan.report().leftOut.map(({ column }) => column));
  for (const { table, columns } of masked)
    for (const { name } of isCopied(table) ? columns : [])
      if (!mayLeave(search.masks, table, name) && byPosition.has(columnId({ table: table.name, name })))
        await comparePosition(scan, source, copy, table, name, search);
  const report = scan.report();
  // Where no row was copied, there is no position to compare.
  const compared = new Set(
    masked
      .filter(({ table }) => isCopied(table))
      .flatMap(({ table, columns }) => columns.map(({ name }) => columnId({ table: table.name, name }))),
  );
  return { ...report, leftOut: report.leftOut.filter(({ column }) => compared.has(column)) };
}

/** Whether its mask leaves some values by design. */
function mayLeave({ tables }: TableMasks, table: CopiedTable, column: string): boolean {
  const at = table.columns.indexOf(column);
  const rule = tables[table.name]?.masked.find(({ position }) => position === at);
  return transformers.find(({ name }) => name === rule?.mask.use)?.leaves ?? false;
}

const isShort = ({ type, isEnum }: MaskedColumn): boolean => short.has(type) || isEnum;

function formOf({ type, isArray }: MaskedColumn): FieldForm {
  if (type !== "json" && type !== "jsonb") return isArray ? "array" : "value";
  return isArray ? "array of documents" : "document";
}

interface MaskedColumn {
  name: string;
  /** Of its elements, if it is an array; never a domain. */
  type: string;
  isEnum: boolean;
  isArray: boolean;
}

async function maskedColumns(
  source: Client,
  { tables, left = [], masks }: LeakSearch,
): Promise<{ table: CopiedTable; columns: MaskedColumn[] }[]> {
  const found = [];
  for (const table of [...tables, ...left]) {
    const names = (masks.tables[table.name]?.masked ?? []).map(({ position }) => table.columns[position] ?? "");
    if (names.length === 0) continue;
    const { rows } = await source.query<MaskedColumn>(MASKED_COLUMNS, [table.name, names]);
    found.push({ table, columns: rows });
  }
  return found;
}

/** A domain may be over an array of another domain, and so on. */
const baseOf = (type: string) => `
  lateral (with recursive chain as (
    select t.* from pg_type t where t.oid = ${type}
    union all select b.* from chain c join pg_type b on b.oid = c.typbasetype where c.typtype = 'd')
  select * from chain where typtype <> 'd')`;

const MASKED_COLUMNS = `
select a.attname as name, coalesce(e.typname, t.typname)::text as type, coalesce(e.typtype, t.typtype) = 'e' as "isEnum",
  e.oid is not null as "isArray"
from pg_attribute a cross join ${baseOf("a.atttypid")} t
left join ${baseOf("case when t.typcategory = 'A' then t.typelem end")} e on true
where a.attrelid = $1::text::regclass and a.attname = any ($2::text[]) order by a.attnum`;

/** Every table and filled materialized view, with all columns: what PostgreSQL computed from a masked one, too. */
async function searchedRelations(copy: Client): Promise<{ query: string; places: string[]; types: string[] }[]> {
  const { rows } = await copy.query<{ query: string; places: string[]; types: string[] }>(
    `
    select format('select %s from %s %I.%I',
        string_agg(format(case when t.typname = any ($1) then '%I' else '%I::text' end, a.attname), ', ' order by a.attnum), case when c.relkind = 'r' then 'only' else '' end, n.nspname, c.relname) as query,
      array_agg(format('%I.%I.%I', n.nspname, c.relname, a.attname) order by a.attnum) as places,
      array_agg(t.typname::text order by a.attnum) as types
    from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid join pg_type t on t.oid = a.atttypid
    where c.relkind in ('r', 'm') and c.relispopulated and c.relpersistence <> 't' and n.nspname !~ '^(pg_|rdsadmin)' and n.nspname <> 'information_schema'
      and a.attnum > 0 and not a.attisdropped
    group by c.oid, n.nspname, c.relname, c.relkind order by n.nspname, c.relname`,
    [[...asText]],
  );
  return rows;
}

/** Of a column of few different values: how often its mask left a value as it was, against what chance would do. */
async function comparePosition(
  scan: LeakScan,
  source: Client,
  copy: Client,
  table: CopiedTable,
  column: string,
  { copied, chosen }: LeakSearch,
): Promise<void> {
  const { unchanged = {} } = copied[table.name] ?? {};
  const text = `t."${column.replaceAll('"', '""')}"::text`;
  // Each different value is judged once, whatever its number of rows.
  const queryOf = (from: string) => `with each as (select ${text} as value, count(*) as n from ${from} group by 1),
    those as (select md5(value) as v, n from each where ${tells("value")})
    select coalesce(sum(n), 0)::float8 as rows, (select json_object_agg(v, n) from (
      select v, n from those order by n desc limit ${histogramRowsMax}) h) as counts from those`;
  const of = async (client: Client, from: string) =>
    (await client.query<{ rows: number; counts: Record<string, number> | null }>(queryOf(from))).rows[0]!;
  const all = `only ${table.name} t`;
  const before = await of(source, chosen ? chosenFrom(table.name, chosen) : all);
  const after = await of(copy, all);
  const together = Object.entries(before.counts ?? {}).reduce(
    (sum, [value, count]) => sum + count * (after.counts?.[value] ?? 0),
    0,
  );
  scan.comparePosition(
    columnId({ table: table.name, name: column }),
    unchanged[column] ?? 0,
    before.rows === 0 ? 0 : together / before.rows,
  );
}

/** Of the values that chunk-masker.ts compares: those that say something. */
const tells = (text: string): string =>
  `${text} ~ '[[:alnum:]]|[^[:ascii:]]' and ${text} not in ('0', 'infinity', '-infinity', 'Infinity', '-Infinity', 'NaN')`;
