import {
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  UpdateSecretVersionStageCommand,
  type GetSecretValueCommandOutput,
} from "@aws-sdk/client-secrets-manager";
import type { ResourceType } from "../../adapter/resource";
import type { PropertyValues } from "../../adapter/wire";
import { attempt, errorCode } from "../aws-error";
import type { AwsConfig } from "../configuration";
import { computed, createOnly, flag, output, region, required, secret, text, textSet, whole } from "../property-kinds";

const CURRENT = "AWSCURRENT";
const PREVIOUS = "AWSPREVIOUS";

/**
 * One version of a secret's value. It never changes: another value is another version, created before the old one loses
 * its labels.
 */
export const secretVersion: ResourceType<AwsConfig> = {
  properties: {
    arn: output(text),
    hasSecretStringWo: output(flag),
    region,
    secretArn: output(text),
    secretBinary: createOnly(secret(text)),
    secretId: createOnly(required(text)),
    secretString: createOnly(secret(text)),
    secretStringWo: { ...secret(text), writeOnly: true },
    secretStringWoVersion: createOnly(whole),
    versionId: output(text),
    versionStages: computed(textSet),
  },

  check(inputs) {
    const values = ["secretBinary", "secretString", "secretStringWo"].filter((name) => inputs[name] !== undefined);
    const failures = values
      .slice(1)
      .map((property) => ({ property, reason: `"${property}": conflicts with ${values[0]}` }));
    if (inputs.secretStringWo !== undefined && inputs.secretStringWoVersion === undefined)
      failures.push({
        property: "secretStringWo",
        reason: '"secretStringWo": secretStringWoVersion must be given with it',
      });
    return failures;
  },

  async create(inputs, { config }) {
    const secretId: string = inputs.secretId;
    const value =
      inputs.secretBinary !== undefined
        ? { SecretBinary: Buffer.from(inputs.secretBinary, "base64") }
        : { SecretString: inputs.secretStringWo ?? inputs.secretString ?? "" };
    const request = {
      SecretId: secretId,
      ...value,
      ...(inputs.versionStages?.length ? { VersionStages: inputs.versionStages } : {}),
    };
    const { VersionId = "" } = await attempt(`putting Secrets Manager Secret (${secretId}) value`, () =>
      config.secretsManager(inputs.region).send(new PutSecretValueCommand(request)),
    );
    return {
      id: `${secretId}|${VersionId}`,
      properties: (await liveVersion(config, inputs.region, secretId, VersionId, inputs)) ?? inputs,
    };
  },

  async read(id, known, { config }) {
    const { secretId, versionId } = parseId(id);
    const properties = await liveVersion(config, known.region ?? config.region, secretId, versionId, known);
    return properties && { properties };
  },

  /** Only the labels can change. */
  async update(id, old, wanted, { config }) {
    const { secretId, versionId } = parseId(id);
    const [before, after]: [string[], string[]] = [old.versionStages ?? [], wanted.versionStages ?? []];
    for (const stage of after.filter((label) => !before.includes(label)))
      await moveStage(config, old.region, secretId, stage, versionId);
    for (const stage of before.filter((label) => !after.includes(label) && label !== CURRENT))
      await dropStage(config, old.region, secretId, stage, versionId);
    return { properties: (await liveVersion(config, old.region, secretId, versionId, wanted)) ?? wanted };
  },

  /** Secrets Manager eventually removes a version without labels; AWSCURRENT cannot be removed, only moved. */
  async delete(id, old, { config }) {
    const { secretId, versionId } = parseId(id);
    const inRegion = old.region ?? config.region;
    const live = await liveVersion(config, inRegion, secretId, versionId, old);
    for (const stage of live?.versionStages ?? [])
      if (stage !== CURRENT && stage !== PREVIOUS) await dropStage(config, inRegion, secretId, stage, versionId);
  },
};

function parseId(id: string): { secretId: string; versionId: string } {
  const [secretId, versionId] = id.split("|");
  if (!secretId || !versionId) throw new Error(`unexpected format of ID (${id}), expected SecretID|VersionID`);
  return { secretId, versionId };
}

async function liveVersion(
  config: AwsConfig,
  inRegion: string,
  secretId: string,
  versionId: string,
  known: PropertyValues,
): Promise<PropertyValues | undefined> {
  const value = await getValue(config, inRegion, secretId, versionId);
  if (!value) return undefined;
  const writeOnly = Boolean(known.hasSecretStringWo || known.secretStringWo);
  return {
    arn: value.ARN,
    hasSecretStringWo: writeOnly || undefined,
    region: inRegion,
    secretArn: value.ARN,
    secretBinary: value.SecretBinary ? Buffer.from(value.SecretBinary).toString("base64") : "",
    secretId,
    secretString: writeOnly ? undefined : value.SecretString,
    secretStringWoVersion: known.secretStringWoVersion,
    versionId: value.VersionId,
    versionStages: value.VersionStages ?? [],
  };
}

/** A secret that is deleted, or marked for it, has no versions. */
async function getValue(
  config: AwsConfig,
  inRegion: string,
  SecretId: string,
  VersionId: string,
): Promise<GetSecretValueCommandOutput | undefined> {
  try {
    return await config.secretsManager(inRegion).send(new GetSecretValueCommand({ SecretId, VersionId }));
  } catch (error) {
    const gone =
      errorCode(error) === "ResourceNotFound" ||
      (errorCode(error) === "InvalidRequest" && /deleted|marked for deletion/.test(String(error)));
    if (gone) return undefined;
    throw error;
  }
}

async function moveStage(
  config: AwsConfig,
  inRegion: string,
  SecretId: string,
  VersionStage: string,
  MoveToVersionId: string,
): Promise<void> {
  const client = config.secretsManager(inRegion);
  const { Versions } = await client.send(new ListSecretVersionIdsCommand({ SecretId }));
  const holder = Versions?.find((version) => version.VersionStages?.includes(VersionStage))?.VersionId;
  await client.send(
    new UpdateSecretVersionStageCommand({
      SecretId,
      VersionStage,
      MoveToVersionId,
      ...(holder ? { RemoveFromVersionId: holder } : {}),
    }),
  );
}

async function dropStage(
  config: AwsConfig,
  inRegion: string,
  SecretId: string,
  VersionStage: string,
  RemoveFromVersionId: string,
): Promise<void> {
  await config
    .secretsManager(inRegion)
    .send(new UpdateSecretVersionStageCommand({ SecretId, VersionStage, RemoveFromVersionId }));
}
