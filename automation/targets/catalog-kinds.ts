/** What of a database's catalog is compared with another's: every catalog that describes user objects. */

export interface Kind {
  kind: string;
  catalog: string;
  /**
   * Which rows. `mine` has the relations that users created, `schemas` their schemas.
   * @default all that were created after initdb and are not `passing`
   */
  where?: string;
  /** Columns that are not compared. */
  without?: string[];
  /** The only columns that are compared. @default all but `without` */
  only?: string[];
  /** What is compared in place of a column. */
  instead?: Record<string, string>;
  /**
   * The object that a row describes, as in pg_depend: class, id and column.
   * @default the row's own
   */
  object?: [classid: string, objid: string, objsubid: string];
}

const inSchema = (column: string) => `${column} in (select oid from schemas)`;
const ofRelation = (column: string) => `${column} in (select oid from mine)`;
/** Created after initdb, and not temporary. */
export const lasting = (catalog: string, oid: string) =>
  `${oid} >= 16384 and not exists (select from passing p where p.objid = ${oid} and p.classid = ${catalog})`;

/** The roles of readers of copies (copy-reader.ts) are no part of what was restored. */
const notReader = (name: string) => `${name} !~ '^shipshape_reader_[0-9a-f]{16}$'`;
const ofClass = (oid: string): [string, string, string] => ["'pg_class'::regclass", oid, "0"];
const dependent: [string, string, string] = ["t.classid", "t.objid", "t.objsubid"];
const described: [string, string, string] = ["t.classoid", "t.objoid", "t.objsubid"];

/** Owners and privileges are kinds of their own, so that a lost one is called by its name. */
const schemas: Kind = { kind: "schema", catalog: "pg_namespace", where: inSchema("t.oid") };
const relations: Kind = { kind: "relation", catalog: "pg_class", where: ofRelation("t.oid") };
const columns: Kind = {
  kind: "column",
  catalog: "pg_attribute",
  where: ofRelation("attrelid"),
  object: ["'pg_class'::regclass", "t.attrelid", "t.attnum"],
};
const routines: Kind = { kind: "routine", catalog: "pg_proc", where: inSchema("pronamespace") };
const types: Kind = { kind: "type", catalog: "pg_type", where: inSchema("typnamespace") };
const database: Kind = { kind: "database", catalog: "pg_database", where: "datname = current_database()" };
const privilegesOf = (of: Kind, acl: string, instead = `t.${acl}`): Kind => ({
  ...of,
  kind: "privilege",
  where: `${of.where ?? lasting(`'${of.catalog}'::regclass`, "t.oid")} and t.${acl} is not null`,
  only: [acl],
  instead: { [acl]: instead },
});
const ownersOf = (of: Kind, owner: string): Kind => ({ ...of, kind: "owner", only: [owner] });

export const kinds: Kind[] = [
  { ...schemas, without: ["nspacl", "nspowner"] },
  { kind: "extension", catalog: "pg_extension" },
  { kind: "extension member", catalog: "pg_depend", where: "deptype = 'e'", object: dependent },
  {
    ...relations,
    without: [
      ...["relacl", "relowner", "relrowsecurity", "relforcerowsecurity"],
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
  { ...columns, without: ["attcacheoff", "attacl"] },
  { kind: "default", catalog: "pg_attrdef", where: ofRelation("adrelid") },
  {
    kind: "index",
    catalog: "pg_index",
    where: ofRelation("indrelid"),
    without: ["indcheckxmin"],
    object: ofClass("t.indexrelid"),
  },
  { kind: "constraint", catalog: "pg_constraint", where: inSchema("connamespace") },
  { kind: "inheritance", catalog: "pg_inherits", where: ofRelation("inhrelid"), object: ofClass("t.inhrelid") },
  {
    kind: "partitioning",
    catalog: "pg_partitioned_table",
    where: ofRelation("partrelid"),
    object: ofClass("t.partrelid"),
  },
  { kind: "sequence", catalog: "pg_sequence", where: ofRelation("seqrelid"), object: ofClass("t.seqrelid") },
  {
    kind: "sequence owner",
    catalog: "pg_depend",
    where: `deptype in ('a', 'i') and classid = 'pg_class'::regclass and ${ofRelation("objid")}`,
    object: dependent,
  },
  { kind: "rule", catalog: "pg_rewrite", where: ofRelation("ev_class") },
  { kind: "trigger", catalog: "pg_trigger", where: ofRelation("tgrelid") },
  { kind: "event trigger", catalog: "pg_event_trigger" },
  { kind: "policy", catalog: "pg_policy", where: ofRelation("polrelid") },
  { kind: "statistics object", catalog: "pg_statistic_ext", where: inSchema("stxnamespace") },
  { ...routines, without: ["proacl", "proowner"] },
  {
    kind: "aggregate",
    catalog: "pg_aggregate",
    where: lasting("'pg_proc'::regclass", "aggfnoid"),
    object: ["'pg_proc'::regclass", "t.aggfnoid::oid", "0"],
  },
  { ...types, without: ["typacl", "typowner"] },
  {
    kind: "enum label",
    catalog: "pg_enum",
    where: `enumtypid in (select y.oid from pg_type y where ${inSchema("y.typnamespace")})`,
    object: ["'pg_type'::regclass", "t.enumtypid", "0"],
  },
  {
    kind: "range",
    catalog: "pg_range",
    where: lasting("'pg_type'::regclass", "rngtypid"),
    object: ["'pg_type'::regclass", "t.rngtypid", "0"],
  },
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
  {
    kind: "text search map",
    catalog: "pg_ts_config_map",
    where: lasting("'pg_ts_config'::regclass", "mapcfg"),
    object: ["'pg_ts_config'::regclass", "t.mapcfg", "0"],
  },
  { kind: "text search dictionary", catalog: "pg_ts_dict" },
  { kind: "text search parser", catalog: "pg_ts_parser" },
  { kind: "foreign data wrapper", catalog: "pg_foreign_data_wrapper" },
  { kind: "foreign server", catalog: "pg_foreign_server" },
  { kind: "foreign table", catalog: "pg_foreign_table", where: ofRelation("ftrelid"), object: ofClass("t.ftrelid") },
  {
    kind: "user mapping",
    catalog: "pg_user_mappings",
    where: "true",
    without: ["umoptions"],
    object: ["'pg_user_mapping'::regclass", "t.umid", "0"],
  },
  { kind: "publication", catalog: "pg_publication" },
  { kind: "published table", catalog: "pg_publication_rel" },
  { kind: "published schema", catalog: "pg_publication_namespace" },
  { kind: "default privilege", catalog: "pg_default_acl" },
  { kind: "comment", catalog: "pg_description", where: lasting("classoid", "objoid"), object: described },
  { kind: "security label", catalog: "pg_seclabel", where: "true", object: described },
  {
    kind: "role",
    catalog: "pg_roles",
    where: `oid >= 16384 and rolname !~ '^rds' and ${notReader("rolname")}`,
    without: ["rolpassword"],
    object: ["'pg_authid'::regclass", "t.oid", "0"],
  },
  {
    kind: "membership",
    catalog: "pg_auth_members",
    where: `member in (select r.oid from pg_roles r where r.oid >= 16384 and r.rolname !~ '^rds' and ${notReader("r.rolname")})
      and roleid in (select r.oid from pg_roles r where ${notReader("r.rolname")})`,
  },
  {
    kind: "stored setting",
    catalog: "pg_db_role_setting",
    where: `setdatabase in (0, (select d.oid from pg_database d where d.datname = current_database()))
      and (setrole = 0 or setrole in (select r.oid from pg_roles r where r.oid >= 16384 and r.rolname !~ '^rds'))`,
    object: ["'pg_authid'::regclass", "t.setrole", "0"],
  },
  { ...database, without: ["datfrozenxid", "datminmxid", "dathasloginevt", "datacl", "datdba"] },
  ...[
    ownersOf(schemas, "nspowner"),
    ownersOf(relations, "relowner"),
    ownersOf(routines, "proowner"),
    ownersOf(types, "typowner"),
    ownersOf(database, "datdba"),
  ],
  ...[
    privilegesOf(schemas, "nspacl"),
    privilegesOf(relations, "relacl"),
    privilegesOf(columns, "attacl"),
    privilegesOf(routines, "proacl"),
    privilegesOf(types, "typacl"),
    privilegesOf({ kind: "", catalog: "pg_parameter_acl", where: "true" }, "paracl"),
    // As it was before the reader of the copy was let in.
    privilegesOf(
      database,
      "datacl",
      "(select array_agg(item order by place) from unnest(t.datacl) with ordinality as a (item, place) where item::text !~ '^shipshape_reader_')",
    ),
  ],
  {
    ...relations,
    kind: "row-level security",
    where: `${ofRelation("t.oid")} and (t.relrowsecurity or t.relforcerowsecurity)`,
    only: ["relrowsecurity", "relforcerowsecurity"],
  },
];

/** What inventories compare, in the order above. */
export const inventoryKinds: readonly string[] = [...new Set(kinds.map(({ kind }) => kind))];
