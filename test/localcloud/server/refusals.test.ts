import {
  AddTagsToResourceCommand,
  CreateDBInstanceCommand,
  CreateDBInstanceReadReplicaCommand,
  CreateDBParameterGroupCommand,
  CreateDBSubnetGroupCommand,
  CreateEventSubscriptionCommand,
  DeleteDBInstanceCommand,
  DeleteDBParameterGroupCommand,
  DeleteDBSnapshotCommand,
  DeleteDBSubnetGroupCommand,
  DescribeCertificatesCommand,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  DescribeDBParametersCommand,
  DescribeEventSubscriptionsCommand,
  DescribeEventsCommand,
  DownloadDBLogFilePortionCommand,
  ModifyDBInstanceCommand,
  ModifyDBParameterGroupCommand,
  ModifyDBSubnetGroupCommand,
  RebootDBInstanceCommand,
  ResetDBParameterGroupCommand,
  StartDBInstanceCommand,
  type CreateDBInstanceMessage,
  type ModifyDBInstanceMessage,
} from "@aws-sdk/client-rds";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { instanceIs, startCloud, type Cloud } from "../../cloud";
import { small } from "./database-client";
import { callOwn } from "./own-endpoint";

let cloud: Cloud;

beforeAll(async () => {
  cloud = await startCloud();
  await cloud.rds.send(
    new CreateDBParameterGroupCommand({
      DBParameterGroupName: "tuned",
      DBParameterGroupFamily: "postgres17",
      Description: "used",
    }),
  );
  await cloud.rds.send(
    new CreateDBSubnetGroupCommand({
      DBSubnetGroupName: "private",
      DBSubnetGroupDescription: "used",
      SubnetIds: ["subnet-0a1b2c3d4e5f60001", "subnet-0a1b2c3d4e5f60002"],
    }),
  );
  await cloud.rds.send(
    new CreateDBInstanceCommand({
      ...small,
      DBInstanceIdentifier: "orders",
      EngineVersion: "17.10",
      DBParameterGroupName: "tuned",
      DBSubnetGroupName: "private",
      EnablePerformanceInsights: true,
      PreferredBackupWindow: "02:00-02:30",
      PreferredMaintenanceWindow: "sun:04:00-sun:04:30",
    }),
  );
  await instanceIs(cloud, "orders", "available");
});
afterAll(async () => cloud?.stop());

const create = (more: Partial<CreateDBInstanceMessage>) => () =>
  cloud.rds.send(new CreateDBInstanceCommand({ ...small, DBInstanceIdentifier: "bad", ...more }));
const modify = (more: Partial<ModifyDBInstanceMessage>) => () =>
  cloud.rds.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: "orders", ...more }));
const parameter =
  (ParameterName: string, ParameterValue: string, ApplyMethod: "immediate" | "pending-reboot" = "immediate") =>
  () =>
    cloud.rds.send(
      new ModifyDBParameterGroupCommand({
        DBParameterGroupName: "tuned",
        Parameters: [{ ParameterName, ParameterValue, ApplyMethod }],
      }),
    );
const subnets =
  (...SubnetIds: string[]) =>
  () =>
    cloud.rds.send(
      new CreateDBSubnetGroupCommand({ DBSubnetGroupName: "bad", DBSubnetGroupDescription: "x", SubnetIds }),
    );
const none = "arn:aws:sns:eu-central-1:123456789012:none";

/** The call; the SDK's name of the error; words the message must contain to be actionable. */
const refusals: [claim: string, call: () => Promise<unknown>, name: string, message: RegExp][] = [
  [
    "an identifier that is taken",
    create({ DBInstanceIdentifier: "ORDERS" }),
    "DBInstanceAlreadyExistsFault",
    /already exists: ORDERS/,
  ],
  [
    "an identifier with two hyphens in a row",
    create({ DBInstanceIdentifier: "a--b" }),
    "InvalidParameterValue",
    /'a--b' is not valid.*no two hyphens/,
  ],
  [
    "an identifier of 64 characters",
    create({ DBInstanceIdentifier: "a".repeat(64) }),
    "InvalidParameterValue",
    /1 to 63/,
  ],
  ["another engine", create({ Engine: "mysql" }), "InvalidParameterValue", /mysql.*postgres/],
  ["an unknown engine version", create({ EngineVersion: "17.99" }), "InvalidParameterCombination", /17\.99.*17\.10/],
  ["an unknown instance class", create({ DBInstanceClass: "db.t9.huge" }), "InvalidParameterValue", /db\.t9\.huge/],
  ["no storage", create({ AllocatedStorage: undefined }), "MissingParameter", /AllocatedStorage/],
  ["too little storage", create({ AllocatedStorage: 5 }), "InvalidParameterValue", /5; it must be from 20/],
  [
    "a storage cap under the storage",
    create({ MaxAllocatedStorage: 19 }),
    "InvalidParameterCombination",
    /MaxAllocatedStorage is 19/,
  ],
  [
    "a storage cap that leaves no room",
    create({ MaxAllocatedStorage: 21 }),
    "InvalidParameterCombination",
    /MaxAllocatedStorage is 21/,
  ],
  [
    "striped storage with the speed of one volume",
    create({ AllocatedStorage: 500, Iops: 3000 }),
    "InvalidParameterCombination",
    /invalid iops.*gp3: 3000/,
  ],
  [
    "growing past 400 GiB with the old speed",
    modify({ AllocatedStorage: 500, Iops: 3000 }),
    "InvalidParameterCombination",
    /invalid iops.*gp3: 3000/,
  ],
  [
    "too little throughput for striped storage",
    create({ AllocatedStorage: 400, StorageThroughput: 125 }),
    "InvalidParameterCombination",
    /gp3: 125/,
  ],
  ["provisioned speed for small gp3 storage", create({ Iops: 6000 }), "InvalidParameterCombination", /less than 400/],
  ["an unknown storage type", create({ StorageType: "floppy" }), "StorageTypeNotSupportedFault", /gp3/],
  ["no master user", create({ MasterUsername: undefined }), "MissingParameter", /MasterUsername/],
  ["a reserved master user", create({ MasterUsername: "rdsadmin" }), "InvalidParameterValue", /reserved word/],
  ["a master user called admin", create({ MasterUsername: "admin" }), "InvalidParameterValue", /reserved word/],
  [
    "no password at all",
    create({ MasterUserPassword: undefined }),
    "MissingParameter",
    /MasterUserPassword.*ManageMasterUserPassword/,
  ],
  ["a short password", create({ MasterUserPassword: "short" }), "InvalidParameterValue", /8 to 128/],
  [
    "a password with a slash",
    create({ MasterUserPassword: "with/a/slash" }),
    "InvalidParameterValue",
    /printable ASCII/,
  ],
  [
    "a password together with a managed one",
    create({ ManageMasterUserPassword: true }),
    "InvalidParameterCombination",
    /Secrets Manager generates/,
  ],
  [
    "a secret's key without a managed password",
    create({ MasterUserSecretKmsKeyId: "alias/aws/rds" }),
    "InvalidParameterCombination",
    /needs ManageMasterUserPassword/,
  ],
  ["a reserved database name", create({ DBName: "template1" }), "InvalidParameterValue", /reserved/],
  ["36 days of retention", create({ BackupRetentionPeriod: 36 }), "InvalidParameterValue", /36.*between 0 and 35/],
  [
    "a backup window of ten minutes",
    create({ PreferredBackupWindow: "02:00-02:10" }),
    "InvalidParameterValue",
    /shorter than 30/,
  ],
  [
    "a maintenance window without a day",
    create({ PreferredMaintenanceWindow: "04:00-05:00" }),
    "InvalidParameterValue",
    /ddd:hh24:mi/,
  ],
  [
    "windows that overlap",
    create({ PreferredBackupWindow: "23:45-00:30", PreferredMaintenanceWindow: "mon:00:00-mon:00:30" }),
    "InvalidParameterValue",
    /must not overlap/,
  ],
  [
    "monitoring without a role",
    create({ MonitoringInterval: 60 }),
    "InvalidParameterCombination",
    /MonitoringRoleARN value is required/,
  ],
  [
    "a monitoring interval RDS does not have",
    create({ MonitoringInterval: 7 }),
    "InvalidParameterValue",
    /0, 1, 5, 10, 15, 30, 60/,
  ],
  [
    "an unknown monitoring role",
    create({ MonitoringInterval: 60, MonitoringRoleArn: "arn:aws:iam::123456789012:role/none" }),
    "InvalidParameterValue",
    /ENHANCED_MONITORING/,
  ],
  [
    "an odd Insights retention",
    create({ EnablePerformanceInsights: true, PerformanceInsightsRetentionPeriod: 8 }),
    "InvalidParameterValue",
    /multiple of 31/,
  ],
  [
    "advanced Insights for a week",
    create({
      EnablePerformanceInsights: true,
      DatabaseInsightsMode: "advanced",
      PerformanceInsightsRetentionPeriod: 7,
    }),
    "InvalidParameterCombination",
    /465/,
  ],
  [
    "an unknown key",
    create({ StorageEncrypted: true, KmsKeyId: "arn:aws:kms:eu-central-1:123456789012:key/none" }),
    "KMSKeyNotAccessibleFault",
    /key\/none/,
  ],
  [
    "a key without encryption",
    create({ KmsKeyId: "alias/aws/rds" }),
    "InvalidParameterCombination",
    /StorageEncrypted/,
  ],
  ["an unknown parameter group", create({ DBParameterGroupName: "none" }), "DBParameterGroupNotFoundFault", /none/],
  [
    "a parameter group of another family",
    create({ EngineVersion: "16.14", DBParameterGroupName: "tuned" }),
    "InvalidParameterCombination",
    /postgres16/,
  ],
  ["an unknown subnet group", create({ DBSubnetGroupName: "none" }), "DBSubnetGroupNotFoundFault", /none/],
  ["an unknown security group", create({ VpcSecurityGroupIds: ["sg-none"] }), "InvalidParameterValue", /sg-none/],
  [
    "a zone together with Multi-AZ",
    create({ MultiAZ: true, AvailabilityZone: "eu-central-1a" }),
    "InvalidParameterCombination",
    /Multi-AZ/,
  ],
  [
    "an unknown log",
    create({ EnableCloudwatchLogsExports: ["slowquery"] }),
    "InvalidParameterCombination",
    /slowquery.*postgresql/,
  ],
  [
    "an unknown authority",
    create({ CACertificateIdentifier: "rds-ca-2015" }),
    "CertificateNotFoundFault",
    /rds-ca-rsa2048-g1/,
  ],
  [
    "a parameter the cloud does not support",
    create({ Domain: "corp" }),
    "UnknownParameter",
    /does not support the parameter Domain of CreateDBInstance/,
  ],
  [
    "a read replica in another Region",
    () =>
      cloud.rds.send(
        new CreateDBInstanceReadReplicaCommand({
          DBInstanceIdentifier: "bad",
          SourceDBInstanceIdentifier: "arn:aws:rds:us-east-1:123456789012:db:orders",
        }),
      ),
    "InvalidParameterValue",
    /only in the account and the Region of their source/,
  ],
  ["clusters", () => cloud.rds.send(new DescribeDBClustersCommand({})), "InvalidAction", /not Aurora/],
  [
    "an unknown instance",
    () => cloud.rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: "none" })),
    "DBInstanceNotFoundFault",
    /none not found/,
  ],
  [
    "a page of 101",
    () => cloud.rds.send(new DescribeDBInstancesCommand({ MaxRecords: 101 })),
    "InvalidParameterValue",
    /between 20 and 100/,
  ],
  [
    "an unknown marker",
    () => cloud.rds.send(new DescribeDBInstancesCommand({ Marker: "7" })),
    "InvalidParameterValue",
    /Marker/,
  ],
  [
    "an unknown filter",
    () => cloud.rds.send(new DescribeDBInstancesCommand({ Filters: [{ Name: "colour", Values: ["red"] }] })),
    "InvalidParameterValue",
    /colour.*db-instance-id/,
  ],
  ["less storage", modify({ AllocatedStorage: 19 }), "InvalidParameterCombination", /cannot be less than the current/],
  ["a downgrade", modify({ EngineVersion: "17.9" }), "InvalidParameterCombination", /never downgraded/],
  [
    "a major upgrade by accident",
    modify({ EngineVersion: "18.4" }),
    "InvalidParameterCombination",
    /AllowMajorVersionUpgrade/,
  ],
  [
    "a major upgrade on purpose",
    modify({ EngineVersion: "18.4", AllowMajorVersionUpgrade: true }),
    "InvalidParameterCombination",
    /pg_upgrade/,
  ],
  [
    "another Insights key",
    modify({ PerformanceInsightsKMSKeyId: "alias/aws/ebs" }),
    "InvalidParameterCombination",
    /can't change the KMS key/,
  ],
  [
    "a rotation of an unmanaged password",
    modify({ RotateMasterUserPassword: true, ApplyImmediately: true }),
    "InvalidParameterCombination",
    /Secrets Manager/,
  ],
  [
    "a new window overlapping the other",
    modify({ PreferredBackupWindow: "04:00-05:00" }),
    "InvalidParameterValue",
    /must not overlap/,
  ],
  ["a port for a running database", modify({ DBPortNumber: 5433 }), "UnknownParameter", /DBPortNumber/],
  [
    "a group of an unavailable family",
    () =>
      cloud.rds.send(
        new CreateDBParameterGroupCommand({
          DBParameterGroupName: "bad",
          DBParameterGroupFamily: "postgres9",
          Description: "x",
        }),
      ),
    "InvalidParameterValue",
    /postgres9.*postgres17/,
  ],
  [
    "a group whose name is taken",
    () =>
      cloud.rds.send(
        new CreateDBParameterGroupCommand({
          DBParameterGroupName: "TUNED",
          DBParameterGroupFamily: "postgres17",
          Description: "x",
        }),
      ),
    "DBParameterGroupAlreadyExistsFault",
    /tuned/,
  ],
  [
    "a static parameter at once",
    parameter("shared_buffers", "1000"),
    "InvalidParameterCombination",
    /cannot use immediate apply method for static parameter/,
  ],
  ["an unknown parameter", parameter("no_such", "1"), "InvalidParameterValue", /no_such/],
  ["a value out of its range", parameter("deadlock_timeout", "-1"), "InvalidParameterValue", /deadlock_timeout/],
  [
    "a value that is not among the allowed",
    parameter("log_statement", "some"),
    "InvalidParameterValue",
    /log_statement/,
  ],
  ["a parameter RDS reserves", parameter("listen_addresses", "*"), "InvalidParameterValue", /cannot be modified/],
  [
    "a default group's change",
    () =>
      cloud.rds.send(
        new ModifyDBParameterGroupCommand({
          DBParameterGroupName: "default.postgres17",
          Parameters: [{ ParameterName: "work_mem", ParameterValue: "64", ApplyMethod: "immediate" }],
        }),
      ),
    "InvalidDBParameterGroupStateFault",
    /default/,
  ],
  [
    "a reset of everything and of one",
    () =>
      cloud.rds.send(
        new ResetDBParameterGroupCommand({
          DBParameterGroupName: "tuned",
          ResetAllParameters: true,
          Parameters: [{ ParameterName: "work_mem" }],
        }),
      ),
    "InvalidParameterCombination",
    /both/,
  ],
  [
    "the deletion of a group in use",
    () => cloud.rds.send(new DeleteDBParameterGroupCommand({ DBParameterGroupName: "tuned" })),
    "InvalidDBParameterGroupStateFault",
    /orders/,
  ],
  [
    "parameters of an unknown group",
    () => cloud.rds.send(new DescribeDBParametersCommand({ DBParameterGroupName: "none" })),
    "DBParameterGroupNotFoundFault",
    /none/,
  ],
  ["an unknown subnet", subnets("subnet-none", "subnet-0a1b2c3d4e5f60001"), "InvalidSubnet", /subnet-none/],
  ["subnets in one zone", subnets("subnet-0a1b2c3d4e5f60001"), "DBSubnetGroupDoesNotCoverEnoughAZs", /at least 2 AZs/],
  [
    "a subnet group without the zone its database is in",
    () =>
      cloud.rds.send(
        new ModifyDBSubnetGroupCommand({
          DBSubnetGroupName: "private",
          SubnetIds: ["subnet-0a1b2c3d4e5f60002", "subnet-0a1b2c3d4e5f60003"],
        }),
      ),
    "SubnetAlreadyInUse",
    /orders/,
  ],
  [
    "the deletion of a subnet group in use",
    () => cloud.rds.send(new DeleteDBSubnetGroupCommand({ DBSubnetGroupName: "private" })),
    "InvalidDBSubnetGroupStateFault",
    /orders/,
  ],
  [
    "a subscription to an unknown topic",
    () => cloud.rds.send(new CreateEventSubscriptionCommand({ SubscriptionName: "bad", SnsTopicArn: none })),
    "SNSTopicArnNotFoundFault",
    /none/,
  ],
  [
    "an unknown subscription",
    () => cloud.rds.send(new DescribeEventSubscriptionsCommand({ SubscriptionName: "none" })),
    "SubscriptionNotFoundFault",
    /none/,
  ],
  [
    "events of a source without its type",
    () => cloud.rds.send(new DescribeEventsCommand({ SourceIdentifier: "orders" })),
    "InvalidParameterCombination",
    /SourceType/,
  ],
  [
    "tags on an unknown resource",
    () =>
      cloud.rds.send(
        new AddTagsToResourceCommand({
          ResourceName: "arn:aws:rds:eu-central-1:123456789012:db:none",
          Tags: [{ Key: "a", Value: "b" }],
        }),
      ),
    "DBInstanceNotFoundFault",
    /none/,
  ],
  [
    "a tag of AWS's own",
    () =>
      cloud.rds.send(
        new AddTagsToResourceCommand({
          ResourceName: "arn:aws:rds:eu-central-1:123456789012:db:orders",
          Tags: [{ Key: "aws:x", Value: "b" }],
        }),
      ),
    "InvalidParameterValue",
    /aws:/,
  ],
  [
    "a tag of AWS's own at creation",
    create({ Tags: [{ Key: "AWS:x", Value: "b" }] }),
    "InvalidParameterValue",
    /'AWS:x'.*Tags\.1\.Key.*aws:/,
  ],
  [
    "a tag's value of 257 characters",
    create({ Tags: [{ Key: "a", Value: "v".repeat(257) }] }),
    "InvalidParameterValue",
    /Tags\.1\.Value.*0 to 256/,
  ],
  [
    "a tag that no response could contain",
    create({ Tags: [{ Key: "a", Value: "bell \u0007" }] }),
    "InvalidParameterValue",
    /letters, digits, spaces/,
  ],
  [
    "the same tag twice",
    create({
      Tags: [
        { Key: "a", Value: "1" },
        { Key: "a", Value: "2" },
      ],
    }),
    "InvalidParameterValue",
    /same key.*twice/,
  ],
  [
    "51 tags",
    create({ Tags: Array.from({ length: 51 }, (_value, index) => ({ Key: `k${index}`, Value: "" })) }),
    "InvalidParameterValue",
    /at most 50/,
  ],
  [
    "a megabyte of tags",
    create({ Tags: [{ Key: "a", Value: "v".repeat(1_100_000) }] }),
    "RequestEntityTooLarge",
    /larger than 1048576 bytes/,
  ],
  [
    "a start of a running instance",
    () => cloud.rds.send(new StartDBInstanceCommand({ DBInstanceIdentifier: "orders" })),
    "InvalidDBInstanceStateFault",
    /available.*stopped/,
  ],
  [
    "a failover without Multi-AZ",
    () => cloud.rds.send(new RebootDBInstanceCommand({ DBInstanceIdentifier: "orders", ForceFailover: true })),
    "InvalidParameterCombination",
    /MultiAZ/,
  ],
  [
    "a deletion that does not mention the final snapshot",
    () => cloud.rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: "orders" })),
    "InvalidParameterCombination",
    /FinalDBSnapshotIdentifier is required/,
  ],
  [
    "a final snapshot that is skipped",
    () =>
      cloud.rds.send(
        new DeleteDBInstanceCommand({
          DBInstanceIdentifier: "orders",
          SkipFinalSnapshot: true,
          FinalDBSnapshotIdentifier: "last",
        }),
      ),
    "InvalidParameterCombination",
    /SkipFinalSnapshot/,
  ],
  [
    "an unknown snapshot",
    () => cloud.rds.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: "none" })),
    "DBSnapshotNotFoundFault",
    /none/,
  ],
  [
    "a log outside the log folder",
    () =>
      cloud.rds.send(
        new DownloadDBLogFilePortionCommand({ DBInstanceIdentifier: "orders", LogFileName: "../server.json" }),
      ),
    "DBLogFileNotFoundFault",
    /server\.json/,
  ],
  [
    "an unknown certificate",
    () => cloud.rds.send(new DescribeCertificatesCommand({ CertificateIdentifier: "none" })),
    "CertificateNotFoundFault",
    /rds-ca-rsa2048-g1/,
  ],
];

test.each(refusals)("%s: refused by name", async (_claim, call, name, message) => {
  await expect(call()).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
});

test("none of the refused calls has created or changed anything", async () => {
  const { DBInstances: [orders, ...others] = [] } = await cloud.rds.send(new DescribeDBInstancesCommand({}));
  expect(others).toEqual([]);
  expect(orders).toMatchObject({
    DBInstanceStatus: "available",
    AllocatedStorage: 20,
    EngineVersion: "17.10",
    PendingModifiedValues: {},
    TagList: [],
  });
  expect(readdirSync(join(cloud.dataFolder, "databases")).filter((entry) => entry.startsWith("db-"))).toEqual([
    orders!.DbiResourceId,
  ]);
  const { Parameters } = await cloud.rds.send(
    new DescribeDBParametersCommand({ DBParameterGroupName: "tuned", Source: "user" }),
  );
  expect(Parameters).toEqual([]);
});

test("a web page, an unknown Host and an endless body are refused at once", async () => {
  const { port } = new URL(cloud.url);
  const origin = await fetch(`${cloud.url}/shipshape/stop`, {
    method: "POST",
    headers: { origin: "https://evil.example" },
  });
  expect(origin.status).toBe(403);
  const rebound = await requestWithHost(Number(port), "evil.example");
  expect(rebound).toMatch(/^HTTP\/1\.1 403/);
  const large = await fetch(cloud.url, { method: "POST", body: "x".repeat(2_000_000) }).then(
    (response) => response.status,
    () => 413,
  );
  expect(large).toBe(413);
  expect((await callOwn(cloud, "GET", "/shipshape/nothing")).status).toBe(404);
  expect((await callOwn(cloud, "GET", "/shipshape/status")).body.pid).toBe(cloud.pid);
});

test.each([
  { now: "+275760-09-12T23:59:59Z" },
  { now: "0001-01-01T00:00:00Z" },
  { now: "soon" },
  { offsetSeconds: 4e9 },
])("an unusable clock is refused: %j", async (to) => {
  const { status, body } = await callOwn(cloud, "PUT", "/shipshape/clock", to);
  expect([status, body.message]).toEqual([400, expect.stringContaining("at most a century from now")]);
  expect((await callOwn(cloud, "GET", "/shipshape/clock")).body.offsetSeconds).toBe(0);
});

/** fetch sets Host itself, so this sends raw HTTP. */
async function requestWithHost(port: number, host: string): Promise<string> {
  const { connect } = await import("node:net");
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () =>
      socket.write(`GET /shipshape/status HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`),
    );
    socket.once("data", (data) => resolve(data.toString())).once("error", reject);
  });
}
