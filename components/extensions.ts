import type { Parameter } from "./standards/parameters";
import type { Extension } from "./standards/roles";

/** What an extension needs besides `CREATE EXTENSION`. */
interface ExtensionFacts {
  /** The extensions it needs ("requires" in its control file). */
  requires?: readonly Extension[];
  /** Loaded when the server starts. */
  library?: string;
  /** Its control file names the schema, and PostgreSQL makes it. All others are in `public`, found without a schema. */
  namesItsSchema?: true;
  own?: OwnSchema;
}

/** A schema for an extension alone, and what the owner may do there. */
export interface OwnSchema {
  schema: string;
  ownerMay: string[];
  tables: readonly string[];
  ownerMayOnTables: string[];
}

/** Those that need anything; all others of the allow-list are created in `public`, and that is all. */
const facts: Partial<Record<Extension, ExtensionFacts>> = {
  earthdistance: { requires: ["cube"] },
  pg_bigm: { library: "pg_bigm" },
  pg_hint_plan: { library: "pg_hint_plan", namesItsSchema: true },
  pg_partman: {
    // Its configuration is rows, and create_parent() makes a template table beside them.
    own: {
      schema: "partman",
      ownerMay: ["CREATE", "USAGE"],
      tables: ["part_config", "part_config_sub"],
      ownerMayOnTables: ["DELETE", "INSERT", "SELECT", "UPDATE"],
    },
  },
  pg_repack: { namesItsSchema: true },
  pg_stat_statements: { library: "pg_stat_statements" },
  pgaudit: { library: "pgaudit" },
  pgrouting: { requires: ["postgis"] },
  postgis_raster: { requires: ["postgis"] },
  postgis_tiger_geocoder: { requires: ["postgis", "fuzzystrmatch"], namesItsSchema: true },
  postgis_topology: { requires: ["postgis"], namesItsSchema: true },
};

export const factsOf = (extension: string): ExtensionFacts => facts[extension as Extension] ?? {};

/** The extensions that an extension needs. */
export const requiredBy = (extension: string): readonly Extension[] => factsOf(extension).requires ?? [];

/** In an order in which they can be created: by name, each after those it needs. */
export function inOrder(extensions: readonly string[]): string[] {
  const ordered = new Set<string>();
  const add = (extension: string): void => {
    for (const required of requiredBy(extension)) add(required);
    ordered.add(extension);
  };
  for (const extension of [...extensions].sort()) add(extension);
  return [...ordered];
}

/** The parameters with what the extensions load at the server's start, and whether the standard loads less. */
export function withLibraries(
  parameters: readonly Parameter[],
  extensions: readonly string[],
): { parameters: Parameter[]; isMore: boolean } {
  const loaded = parameters.find(({ name }) => name === preloaded)?.value.split(",") ?? [];
  const more = extensions.flatMap((one) => factsOf(one).library ?? []).filter((one) => !loaded.includes(one));
  if (more.length === 0) return { parameters: [...parameters], isMore: false };
  const value = [...loaded, ...more.sort()].join(",");
  return {
    parameters: [
      ...parameters.filter(({ name }) => name !== preloaded),
      { name: preloaded, value, applyMethod: "pending-reboot" },
    ],
    isMore: true,
  };
}

/** Extensions of RDS that no database gets, and why: what a team reads that asks for one. */
export const refusedExtensions: Readonly<Record<string, string>> = {
  ...of(
    ["aws_s3", "aws_lambda", "dblink", "log_fdw", "mysql_fdw", "oracle_fdw", "postgres_fdw", "tds_fdw"],
    "is refused: it leaves the database, whose security group opens no connections; let the application read both",
  ),
  pg_cron:
    "is refused: every restored copy, of a drill too, would run its schedule; run such work from a scheduler outside",
  pg_transport: "is refused: it moves a database past its backups; restore it with restoreFrom",
  ...of(
    ["plcoffee", "plls", "plperl", "plrust", "pltcl", "plv8"],
    "is refused: functions in it cannot be checked in a restored copy; write them in SQL or PL/pgSQL",
  ),
};

function of(names: string[], reason: string): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, reason]));
}

const preloaded = "shared_preload_libraries";
