import { RDSClient } from "@aws-sdk/client-rds";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { STSClient } from "@aws-sdk/client-sts";

export interface ClientSettings {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
}

/** The unmodified AWS clients, one a Region, made when first asked for: most engine operations need only some. */
export function awsClients(settings: ClientSettings) {
  const { endpoint, credentials } = settings;
  return {
    rds: perRegion((region) => new RDSClient({ endpoint, credentials, region })),
    secretsManager: perRegion((region) => new SecretsManagerClient({ endpoint, credentials, region })),
    sts: () => new STSClient({ endpoint, credentials, region: settings.region }),
  };
}

function perRegion<Client>(make: (region: string) => Client): (region: string) => Client {
  const made = new Map<string, Client>();
  return (region) => {
    const client = made.get(region) ?? make(region);
    made.set(region, client);
    return client;
  };
}
