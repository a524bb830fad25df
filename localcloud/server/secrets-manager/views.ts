import { nextRotation } from "./managed-secrets";
import type { Secret, SecretVersion } from "./secret";

/** What DescribeSecret returns. */
export function description(secret: Secret): object {
  return { ...entry(secret), VersionIdsToStages: stagesById(secret) };
}

/** What ListSecrets returns for each. */
export function listEntry(secret: Secret): object {
  return { ...entry(secret), SecretVersionsToStages: stagesById(secret) };
}

function entry(secret: Secret): object {
  const date = (text: string | undefined) => (text === undefined ? undefined : new Date(text));
  return {
    ARN: secret.arn,
    Name: secret.name,
    Description: secret.description,
    KmsKeyId: secret.kmsKeyId,
    ...(secret.managed && rotation(secret, secret.managed.rotateAfterDays)),
    CreatedDate: date(secret.createdAt),
    LastChangedDate: date(secret.changedAt),
    LastAccessedDate: date(secret.accessedAt),
    LastRotatedDate: date(secret.rotatedAt),
    DeletedDate: date(secret.deletion?.askedAt),
    Tags: Object.entries(secret.tags).map(([Key, Value]) => ({ Key, Value })),
  };
}

const rotation = (secret: Secret, days: number): object => ({
  OwningService: secret.managed?.service,
  RotationEnabled: true,
  RotationRules: { AutomaticallyAfterDays: days },
  NextRotationDate: nextRotation(secret),
});

const stagesById = (secret: Secret): Record<string, string[]> =>
  Object.fromEntries(secret.versions.filter(isInUse).map((version) => [version.id, version.stages]));

const isInUse = (version: SecretVersion): boolean => version.stages.length > 0;

/** What GetSecretValue returns. */
export function valueView(secret: Secret, version: SecretVersion): object {
  const { value } = version;
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: version.id,
    VersionStages: version.stages,
    CreatedDate: new Date(version.createdAt),
    ...("string" in value ? { SecretString: value.string } : { SecretBinary: value.binary }),
  };
}

/** What ListSecretVersionIds returns for each. */
export function versionEntry(secret: Secret, version: SecretVersion): object {
  return {
    VersionId: version.id,
    VersionStages: version.stages,
    CreatedDate: new Date(version.createdAt),
    KmsKeyIds: [secret.kmsKeyId ?? "DefaultEncryptionKey"],
  };
}
