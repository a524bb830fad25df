import type { CheckFailure, Properties, PropertyValues } from "../adapter";

/** The provider's settings and their environment variables; the only reader of the environment in this folder. */

const environment = process.env;

export interface ServerAccess {
  host: string;
  port: number;
  username: string;
  /** The login's name inside the database, where a proxy makes the two differ. */
  databaseUsername?: string;
  password?: string;
  /** The database in which roles and databases are created; schemas, extensions and grants may name another. */
  database: string;
  superuser: boolean;
  sslmode: "disable" | "require" | "verify-ca" | "verify-full";
  /** File of the certificate authorities to trust; without it, the system's. */
  sslrootcert?: string;
  connectTimeout: number;
  maxConnections: number;
}

export const settings: Properties = {
  scheme: { type: "string", default: "postgres" },
  host: { type: "string", default: environment.PGHOST },
  port: { type: "int", default: Number(environment.PGPORT ?? 5432) },
  username: { type: "string", default: environment.PGUSER ?? "postgres" },
  databaseUsername: { type: "string" },
  password: { type: "string", secret: true, default: environment.PGPASSWORD },
  database: { type: "string", default: environment.PGDATABASE ?? "postgres" },
  superuser: { type: "bool", default: environment.PGSUPERUSER !== "false" },
  sslmode: {
    type: "string",
    oneOf: ["disable", "require", "verify-ca", "verify-full"],
    default: environment.PGSSLMODE,
  },
  sslMode: { type: "string" },
  sslrootcert: { type: "string", default: environment.PGSSLROOTCERT },
  connectTimeout: { type: "int", min: -1, default: Number(environment.PGCONNECT_TIMEOUT ?? 180) },
  maxConnections: { type: "int", min: -1, default: 20 },
  expectedVersion: { type: "string" },
  awsRdsIamAuth: { type: "bool" },
  awsRdsIamProfile: { type: "string" },
  awsRdsIamRegion: { type: "string" },
  awsRdsIamProviderRoleArn: { type: "string" },
  azureIdentityAuth: { type: "bool" },
  azureTenantId: { type: "string" },
  gcpIamImpersonateServiceAccount: { type: "string" },
  clientcert: {
    type: "object",
    properties: { cert: { type: "string" }, key: { type: "string" }, sslinline: { type: "bool" } },
  },
};

/** What the official provider supports and the embedded cloud does not: refused by name, never ignored. */
const refused: Record<string, string> = {
  awsRdsIamAuth:
    'the embedded cloud has no IAM database tokens. Log in with a password here (authentication: "password")',
  azureIdentityAuth: "Azure logins are not part of the embedded postgresql provider",
  gcpIamImpersonateServiceAccount: "Google logins are not part of the embedded postgresql provider",
  clientcert: "client certificates are not part of the embedded postgresql provider; log in with a password",
  sslMode: "deprecated: use sslmode",
};

export function checkSettings(given: PropertyValues): CheckFailure[] {
  const failures = Object.entries(refused)
    .filter(([name]) => given[name])
    .map(([property, reason]) => ({ property, reason }));
  if (given.scheme !== "postgres")
    failures.push({
      property: "scheme",
      reason: `only "postgres" is part of the embedded postgresql provider, got ${given.scheme}`,
    });
  return failures;
}

/** No connection here: previews of a database that does not exist yet must work. */
export async function configure(given: PropertyValues): Promise<ServerAccess> {
  const refusals = checkSettings(given);
  if (refusals.length > 0) throw new Error(refusals.map(({ property, reason }) => `${property}: ${reason}`).join("; "));
  // Like the official provider's driver: TLS is required by default.
  return { ...given, sslmode: given.sslmode ?? "require", superuser: given.superuser ?? false } as ServerAccess;
}
