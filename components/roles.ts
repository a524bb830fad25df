/**
 * Who may log in to a standard database, and what each may do there. The names are the same in every database,
 * so that a runbook, a guardrail and a person mean the same thing by "readonly".
 */
export const roleNames = ["owner", "readwrite", "readonly", "monitoring", "shipshape"] as const;
export type RoleName = (typeof roleNames)[number];
export type Authentication = "password" | "iam";

export interface RoleStandard {
  purpose: string;
  /** Predefined roles it is a member of, all of them: a membership granted by hand is drift. */
  memberOf: readonly string[];
  /** Privileges on the database itself; `PUBLIC` has none. */
  onDatabase: readonly ("CONNECT" | "TEMPORARY")[];
  /** On the tables and sequences of the application's schema, those made later included. Empty: not even USAGE of the schema. */
  onTables: readonly string[];
  onSequences: readonly string[];
  /** 0 = none. The owner runs migrations and `shipshape` integrity checks, both long by nature. */
  statementTimeoutMilliseconds: number;
  idleInTransactionTimeoutMilliseconds: number;
  /** -1 = as many as the server has. */
  connectionLimit: number;
}

export const roleStandards: Record<RoleName, RoleStandard> = {
  owner: {
    purpose: "owns the application's schema and runs migrations",
    memberOf: [],
    onDatabase: ["CONNECT", "TEMPORARY"],
    onTables: [],
    onSequences: [],
    statementTimeoutMilliseconds: 0,
    idleInTransactionTimeoutMilliseconds: 300_000,
    connectionLimit: -1,
  },
  readwrite: {
    purpose: "the application: reads and writes rows, changes no structure",
    memberOf: [],
    onDatabase: ["CONNECT", "TEMPORARY"],
    onTables: ["SELECT", "INSERT", "UPDATE", "DELETE"],
    onSequences: ["USAGE", "SELECT"],
    statementTimeoutMilliseconds: 60_000,
    idleInTransactionTimeoutMilliseconds: 60_000,
    connectionLimit: -1,
  },
  readonly: {
    purpose: "people and reports: reads rows",
    memberOf: [],
    onDatabase: ["CONNECT"],
    onTables: ["SELECT"],
    onSequences: ["SELECT"],
    statementTimeoutMilliseconds: 300_000,
    idleInTransactionTimeoutMilliseconds: 60_000,
    connectionLimit: -1,
  },
  monitoring: {
    purpose: "metrics collectors: reads statistics, no rows",
    memberOf: ["pg_monitor"],
    onDatabase: ["CONNECT"],
    onTables: [],
    onSequences: [],
    statementTimeoutMilliseconds: 30_000,
    idleInTransactionTimeoutMilliseconds: 10_000,
    connectionLimit: 5,
  },
  shipshape: {
    purpose: "the control plane: reads catalogs, checks integrity, owns the schema shipshape, reads no rows",
    memberOf: ["pg_monitor"],
    onDatabase: ["CONNECT"],
    onTables: [],
    onSequences: [],
    statementTimeoutMilliseconds: 0,
    idleInTransactionTimeoutMilliseconds: 60_000,
    connectionLimit: 10,
  },
};

/** Roles that use the application's schema by grant; the owner does by owning it. `shipshape` needs its names to check its indexes. */
export const schemaUsers: readonly RoleName[] = ["readwrite", "readonly", "shipshape"];
/** Longer than any single wait should be for a lock that a migration takes while the application runs. */
export const ownerLockTimeoutSeconds = 5;

/** Where integrity checks live: a schema of their own, so that the right to run them can be granted without naming every overload. */
export const integritySchema = "amcheck";
export const controlSchema = "shipshape";

/**
 * What a team may install: extensions RDS for PostgreSQL 16 to 18 offers which neither leave the database (no foreign servers,
 * no dblink), nor run on their own schedule, nor read files.
 */
export const allowedExtensions = [
  "bloom",
  "btree_gin",
  "btree_gist",
  "citext",
  "cube",
  "earthdistance",
  "fuzzystrmatch",
  "hstore",
  "intarray",
  "isn",
  "ltree",
  "pg_stat_statements",
  "pg_trgm",
  "pgaudit",
  "pgcrypto",
  "pgrowlocks",
  "pgstattuple",
  "seg",
  "tablefunc",
  "tsm_system_rows",
  "tsm_system_time",
  "unaccent",
  "uuid-ossp",
  "vector",
] as const;
export const defaultExtensions = ["pg_stat_statements", "pgaudit"] as const;
