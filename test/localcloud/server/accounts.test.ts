import { setTimeout as sleep } from "node:timers/promises";
import {
  CreateDBInstanceCommand,
  CreateDBSubnetGroupCommand,
  DescribeDBInstancesCommand,
  DescribeDBParameterGroupsCommand,
  DescribeDBParametersCommand,
  DescribeDBSubnetGroupsCommand,
  ListTagsForResourceCommand,
  RDSClient,
} from "@aws-sdk/client-rds";
import { CreateSecretCommand, GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { CloudTrailClient, LookupEventsCommand } from "@aws-sdk/client-cloudtrail";
import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  STSClient,
  type AssumeRoleCommandInput,
} from "@aws-sdk/client-sts";
import { keyIdOf } from "../../../localcloud/access/access-keys";
import { fetchSigned } from "../../../localcloud/access/signature";
import { issueSession } from "../../../localcloud/server/sts/sessions";
import { type Cloud, instanceIs, startCloud } from "../../cloud";
import {
  createRole as recordRole,
  otherAccount as other,
  otherKey,
  ownAccount as own,
  roleArn as role,
} from "../second-account";
import { small } from "./database-client";
import { callOwn } from "./own-endpoint";

/** Two accounts and two Regions of one embedded cloud, by the unmodified AWS SDK. */
let cloud: Cloud;
const opened: { destroy(): void }[] = [];
beforeAll(async () => {
  cloud = await startCloud();
  await createRole("reader", { Principal: { AWS: `arn:aws:iam::${own}:root` } });
});
afterAll(async () => {
  opened.forEach((client) => client.destroy());
  await cloud?.stop();
});

const made = <C extends { destroy(): void }>(client: C): C => (opened.push(client), client);
const inRegion = (region: string) => ({ ...cloud.client(), region });
const inOther = (region = "eu-central-1") => ({ ...inRegion(region), credentials: otherKey(cloud) });

const createRole = (name: string, statement: object, more: object = {}) => recordRole(cloud, name, statement, more);

async function assume(input: Partial<AssumeRoleCommandInput>, settings: object = cloud.client()) {
  const client = made(new STSClient(settings));
  const asked = { RoleArn: role("reader"), RoleSessionName: "look", ...input };
  const { Credentials, AssumedRoleUser } = await client.send(new AssumeRoleCommand(asked));
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials ?? {};
  return {
    expiration: Expiration!,
    user: AssumedRoleUser,
    credentials: { accessKeyId: AccessKeyId!, secretAccessKey: SecretAccessKey!, sessionToken: SessionToken! },
  };
}
const refusalOf = (call: Promise<unknown>) =>
  call.then(
    () => "accepted",
    (error: Error) => `${error.name}: ${error.message}`,
  );
const identityOf = (settings: object) => made(new STSClient(settings)).send(new GetCallerIdentityCommand({}));

test("a Region is that of the signature: two Regions of an account have resources of the same name", async () => {
  for (const region of ["eu-central-1", "eu-west-1"]) {
    const rds = made(new RDSClient(inRegion(region)));
    const group = { DBSubnetGroupName: "shared", DBSubnetGroupDescription: region };
    const SubnetIds = ["subnet-0a1b2c3d4e5f60001", "subnet-0a1b2c3d4e5f60002"];
    await rds.send(new CreateDBSubnetGroupCommand({ ...group, SubnetIds }));
  }
  for (const region of ["eu-central-1", "eu-west-1"]) {
    const { DBSubnetGroups = [] } = await made(new RDSClient(inRegion(region))).send(
      new DescribeDBSubnetGroupsCommand({ DBSubnetGroupName: "shared" }),
    );
    expect(DBSubnetGroups.map((g) => [g.DBSubnetGroupDescription, g.DBSubnetGroupArn])).toEqual([
      [region, `arn:aws:rds:${region}:${own}:subgrp:shared`],
    ]);
  }
});

test("an assumed role is of its own account: GetCallerIdentity, ARNs and the log say so", async () => {
  const { user, credentials, expiration } = await assume({ DurationSeconds: 900 });
  const arn = `arn:aws:sts::${other}:assumed-role/reader/look`;
  expect(user).toEqual({ Arn: arn, AssumedRoleId: expect.stringMatching(/^AROA[A-Z0-9]{17}:look$/) });
  expect(Math.round((expiration.getTime() - Date.now()) / 60_000)).toBe(15);
  const settings = { ...cloud.client(), credentials };
  expect(await identityOf(settings)).toMatchObject({ Account: other, Arn: arn, UserId: user?.AssumedRoleId });
  expect(await identityOf(inOther())).toMatchObject({
    Account: other,
    Arn: `arn:aws:iam::${other}:user/shipshapelocal`,
  });

  const secrets = made(new SecretsManagerClient(settings));
  const { ARN } = await secrets.send(new CreateSecretCommand({ Name: "of-the-role", SecretString: "x" }));
  expect(ARN).toContain(`:${other}:secret:of-the-role-`);
  const { Events = [] } = await made(new CloudTrailClient(inOther())).send(
    new LookupEventsCommand({ LookupAttributes: [{ AttributeKey: "EventName", AttributeValue: "CreateSecret" }] }),
  );
  const [event] = Events.map((e) => JSON.parse(e.CloudTrailEvent ?? "{}"));
  expect(Events[0]?.Username).toBe("look");
  expect(event.userIdentity).toMatchObject({
    type: "AssumedRole",
    arn,
    accountId: other,
    sessionContext: { sessionIssuer: { arn: role("reader"), userName: "reader" } },
  });
});

test("one account sees nothing of another, by name or by ARN", async () => {
  const theirs = made(new RDSClient(inOther()));
  await theirs.send(new CreateDBInstanceCommand({ ...small, DBInstanceIdentifier: "orders" }));
  const created = await instanceIs({ rds: theirs }, "orders", "available");
  expect(created.DBInstanceArn).toBe(`arn:aws:rds:eu-central-1:${other}:db:orders`);
  expect((await cloud.rds.send(new DescribeDBInstancesCommand({}))).DBInstances).toEqual([]);
  const tags = (rds: RDSClient) => rds.send(new ListTagsForResourceCommand({ ResourceName: created.DBInstanceArn }));
  expect(await refusalOf(tags(cloud.rds))).toMatch(/^AccessDenied: /);
  await cloud.rds.send(new CreateDBInstanceCommand({ ...small, DBInstanceIdentifier: "orders" }));
  expect(await refusalOf(tags(cloud.rds))).toMatch(/^AccessDenied: /); // nor its own of the same name
  expect(await refusalOf(tags(theirs))).toBe("accepted");
  const instance = (arn?: string) => cloud.rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: arn }));
  const group = (DBParameterGroupName: string) =>
    cloud.rds.send(new DescribeDBParameterGroupsCommand({ DBParameterGroupName }));
  const parameters = (DBParameterGroupName: string) =>
    cloud.rds.send(new DescribeDBParametersCommand({ DBParameterGroupName }));
  const subnets = (DBSubnetGroupName: string) =>
    cloud.rds.send(new DescribeDBSubnetGroupsCommand({ DBSubnetGroupName }));
  const arn = (name: string, account: string) => `arn:aws:rds:eu-central-1:${account}:${name}`;
  expect(await refusalOf(instance(arn("db:orders", own)))).toBe("accepted");
  expect(await refusalOf(instance(created.DBInstanceArn))).toMatch(/^DBInstanceNotFoundFault: /);
  expect(await refusalOf(instance(arn("pg:orders", own)))).toMatch(/^DBInstanceNotFoundFault: /);
  for (const [describe, name] of [
    [group, "pg:default.postgres17"],
    [parameters, "pg:default.postgres17"],
    [subnets, "subgrp:default"],
  ] as const) {
    expect(await refusalOf(describe(arn(name, own)))).toBe("accepted");
    expect(await refusalOf(describe(arn(name, other)))).toMatch(/^DB\w+GroupNotFoundFault: /);
  }
  const secret = await made(new SecretsManagerClient(inOther())).send(
    new CreateSecretCommand({ Name: "hidden", SecretString: "y" }),
  );
  const read = (id?: string) => cloud.secrets.send(new GetSecretValueCommand({ SecretId: id }));
  expect(await refusalOf(read(secret.ARN))).toMatch(/^ResourceNotFoundException/);
  expect(await refusalOf(read("hidden"))).toMatch(/^ResourceNotFoundException/);

  const status = (await callOwn(cloud, "GET", "/shipshape/status")).body as { instances: { account: string }[] };
  expect(status.instances.map((one) => one.account).sort()).toEqual([own, other].sort());
});

test("accounts, sessions and databases survive a kill of the server", async () => {
  const { credentials } = await assume({});
  await cloud.kill("SIGKILL");
  await cloud.restart();
  const rds = made(new RDSClient({ ...cloud.client(), credentials }));
  const { DBInstances = [] } = await rds.send(new DescribeDBInstancesCommand({}));
  expect(DBInstances.map((one) => one.DBInstanceArn)).toEqual([`arn:aws:rds:eu-central-1:${other}:db:orders`]);
});

test("a role that does not exist, or does not trust the caller, is refused in AWS's words", async () => {
  const refused = (arn: string) =>
    `AccessDenied: User: arn:aws:iam::${own}:user/shipshapelocal is not authorized to perform: sts:AssumeRole on resource: ${arn}`;
  await createRole("of-another", { Principal: { AWS: "arn:aws:iam::333333333333:root" } });
  await createRole("of-a-service", { Principal: { Service: "rds.amazonaws.com" } });
  await createRole("of-alice", { Principal: { AWS: `arn:aws:iam::${own}:user/alice` } });
  for (const name of ["missing", "of-another", "of-a-service", "of-alice"])
    expect(await refusalOf(assume({ RoleArn: role(name) }))).toBe(refused(role(name)));
  expect(await refusalOf(assume({ RoleArn: role("reader", "444444444444") }))).toBe(
    refused(role("reader", "444444444444")),
  );
  const alice = { ...cloud.client(keyIdOf("alice")) };
  expect((await assume({ RoleArn: role("of-alice") }, alice)).user?.Arn).toContain("assumed-role/of-alice/look");
});

test("a role can ask for an external id; a condition that is not known is refused by name", async () => {
  const Principal = { AWS: own };
  await createRole("with-id", { Principal, Condition: { StringEquals: { "sts:ExternalId": ["a-7", "b-8"] } } });
  expect(await refusalOf(assume({ RoleArn: role("with-id") }))).toMatch(/^AccessDenied/);
  expect(await refusalOf(assume({ RoleArn: role("with-id"), ExternalId: "a-8" }))).toMatch(/^AccessDenied/);
  expect(await refusalOf(assume({ RoleArn: role("with-id"), ExternalId: "b-8" }))).toBe("accepted");
  await createRole("from-an-address", { Principal, Condition: { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } } });
  expect(await refusalOf(assume({ RoleArn: role("from-an-address") }))).toMatch(
    /knows no condition IpAddress of aws:SourceIp/,
  );
});

test("a policy's actions may be patterns, and what it excludes is refused by name", async () => {
  const Principal = { AWS: own };
  const outcomeOf = async (name: string, ...statements: object[]) => {
    const Statement = statements.map((one) => ({ Effect: "Allow", Principal, Action: "sts:AssumeRole", ...one }));
    await createRole(name, {}, { assumeRolePolicy: JSON.stringify({ Version: "2012-10-17", Statement }) });
    return refusalOf(assume({ RoleArn: role(name) }));
  };
  expect(await outcomeOf("by-pattern", { Action: "STS:assume?ole*" })).toBe("accepted");
  expect(await outcomeOf("by-another-pattern", { Action: ["sts:Assume", "sts.*", "sts:AssumeRole?"] })).toMatch(
    /^AccessDenied/,
  );
  expect(await outcomeOf("denied-by-pattern", {}, { Effect: "Deny", Action: "sts:Assume*" })).toMatch(/^AccessDenied/);
  const others = { Principal: undefined, NotPrincipal: { AWS: `arn:aws:iam::${own}:user/alice` } };
  expect(await outcomeOf("not-for-others", {}, { Effect: "Deny", ...others })).toMatch(/knows no NotPrincipal/);
  const rest = { Action: undefined, NotAction: "sts:TagSession" };
  expect(await outcomeOf("not-for-the-rest", {}, { Effect: "Deny", ...rest })).toMatch(/knows no NotAction/);
});

test("how long a session may be is bounded, and shorter for one that an assumed role assumes", async () => {
  const refusal = (input: Partial<AssumeRoleCommandInput>, settings?: object) => refusalOf(assume(input, settings));
  expect(await refusal({ DurationSeconds: 899 })).toMatch(/^ValidationError: .*durationSeconds/);
  expect(await refusal({ DurationSeconds: 3601 })).toMatch(/exceeds the MaxSessionDuration set for this role/);
  expect(await refusal({ RoleSessionName: "a b" })).toMatch(/^ValidationError: .*roleSessionName/);
  await createRole("long", { Principal: { AWS: [own, role("reader")] } }, { maxSessionDuration: 7200 });
  expect(await refusal({ RoleArn: role("long"), DurationSeconds: 7200 })).toBe("accepted");
  const { credentials } = await assume({});
  const chained = { ...cloud.client(), credentials };
  expect(await refusal({ RoleArn: role("long"), DurationSeconds: 7200 }, chained)).toMatch(/role chaining/);
  expect(await refusal({ RoleArn: role("long") }, chained)).toBe("accepted");
});

test("an expired session, a forged token, another's secret and a deleted role's session are refused", async () => {
  const { credentials } = await assume({});
  const with_ = (changed: object) => ({ ...cloud.client(), credentials: { ...credentials, ...changed } });
  const [content = "", signature = ""] = credentials.sessionToken.split(".");
  const session = JSON.parse(Buffer.from(content, "base64url").toString());
  const forged = Buffer.from(JSON.stringify({ ...session, accountId: own })).toString("base64url");
  for (const sessionToken of [`${forged}.${signature}`, "x", `${credentials.sessionToken}.x`, undefined])
    expect(await refusalOf(identityOf(with_({ sessionToken })))).toMatch(/^InvalidClientTokenId/);
  expect(await refusalOf(identityOf(with_({ accessKeyId: otherKey(cloud).accessKeyId })))).toMatch(
    /^InvalidClientTokenId/,
  );
  expect(await refusalOf(identityOf(with_({ secretAccessKey: "x".repeat(40) })))).toMatch(/^SignatureDoesNotMatch/);

  const expired = issueSession(cloud.dataFolder, { ...session, expiresAt: new Date().toISOString() });
  await sleep(5);
  expect(await refusalOf(identityOf(with_(expired)))).toMatch(/^ExpiredToken: /);
  const secrets = made(new SecretsManagerClient(with_(expired)));
  expect(await refusalOf(secrets.send(new GetSecretValueCommand({ SecretId: "hidden" })))).toMatch(
    /^ExpiredTokenException: /,
  );

  const url = new URL("/shipshape/recorded?type=aws:iam/role:Role&id=reader", cloud.url);
  expect((await fetchSigned(url, otherKey(cloud), { method: "DELETE" })).status).toBe(204);
  expect(await refusalOf(identityOf(with_({})))).toMatch(/^InvalidClientTokenId: .*was deleted/);
  await createRole("reader", { Principal: { AWS: own } });
  expect(await refusalOf(identityOf(with_({})))).toMatch(/^InvalidClientTokenId/); // another role of that name
});
