import type { RoleName } from "./roles";
import type { Environment } from "./standards";

/**
 * Names follow from what a team says anyway, so that a person can tell a database from its name, and a rule can check
 * it.
 */
interface Named {
  service: string;
  environment: Environment;
  databaseName?: string | undefined;
}

export function databaseNameOf(request: Named): string {
  return request.databaseName ?? request.service.replaceAll("-", "_");
}

/** `<service>-<environment>`, and the database's own name behind it for a service's second database. */
export function identifierOf(request: Named): string {
  const base = `${request.service}-${request.environment}`;
  const own = databaseNameOf(request).replace(/_+/g, "-").replace(/-$/, "");
  return own === request.service ? base : `${base}-${own}`;
}
/** What RDS allows for a DB instance identifier. */
export const identifierLengthMax = 63;

/** Service and role alone would collide for two databases of a service. */
export function secretNameOf(request: Named, role: RoleName | "master"): string {
  return `shipshape/${request.service}/${request.environment}/${databaseNameOf(request)}/${role}`;
}
