import { account, region } from "./policies";

const at = (service: string, rest: string, where = `${region}:${account}`) => `arn:aws:${service}:${where}:${rest}`;
const role = (name: string) => `arn:aws:iam::${account}:role/${name}`;
const serviceLinked = (service: string, name: string) =>
  `arn:aws:iam::${account}:role/aws-service-role/${service}.amazonaws.com/${name}`;
/** List and describe calls have no resource of their own. */
const any = "*";

export type Calls = Record<string, string[]>;

const calls = (resources: string[], ...actions: string[]): Calls =>
  Object.fromEntries(actions.map((action) => [action, resources]));

const securityGroup: Calls = {
  ...calls([any], "ec2:DescribeSecurityGroups", "ec2:DescribeNetworkInterfaces"),
  ...calls([at("ec2", "security-group/sg-1"), at("ec2", "vpc/vpc-1")], "ec2:CreateSecurityGroup"),
  ...calls(
    [at("ec2", "security-group/sg-1")],
    ...[
      "DeleteSecurityGroup",
      "AuthorizeSecurityGroupIngress",
      "RevokeSecurityGroupIngress",
      "AuthorizeSecurityGroupEgress",
    ].map((a) => `ec2:${a}`),
    ...["RevokeSecurityGroupEgress", "CreateTags", "DeleteTags"].map((a) => `ec2:${a}`),
  ),
};

const tagged = (service: string, resources: string[], ...more: string[]): Calls =>
  calls(
    resources,
    `${service}:TagResource`,
    `${service}:UntagResource`,
    ...more.map((action) => `${service}:${action}`),
  );

const rdsTagged = (resource: string, ...more: string[]): Calls => ({
  ...calls([any], "rds:ListTagsForResource"),
  ...calls([resource], "rds:AddTagsToResource", "rds:RemoveTagsFromResource", ...more.map((action) => `rds:${action}`)),
});

const parameterGroup = (name: string): Calls => ({
  ...calls([any], "rds:DescribeDBParameterGroups", "rds:DescribeDBParameters"),
  ...rdsTagged(
    at("rds", `pg:${name}`),
    "CreateDBParameterGroup",
    "ModifyDBParameterGroup",
    "ResetDBParameterGroup",
    "DeleteDBParameterGroup",
  ),
});

const db = at("rds", "db:orders-production");
const around = [
  at("rds", "pg:shipshape-postgres17-standard"),
  at("rds", "subgrp:shipshape-databases"),
  at("rds", "og:default:postgres-17"),
];
const secret = at("secretsmanager", "secret:shipshape/orders/production/orders/owner-AbCdEf");
const masterSecret = at("secretsmanager", "secret:rds!db-0a1b2c3d-AbCdEf");
const vaults = [
  at("backup", "backup-vault:shipshape"),
  at("backup", "backup-vault:shipshape-copies", `eu-west-1:${account}`),
];
const keys = [at("kms", "key/0a1b"), at("kms", "key/0a1b", `eu-west-1:${account}`)];
const backupRole = [role(`shipshape-${region}-monitoring`), role(`shipshape-${region}-backup`)];
const logGroup = [at("logs", "log-group:/aws/rds/instance/orders-production/postgresql")];
const alarm = [at("cloudwatch", "alarm:orders-production-cpu")];
const topic = [at("sns", "shipshape-databases")];

/**
 * The calls that the official provider makes for each type over its life (create, read, update, delete), and the rights
 * that the services themselves require of the caller; by stack. Source: the provider's Go source of each resource, and
 * the IAM service authorization reference.
 */
export const providerCalls: Record<"platform" | "databases", Record<string, Calls>> = {
  platform: {
    "aws:ec2/securityGroup:SecurityGroup": securityGroup,
    "aws:kms/key:Key": {
      ...calls([any], "kms:CreateKey"),
      ...tagged(
        "kms",
        keys,
        "DescribeKey",
        "GetKeyPolicy",
        "PutKeyPolicy",
        "GetKeyRotationStatus",
        "EnableKeyRotation",
        "ListResourceTags",
      ),
      ...calls(keys, "kms:UpdateKeyDescription"),
    },
    "aws:kms/alias:Alias": {
      ...calls([any], "kms:ListAliases"),
      ...calls(
        [keys[0]!, at("kms", "alias/shipshape-databases")],
        "kms:CreateAlias",
        "kms:UpdateAlias",
        "kms:DeleteAlias",
      ),
    },
    "aws:sns/topic:Topic": tagged(
      "sns",
      topic,
      "CreateTopic",
      "GetTopicAttributes",
      "SetTopicAttributes",
      "ListTagsForResource",
      "DeleteTopic",
    ),
    "aws:sns/topicPolicy:TopicPolicy": calls(topic, "sns:GetTopicAttributes", "sns:SetTopicAttributes"),
    "aws:iam/role:Role": calls(
      backupRole,
      ...[
        "CreateRole",
        "GetRole",
        "DeleteRole",
        "UpdateAssumeRolePolicy",
        "UpdateRole",
        "UpdateRoleDescription",
        "TagRole",
        "UntagRole",
      ].map((a) => `iam:${a}`),
      ...["ListRolePolicies", "ListAttachedRolePolicies", "ListInstanceProfilesForRole"].map((a) => `iam:${a}`),
    ),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": calls(
      backupRole,
      "iam:AttachRolePolicy",
      "iam:DetachRolePolicy",
      "iam:ListAttachedRolePolicies",
    ),
    "aws:backup/vault:Vault": {
      ...tagged("backup", vaults, "CreateBackupVault", "DescribeBackupVault", "DeleteBackupVault", "ListTags"),
      ...calls([any], "backup-storage:MountCapsule"),
      ...calls(keys, "kms:CreateGrant", "kms:RetireGrant", "kms:GenerateDataKey", "kms:Decrypt", "kms:DescribeKey"),
      ...calls([serviceLinked("backup", "AWSServiceRoleForBackup")], "iam:CreateServiceLinkedRole"),
    },
    "aws:backup/vaultPolicy:VaultPolicy": calls(
      vaults,
      ...["PutBackupVaultAccessPolicy", "GetBackupVaultAccessPolicy", "DeleteBackupVaultAccessPolicy"].map(
        (a) => `backup:${a}`,
      ),
    ),
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration": calls(
      vaults,
      ...["PutBackupVaultLockConfiguration", "DeleteBackupVaultLockConfiguration", "DescribeBackupVault"].map(
        (a) => `backup:${a}`,
      ),
    ),
    "aws:backup/plan:Plan": tagged(
      "backup",
      [at("backup", "backup-plan:0a1b")],
      ...["CreateBackupPlan", "GetBackupPlan", "UpdateBackupPlan", "DeleteBackupPlan", "ListTags"],
    ),
    "aws:backup/selection:Selection": {
      ...calls(
        [at("backup", "backup-plan:0a1b")],
        "backup:CreateBackupSelection",
        "backup:GetBackupSelection",
        "backup:DeleteBackupSelection",
      ),
      ...calls([role(`shipshape-${region}-backup`)], "iam:PassRole"),
    },
    "aws:rds/subnetGroup:SubnetGroup": {
      ...calls([any], "rds:DescribeDBSubnetGroups"),
      ...rdsTagged(
        at("rds", "subgrp:shipshape-databases"),
        "CreateDBSubnetGroup",
        "ModifyDBSubnetGroup",
        "DeleteDBSubnetGroup",
      ),
      ...calls([any], "ec2:DescribeVpcs", "ec2:DescribeSubnets"),
      ...calls([serviceLinked("rds", "AWSServiceRoleForRDS")], "iam:CreateServiceLinkedRole"),
    },
    "aws:rds/parameterGroup:ParameterGroup": parameterGroup("shipshape-postgres17-standard"),
    "aws:rds/eventSubscription:EventSubscription": {
      ...calls([any], "rds:DescribeEventSubscriptions"),
      ...rdsTagged(
        at("rds", "es:shipshape-instances"),
        "CreateEventSubscription",
        "ModifyEventSubscription",
        "DeleteEventSubscription",
      ),
    },
  },
  databases: {
    "aws:ec2/securityGroup:SecurityGroup": securityGroup,
    "aws:cloudwatch/logGroup:LogGroup": {
      ...calls([any], "logs:DescribeLogGroups"),
      ...tagged(
        "logs",
        logGroup,
        "CreateLogGroup",
        "PutRetentionPolicy",
        "AssociateKmsKey",
        "ListTagsForResource",
        "DeleteLogGroup",
      ),
    },
    "aws:cloudwatch/metricAlarm:MetricAlarm": {
      ...calls([any], "cloudwatch:DescribeAlarms"),
      ...tagged("cloudwatch", alarm, "PutMetricAlarm", "DeleteAlarms", "ListTagsForResource"),
    },
    "aws:rds/parameterGroup:ParameterGroup": parameterGroup("orders-production-postgres17"),
    "aws:rds/instance:Instance": {
      ...calls([any], "rds:DescribeDBInstances", "rds:DescribeDBEngineVersions"),
      ...rdsTagged(db, "RebootDBInstance"),
      ...calls([db, ...around], "rds:CreateDBInstance", "rds:ModifyDBInstance"),
      ...calls([db, at("rds", "snapshot:any-snapshot"), ...around], "rds:RestoreDBInstanceFromDBSnapshot"),
      ...calls([db, at("rds", "auto-backup:ab-1"), ...around], "rds:RestoreDBInstanceToPointInTime"),
      // Deleting takes the final snapshot, for which RDS also requires this.
      ...calls([db, at("rds", "snapshot:orders-production-final-0a1b")], "rds:CreateDBSnapshot"),
      ...calls([db], "rds:DeleteDBInstance"),
      ...calls([at("kms", "key/0a1b")], "kms:DescribeKey", "kms:CreateGrant", "kms:Decrypt", "kms:GenerateDataKey"),
      ...calls([masterSecret], "secretsmanager:CreateSecret", "secretsmanager:TagResource"),
      ...calls([role(`shipshape-${region}-monitoring`)], "iam:PassRole"),
      ...calls([serviceLinked("rds", "AWSServiceRoleForRDS")], "iam:CreateServiceLinkedRole"),
    },
    "aws:secretsmanager/secret:Secret": tagged(
      "secretsmanager",
      [secret],
      ...["CreateSecret", "DescribeSecret", "GetResourcePolicy", "UpdateSecret", "DeleteSecret"],
    ),
    "aws:secretsmanager/secretVersion:SecretVersion": calls(
      [secret],
      ...["PutSecretValue", "GetSecretValue", "UpdateSecretVersionStage", "ListSecretVersionIds", "DescribeSecret"].map(
        (action) => `secretsmanager:${action}`,
      ),
    ),
  },
};

/** Rights that no type of resource needs, each with the reason; by policy. */
export const otherCalls: Record<"platform" | "databases", Calls> = {
  platform: { "sts:GetCallerIdentity": [any] }, // the provider looks up the account
  databases: {
    "sts:GetCallerIdentity": [any],
    "secretsmanager:GetSecretValue": [masterSecret, secret], // the program reads the master's current password
    "secretsmanager:DescribeSecret": [masterSecret],
  },
};
