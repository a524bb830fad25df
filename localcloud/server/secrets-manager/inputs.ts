import { z } from "zod";
import { limits } from "../limits";

/** The shapes of Secrets Manager's inputs; strict, so that what is not supported here is refused by name. */

const secretId = z.string().min(1).max(2_048);
const token = z.string().min(32).max(64).optional();
const tags = z
  .array(z.strictObject({ Key: z.string().min(1).max(128), Value: z.string().max(256) }))
  .max(limits.tagsPerResource);
const description = z.string().max(2_048).optional();
const kmsKeyId = z.string().max(2_048).optional();
const value = {
  SecretString: z.string().min(1).max(limits.secretBytes).optional(),
  SecretBinary: z
    .base64()
    .max(limits.secretBytes * 2)
    .optional(),
};
const page = { MaxResults: z.int().min(1).max(100).default(100), NextToken: z.string().optional() };

/** AWS's own limits for these two calls. */
const passwordLengthMax = 4_096;
const batchMax = 20;

const filterKeys = z.enum(["description", "name", "tag-key", "tag-value", "primary-region", "owning-service", "all"]);

const filters = z.array(z.strictObject({ Key: filterKeys, Values: z.array(z.string().min(1)).min(1).max(10) })).max(10);

export const inputs = {
  byId: z.strictObject({ SecretId: secretId }),
  createSecret: z.strictObject({
    Name: z.string().regex(/^[A-Za-z0-9/_+=.@-]{1,512}$/, "a name has 1 to 512 letters, digits and /_+=.@-"),
    ClientRequestToken: token,
    Description: description,
    KmsKeyId: kmsKeyId,
    Tags: tags.default([]),
    ForceOverwriteReplicaSecret: z.literal(false, "there are no replicas here").optional(),
    ...value,
  }),
  getSecretValue: z.strictObject({
    SecretId: secretId,
    VersionId: z.string().optional(),
    VersionStage: z.string().optional(),
  }),
  putSecretValue: z.strictObject({
    SecretId: secretId,
    ClientRequestToken: token,
    VersionStages: z.array(z.string().min(1).max(256)).min(1).max(20).optional(),
    ...value,
  }),
  updateSecret: z.strictObject({
    SecretId: secretId,
    ClientRequestToken: token,
    Description: description,
    KmsKeyId: kmsKeyId,
    ...value,
  }),
  deleteSecret: z.strictObject({
    SecretId: secretId,
    RecoveryWindowInDays: z.int().optional(),
    ForceDeleteWithoutRecovery: z.boolean().optional(),
  }),
  listSecrets: z.strictObject({
    IncludePlannedDeletion: z.boolean().default(false),
    Filters: filters.default([]),
    SortOrder: z.enum(["asc", "desc"]).default("asc"),
    SortBy: z.enum(["created-date", "last-accessed-date", "last-changed-date", "name"]).default("created-date"),
    ...page,
  }),
  rotateSecret: z.strictObject({
    SecretId: secretId,
    ClientRequestToken: token,
    RotationRules: z.strictObject({ AutomaticallyAfterDays: z.int().min(1).max(1_000) }).optional(),
    RotateImmediately: z.boolean().default(true),
  }),
  tagResource: z.strictObject({ SecretId: secretId, Tags: tags }),
  untagResource: z.strictObject({ SecretId: secretId, TagKeys: z.array(z.string()).max(limits.tagsPerResource) }),
  batchGetSecretValue: z.strictObject({
    SecretIdList: z.array(secretId).min(1).max(batchMax).optional(),
    Filters: filters.optional(),
    MaxResults: z.int().min(1).max(batchMax).optional(),
    NextToken: z.string().optional(),
  }),
  getRandomPassword: z.strictObject({
    PasswordLength: z.int().min(1).max(passwordLengthMax).default(32),
    ExcludeCharacters: z.string().max(passwordLengthMax).default(""),
    ExcludeNumbers: z.boolean().default(false),
    ExcludePunctuation: z.boolean().default(false),
    ExcludeUppercase: z.boolean().default(false),
    ExcludeLowercase: z.boolean().default(false),
    IncludeSpace: z.boolean().default(false),
    RequireEachIncludedType: z.boolean().default(true),
  }),
  listSecretVersionIds: z.strictObject({ SecretId: secretId, IncludeDeprecated: z.boolean().default(false), ...page }),
};

export type ListSecretsInput = z.output<typeof inputs.listSecrets>;
