import { controlSchema, integritySchema } from "./fixed";

/**
 * PostgreSQL's reserved key words (Appendix C of its manual): RDS refuses such a database name, and every use would
 * have to quote it.
 */
const keyWords = `
  all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation column concurrently constraint create
  cross current_catalog current_date current_role current_schema current_time current_timestamp current_user default deferrable desc distinct do else end
  except false fetch for foreign freeze from full grant group having ilike in initially inner intersect into is isnull join lateral leading left like limit
  localtime localtimestamp natural not notnull null offset on only or order outer overlaps placing primary references returning right select session_user
  similar some symmetric system_user table tablesample then to trailing true union unique user using variadic verbose when where window with
`;

const names: ReadonlySet<string> = new Set([
  ...keyWords.trim().split(/\s+/),
  "admin",
  "database",
  "information_schema",
  "postgres",
  "public",
  "template0",
  "template1",
  controlSchema,
  integritySchema,
]);

/** Whether PostgreSQL, RDS or Shipshape reserves a name. */
export const isReserved = (name: string): boolean =>
  names.has(name) || name.startsWith("pg_") || name.startsWith("rds");
