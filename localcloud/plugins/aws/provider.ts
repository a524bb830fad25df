import type { ProviderDefinition, ResourceType } from "../adapter/resource";
import { UNKNOWN, type PropertyValues } from "../adapter/wire";
import { checkProviderSettings, configureProvider, providerSettings, type AwsConfig } from "./configuration";
import { invokes } from "./invokes";
import { eventSubscription } from "./rds/event-subscription";
import { instance } from "./rds/instance";
import { parameterGroup } from "./rds/parameter-group";
import { subnetGroup } from "./rds/subnet-group";
import { recordedTypes } from "./recorded";
import { refusedTypes } from "./refused";
import { secret } from "./secretsmanager/secret";
import { secretVersion } from "./secretsmanager/secret-version";
import { allTags } from "./tags";

/**
 * `@pulumi/aws` against the embedded cloud: types served by the RDS and Secrets Manager APIs, recorded types, and types
 * for guardrails only.
 */
export const provider: ProviderDefinition<AwsConfig> = {
  name: "aws",
  version: "7.48.0",
  settings: providerSettings,
  checkSettings: (settings) => checkProviderSettings(settings),
  configure: async (settings) => {
    const config = configureProvider(settings);
    // As the official one, which says before anything else that a role cannot be assumed.
    if (settings.assumeRoles?.length > 0 && !settings.skipCredentialsValidation) await config.credentials();
    return config;
  },
  resources: {
    "aws:rds/eventSubscription:EventSubscription": eventSubscription,
    "aws:rds/instance:Instance": instance,
    "aws:rds/parameterGroup:ParameterGroup": parameterGroup,
    "aws:rds/subnetGroup:SubnetGroup": subnetGroup,
    "aws:secretsmanager/secret:Secret": secret,
    "aws:secretsmanager/secretVersion:SecretVersion": secretVersion,
    ...recordedTypes,
    ...refusedTypes,
  },
  invokes,
  prepareInputs: (inputs, { type, config }) => prepareInputs(inputs, type, config),
};

/**
 * Like the official provider: every input names its Region, and `tagsAll` has the resource's tags including the
 * provider's default tags.
 */
export function prepareInputs(
  inputs: PropertyValues,
  type: ResourceType<AwsConfig>,
  config: AwsConfig,
): PropertyValues {
  const prepared = { ...inputs };
  if ("region" in type.properties) prepared.region ??= config.region;
  if ("tags" in type.properties) {
    const tags = allTags(inputs.tags, config.defaultTags);
    if (tags === UNKNOWN || Object.keys(tags).length > 0) prepared.tagsAll = tags;
    else delete prepared.tagsAll;
  }
  return prepared;
}
