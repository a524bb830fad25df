import type { RDSClient } from "@aws-sdk/client-rds";
import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { STSClient } from "@aws-sdk/client-sts";
import type { CheckFailure, Properties } from "../adapter/resource";
import type { PropertyValues } from "../adapter/wire";
import { awsClients } from "./clients";
import { readEnvironment, type Environment } from "./environment";
import { flag, object, secret, text, textMap, texts, whole } from "./property-kinds";
import type { Tags } from "./tags";

export interface AwsConfig {
  region: string;
  /** Where the embedded cloud listens. */
  endpoint: string;
  accessKey: string;
  secretKey: string;
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
 * Settings of the official provider that make sense here. The others (assumed roles, proxies, FIPS) are refused by
 * name: they would have no effect.
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

/** The one account of the embedded cloud. */
export const ACCOUNT_ID = "123456789012";

export function checkProviderSettings(settings: PropertyValues): CheckFailure[] {
  const failures: CheckFailure[] = [];
  if (settings.allowedAccountIds?.length && !settings.allowedAccountIds.includes(ACCOUNT_ID)) {
    failures.push({
      property: "allowedAccountIds",
      reason: `the embedded cloud is account ${ACCOUNT_ID}, which is not among ${settings.allowedAccountIds.join(", ")}`,
    });
  }
  if (settings.forbiddenAccountIds?.includes(ACCOUNT_ID)) {
    failures.push({
      property: "forbiddenAccountIds",
      reason: `the embedded cloud is account ${ACCOUNT_ID}, which is forbidden`,
    });
  }
  return failures;
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
  return {
    region: settings.region ?? environment.region ?? "eu-central-1",
    endpoint: endpoint.replace(/\/$/, ""),
    accessKey,
    secretKey,
    defaultTags: settings.defaultTags?.tags ?? {},
    ignoredTags: { keys: settings.ignoreTags?.keys ?? [], prefixes: settings.ignoreTags?.keyPrefixes ?? [] },
    ...awsClients({
      endpoint,
      credentials: { accessKeyId: accessKey, secretAccessKey: secretKey, ...(sessionToken && { sessionToken }) },
      region: settings.region ?? environment.region ?? "eu-central-1",
    }),
  };
}
