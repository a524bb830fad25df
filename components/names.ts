import type { RoleName } from "./roles";
import type { Environment } from "./standards";

/** Names are derived from arguments, so that people can recognise a database by its name, and a rule can check it. */
interface Named {
  service: string;
  environment: Environment;
  databaseName?: string | undefined;
}

export function databaseNameOf(request: Named): string {
  return request.databaseName ?? request.service.replaceAll("-", "_");
}

/** `<service>-<environment>`, plus the database's own name for a service's second database. */
export function identifierOf(request: Named): string {
  const base = `${request.service}-${request.environment}`;
  const own = databaseNameOf(request).replace(/_+/g, "-").replace(/-$/, "");
  return own === request.service ? base : `${base}-${own}`;
}
/** What RDS allows for a DB instance identifier. */
export const identifierLengthMax = 63;

/** With only service and role, two databases of a service would collide. */
export function secretNameOf(request: Named, role: RoleName | "master"): string {
  return `shipshape/${request.service}/${request.environment}/${databaseNameOf(request)}/${role}`;
}
