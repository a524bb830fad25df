/**
 * Extensions RDS for PostgreSQL supports, as far as these binaries can have them (contrib; source: the RDS release
 * notes' tables of supported extensions). Others RDS has (PostGIS, pgvector, pgaudit …) are refused by PostgreSQL as
 * "not available". Left out on purpose though present: file_fdw, adminpack, pg_surgery, xml2 (RDS refuses them), and
 * the Perl, Python and Tcl languages (the binaries lack their interpreters).
 */
export const supportedExtensions: readonly string[] = [
  "amcheck",
  "bloom",
  "btree_gin",
  "btree_gist",
  "citext",
  "cube",
  "dblink",
  "dict_int",
  "dict_xsyn",
  "earthdistance",
  "fuzzystrmatch",
  "hstore",
  "intagg",
  "intarray",
  "isn",
  "lo",
  "ltree",
  "moddatetime",
  "pageinspect",
  "pg_buffercache",
  "pg_freespacemap",
  "pg_prewarm",
  "pg_stat_statements",
  "pg_trgm",
  "pg_visibility",
  "pg_walinspect",
  "pgcrypto",
  "pgrowlocks",
  "pgstattuple",
  "plpgsql",
  "postgres_fdw",
  "seg",
  "sslinfo",
  "tablefunc",
  "tcn",
  "tsm_system_rows",
  "tsm_system_time",
  "unaccent",
  "uuid-ossp",
];

/**
 * The supported extensions that PostgreSQL itself marks as trusted: any role with CREATE on a database may install
 * them, as on RDS.
 */
export const trustedExtensions: readonly string[] = [
  "btree_gin",
  "btree_gist",
  "citext",
  "cube",
  "dict_int",
  "fuzzystrmatch",
  "hstore",
  "intarray",
  "isn",
  "lo",
  "ltree",
  "pg_trgm",
  "pgcrypto",
  "plpgsql",
  "seg",
  "tablefunc",
  "tcn",
  "tsm_system_rows",
  "tsm_system_time",
  "unaccent",
  "uuid-ossp",
];

/**
 * Libraries RDS offers for `shared_preload_libraries`; which of them these binaries include is looked up when a server
 * is configured.
 */
export const preloadLibraries: readonly string[] = [
  "auto_explain",
  "orafce",
  "pg_bigm",
  "pg_cron",
  "pg_hint_plan",
  "pg_prewarm",
  "pg_similarity",
  "pg_stat_statements",
  "pg_tle",
  "pg_transport",
  "pgaudit",
  "pgextwlist",
  "pglogical",
  "pg_ad_mapping",
  "plprofiler",
  "plrust",
];
