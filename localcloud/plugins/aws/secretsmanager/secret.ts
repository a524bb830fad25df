import {
  CreateSecretCommand,
  DeleteResourcePolicyCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetResourcePolicyCommand,
  PutResourcePolicyCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateSecretCommand,
  type SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import type { ResourceType } from "../../adapter/resource";
import { isUnknown, type PropertyValues } from "../../adapter/wire";
import { attempt, undefinedIfNotFound } from "../aws-error";
import type { AwsConfig } from "../configuration";
import { autoname, nameFrom } from "../generated-names";
import {
  computed,
  document,
  flag,
  named,
  objectSet,
  output,
  region,
  required,
  tagged,
  text,
  whole,
  withDefault,
} from "../property-kinds";
import { liveTags, tagChanges, tagList, tagsFromList } from "../tags";

const replica = {
  kmsKeyId: computed(text),
  lastAccessedDate: output(text),
  region: required(text),
  status: output(text),
  statusMessage: output(text),
};

export const secret: ResourceType<AwsConfig> = {
  autoname: autoname(512),
  properties: {
    ...named,
    ...tagged,
    arn: output(text),
    description: text,
    forceOverwriteReplicaSecret: flag,
    kmsKeyId: text,
    policy: computed(document),
    recoveryWindowInDays: withDefault(whole, 30),
    region,
    replicas: computed(objectSet(replica)),
    type: computed(text),
  },

  check(inputs) {
    const days = inputs.recoveryWindowInDays;
    const allowed = days === undefined || isUnknown(days) || days === 0 || (days >= 7 && days <= 30);
    return allowed
      ? []
      : [
          {
            property: "recoveryWindowInDays",
            reason: `expected recoveryWindowInDays to be 0 or in the range (7 - 30), got ${days}`,
          },
        ];
  },

  async create(inputs, { config }) {
    const client = config.secretsManager(inputs.region);
    const name = nameFrom(inputs);
    if (inputs.replicas?.length)
      throw new Error(
        `creating Secrets Manager Secret (${name}): replicas have no embedded counterpart, as there is one Region's store`,
      );
    const request = {
      Name: name,
      Description: inputs.description ?? "",
      ...(inputs.kmsKeyId ? { KmsKeyId: inputs.kmsKeyId } : {}),
      Tags: tagList(inputs.tagsAll),
    };
    const { ARN: id = name } = await attempt(`creating Secrets Manager Secret (${name})`, () =>
      client.send(new CreateSecretCommand(request)),
    );
    if (inputs.policy) await putPolicy(client, id, inputs.policy);
    return { id, properties: (await liveSecret(config, inputs.region, id, inputs)) ?? inputs };
  },

  async read(id, known, { config }) {
    const properties = await liveSecret(config, known.region ?? config.region, id, known);
    return properties && { properties };
  },

  async update(id, old, wanted, { config }) {
    const client = config.secretsManager(old.region);
    if ((wanted.description ?? "") !== (old.description ?? "") || wanted.kmsKeyId !== old.kmsKeyId) {
      const request = {
        SecretId: id,
        Description: wanted.description ?? "",
        ...(wanted.kmsKeyId ? { KmsKeyId: wanted.kmsKeyId } : {}),
      };
      await attempt(`updating Secrets Manager Secret (${id})`, () => client.send(new UpdateSecretCommand(request)));
    }
    if (wanted.policy !== old.policy) await putPolicy(client, id, wanted.policy);
    const { remove, set } = tagChanges(old, wanted, config);
    if (remove.length > 0) await client.send(new UntagResourceCommand({ SecretId: id, TagKeys: remove }));
    if (Object.keys(set).length > 0) await client.send(new TagResourceCommand({ SecretId: id, Tags: tagList(set) }));
    return { properties: (await liveSecret(config, old.region, id, wanted)) ?? wanted };
  },

  async delete(id, old, { config }) {
    const days: number = old.recoveryWindowInDays ?? 30;
    const request = {
      SecretId: id,
      ...(days === 0 ? { ForceDeleteWithoutRecovery: true } : { RecoveryWindowInDays: days }),
    };
    const client = config.secretsManager(old.region ?? config.region);
    await attempt(`deleting Secrets Manager Secret (${id})`, () =>
      undefinedIfNotFound(["ResourceNotFound"], () => client.send(new DeleteSecretCommand(request))),
    );
  },
};

async function putPolicy(client: SecretsManagerClient, id: string, policy: string | undefined): Promise<void> {
  const request =
    policy && policy !== "{}"
      ? new PutResourcePolicyCommand({ SecretId: id, ResourcePolicy: policy })
      : new DeleteResourcePolicyCommand({ SecretId: id });
  await attempt(`putting Secrets Manager Secret (${id}) policy`, () =>
    client.send(request as PutResourcePolicyCommand),
  );
}

/** A secret whose deletion is scheduled counts as gone. */
async function liveSecret(
  config: AwsConfig,
  inRegion: string,
  id: string,
  known: PropertyValues,
): Promise<PropertyValues | undefined> {
  const client = config.secretsManager(inRegion);
  const live = await undefinedIfNotFound(["ResourceNotFound"], () =>
    client.send(new DescribeSecretCommand({ SecretId: id })),
  );
  if (!live || live.DeletedDate) return undefined;
  const { ResourcePolicy } = await client.send(new GetResourcePolicyCommand({ SecretId: id }));
  return {
    arn: live.ARN,
    description: live.Description,
    forceOverwriteReplicaSecret: known.forceOverwriteReplicaSecret,
    kmsKeyId: live.KmsKeyId,
    name: live.Name,
    namePrefix: known.namePrefix,
    policy: ResourcePolicy ?? "",
    recoveryWindowInDays: known.recoveryWindowInDays,
    region: inRegion,
    replicas: [],
    type: known.type ?? "",
    ...liveTags(tagsFromList(live.Tags), known, config),
  };
}
