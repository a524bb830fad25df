import { CreateSecretCommand } from "@aws-sdk/client-secrets-manager";
import { type Cloud, startCloud } from "../../cloud";
import { type OwnAnswer, callOwn } from "./own-endpoint";

const path = "/shipshape/recorded";
const account = "123456789012";
const defaultVpc = "vpc-0a1b2c3d4e5f60001";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(async () => cloud?.stop());

const query = (type: string, id: string, region?: string) =>
  `${path}?${new URLSearchParams({ type, id, ...(region ? { region } : {}) })}`;
const create = (type: string, properties: object, region?: string): Promise<OwnAnswer> =>
  callOwn(cloud, "POST", path, { type, name: "x", properties, ...(region ? { region } : {}) });
const read = (type: string, id: string, region?: string) => callOwn(cloud, "GET", query(type, id, region));
const replace = (type: string, id: string, properties: object) =>
  callOwn(cloud, "PUT", query(type, id), { properties });
const remove = (type: string, id: string) => callOwn(cloud, "DELETE", query(type, id));

async function made(
  type: string,
  properties: object,
): Promise<{ id: string; arn: string; properties: Record<string, unknown> }> {
  const answer = await create(type, properties);
  expect(answer).toMatchObject({ status: 201 });
  return answer.body;
}

const key = "aws:kms/key:Key";
const role = "aws:iam/role:Role";
const vault = "aws:backup/vault:Vault";
const logGroup = "aws:cloudwatch/logGroup:LogGroup";
const securityGroup = "aws:ec2/securityGroup:SecurityGroup";

describe("every type gets the id and the ARN AWS would give it", () => {
  test.each<[string, object, RegExp, RegExp]>([
    [key, { description: "k" }, /^[0-9a-f-]{36}$/, /^arn:aws:kms:eu-central-1:123456789012:key\/[0-9a-f-]{36}$/],
    [
      "aws:sns/topic:Topic",
      { name: "alarms" },
      /^arn:aws:sns:eu-central-1:123456789012:alarms$/,
      /^arn:aws:sns:eu-central-1:123456789012:alarms$/,
    ],
    [
      logGroup,
      { name: "/aws/rds/instance/a/postgresql" },
      /^\/aws\/rds\/instance\/a\/postgresql$/,
      /:log-group:\/aws\/rds\/instance\/a\/postgresql$/,
    ],
    [
      "aws:cloudwatch/metricAlarm:MetricAlarm",
      { name: "cpu", threshold: 80 },
      /^cpu$/,
      /^arn:aws:cloudwatch:eu-central-1:123456789012:alarm:cpu$/,
    ],
    [
      role,
      { name: "monitoring", assumeRolePolicy: "{}" },
      /^monitoring$/,
      /^arn:aws:iam::123456789012:role\/monitoring$/,
    ],
    [
      "aws:iam/policy:Policy",
      { name: "read", path: "/teams/", policy: "{}" },
      /^arn:aws:iam::123456789012:policy\/teams\/read$/,
      /policy\/teams\/read$/,
    ],
    [vault, { name: "main" }, /^main$/, /^arn:aws:backup:eu-central-1:123456789012:backup-vault:main$/],
    ["aws:backup/plan:Plan", { name: "daily", rules: [] }, /^[0-9a-f-]{36}$/, /:backup-plan:[0-9a-f-]{36}$/],
    ["aws:ec2/vpc:Vpc", { cidrBlock: "10.1.0.0/16" }, /^vpc-[0-9a-f]{17}$/, /:vpc\/vpc-[0-9a-f]{17}$/],
    [
      "aws:ec2/subnet:Subnet",
      { vpcId: defaultVpc, cidrBlock: "10.0.9.0/24" },
      /^subnet-[0-9a-f]{17}$/,
      /:subnet\/subnet-[0-9a-f]{17}$/,
    ],
    [securityGroup, { name: "orders" }, /^sg-[0-9a-f]{17}$/, /:security-group\/sg-[0-9a-f]{17}$/],
  ])("%s", async (type, properties, id, arn) => {
    const record = await made(type, properties);
    expect(record.id).toMatch(id);
    expect(record.arn).toMatch(arn);
    expect(record.properties).toMatchObject({ ...properties, arn: record.arn });
    expect((await read(type, record.id)).body).toEqual(record);
  });
});

test("the program's values take precedence over AWS's; omitted ones are filled in, and stay through an update", async () => {
  const { id, properties } = await made(key, { policy: "mine", enableKeyRotation: true });
  expect(properties).toMatchObject({ policy: "mine", keyId: id, isEnabled: true, rotationPeriodInDays: 365 });
  const { body } = await replace(key, id, { policy: "mine", enableKeyRotation: false, description: "now" });
  expect(body.properties).toMatchObject({ keyId: id, description: "now", enableKeyRotation: false });
  expect(body.properties.rotationPeriodInDays).toBeUndefined();
});

test("an update replaces what was given before", async () => {
  await made(logGroup, { name: "replaced", retentionInDays: 30, tags: { a: "b" } });
  const { body } = await replace(logGroup, "replaced", { name: "replaced", retentionInDays: 90 });
  expect(body.properties).toMatchObject({ retentionInDays: 90, logGroupClass: "STANDARD" });
  expect(body.properties.tags).toBeUndefined();
});

test("a name that is taken is refused where AWS refuses it, per Region", async () => {
  await made(vault, { name: "taken" });
  expect(await create(vault, { name: "taken" })).toMatchObject({
    status: 409,
    body: { code: "ResourceAlreadyExists" },
  });
  expect(await create(vault, { name: "taken" }, "eu-west-1")).toMatchObject({ status: 201 });
  expect(await read(vault, "taken")).toMatchObject({ status: 400, body: { code: "AmbiguousResource" } });
  expect((await read(vault, "taken", "eu-west-1")).body.arn).toBe(
    `arn:aws:backup:eu-west-1:${account}:backup-vault:taken`,
  );
  await made(securityGroup, { name: "taken" });
  expect(await create(securityGroup, { name: "taken", vpcId: defaultVpc })).toMatchObject({ status: 409 });
});

test("putting an alarm or a policy again replaces it; creating an identical topic again returns the same one, a different one is refused", async () => {
  const alarm = "aws:cloudwatch/metricAlarm:MetricAlarm";
  await made(alarm, { name: "again", threshold: 1 });
  await made(alarm, { name: "again", threshold: 2 });
  expect((await read(alarm, "again")).body.properties.threshold).toBe(2);
  const topic = "aws:sns/topic:Topic";
  const first = await made(topic, { name: "again", displayName: "A" });
  expect(await made(topic, { name: "again", displayName: "A" })).toEqual(first);
  expect(await create(topic, { name: "again", displayName: "B" })).toMatchObject({ status: 409 });
});

test("a deleted key is no longer found, stays in the list until its deletion date, and cannot be used", async () => {
  const { id, arn } = await made(key, { deletionWindowInDays: 7 });
  await made("aws:kms/alias:Alias", { name: "alias/leaving", targetKeyId: id });
  expect(await remove(key, id)).toMatchObject({ status: 204 });
  expect(await read(key, id)).toMatchObject({ status: 404 });
  const listed = (await callOwn(cloud, "GET", `${path}?type=${key}`)).body.resources.find(
    (record: { id: string }) => record.id === id,
  );
  expect(new Date(listed.deletionAt).getTime() - Date.now()).toBeGreaterThan(6 * 86_400_000);
  for (const kmsKeyId of [arn, "alias/leaving"])
    expect(await create(logGroup, { name: "unreadable", kmsKeyId })).toMatchObject({
      status: 400,
      body: { code: "ReferenceNotFound" },
    });
  await callOwn(cloud, "PUT", "/shipshape/clock", { offsetSeconds: 8 * 86_400 });
  expect(
    (await callOwn(cloud, "GET", `${path}?type=${key}`)).body.resources.map((record: { id: string }) => record.id),
  ).not.toContain(id);
  expect(await read("aws:kms/alias:Alias", "alias/leaving")).toMatchObject({ status: 404 });
  await callOwn(cloud, "PUT", "/shipshape/clock", { reset: true });
});

test("an alias's ARN is of this account and Region", async () => {
  const { id } = await made(key, {});
  await made("aws:kms/alias:Alias", { name: "alias/ours", targetKeyId: id });
  const using = (of: string, alias: string) =>
    create(logGroup, { name: `of-${of}-${alias}`.replaceAll(":", "/"), kmsKeyId: `arn:aws:kms:${of}:alias/${alias}` });
  for (const alias of ["ours", "aws/logs"]) {
    expect(await using(`eu-central-1:${account}`, alias)).toMatchObject({ status: 201 });
    for (const other of ["eu-central-1:210987654321", `eu-west-1:${account}`])
      expect(await using(other, alias)).toMatchObject({ status: 400, body: { code: "ReferenceNotFound" } });
  }
});

test("a resource in use is not deleted, and the error names the user", async () => {
  await made(role, { name: "used", assumeRolePolicy: "{}" });
  const { id: attachment } = await made("aws:iam/rolePolicyAttachment:RolePolicyAttachment", {
    role: "used",
    policyArn: "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole",
  });
  expect(await remove(role, "used")).toMatchObject({
    status: 409,
    body: {
      code: "ResourceInUse",
      message: expect.stringContaining("role policy attachment used/arn:aws:iam::aws:policy"),
    },
  });
  expect(await remove("aws:iam/rolePolicyAttachment:RolePolicyAttachment", attachment)).toMatchObject({ status: 204 });
  expect(await remove(role, "used")).toMatchObject({ status: 204 });
});

test("a plan with selections and a vault with recovery points cannot be deleted; an empty vault is deleted with its lock and policy", async () => {
  await made(role, { name: "backup", assumeRolePolicy: "{}" });
  await made(vault, { name: "full" });
  await made("aws:backup/vaultLockConfiguration:VaultLockConfiguration", {
    backupVaultName: "full",
    minRetentionDays: 7,
  });
  const { id: planId } = await made("aws:backup/plan:Plan", {
    name: "daily",
    rules: [{ ruleName: "daily", targetVaultName: "full" }],
  });
  await made("aws:backup/selection:Selection", {
    name: "all",
    planId,
    iamRoleArn: `arn:aws:iam::${account}:role/backup`,
  });
  expect(await remove("aws:backup/plan:Plan", planId)).toMatchObject({ status: 409 });
  await callOwn(cloud, "POST", "/shipshape/change", {
    arn: `arn:aws:backup:eu-central-1:${account}:backup-vault:full`,
    properties: { recoveryPoints: "1" },
  });
  expect(await remove(vault, "full")).toMatchObject({
    status: 409,
    body: { message: expect.stringContaining("1 recovery point") },
  });
  await callOwn(cloud, "POST", "/shipshape/change", {
    arn: `arn:aws:backup:eu-central-1:${account}:backup-vault:full`,
    properties: { recoveryPoints: "0" },
  });
  expect(await remove(vault, "full")).toMatchObject({ status: 204 });
  expect(await read("aws:backup/vaultLockConfiguration:VaultLockConfiguration", "full")).toMatchObject({ status: 404 });
});

test("the default network exists in every Region, and cannot be deleted", async () => {
  for (const region of ["eu-central-1", "us-east-1"]) {
    expect((await read("aws:ec2/subnet:Subnet", "subnet-0a1b2c3d4e5f60002", region)).body.properties).toMatchObject({
      vpcId: defaultVpc,
      availabilityZone: `${region}b`,
    });
  }
  expect(await remove("aws:ec2/vpc:Vpc", defaultVpc)).toMatchObject({ status: 409 });
});

test("records survive a kill of the server", async () => {
  await made(role, { name: "durable", assumeRolePolicy: "{}" });
  await cloud.kill("SIGKILL");
  await cloud.restart();
  expect(await read(role, "durable")).toMatchObject({ status: 200 });
});

describe("bad requests are refused by name", () => {
  test.each<[string, string, object, string, string]>([
    [
      "a type that only guardrails know",
      "aws:rds/cluster:Cluster",
      {},
      "UnsupportedResourceType",
      "these can be created: aws:ec2/vpc:Vpc",
    ],
    ["a type with its own API", "aws:rds/instance:Instance", {}, "UnsupportedResourceType", "through the RDS API"],
    ["a role without a trust policy", role, { name: "r" }, "ValidationError", "needs assumeRolePolicy"],
    [
      "a security group in no network",
      securityGroup,
      { name: "lost", vpcId: "vpc-none" },
      "ReferenceNotFound",
      "names a VPC that does not exist: vpc-none",
    ],
    [
      "an alias of no key",
      "aws:kms/alias:Alias",
      { name: "alias/a", targetKeyId: "none" },
      "ReferenceNotFound",
      "names a KMS key",
    ],
    [
      "a policy of no topic",
      "aws:sns/topicPolicy:TopicPolicy",
      { arn: "arn:aws:sns:eu-central-1:1:none", policy: "{}" },
      "ReferenceNotFound",
      "names a SNS topic",
    ],
    [
      "a lock on no vault",
      "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
      { backupVaultName: "none" },
      "ReferenceNotFound",
      "names a backup vault",
    ],
    [
      "a plan for no vault",
      "aws:backup/plan:Plan",
      { name: "p", rules: [{ targetVaultName: "none" }] },
      "ReferenceNotFound",
      "names a backup vault",
    ],
    [
      "a policy of no secret",
      "aws:secretsmanager/secretPolicy:SecretPolicy",
      { secretArn: "arn:none", policy: "{}" },
      "ReferenceNotFound",
      "names a secret",
    ],
  ])("%s", async (_what, type, properties, code, message) => {
    expect(await create(type, properties)).toMatchObject({
      status: 400,
      body: { code, message: expect.stringContaining(message) },
    });
  });

  test("a request without type and id", async () => {
    expect(await callOwn(cloud, "DELETE", `${path}?type=${role}`)).toMatchObject({
      status: 400,
      body: { code: "MissingParameter" },
    });
  });

  test("what does not exist", async () => {
    for (const answer of [await read(role, "none"), await replace(role, "none", {}), await remove(role, "none")])
      expect(answer).toMatchObject({ status: 404, body: { code: "ResourceNotFound" } });
  });
});

test("a secret's policy needs its secret", async () => {
  const { ARN } = await cloud.secrets.send(new CreateSecretCommand({ Name: "policed", SecretString: "x" }));
  await made("aws:secretsmanager/secretPolicy:SecretPolicy", { secretArn: ARN, policy: "{}" });
});
