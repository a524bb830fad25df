/** The platform's account and Region; policies name them so that a service acts only for this account. */
export interface AwsLocation {
  partition: string;
  region: string;
  account: string;
}

/**
 * The key's policy. Without these statements things fail silently: alarms vanish, log groups are refused, backup copies
 * fail at night. `logs` must name the log groups by encryption context; the others act on the topic and the vault only
 * for this account.
 */
export function keyPolicy({ partition, region, account }: AwsLocation): string {
  const use = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"];
  return document([
    {
      Sid: "AccountAdministers",
      Effect: "Allow",
      Principal: { AWS: `arn:${partition}:iam::${account}:root` },
      Action: "kms:*",
      Resource: "*",
    },
    {
      Sid: "LogGroups",
      Effect: "Allow",
      Principal: { Service: `logs.${region}.amazonaws.com` },
      Action: use,
      Resource: "*",
      Condition: {
        ArnLike: {
          "kms:EncryptionContext:aws:logs:arn": `arn:${partition}:logs:${region}:${account}:log-group:/aws/rds/*`,
        },
      },
    },
    {
      Sid: "AlarmsAndEvents",
      Effect: "Allow",
      Principal: { Service: ["cloudwatch.amazonaws.com", "events.rds.amazonaws.com", "backup.amazonaws.com"] },
      Action: ["kms:GenerateDataKey*", "kms:Decrypt"],
      Resource: "*",
      Condition: { StringEquals: { "aws:SourceAccount": account } },
    },
    {
      Sid: "Backups",
      Effect: "Allow",
      Principal: { Service: "backup.amazonaws.com" },
      Action: ["kms:CreateGrant", ...use],
      Resource: "*",
      Condition: { StringEquals: { "aws:SourceAccount": account }, Bool: { "kms:GrantIsForAWSResource": "true" } },
    },
  ]);
}

export function topicPolicy(topicArn: string, { account }: AwsLocation): string {
  return document([
    {
      Sid: "AlarmsAndEvents",
      Effect: "Allow",
      Principal: { Service: ["cloudwatch.amazonaws.com", "events.rds.amazonaws.com", "backup.amazonaws.com"] },
      Action: "sns:Publish",
      Resource: topicArn,
      Condition: { StringEquals: { "aws:SourceAccount": account } },
    },
  ]);
}

/** The vault of the other Region accepts copies only from this account. */
export function copyVaultPolicy({ partition, account }: AwsLocation): string {
  return document([
    {
      Sid: "CopiesFromThisAccount",
      Effect: "Allow",
      Principal: { AWS: `arn:${partition}:iam::${account}:root` },
      Action: "backup:CopyIntoBackupVault",
      Resource: "*",
    },
  ]);
}

export function assumedBy(service: string): string {
  return document([{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }]);
}

function document(statements: Record<string, unknown>[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}
