import { RDSClient } from "@aws-sdk/client-rds";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";

/** Where AWS is. With nothing given, the SDK's own defaults: the environment, a profile, the role of the machine. */
export interface AwsAccess {
  endpoint?: string | undefined;
  region?: string | undefined;
  credentials?: { accessKeyId: string; secretAccessKey: string } | undefined;
  /** A PEM file of the authorities that sign the databases' certificates; Node's own list does not hold RDS's. */
  rootCertificateFile?: string | undefined;
}

export interface AwsClients {
  rds: RDSClient;
  secrets: SecretsManagerClient;
}

export function awsClients({ endpoint, region, credentials }: AwsAccess): AwsClients {
  const settings = { ...(endpoint && { endpoint }), ...(region && { region }), ...(credentials && { credentials }) };
  return { rds: new RDSClient(settings), secrets: new SecretsManagerClient(settings) };
}

/** The embedded cloud as its environment record tells it (`shipshape local env`). */
export function accessFromEnvironment(environment: Readonly<Record<string, string>>): AwsAccess {
  const { AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, PGSSLROOTCERT } = environment;
  const credentials = AWS_ACCESS_KEY_ID && AWS_SECRET_ACCESS_KEY ? { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY } : undefined;
  return { endpoint: AWS_ENDPOINT_URL, region: AWS_REGION, credentials, rootCertificateFile: PGSSLROOTCERT };
}
