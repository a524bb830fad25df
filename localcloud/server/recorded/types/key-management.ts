import { randomUUID } from "node:crypto";
import { type Properties, type RecordedType, reference, text } from "../recorded-type";

export const KEY = "aws:kms/key:Key";

/** KMS allows 7 to 30 days; the default is 30. */
const DELETION_DELAY_DAYS = { least: 7, most: 30, standard: 30 };

/** KMS's default policy for a key created without one: the account decides through IAM. */
const keyPolicy = (accountId: string): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Id: "key-default-1",
    Statement: [
      {
        Sid: "Enable IAM User Permissions",
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${accountId}:root` },
        Action: "kms:*",
        Resource: "*",
      },
    ],
  });

const key: RecordedType = {
  token: KEY,
  noun: "KMS key",
  recomputed: ["rotationPeriodInDays"],
  identify(properties, context) {
    const id = randomUUID();
    const arn = `arn:aws:kms:${context.region}:${context.accountId}:key/${id}`;
    const rotates = properties["enableKeyRotation"] === true;
    const computed = {
      arn,
      keyId: id,
      policy: keyPolicy(context.accountId),
      multiRegion: false,
      customerMasterKeySpec: "SYMMETRIC_DEFAULT",
      keyUsage: "ENCRYPT_DECRYPT",
      isEnabled: true,
      ...(rotates ? { rotationPeriodInDays: 365 } : {}),
    };
    return { id, arn, computed };
  },
  deletionDelayDays(properties: Properties) {
    const days = properties["deletionWindowInDays"];
    const { least, most, standard } = DELETION_DELAY_DAYS;
    return typeof days === "number" ? Math.min(most, Math.max(least, days)) : standard;
  },
};

const alias: RecordedType = {
  token: "aws:kms/alias:Alias",
  noun: "KMS alias",
  required: ["name", "targetKeyId"],
  recomputed: ["targetKeyArn"],
  identify(properties, context) {
    const name = text(properties, "name");
    const target = text(properties, "targetKeyId");
    const keyId = target.split("/").at(-1) ?? target;
    return {
      id: name,
      arn: `arn:aws:kms:${context.region}:${context.accountId}:${name}`,
      computed: {
        arn: `arn:aws:kms:${context.region}:${context.accountId}:${name}`,
        targetKeyArn: `arn:aws:kms:${context.region}:${context.accountId}:key/${keyId}`,
      },
    };
  },
  references: (properties) => reference(KEY, "targetKeyId", properties, "deleted-too"),
};

export const keyManagementTypes: RecordedType[] = [key, alias];
