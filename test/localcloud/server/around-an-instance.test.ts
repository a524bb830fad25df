import { CloudTrailClient, type Event, paginateLookupEvents } from "@aws-sdk/client-cloudtrail";
import {
  CreateDBInstanceCommand,
  CreateDBParameterGroupCommand,
  CreateDBSubnetGroupCommand,
  CreateEventSubscriptionCommand,
  DeleteDBInstanceCommand,
  DescribeDBInstancesCommand,
  DescribeDBParametersCommand,
  DescribeDBSubnetGroupsCommand,
  DescribeEventSubscriptionsCommand,
  ModifyDBInstanceCommand,
} from "@aws-sdk/client-rds";
import {
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  UpdateSecretCommand,
} from "@aws-sdk/client-secrets-manager";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { type Cloud, instanceIs, instanceIsGone, startCloud } from "../../cloud";
import { eventually } from "../../until";
import { callOwn } from "./own-endpoint";

/** What other parts of the cloud do for a DB instance: its master password, its network, its record, its trail. */

let cloud: Cloud;
let secretArn: string;
let securityGroupId: string;

beforeAll(async () => {
  cloud = await startCloud();
  const group = await callOwn(cloud, "POST", "/shipshape/recorded", {
    type: "aws:ec2/securityGroup:SecurityGroup",
    name: "orders",
    properties: { name: "orders" },
  });
  securityGroupId = group.body.id;
  const instance = {
    DBInstanceIdentifier: "orders",
    DBInstanceClass: "db.t4g.medium",
    Engine: "postgres",
    AllocatedStorage: 20,
    StorageType: "gp3",
    DBName: "orders",
    MasterUsername: "dbadmin",
  };
  await cloud.rds.send(
    new CreateDBInstanceCommand({
      ...instance,
      ManageMasterUserPassword: true,
      VpcSecurityGroupIds: [securityGroupId],
    }),
  );
  secretArn = (await instanceIs(cloud, "orders", "available")).MasterUserSecret!.SecretArn!;
});
afterAll(async () => cloud?.stop());

async function credentials(stage = "AWSCURRENT"): Promise<{ username: string; password: string }> {
  return JSON.parse(
    (await cloud.secrets.send(new GetSecretValueCommand({ SecretId: secretArn, VersionStage: stage }))).SecretString!,
  );
}

async function logIn(password: string): Promise<string> {
  const { DBInstances: [instance] = [] } = await cloud.rds.send(
    new DescribeDBInstancesCommand({ DBInstanceIdentifier: "orders" }),
  );
  const client = new Client({
    host: "localhost",
    port: instance!.Endpoint!.Port!,
    database: "orders",
    user: "dbadmin",
    password,
    ssl: { ca: readFileSync(join(cloud.dataFolder, "ca", "ca.pem"), "utf8") },
  });
  await client.connect();
  try {
    return (await client.query<{ current_user: string }>("select current_user")).rows[0]!.current_user;
  } finally {
    await client.end();
  }
}

describe("a managed master password", () => {
  test("opens the database, and names its owner", async () => {
    const { username, password } = await credentials();
    expect(username).toBe("dbadmin");
    expect(await logIn(password)).toBe("dbadmin");
    expect(await cloud.secrets.send(new DescribeSecretCommand({ SecretId: secretArn }))).toMatchObject({
      OwningService: "rds",
      RotationEnabled: true,
      RotationRules: { AutomaticallyAfterDays: 7 },
    });
  });

  test("rotated on demand, is in the database when the call returns; the old one no longer works", async () => {
    const before = await credentials();
    await cloud.secrets.send(new RotateSecretCommand({ SecretId: secretArn }));
    const after = await credentials();
    expect(after.password).not.toBe(before.password);
    expect(await logIn(after.password)).toBe("dbadmin");
    expect(await credentials("AWSPREVIOUS")).toEqual(before);
    await expect(logIn(before.password)).rejects.toThrow("password authentication failed");
  });

  test("cannot be changed or deleted by its readers", async () => {
    for (const call of [
      new PutSecretValueCommand({ SecretId: secretArn, SecretString: "mine" }),
      new UpdateSecretCommand({ SecretId: secretArn, Description: "mine" }),
      new DeleteSecretCommand({ SecretId: secretArn, ForceDeleteWithoutRecovery: true }),
    ]) {
      await expect(cloud.secrets.send(call as PutSecretValueCommand)).rejects.toMatchObject({
        name: "InvalidRequestException",
        message: expect.stringContaining("managed by rds"),
      });
    }
  });

  test.each([3, 8, 15])("survives a kill of the server %i ms into a rotation", async (milliseconds) => {
    const rotation = cloud.secrets.send(new RotateSecretCommand({ SecretId: secretArn })).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    await cloud.kill("SIGKILL");
    await rotation;
    await cloud.restart();
    await instanceIs(cloud, "orders", "available");
    expect(await eventually(async () => logIn((await credentials()).password))).toBe("dbadmin");
  });
});

test("a security group and a subnet in use are not deleted, and the error names their users", async () => {
  const subnets = await Promise.all(
    ["a", "b"].map(async (zone, position) => {
      const properties = {
        vpcId: "vpc-0a1b2c3d4e5f60001",
        cidrBlock: `10.0.10${position}.0/24`,
        availabilityZone: `eu-central-1${zone}`,
      };
      return (
        await callOwn(cloud, "POST", "/shipshape/recorded", { type: "aws:ec2/subnet:Subnet", name: zone, properties })
      ).body.id as string;
    }),
  );
  await cloud.rds.send(
    new CreateDBSubnetGroupCommand({
      DBSubnetGroupName: "private",
      DBSubnetGroupDescription: "private",
      SubnetIds: subnets,
    }),
  );
  const remove = (type: string, id: string) =>
    callOwn(cloud, "DELETE", `/shipshape/recorded?${new URLSearchParams({ type, id })}`);
  expect(await remove("aws:ec2/subnet:Subnet", subnets[0]!)).toMatchObject({
    status: 409,
    body: { message: expect.stringContaining("the DB subnet group private") },
  });
  expect(await remove("aws:ec2/securityGroup:SecurityGroup", securityGroupId)).toMatchObject({
    status: 409,
    body: { message: expect.stringContaining("the DB instance orders") },
  });
});

describe("a change from outside", () => {
  const change = (arn: string, properties: object) => callOwn(cloud, "POST", "/shipshape/change", { arn, properties });

  test("reaches every property of an instance, also those no API can change", async () => {
    const properties = {
      storageEncrypted: "true",
      kmsKeyId: "arn:aws:kms:eu-central-1:123456789012:key/other",
      publiclyAccessible: "true",
      multiAz: "true",
      backupRetentionPeriod: "3",
      backupWindow: "05:00-05:30",
      maintenanceWindow: "mon:06:00-mon:06:30",
      copyTagsToSnapshot: "true",
      deletionProtection: "true",
      monitoringInterval: "30",
      performanceInsightsEnabled: "true",
      enabledCloudwatchLogsExports: ["postgresql"],
      iamDatabaseAuthenticationEnabled: "true",
      engineLifecycleSupport: "open-source-rds-extended-support-disabled",
      autoMinorVersionUpgrade: "false",
      caCertIdentifier: "rds-ca-ecc384-g1",
      storageType: "io2",
      allocatedStorage: "100",
      maxAllocatedStorage: "900",
      instanceClass: "db.m7g.large",
      "tags.owner": "somebody",
      masterUserSecretKmsKeyId: "alias/other",
    };
    expect(await change("arn:aws:rds:eu-central-1:123456789012:db:orders", properties)).toMatchObject({ status: 200 });
    expect(await instanceIs(cloud, "orders", "available")).toMatchObject({
      StorageEncrypted: true,
      KmsKeyId: properties.kmsKeyId,
      PubliclyAccessible: true,
      MultiAZ: true,
      BackupRetentionPeriod: 3,
      PreferredBackupWindow: "05:00-05:30",
      PreferredMaintenanceWindow: "mon:06:00-mon:06:30",
      CopyTagsToSnapshot: true,
      DeletionProtection: true,
      MonitoringInterval: 30,
      EnhancedMonitoringResourceArn: expect.stringMatching(
        /^arn:aws:logs:eu-central-1:123456789012:log-group:RDSOSMetrics:log-stream:db-[A-Z2-7]{26}$/,
      ),
      UpgradeRolloutOrder: "second",
      PerformanceInsightsEnabled: true,
      EnabledCloudwatchLogsExports: ["postgresql"],
      IAMDatabaseAuthenticationEnabled: true,
      EngineLifecycleSupport: "open-source-rds-extended-support-disabled",
      AutoMinorVersionUpgrade: false,
      CACertificateIdentifier: "rds-ca-ecc384-g1",
      StorageType: "io2",
      AllocatedStorage: 100,
      MaxAllocatedStorage: 900,
      DBInstanceClass: "db.m7g.large",
      TagList: [{ Key: "owner", Value: "somebody" }],
      MasterUserSecret: { KmsKeyId: "alias/other" },
    });
  });

  test("reaches parameter groups, subnet groups and event subscriptions", async () => {
    await cloud.rds.send(
      new CreateDBParameterGroupCommand({
        DBParameterGroupName: "orders",
        DBParameterGroupFamily: "postgres17",
        Description: "orders",
      }),
    );
    await change("arn:aws:rds:eu-central-1:123456789012:pg:orders", { "parameters.log_temp_files": "0" });
    const { Parameters } = await cloud.rds.send(
      new DescribeDBParametersCommand({ DBParameterGroupName: "orders", Source: "user" }),
    );
    expect(Parameters).toEqual([expect.objectContaining({ ParameterName: "log_temp_files", ParameterValue: "0" })]);

    await change("arn:aws:rds:eu-central-1:123456789012:subgrp:private", { description: "changed" });
    expect(
      (await cloud.rds.send(new DescribeDBSubnetGroupsCommand({ DBSubnetGroupName: "private" }))).DBSubnetGroups![0]!
        .DBSubnetGroupDescription,
    ).toBe("changed");

    const topic = await callOwn(cloud, "POST", "/shipshape/recorded", {
      type: "aws:sns/topic:Topic",
      name: "x",
      properties: { name: "events" },
    });
    await cloud.rds.send(
      new CreateEventSubscriptionCommand({
        SubscriptionName: "all",
        SnsTopicArn: topic.body.arn,
        SourceType: "db-instance",
      }),
    );
    await change("arn:aws:rds:eu-central-1:123456789012:es:all", { enabled: "false", eventCategories: ["failure"] });
    expect(
      (await cloud.rds.send(new DescribeEventSubscriptionsCommand({ SubscriptionName: "all" })))
        .EventSubscriptionsList![0],
    ).toMatchObject({
      Enabled: false,
      EventCategoriesList: ["failure"],
    });
  });
});

test("the trail finds an instance's calls by its name and by its ARN, and contains no password", async () => {
  await cloud.rds.send(
    new ModifyDBInstanceCommand({
      DBInstanceIdentifier: "orders",
      ManageMasterUserPassword: false,
      MasterUserPassword: "a-password-of-ours",
      DeletionProtection: false,
      MonitoringInterval: 0,
      ApplyImmediately: true,
    }),
  );
  await instanceIs(cloud, "orders", "available");
  const trail = new CloudTrailClient(cloud.client("AKIAAUDITOR000000000"));
  for (const name of ["orders", "arn:aws:rds:eu-central-1:123456789012:db:orders"]) {
    const events: Event[] = [];
    for await (const page of paginateLookupEvents(
      { client: trail },
      { LookupAttributes: [{ AttributeKey: "ResourceName", AttributeValue: name }] },
    ))
      events.push(...page.Events!);
    expect(events.map((event) => event.EventName)).toEqual(
      expect.arrayContaining(["ModifyDBInstance", "CreateDBInstance"]),
    );
    const modified = events.find((event) => event.EventName === "ModifyDBInstance")!;
    expect(JSON.parse(modified.CloudTrailEvent!).requestParameters).toMatchObject({
      masterUserPassword: "HIDDEN_DUE_TO_SECURITY_REASONS",
      dBInstanceIdentifier: "orders",
    });
  }
  expect(readFileSync(join(cloud.dataFolder, "cloud", "calls.jsonl"), "utf8")).not.toContain("a-password-of-ours");
});

test("a caller's own password ends the managed secret, and the deletion of the instance frees its security group", async () => {
  expect(await logIn("a-password-of-ours")).toBe("dbadmin");
  await expect(credentials()).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  await cloud.rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: "orders", SkipFinalSnapshot: true }));
  await instanceIsGone(cloud, "orders");
  expect(
    await callOwn(
      cloud,
      "DELETE",
      `/shipshape/recorded?type=aws:ec2/securityGroup:SecurityGroup&id=${securityGroupId}`,
    ),
  ).toMatchObject({ status: 204 });
});
