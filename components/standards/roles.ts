/**
 * Who may log in to a standard database, and what each may do there. The names are the same in every database, so that
 * runbooks, guardrails and people mean the same thing by "readonly".
 */
export const Authentication = {
  /** A random password, in the role's secret. */
  Password: "password",
  /** No password anywhere, but a token that lasts 15 minutes. */
  Iam: "iam",
} as const;
export type Authentication = (typeof Authentication)[keyof typeof Authentication];

export interface RoleStandard {
  purpose: string;
  /** The complete list of roles it is a member of: a membership granted by hand is drift. */
  memberOf: string[];
  /** Privileges on the database itself; `PUBLIC` has none. */
  onDatabase: ("CONNECT" | "CREATE" | "TEMPORARY")[];
  /** On the application's schema, and on each that the owner creates later. */
  onSchemas: "USAGE"[];
  /**
   * On tables, views and sequences of the application's schema, and on those that the owner creates later, in any
   * schema.
   */
  onTables: string[];
  onSequences: string[];
  /**
   * On functions and procedures that the owner creates later. `PUBLIC` has none: one that runs with the owner's rights
   * would let every role write.
   */
  onFunctions: "EXECUTE"[];
  /** 0 = none. The owner runs migrations and `shipshape` integrity checks, both long by nature. */
  statementTimeoutMilliseconds: number;
  idleInTransactionTimeoutMilliseconds: number;
  /** -1 = as many as the server has. */
  connectionLimit: number;
}

/** The roles of every database; the first may be a member of those after it. A company's standard may add others. */
export const roleStandards: Record<string, RoleStandard> = {
  owner: {
    purpose: "owns the application's schema and runs migrations",
    // Gives no access to rows that it does not already own, but the right to end sessions that block a migration.
    memberOf: ["readwrite", "readonly"],
    // PostgreSQL requires CREATE before it checks whether the schema exists, so every tool that runs
    // `CREATE SCHEMA IF NOT EXISTS` needs it. It also allows the extensions that PostgreSQL marks as trusted, and
    // nothing outside this database.
    onDatabase: ["CONNECT", "CREATE", "TEMPORARY"],
    onSchemas: [],
    onTables: [],
    onSequences: [],
    onFunctions: [],
    statementTimeoutMilliseconds: 0,
    idleInTransactionTimeoutMilliseconds: 300_000,
    connectionLimit: -1,
  },
  readwrite: {
    purpose: "the application: reads and writes rows, changes no structure",
    memberOf: [],
    onDatabase: ["CONNECT", "TEMPORARY"],
    onSchemas: ["USAGE"],
    onTables: ["SELECT", "INSERT", "UPDATE", "DELETE"],
    onSequences: ["USAGE", "SELECT"],
    onFunctions: ["EXECUTE"],
    statementTimeoutMilliseconds: 60_000,
    idleInTransactionTimeoutMilliseconds: 60_000,
    connectionLimit: -1,
  },
  readonly: {
    purpose: "people and reports: reads rows",
    memberOf: [],
    onDatabase: ["CONNECT"],
    onSchemas: ["USAGE"],
    onTables: ["SELECT"],
    onSequences: ["SELECT"],
    onFunctions: [],
    statementTimeoutMilliseconds: 300_000,
    idleInTransactionTimeoutMilliseconds: 60_000,
    connectionLimit: -1,
  },
  monitoring: {
    purpose: "metrics collectors: reads statistics, no rows",
    memberOf: ["pg_monitor"],
    onDatabase: ["CONNECT"],
    onSchemas: [],
    onTables: [],
    onSequences: [],
    onFunctions: [],
    statementTimeoutMilliseconds: 30_000,
    idleInTransactionTimeoutMilliseconds: 10_000,
    connectionLimit: 5,
  },
  shipshape: {
    purpose: "the control plane: reads catalogs, checks integrity, owns the schema shipshape, reads no rows",
    memberOf: ["pg_monitor"],
    onDatabase: ["CONNECT"],
    // To see the names of the relations whose indexes it checks.
    onSchemas: ["USAGE"],
    onTables: [],
    onSequences: [],
    onFunctions: [],
    statementTimeoutMilliseconds: 0,
    idleInTransactionTimeoutMilliseconds: 60_000,
    connectionLimit: 10,
  },
};

/**
 * What a team may install: extensions of RDS for PostgreSQL 16 to 18 (its release notes, "Extension versions") that
 * neither leave the database, nor run on a schedule, nor read files. `extensions.ts` has what each needs, and why the
 * others are refused.
 */
export const Extension = {
  /** Parts of an address from one line of text; with PostGIS. */
  AddressStandardizer: "address_standardizer",
  /** Its rules for addresses in the USA. */
  AddressStandardizerDataUs: "address_standardizer_data_us",
  /** Indexes on any combination of columns, by Bloom filters. */
  Bloom: "bloom",
  /** Plain columns in GIN indexes. */
  BtreeGin: "btree_gin",
  /** Plain columns in GiST indexes and exclusion constraints. */
  BtreeGist: "btree_gist",
  /** Text that ignores upper and lower case. */
  Citext: "citext",
  /** Points and boxes of several dimensions. */
  Cube: "cube",
  /** Full text search: which numbers are indexed. */
  DictInt: "dict_int",
  /** Full text search: synonyms. */
  DictXsyn: "dict_xsyn",
  /** Distances on the globe; needs `cube`. */
  Earthdistance: "earthdistance",
  /** Similar sounding and similarly spelt words. */
  Fuzzystrmatch: "fuzzystrmatch",
  /** Distinct values, estimated in a fixed size. */
  Hll: "hll",
  /** Sets of keys and values in one column. */
  Hstore: "hstore",
  /** What a planner would do with an index that does not exist. */
  Hypopg: "hypopg",
  /** Functions and indexes for arrays of integers. */
  Intarray: "intarray",
  /** IP addresses and ranges, indexed. */
  Ip4r: "ip4r",
  /** ISBN, ISSN, EAN and other product numbers. */
  Isn: "isn",
  /** Large objects that go with their rows. */
  Lo: "lo",
  /** Paths in a tree. */
  Ltree: "ltree",
  /** A trigger that notes when a row was changed. */
  Moddatetime: "moddatetime",
  /** Full text search by two characters, as Japanese needs; loaded at the server's start. */
  PgBigm: "pg_bigm",
  /** What is in the buffer cache. */
  PgBuffercache: "pg_buffercache",
  /** Hints for the planner in comments; loaded at the server's start. */
  PgHintPlan: "pg_hint_plan",
  /** Partitions made and dropped by time or number, in the schema `partman`, which the owner works with. */
  PgPartman: "pg_partman",
  /** Tables into the cache after a restart. */
  PgPrewarm: "pg_prewarm",
  /** Tables rewritten without a long lock; needs its client. */
  PgRepack: "pg_repack",
  /** Statistics of each statement; a default. */
  PgStatStatements: "pg_stat_statements",
  /** Similarity of text, and indexes for LIKE. */
  PgTrgm: "pg_trgm",
  /** The visibility map, page by page. */
  PgVisibility: "pg_visibility",
  /** The audit log; a default. */
  Pgaudit: "pgaudit",
  /** Hashes and encryption in SQL. */
  Pgcrypto: "pgcrypto",
  /** Routes in a network; needs `postgis`. */
  Pgrouting: "pgrouting",
  /** Who has locked which rows. */
  Pgrowlocks: "pgrowlocks",
  /** How much of a table is dead. */
  Pgstattuple: "pgstattuple",
  /** Geometry and geography. */
  Postgis: "postgis",
  /** Raster data; needs `postgis`. */
  PostgisRaster: "postgis_raster",
  /** Places in the USA; needs `postgis` and `fuzzystrmatch`. */
  PostgisTigerGeocoder: "postgis_tiger_geocoder",
  /** Topologies; needs `postgis`. */
  PostgisTopology: "postgis_topology",
  /** Ranges by prefix, such as telephone numbers. */
  Prefix: "prefix",
  /** Intervals of measurements. */
  Seg: "seg",
  /** Pivot tables. */
  Tablefunc: "tablefunc",
  /** A trigger that notifies listeners of changed rows. */
  Tcn: "tcn",
  /** Samples of a number of rows. */
  TsmSystemRows: "tsm_system_rows",
  /** Samples that take a limited time. */
  TsmSystemTime: "tsm_system_time",
  /** Text search without accents. */
  Unaccent: "unaccent",
  /** UUIDs of all versions; random ones need no extension. */
  UuidOssp: "uuid-ossp",
  /** pgvector: vectors and their nearest neighbours. */
  Vector: "vector",
} as const;
export type Extension = (typeof Extension)[keyof typeof Extension];
export const allowedExtensions = Object.values(Extension);
export const defaultExtensions = ["pg_stat_statements", "pgaudit"] as const;
