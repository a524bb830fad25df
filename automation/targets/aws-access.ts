/**
 * The AWS clients. The SDK finds endpoint, Region and credentials: keys with or without a session token, a profile,
 * SSO, a web identity, the role of the machine. Copying some of these variables would lose the others.
 */
import { RDSClient } from "@aws-sdk/client-rds";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { STSClient } from "@aws-sdk/client-sts";
import { reasonOf, ShipshapeError } from "../errors";
import type { Location } from "../fleet-records";
import { assumedRole } from "./assumed-role";
import { telling, type ToldClient } from "./aws-calls";

export interface AwsAccess {
  /** A cloud other than the one in the environment of this process. @default what the SDK finds */
  cloud?:
    { endpoint: string; region: string; credentials: { accessKeyId: string; secretAccessKey: string } } | undefined;
  /** Another account or Region than that of the environment. */
  location?: Location | undefined;
  /** All that `shipshape.yaml` names. @default none: databases are where the environment says */
  locations?: (() => readonly Location[]) | undefined;
  /** A PEM file of the authorities that sign the databases' certificates; Node's own list lacks RDS's. */
  rootCertificateFile?: string | undefined;
  /** Throws if this process may no longer act. Called before every call. */
  beforeCall?: (() => void) | undefined;
}

export interface AwsClients {
  rds: RDSClient;
  secrets: SecretsManagerClient;
  sts: STSClient;
}

/** Calls without an answer, credentials or Region fail with cloud-unreachable, cloud-credentials or cloud-region. */
export function awsClients(access: AwsAccess = {}): AwsClients {
  const settings = clientSettings(access);
  return {
    rds: explaining(new RDSClient(settings), access),
    secrets: explaining(new SecretsManagerClient(settings), access),
    sts: explaining(new STSClient(settings), access),
  };
}

/** What any AWS client needs to reach that account and Region. */
export function clientSettings({ cloud, location: { region, role, externalId } = {} }: AwsAccess) {
  return {
    ...cloud,
    ...(region !== undefined && { region }),
    ...(role !== undefined && { credentials: assumedRole({ role, externalId, region }, { ...cloud }) }),
  };
}

type Middleware = (next: (call: unknown) => Promise<unknown>) => (call: unknown) => Promise<unknown>;

interface Client {
  middlewareStack: { add(middleware: never, options: { step: "initialize"; name: string }): void };
}

/** Added before the SDK's retries, so that it runs once they have given up. */
export function explaining<C extends Client & ToldClient>(client: C, { beforeCall }: AwsAccess): C {
  const explain: Middleware = (next) => async (call) => {
    beforeCall?.();
    try {
      return await next(call);
    } catch (error) {
      throw explained(error) ?? error;
    }
  };
  client.middlewareStack.add(explain as never, { step: "initialize", name: "explainFailure" });
  return telling(client);
}

const noAnswer =
  /\b(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EPIPE|TimeoutError)\b/;
const noCredentials =
  /^(CredentialsProviderError|TokenProviderError|ExpiredToken|ExpiredTokenException|InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch|InvalidSignatureException|MissingAuthenticationToken)/;

function explained(error: unknown): ShipshapeError | undefined {
  const { code = "", name = "" } = error as { code?: string; name?: string };
  const reason = reasonOf(error) || code;
  // The SDK wraps some of them in an error that keeps only the text.
  if (noAnswer.test(`${code} ${name} ${reason}`))
    return new ShipshapeError("cloud-unreachable", { reason }, { cause: error });
  if (noCredentials.test(name)) return new ShipshapeError("cloud-credentials", { reason }, { cause: error });
  return reason === "Region is missing" ? new ShipshapeError("cloud-region", {}, { cause: error }) : undefined;
}
