import { canonical } from "./properties";
import type { Resource } from "./resource";

/**
 * Features that RDS offers only for some engines (RDS User Guide, "Supported features in Amazon RDS by AWS Region and
 * DB engine"). No rule requires a feature that RDS refuses, because it could not be met.
 */
const offered = {
  /** Also unavailable on Aurora Serverless v1, which is a separate engine mode. */
  iamAuthentication: /^(postgres|mysql|mariadb|aurora|aurora-mysql|aurora-postgresql)$/,
  performanceInsights: /^(?!db2|custom-)/,
  enhancedMonitoring: /^(?!custom-)/,
  minorUpgrades: /^(?!custom-)/,
  managedPassword: /^(?!custom-)/,
  standby: /^(?!sqlserver-(ex|web)$)/,
} as const;

/** The engine in RDS's own spelling; undefined if none is given, for example on a copy, which has its source's. */
export function engineOf(resource: Resource): string | undefined {
  const engine = resource.text("engine");
  return engine === undefined ? undefined : canonical(engine);
}

/** A missing engine counts as PostgreSQL, so that leaving it out never makes a check less strict. */
export function offers(resource: Resource, feature: keyof typeof offered): boolean {
  const engine = engineOf(resource);
  if (feature === "iamAuthentication" && canonical(resource.text("engineMode") ?? "") === "serverless") return false;
  return engine === undefined || offered[feature].test(engine);
}

/** Aurora and RDS run other engines too; PostgreSQL-specific rules apply only to PostgreSQL. */
export function isPostgres(resource: Resource): boolean {
  const engine = engineOf(resource);
  return engine === undefined || engine.includes("postgres");
}

/** "postgres17" and "aurora-postgresql17" → 17; undefined for other engines. */
export function majorOfFamily(family: string): number | undefined {
  const digits = /^(?:aurora-)?postgres(?:ql)?(\d+)/.exec(canonical(family))?.[1];
  return digits === undefined ? undefined : Number(digits);
}

const defaultPorts: readonly [RegExp, number][] = [
  [/postgres/, 5432],
  [/mysql|mariadb|^aurora$/, 3306],
  [/oracle/, 1521],
  [/sqlserver/, 1433],
  [/^db2/, 50_000],
];
/** The default port of this engine. */
export function defaultPort(resource: Resource): number | undefined {
  const engine = engineOf(resource) ?? "postgres";
  return defaultPorts.find(([engines]) => engines.test(engine))?.[1];
}
