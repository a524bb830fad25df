/** The leak scan's side of SQL: what was masked, from the source; what there is, from the copy. Rows stream through. */
import type { Client } from "pg";
import type { FieldForm } from "../../masking/leak-pieces";
import type { LeakReport } from "../../masking/leak-report";
import type { LeakScan, SearchedDefinition } from "../../masking/leak-scan";
import { columnId } from "../../masking/schema-facts";
import type { DatabaseLogin } from "../database-login";
import { besideTables } from "./beside-tables";
import { copyOutStatement, type CopiedTable } from "./copied-tables";
import { inCopySession } from "./copy-session";
import type { CopiedRows } from "./copy-tables";
import { copyOut } from "./copy-out";
import { definitionsQuery } from "./definitions";
import { tableCopySeconds } from "./limits";
import { PositionCounts } from "./position-counts";
import { ScanningThreads } from "./scanning-threads";
import type { ChosenRows } from "./subset-rows";
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
  packageFolder: string;
  threads: number;
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
  const masked = await maskedColumns(source, search);
  const threads = new ScanningThreads(search.packageFolder, search.threads, search.signal);
  try {
    const positions = new PositionCounts(search);
    // A value that is compared by position is counted in one database while the other sends its rows.
    const short = masked.filter(({ column }) => isShort(column));
    const [scan] = await Promise.all([learnValues(threads, source, masked), positions.countInCopy(copy, short)]);
    const byPosition = new Set(scan.report().leftOut.map(({ column }) => column));
    const compared = masked.filter(({ id }) => byPosition.has(id));
    await Promise.all([searchRows(threads, copy), positions.countInSource(source, compared)]);
    for (const found of await threads.found()) scan.include(found);
    for (const one of (await copy.query<SearchedDefinition>(definitionsQuery)).rows) scan.searchDefinition(one);
    await positions.countInCopy(copy, compared);
    for (const one of compared) positions.compare(scan, one);
    const report = scan.report();
    // Where no row was copied, there is no position to compare.
    const left = new Set(masked.filter(({ isCopied }) => !isCopied).map(({ id }) => id));
    return { ...report, leftOut: report.leftOut.filter(({ column }) => !left.has(column)) };
  } finally {
    await threads.end();
  }
}

/** Every value of the masked columns that may be evidence. */
async function learnValues(threads: ScanningThreads, source: Client, masked: readonly Masked[]): Promise<LeakScan> {
  await threads.setColumns(
    masked.map(({ id, column }) => ({ name: id, isShort: isShort(column), form: formOf(column) })),
  );
  // Once for all columns of a table: reading it costs more than looking at one of them.
  for (const table of new Set(masked.map((one) => one.table))) {
    const learnt = masked.flatMap((one, number) => (one.table === table && !isShort(one.column) ? [number] : []));
    const columns = learnt.map((number) => masked[number]!.column.name);
    if (columns.length > 0) await threads.learn(learnt, copyOut(source, copyOutStatement({ ...table, columns })));
  }
  return threads.endLearning();
}

async function searchRows(threads: ScanningThreads, copy: Client): Promise<void> {
  for (const { query, places, types } of [...(await searchedRelations(copy)), ...(await besideTables(copy))])
    await threads.search(
      places,
      types.map((type) => plain.has(type)),
      copyOut(copy, `copy (${query}) to stdout`),
    );
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

interface Masked {
  id: string;
  table: CopiedTable;
  column: MaskedColumn;
  /** Whether the copy has rows of its table. */
  isCopied: boolean;
}

async function maskedColumns(source: Client, { tables, left = [], masks }: LeakSearch): Promise<Masked[]> {
  const found: Masked[] = [];
  for (const table of [...tables, ...left]) {
    const names = (masks.tables[table.name]?.masked ?? []).map(({ position }) => table.columns[position] ?? "");
    if (names.length === 0) continue;
    const { rows } = await source.query<MaskedColumn>(MASKED_COLUMNS, [table.name, names]);
    const isCopied = tables.some(({ name }) => name === table.name);
    for (const column of rows)
      found.push({ id: columnId({ table: table.name, name: column.name }), table, column, isCopied });
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
