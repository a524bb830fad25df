import { randomUUID } from "node:crypto";
import { type Action, type Call, action } from "../wire/action";
import { AwsError } from "../wire/aws-error";
import { find, findOwn, findActive, named, refuseManaged } from "./access";
import { isAwsTag, tagRecord, valueIn } from "./input-values";
import { inputs } from "./inputs";
import type { Secret } from "./secret";
import { versionAt } from "./versions";

/** The actions that create, change and delete a secret. */
export const lifecycleActions: Action[] = [
  action({
    name: "CreateSecret",
    input: inputs.createSecret,
    run(input, { cloud, region }) {
      const value = valueIn(input);
      const secret = cloud.secrets.create({
        name: input.Name,
        region,
        ...(input.Description === undefined ? {} : { description: input.Description }),
        ...(input.KmsKeyId === undefined ? {} : { kmsKeyId: input.KmsKeyId }),
        tags: tagRecord(input.Tags),
        ...(value && { version: { id: input.ClientRequestToken ?? randomUUID(), value } }),
      });
      return { ...named(secret), VersionId: versionAt(secret, "AWSCURRENT")?.id };
    },
  }),
  action({
    name: "UpdateSecret",
    input: inputs.updateSecret,
    run(input, call) {
      const secret = findOwn(input.SecretId, call, "change");
      const value = valueIn(input);
      const id = input.ClientRequestToken ?? randomUUID();
      const described = call.cloud.secrets.describe(secret, {
        ...(input.Description === undefined ? {} : { description: input.Description }),
        ...(input.KmsKeyId === undefined ? {} : { kmsKeyId: input.KmsKeyId }),
      });
      if (value === undefined) return named(described);
      return { ...named(call.cloud.secrets.putValue(described, { id, value })), VersionId: id };
    },
  }),
  action({
    name: "PutSecretValue",
    input: inputs.putSecretValue,
    run(input, call) {
      const secret = findOwn(input.SecretId, call, "change the value of");
      const value = valueIn(input);
      if (value === undefined)
        throw new AwsError("InvalidRequestException", "You must provide either SecretString or SecretBinary.");
      const id = input.ClientRequestToken ?? randomUUID();
      const changed = call.cloud.secrets.putValue(secret, { id, value }, input.VersionStages);
      return {
        ...named(changed),
        VersionId: id,
        VersionStages: changed.versions.find((version) => version.id === id)?.stages,
      };
    },
  }),
  action({
    name: "RotateSecret",
    input: inputs.rotateSecret,
    async run(input, call) {
      const secret = findActive(input.SecretId, call);
      if (!secret.managed)
        throw new AwsError(
          "InvalidRequestException",
          "No Lambda rotation function ARN is associated with this secret, and the embedded cloud runs no functions: only master passwords that RDS manages rotate here.",
        );
      if (input.RotationRules) call.cloud.secrets.setRotationDays(secret, input.RotationRules.AutomaticallyAfterDays);
      if (input.RotateImmediately) await rotateNow(secret, input.ClientRequestToken, call);
      return { ...named(secret), VersionId: versionAt(find(secret.arn, call), "AWSCURRENT")?.id };
    },
  }),
  action({
    name: "DeleteSecret",
    input: inputs.deleteSecret,
    run(input, call) {
      const force = input.ForceDeleteWithoutRecovery === true;
      if (force && input.RecoveryWindowInDays !== undefined)
        throw new AwsError(
          "InvalidParameterException",
          "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
        );
      const days = force ? 0 : (input.RecoveryWindowInDays ?? 30);
      if (!force && (days < 7 || days > 30))
        throw new AwsError(
          "InvalidParameterException",
          `The RecoveryWindowInDays value must be between 7 and 30 days (inclusive), not ${days}.`,
        );
      // A forced delete of a missing secret is no error; it also ends a recovery window that has begun, which frees the
      // name.
      if (force && call.cloud.secrets.find(input.SecretId, call.region) === undefined)
        return { ...missingSecret(input.SecretId, call), DeletionDate: call.cloud.clock.now() };
      const secret = force ? find(input.SecretId, call) : findActive(input.SecretId, call);
      refuseManaged(secret, "delete");
      return { ...named(secret), DeletionDate: call.cloud.secrets.delete(secret, days) };
    },
  }),
  action({
    name: "RestoreSecret",
    input: inputs.byId,
    run(input, call) {
      const secret = find(input.SecretId, call);
      call.cloud.secrets.restore(secret);
      return named(secret);
    },
  }),
  action({
    name: "TagResource",
    input: inputs.tagResource,
    run(input, call) {
      const secret = findActive(input.SecretId, call);
      call.cloud.secrets.describe(secret, { tags: { ...secret.tags, ...tagRecord(input.Tags) } });
    },
  }),
  action({
    name: "UntagResource",
    input: inputs.untagResource,
    run(input, call) {
      const secret = findActive(input.SecretId, call);
      const kept = Object.entries(secret.tags).filter(([key]) => !input.TagKeys.includes(key) || isAwsTag(key));
      call.cloud.secrets.describe(secret, { tags: Object.fromEntries(kept) });
    },
  }),
];

/** The name of a secret that does not exist, for a response that has to include it. */
function missingSecret(id: string, { cloud, region }: Call): { ARN: string; Name: string } {
  return id.startsWith("arn:")
    ? { ARN: id, Name: id.split(":").slice(6).join(":") }
    : { ARN: `arn:aws:secretsmanager:${region}:${cloud.accountId}:secret:${id}`, Name: id };
}

/** Secrets Manager has its own error code for a database that cannot be reached. */
async function rotateNow(secret: Secret, versionId: string | undefined, { cloud }: Call): Promise<void> {
  try {
    await cloud.managedSecrets.rotate(secret.managed?.dbiResourceId ?? "", versionId);
  } catch (error) {
    throw new AwsError(
      "InvalidRequestException",
      `the secret cannot be rotated now: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
