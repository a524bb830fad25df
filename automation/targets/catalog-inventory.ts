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

export interface CatalogInventory {
  /** SHA-256 over the digests of all kinds. */
  digest: string;
  counts: Record<string, number>;
  /** Kind → digest of its rows: shows where two inventories differ without storing the rows of a large catalog. */
  digests: Record<string, string>;
}

interface Kind {
  kind: string;
  catalog: string;
  /**
   * Which rows. `mine` has the relations that users created, `schemas` their schemas.
   * @default all that were created after initdb and are not `passing`
   */
  where?: string;
  /** Columns that are not compared. */
  without?: string[];
}

const inSchema = (column: string) => `${column} in (select oid from schemas)`;
const ofRelation = (column: string) => `${column} in (select oid from mine)`;
/** Created after initdb, and not temporary. */
const lasting = (catalog: string, oid: string) =>
  `${oid} >= 16384 and not exists (select from passing p where p.objid = ${oid} and p.classid = ${catalog})`;

const kinds: Kind[] = [
  { kind: "schema", catalog: "pg_namespace", where: inSchema("t.oid") },
  { kind: "extension", catalog: "pg_extension" },
  { kind: "extension member", catalog: "pg_depend", where: "deptype = 'e'" },
  {
    kind: "relation",
    catalog: "pg_class",
    where: ofRelation("t.oid"),
    without: [
      ...[
        "relfilenode",
        "relpages",
        "reltuples",
        "relallvisible",
        "relallfrozen",
        "relfrozenxid",
        "relminmxid",
        "relrewrite",
      ],
      // Hints: vacuum resets the last three when the last index, rule or trigger is gone; the objects themselves are
      // compared.
      ...["relhasindex", "relhasrules", "relhastriggers", "relhassubclass"],
    ],
  },
  { kind: "column", catalog: "pg_attribute", where: ofRelation("attrelid"), without: ["attcacheoff"] },
  { kind: "default", catalog: "pg_attrdef", where: ofRelation("adrelid") },
  { kind: "index", catalog: "pg_index", where: ofRelation("indrelid"), without: ["indcheckxmin"] },
  { kind: "constraint", catalog: "pg_constraint", where: inSchema("connamespace") },
  { kind: "inheritance", catalog: "pg_inherits", where: ofRelation("inhrelid") },
  { kind: "partitioning", catalog: "pg_partitioned_table", where: ofRelation("partrelid") },
  { kind: "sequence", catalog: "pg_sequence", where: ofRelation("seqrelid") },
  {
    kind: "sequence owner",
    catalog: "pg_depend",
    where: `deptype in ('a', 'i') and classid = 'pg_class'::regclass and ${ofRelation("objid")}`,
  },
  { kind: "rule", catalog: "pg_rewrite", where: ofRelation("ev_class") },
  { kind: "trigger", catalog: "pg_trigger", where: ofRelation("tgrelid") },
  { kind: "event trigger", catalog: "pg_event_trigger" },
  { kind: "policy", catalog: "pg_policy", where: ofRelation("polrelid") },
  { kind: "statistics object", catalog: "pg_statistic_ext", where: inSchema("stxnamespace") },
  { kind: "routine", catalog: "pg_proc", where: inSchema("pronamespace") },
  { kind: "aggregate", catalog: "pg_aggregate", where: lasting("'pg_proc'::regclass", "aggfnoid") },
  { kind: "type", catalog: "pg_type", where: inSchema("typnamespace") },
  {
    kind: "enum label",
    catalog: "pg_enum",
    where: `enumtypid in (select y.oid from pg_type y where ${inSchema("y.typnamespace")})`,
  },
  { kind: "range", catalog: "pg_range", where: lasting("'pg_type'::regclass", "rngtypid") },
  { kind: "operator", catalog: "pg_operator" },
  { kind: "operator class", catalog: "pg_opclass" },
  { kind: "operator family", catalog: "pg_opfamily" },
  { kind: "operator family member", catalog: "pg_amop" },
  { kind: "operator family function", catalog: "pg_amproc" },
  { kind: "access method", catalog: "pg_am" },
  { kind: "cast", catalog: "pg_cast" },
  { kind: "collation", catalog: "pg_collation" },
  { kind: "conversion", catalog: "pg_conversion" },
  { kind: "language", catalog: "pg_language" },
  { kind: "transform", catalog: "pg_transform" },
  { kind: "text search", catalog: "pg_ts_config" },
  { kind: "text search map", catalog: "pg_ts_config_map", where: lasting("'pg_ts_config'::regclass", "mapcfg") },
  { kind: "text search dictionary", catalog: "pg_ts_dict" },
  { kind: "text search parser", catalog: "pg_ts_parser" },
  { kind: "foreign data wrapper", catalog: "pg_foreign_data_wrapper" },
  { kind: "foreign server", catalog: "pg_foreign_server" },
  { kind: "foreign table", catalog: "pg_foreign_table", where: ofRelation("ftrelid") },
  { kind: "user mapping", catalog: "pg_user_mappings", where: "true", without: ["umoptions"] },
  { kind: "publication", catalog: "pg_publication" },
  { kind: "published table", catalog: "pg_publication_rel" },
  { kind: "published schema", catalog: "pg_publication_namespace" },
  { kind: "default privilege", catalog: "pg_default_acl" },
  { kind: "comment", catalog: "pg_description", where: lasting("classoid", "objoid") },
  { kind: "security label", catalog: "pg_seclabel", where: "true" },
  { kind: "role", catalog: "pg_roles", where: "oid >= 16384 and rolname !~ '^rds'", without: ["rolpassword"] },
  {
    kind: "membership",
    catalog: "pg_auth_members",
    where: "member in (select r.oid from pg_roles r where r.oid >= 16384 and r.rolname !~ '^rds')",
  },
  {
    kind: "stored setting",
    catalog: "pg_db_role_setting",
    where: `setdatabase in (0, (select d.oid from pg_database d where d.datname = current_database()))
      and (setrole = 0 or setrole in (select r.oid from pg_roles r where r.oid >= 16384 and r.rolname !~ '^rds'))`,
  },
  {
    kind: "database",
    catalog: "pg_database",
    where: "datname = current_database()",
    without: ["datfrozenxid", "datminmxid", "dathasloginevt"],
  },
];

/** What inventories compare, in the order above. */
export const inventoryKinds: readonly string[] = kinds.map(({ kind }) => kind);

/** The columns of each catalog, as this version of PostgreSQL has them. */
const COLUMNS = `
select a.attrelid::regclass::text as catalog, quote_ident(a.attname) as name from pg_attribute a
where a.attrelid = any ($1::text[]::regclass[]) and a.attnum > 0 and not a.attisdropped order by a.attnum`;

/**
 * The sorted hashes of all rows of a kind are hashed again: 32 bytes per row, whatever the catalog's size. A single
 * statement sees one snapshot.
 */
const inventoryOf = (columnsOf: (kind: Kind) => string[]) => `
with recursive passing as (
  select 'pg_namespace'::regclass::oid as classid, n.oid as objid from pg_namespace n where n.nspname ~ '^pg_(toast_)?temp_'
  union select d.classid, d.objid from pg_depend d join passing p on d.refclassid = p.classid and d.refobjid = p.objid),
schemas as materialized (select n.oid from pg_namespace n where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'),
mine as materialized (select c.oid from pg_class c where c.relnamespace in (select oid from schemas) and c.relpersistence <> 't'),
entries as (
${kinds
  .map((one) => {
    const { kind, catalog, where = lasting(`'${catalog}'::regclass`, "t.oid") } = one;
    const row = columnsOf(one).map((name) => `t.${name}`);
    return `select '${kind}' as kind, sha256(convert_to(row(${row.join(",")})::text, 'UTF8')) as hash from ${catalog} t where ${where}`;
  })
  .join("\nunion all ")})
select kind, count(*)::int as count, encode(sha256(string_agg(hash, ''::bytea order by hash)), 'hex') as digest from entries group by kind order by kind`;

export async function takeInventory(client: Client): Promise<CatalogInventory> {
  const { rows: columns } = await client.query<{ catalog: string; name: string }>(COLUMNS, [
    [...new Set(kinds.map(({ catalog }) => catalog))],
  ]);
  const columnsOf = ({ catalog, without = [] }: Kind) =>
    columns.filter((column) => column.catalog === catalog && !without.includes(column.name)).map(({ name }) => name);
  const { rows } = await client.query<{ kind: string; count: number; digest: string }>(inventoryOf(columnsOf));
  const digests = Object.fromEntries(rows.map(({ kind, digest }) => [kind, digest]));
  const counts = Object.fromEntries(rows.map(({ kind, count }) => [kind, count]));
  const digest = createHash("sha256");
  for (const row of rows) digest.update(`${row.kind} ${row.digest}\n`);
  return { digest: digest.digest("hex"), counts, digests };
}
