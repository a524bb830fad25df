import * as backup from "@pulumi/aws/backup";
import * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as ec2 from "@pulumi/aws/ec2";
import { getAvailabilityZonesOutput } from "@pulumi/aws/getAvailabilityZones";
import { getCallerIdentityOutput } from "@pulumi/aws/getCallerIdentity";
import * as iam from "@pulumi/aws/iam";
import * as kms from "@pulumi/aws/kms";
import * as secretsmanager from "@pulumi/aws/secretsmanager";
import * as sns from "@pulumi/aws/sns";
import { PutSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { startCloud, type Cloud } from "../../../cloud";
import { callOwn } from "../../server/own-endpoint";
import type { PluginStack } from "../plugin-stack";
import { changeOutside, createAwsStack, stateFiles } from "./aws-stack";
import { securityGroupId } from "./database-program";

let cloud: Cloud;
let stack: PluginStack;
let arns: Record<string, string>;

beforeAll(async () => {
  cloud = await startCloud();
  stack = await createAwsStack("recorded", cloud);
});

afterAll(async () => {
  stack?.remove();
  await cloud?.stop();
});

const statement = (principal: object, action: string) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: principal, Action: action, Resource: "*" }],
});

/** The resources of a Region's platform; the second round changes one of each kind. */
const platform = (round: 1 | 2) => async () => {
  const tags = { owner: "platform", round: String(round) };
  const account = getCallerIdentityOutput().accountId;
  const key = new kms.Key("key", {
    description: `round ${round}`,
    enableKeyRotation: true,
    deletionWindowInDays: 30,
    policy: account.apply((id) => JSON.stringify(statement({ AWS: id }, "kms:*"))),
    tags,
  });
  new kms.Alias("alias", { name: "alias/shipshape", targetKeyId: key.keyId });
  const topic = new sns.Topic("topic", { kmsMasterKeyId: key.arn, tags });
  new sns.TopicPolicy("topic-policy", {
    arn: topic.arn,
    policy: JSON.stringify(statement({ Service: "cloudwatch.amazonaws.com" }, "sns:Publish")),
  });
  const rules =
    round === 1
      ? []
      : [
          {
            description: "app",
            protocol: "tcp",
            fromPort: 5432,
            toPort: 5432,
            securityGroups: [securityGroupId],
            self: false,
          },
        ];
  new ec2.SecurityGroup("group", {
    name: "database",
    description: "who may connect",
    vpcId: ec2.getVpcOutput({ default: true }).id,
    ingress: rules,
    egress: [],
    tags,
  });
  new cloudwatch.LogGroup("logs", {
    name: "/aws/rds/instance/orders/postgresql",
    retentionInDays: 30 * round,
    kmsKeyId: key.arn,
    tags,
  });
  const role = new iam.Role("role", {
    name: "backup",
    assumeRolePolicy: statement({ Service: "backup.amazonaws.com" }, "sts:AssumeRole") as iam.PolicyDocument,
    tags,
  });
  new iam.RolePolicyAttachment("attachment", {
    role: role.name,
    policyArn: "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup",
  });
  const metric = {
    metricName: "FreeStorageSpace",
    namespace: "AWS/RDS",
    period: 300,
    stat: "Average",
    dimensions: { DBInstanceIdentifier: "orders" },
  };
  new cloudwatch.MetricAlarm("alarm", {
    comparisonOperator: "LessThanThreshold",
    evaluationPeriods: 3,
    threshold: round,
    alarmActions: [topic.arn],
    metricQueries: [
      { id: "hours", expression: "free/rate", returnData: true },
      { id: "free", metric },
    ],
    tags,
  });
  const vault = new backup.Vault("vault", { name: "gold", kmsKeyArn: key.arn, tags });
  new backup.VaultLockConfiguration("lock", { backupVaultName: vault.name, minRetentionDays: 7 * round });
  const plan = new backup.Plan("plan", {
    name: "gold",
    rules: [
      {
        ruleName: "daily",
        targetVaultName: vault.name,
        schedule: "cron(0 12 * * ? *)",
        lifecycle: { deleteAfter: 35 * round },
      },
    ],
    tags,
  });
  new backup.Selection("selection", {
    name: "gold",
    planId: plan.id,
    iamRoleArn: role.arn,
    selectionTags: [{ type: "STRINGEQUALS", key: "tier", value: "gold" }],
  });
  const secret = new secretsmanager.Secret("secret", {
    name: "shipshape/orders/owner",
    description: `round ${round}`,
    kmsKeyId: key.arn,
    recoveryWindowInDays: 0,
    tags,
  });
  const version = new secretsmanager.SecretVersion("version", {
    secretId: secret.arn,
    secretString: `hidden-value-${round}`,
  });
  const read = secretsmanager.getSecretVersionOutput({ secretId: secret.arn }, { dependsOn: version });
  new secretsmanager.SecretPolicy("secret-policy", {
    secretArn: secret.arn,
    policy: JSON.stringify(statement({ AWS: "*" }, "secretsmanager:GetSecretValue")),
  });
  return {
    value: read.secretString,
    zones: getAvailabilityZonesOutput().names,
    subnets: ec2.getSubnetsOutput({}).ids,
  };
};

test("a platform is created, and a second up changes nothing", async () => {
  expect(await stack.preview(platform(1))).toMatchObject({ failed: false });
  const { failed, outputs } = await stack.up(platform(1));
  expect(failed).toBe(false);
  expect(outputs).toMatchObject({
    key: {
      arn: `arn:aws:kms:eu-central-1:123456789012:key/${outputs.key!.keyId}`,
      rotationPeriodInDays: 365,
      tagsAll: { owner: "platform", round: "1" },
    },
    topic: {
      name: expect.stringMatching(/^topic-[0-9a-f]{7}$/),
      id: expect.stringMatching(/^arn:aws:sns:eu-central-1:123456789012:topic-/),
    },
    group: { id: expect.stringMatching(/^sg-/), vpcId: "vpc-0a1b2c3d4e5f60001", ingress: [], egress: [] },
    role: {
      arn: "arn:aws:iam::123456789012:role/backup",
      uniqueId: expect.stringMatching(/^AROA/),
      maxSessionDuration: 3600,
    },
    plan: {
      rules: [
        {
          ruleName: "daily",
          startWindow: 60,
          completionWindow: 180,
          scheduleExpressionTimezone: "Etc/UTC",
          lifecycle: { deleteAfter: 35 },
        },
      ],
    },
    version: { versionStages: ["AWSCURRENT"] },
  });
  arns = Object.fromEntries(Object.entries(outputs).map(([name, { arn }]) => [name, arn as string]));
  expect(await stack.up(platform(1))).toMatchObject({ failed: false, changes: {} });
  expect(await stack.refresh()).toMatchObject({ failed: false, changes: {} });
});

test("state has no secret in plain text, and a value that is looked up stays secret", async () => {
  expect(stateFiles(stack)).not.toContain("hidden-value");
  expect((await stack.stack.outputs()).value).toEqual({ secret: true, value: "hidden-value-1" });
});

test("what can be updated is updated in place, and only the rest is replaced", async () => {
  const { failed, diffs, changes } = await stack.up(platform(2));
  const retagged = { "tags.round": "update", "tagsAll.round": "update" };
  expect(failed).toBe(false);
  expect(diffs).toEqual({
    alarm: { ...retagged, threshold: "update" },
    group: { ...retagged, ingress: "add" },
    key: { ...retagged, description: "update" },
    lock: { minRetentionDays: "update-replace" },
    logs: { ...retagged, retentionInDays: "update" },
    plan: { ...retagged, "rules[0].lifecycle.deleteAfter": "update" },
    role: retagged,
    secret: { ...retagged, description: "update" },
    topic: retagged,
    vault: retagged,
    version: { secretString: "update-replace" },
  });
  expect(changes).toMatchObject({ version: "replace", lock: "replace", key: "update" });
  expect(await stack.up(platform(2))).toMatchObject({ failed: false, changes: {} });
});

test("each change made outside Pulumi is found by a refresh, and reverted by the next up", async () => {
  await changeOutside(cloud, arns.key!, { enableKeyRotation: false });
  await changeOutside(cloud, arns.group!, {
    ingress: [{ protocol: "tcp", fromPort: 5432, toPort: 5432, cidrBlocks: ["0.0.0.0/0"] }],
  });
  await changeOutside(cloud, arns.logs!, { retentionInDays: 1 });
  await changeOutside(cloud, arns.secret!, { description: "changed" });
  await changeOutside(cloud, arns.alarm!, { threshold: 99, tags: { owner: "nobody", round: "2" } });
  await cloud.secrets.send(new PutSecretValueCommand({ SecretId: arns.secret!, SecretString: "another" }));

  const { diffs } = await stack.previewRefresh();
  expect(diffs).toMatchObject({
    alarm: { threshold: "update", "tags.owner": "update", "tagsAll.owner": "update" },
    group: { "ingress[0].cidrBlocks": "add" },
    key: { enableKeyRotation: "update" },
    logs: { retentionInDays: "update" },
    secret: { description: "update" },
  });
  expect(Object.keys(diffs).sort()).toEqual(["alarm", "group", "key", "logs", "secret"]);

  await stack.refresh();
  expect(await stack.up(platform(2))).toMatchObject({
    failed: false,
    changes: { alarm: "update", group: "update", key: "update", logs: "update", secret: "update" },
  });
  expect(await stack.previewRefresh()).toMatchObject({ changes: {} });
});

test("a key whose deletion is scheduled counts as gone, and destroy removes all the rest", async () => {
  expect(await stack.destroy()).toMatchObject({ failed: false });
  const { resources } = (await callOwn(cloud, "GET", "/shipshape/recorded")).body as {
    resources: { type: string; name: string; deletionAt?: string }[];
  };
  const left = resources.filter(({ name }) => name !== "default");
  expect(left).toEqual([expect.objectContaining({ type: "aws:kms/key:Key", deletionAt: expect.any(String) })]);
});
