import type { RDSClient } from "@aws-sdk/client-rds";
import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { STSClient } from "@aws-sdk/client-sts";
import type { CheckFailure, Properties } from "../adapter/resource";
import type { PropertyValues } from "../adapter/wire";
import { accountOfKey } from "../../access/access-keys";
import { assumed, durationForm, type CredentialsOf } from "./assumed-roles";
import { awsClients } from "./clients";
import { readEnvironment, type Environment } from "./environment";
import { flag, object, objects, required, secret, text, textMap, texts, whole } from "./property-kinds";
import type { Tags } from "./tags";

export interface AwsConfig {
  region: string;
  /** Where the embedded cloud listens. */
  endpoint: string;
  credentials: CredentialsOf;
  defaultTags: Tags;
  ignoredTags: { keys: string[]; prefixes: string[] };
  rds(region: string): RDSClient;
  secretsManager(region: string): SecretsManagerClient;
  sts(): STSClient;
}

const endpointSetting: Properties = Object.fromEntries(
  ["rds", "secretsmanager", "sts", "kms", "sns", "iam", "ec2", "logs", "cloudwatch", "backup"].map((service) => [
    service,
    text,
  ]),
);

/**
 * Settings of the official provider that make sense here. The others (proxies, FIPS) are refused by name: they would
 * have no effect.
 */
export const providerSettings: Properties = {
  region: text,
  accessKey: secret(text),
  secretKey: secret(text),
  token: secret(text),
  profile: text,
  defaultTags: object({ tags: textMap }),
  ignoreTags: object({ keys: texts, keyPrefixes: texts }),
  endpoints: { type: "list", element: object(endpointSetting) },
  assumeRoles: objects({ roleArn: required(text), sessionName: text, externalId: text, duration: text }),
  allowedAccountIds: texts,
  forbiddenAccountIds: texts,
  maxRetries: whole,
  retryMode: text,
  stsRegion: text,
  insecure: flag,
  skipCredentialsValidation: flag,
  skipMetadataApiCheck: flag,
  skipRegionValidation: flag,
  skipRequestingAccountId: flag,
};

export function checkProviderSettings(
  settings: PropertyValues,
  environment: Environment = readEnvironment(),
): CheckFailure[] {
  const failures: CheckFailure[] = [];
  const fail = (property: string, reason: string) => failures.push({ property, reason });
  const account = accountOf(settings, environment);
  const allowed: string[] = settings.allowedAccountIds ?? [];
  if (allowed.length > 0 && !allowed.includes(account))
    fail("allowedAccountIds", `the account is ${account}, which is not among ${allowed.join(", ")}`);
  if (settings.forbiddenAccountIds?.includes(account))
    fail("forbiddenAccountIds", `the account is ${account}, which is forbidden`);
  for (const { duration } of settings.assumeRoles ?? [])
    if (duration !== undefined && !durationForm.test(duration))
      fail("assumeRoles", `the duration "${duration}" is not a number of s, m or h, such as 15m`);
  return failures;
}

/** That of the last role, or of the access key: a key's account is a part of its id. */
function accountOf({ assumeRoles, accessKey }: PropertyValues, environment: Environment): string {
  const role: string | undefined = assumeRoles?.at(-1)?.roleArn;
  return role?.split(":")[4] ?? accountOfKey(accessKey ?? environment.accessKey ?? "");
}

/** Does not connect: a preview works while the cloud is down, as long as nothing has to be read. */
export function configureProvider(settings: PropertyValues, environment: Environment = readEnvironment()): AwsConfig {
  const endpoints: PropertyValues = settings.endpoints?.[0] ?? {};
  const endpoint = endpoints.rds ?? environment.endpoint;
  if (!endpoint) {
    throw new Error(
      'this is the embedded cloud\'s aws plugin, and it does not know where the cloud is: AWS_ENDPOINT_URL is not set. Run `npx shipshape local start` and `eval "$(npx shipshape local env)"`',
    );
  }
  const accessKey = settings.accessKey ?? environment.accessKey;
  const secretKey = settings.secretKey ?? environment.secretKey;
  if (!accessKey || !secretKey) {
    throw new Error(
      'the embedded cloud requires requests signed with its access key: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set. Run `eval "$(npx shipshape local env)"`',
    );
  }
  // A token belongs to the keys it was issued with: the environment's is not sent with the program's own keys.
  const sessionToken = settings.token ?? (settings.accessKey === undefined ? environment.sessionToken : undefined);
  const region: string = settings.region ?? environment.region ?? "eu-central-1";
  const first = { accessKeyId: accessKey, secretAccessKey: secretKey, ...(sessionToken && { sessionToken }) };
  const credentials = assumed(settings.assumeRoles ?? [], first, endpoint, region);
  return {
    region,
    endpoint: endpoint.replace(/\/$/, ""),
    credentials,
    defaultTags: settings.defaultTags?.tags ?? {},
    ignoredTags: { keys: settings.ignoreTags?.keys ?? [], prefixes: settings.ignoreTags?.keyPrefixes ?? [] },
    ...awsClients({ endpoint, credentials, region }),
  };
}
