import type { RoleName } from "./standards/names";
import { filled, type Standard } from "./standards/standard";

/** Names are derived from arguments, so that people can recognise a database by its name, and a rule can check it. */
interface Named {
  service: string;
  environment: string;
  databaseName?: string | undefined;
}

export function databaseNameOf(request: Named, { birth }: Standard): string {
  return request.databaseName ?? filled(birth.database, { service: request.service }).replaceAll("-", "_");
}

export function schemaNameOf(request: Named & { schemaName?: string | undefined }, standard: Standard): string {
  const database = databaseNameOf(request, standard);
  return (
    request.schemaName ?? filled(standard.birth.schema, { service: request.service, database }).replaceAll("-", "_")
  );
}

/** `<service>-<environment>` or the company's pattern, plus the database's own name for a service's second one. */
export function identifierOf(request: Named, standard: Standard): string {
  const base = filled(standard.birth.identifier, { service: request.service, environment: request.environment });
  const words = (name: string) => name.replace(/_+/g, "-").replace(/-$/, "");
  const own = words(databaseNameOf(request, standard));
  const first = words(databaseNameOf({ ...request, databaseName: undefined }, standard));
  return own === first ? base : `${base}-${own}`;
}
/** What RDS allows for a DB instance identifier. */
export const identifierLengthMax = 63;

export function secretNameOf(request: Named, role: RoleName | "master", standard: Standard): string {
  const database = databaseNameOf(request, standard);
  const identifier = identifierOf(request, standard);
  const { service, environment } = request;
  return filled(standard.birth.secrets, { service, environment, database, identifier, role });
}

/** The name of the group that a database has if a team sets parameters. */
export const ownParameterGroupOf = (identifier: string, family: string): string => `${identifier}-${family}`;

/** What it is called in the stack: that of one family is the same resource before and after a major upgrade. */
export const ownParameterGroupResource = (name: string, family: string): string => `${name}-parameters-${family}`;
