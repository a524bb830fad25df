import type { Resource } from "./resource";

const origins = ["restoreToPointInTime", "snapshotIdentifier", "replicateSourceDb", "replicationSourceIdentifier", "s3Import"];

/** Made of another database: what the program does not say comes from there. */
export function isCopy(resource: Resource): boolean {
  return origins.some((name) => resource.has(name));
}

/** Aurora and RDS speak other engines too; what is only right for PostgreSQL is asked of PostgreSQL. A copy that says nothing has its source's. */
export function isPostgres(resource: Resource): boolean {
  const engine = resource.text("engine");
  return engine === undefined || engine.includes("postgres");
}

/** "postgres17" and "aurora-postgresql17" → 17; undefined for other engines. */
export function majorOfFamily(family: string): number | undefined {
  const digits = /^(?:aurora-)?postgres(?:ql)?(\d+)/.exec(family)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
