/**
 * The contents of a database's catalog, as digests for comparing two databases.
 *
 * A restore to a point in time copies files, so its catalog has exactly the source's rows, including object ids. So
 * whole rows are compared, of every catalog that describes user objects, rather than selected properties: that covers
 * everything in a row, even what a later version of PostgreSQL adds. Left out is what changes without a change to an
 * object (statistics, hints, file numbers), what belongs to temporary tables, and what is data (rows, sequence values,
 * large objects).
 *
 * Rows are compared as PostgreSQL prints them, never as JSON: catalogs also contain values of user-defined types (the
 * default of a column that was added later), and a cast to JSON can be a user's function, which would run with our
 * session's privileges.
 */
import { createHash } from "node:crypto";
import type { Client } from "pg";
import { kinds, lasting, type Kind } from "./catalog-kinds";

export interface CatalogInventory {
  /** SHA-256 over the digests of all kinds. */
  digest: string;
  counts: Record<string, number>;
  /** Kind → digest of its rows: shows where two inventories differ without storing the rows of a large catalog. */
  digests: Record<string, string>;
}

/** The columns of each catalog, as this version of PostgreSQL has them. */
const COLUMNS = `
select a.attrelid::regclass::text as catalog, quote_ident(a.attname) as name from pg_attribute a
where a.attrelid = any ($1::text[]::regclass[]) and a.attnum > 0 and not a.attisdropped order by a.attnum`;

/** What all queries over the kinds begin with. */
export const CATALOG = `
with recursive passing as (
  select 'pg_namespace'::regclass::oid as classid, n.oid as objid from pg_namespace n where n.nspname ~ '^pg_(toast_)?temp_'
  union select d.classid, d.objid from pg_depend d join passing p on d.refclassid = p.classid and d.refobjid = p.objid),
schemas as materialized (select n.oid from pg_namespace n where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'),
mine as materialized (select c.oid from pg_class c where c.relnamespace in (select oid from schemas) and c.relpersistence <> 't')`;

export type ColumnsOf = (kind: Kind) => string[];

/** The compared columns of each kind, as this version of PostgreSQL has them. */
export async function comparedColumns(client: Client): Promise<ColumnsOf> {
  const { rows } = await client.query<{ catalog: string; name: string }>(COLUMNS, [
    [...new Set(kinds.map(({ catalog }) => catalog))],
  ]);
  return ({ catalog, without = [], only }) =>
    only ??
    rows.filter((column) => column.catalog === catalog && !without.includes(column.name)).map(({ name }) => name);
}

/** A row's own id is always part of it: it says which object it is about. */
export function hashOf(kind: Kind, columnsOf: ColumnsOf): string {
  const own = kind.only ? (kind.object ?? [`'${kind.catalog}'::regclass`, "t.oid", "0"]) : [];
  const row = [...own, ...columnsOf(kind).map((name) => kind.instead?.[name] ?? `t.${name}`)];
  return `sha256(convert_to(row(${row.join(",")})::text, 'UTF8'))`;
}

export const whereOf = ({ catalog, where = lasting(`'${catalog}'::regclass`, "t.oid") }: Kind): string => where;

/**
 * The sorted hashes of all rows of a kind are hashed again: 32 bytes per row, whatever the catalog's size. A single
 * statement sees one snapshot.
 */
const inventoryOf = (columnsOf: ColumnsOf) => `${CATALOG},
entries as (
${kinds
  .map(
    (one) =>
      `select '${one.kind}' as kind, ${hashOf(one, columnsOf)} as hash from ${one.catalog} t where ${whereOf(one)}`,
  )
  .join("\nunion all ")})
select kind, count(*)::int as count, encode(sha256(string_agg(hash, ''::bytea order by hash)), 'hex') as digest from entries group by kind order by kind`;

export async function takeInventory(client: Client): Promise<CatalogInventory> {
  const columnsOf = await comparedColumns(client);
  const { rows } = await client.query<{ kind: string; count: number; digest: string }>(inventoryOf(columnsOf));
  const digests = Object.fromEntries(rows.map(({ kind, digest }) => [kind, digest]));
  const counts = Object.fromEntries(rows.map(({ kind, count }) => [kind, count]));
  const digest = createHash("sha256");
  for (const row of rows) digest.update(`${row.kind} ${row.digest}\n`);
  return { digest: digest.digest("hex"), counts, digests };
}
