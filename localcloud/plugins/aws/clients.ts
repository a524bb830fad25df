import { RDSClient } from "@aws-sdk/client-rds";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { STSClient } from "@aws-sdk/client-sts";
import type { CredentialsOf } from "./assumed-roles";
import { unreachable } from "./aws-error";

export interface ClientSettings {
  endpoint: string;
  region: string;
  credentials: CredentialsOf;
}

/** The unmodified AWS clients, one per Region, created on first use: most engine operations need only some. */
export function awsClients(settings: ClientSettings) {
  const { endpoint, credentials } = settings;
  return {
    rds: perRegion((region) => withConnectionHint(new RDSClient({ endpoint, credentials, region }), endpoint)),
    secretsManager: perRegion((region) =>
      withConnectionHint(new SecretsManagerClient({ endpoint, credentials, region }), endpoint),
    ),
    sts: () => withConnectionHint(new STSClient({ endpoint, credentials, region: settings.region }), endpoint),
  };
}

type Middleware = (next: (call: unknown) => Promise<unknown>) => (call: unknown) => Promise<unknown>;

/**
 * Adds to a refused connection what to do about it. Added before the SDK's retries, so that it acts once they have
 * given up.
 */
function withConnectionHint<
  Client extends { middlewareStack: { add(middleware: never, options: { step: "initialize"; name: string }): void } },
>(client: Client, endpoint: string): Client {
  const explain: Middleware = (next) => async (call) => {
    try {
      return await next(call);
    } catch (error) {
      throw (error as { code?: string }).code === "ECONNREFUSED" ? unreachable(endpoint, error) : error;
    }
  };
  client.middlewareStack.add(explain as never, { step: "initialize", name: "explainRefusedConnection" });
  return client;
}

function perRegion<Client>(make: (region: string) => Client): (region: string) => Client {
  const clients = new Map<string, Client>();
  return (region) => {
    const client = clients.get(region) ?? make(region);
    clients.set(region, client);
    return client;
  };
}
