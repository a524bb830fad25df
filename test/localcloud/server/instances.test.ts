import {
  CreateDBInstanceCommand,
  DeleteDBInstanceCommand,
  DeleteDBSnapshotCommand,
  DescribeDBInstancesCommand,
  DescribeDBLogFilesCommand,
  DescribeDBSnapshotsCommand,
  DescribeEventsCommand,
  DownloadDBLogFilePortionCommand,
  ModifyDBInstanceCommand,
  RebootDBInstanceCommand,
  StartDBInstanceCommand,
  StopDBInstanceCommand,
  type ModifyDBInstanceMessage,
} from "@aws-sdk/client-rds";
import { existsSync } from "node:fs";
import { connect as connectTcp } from "node:net";
import { join } from "node:path";
import { instanceIs, instanceIsGone, startCloud, type Cloud } from "../../cloud";
import { until } from "../../until";
import { asMaster, managedPassword, small } from "./database-client";
import { callOwn } from "./own-endpoint";

let cloud: Cloud;

beforeAll(async () => {
  cloud = await startCloud();
  const create = (DBInstanceIdentifier: string, more: object) =>
    cloud.rds.send(new CreateDBInstanceCommand({ ...small, DBInstanceIdentifier, ...more }));
  await create("orders", {
    DBName: "orders",
    PreferredMaintenanceWindow: "sun:04:00-sun:04:30",
    PreferredBackupWindow: "02:00-02:30",
    EngineVersion: "17.9",
    Tags: [{ Key: "owner", Value: "team a = b + c" }],
  });
  const { MasterUserPassword: _none, ...withoutPassword } = small;
  await cloud.rds.send(
    new CreateDBInstanceCommand({
      ...withoutPassword,
      DBInstanceIdentifier: "managed",
      ManageMasterUserPassword: true,
    }),
  );
  await instanceIs(cloud, "orders", "available");
  await instanceIs(cloud, "managed", "available");
});
afterAll(async () => cloud?.stop());

const modify = (change: Omit<ModifyDBInstanceMessage, "DBInstanceIdentifier">, name = "orders") =>
  cloud.rds.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: name, ...change }));
const describe_ = async (name: string) =>
  (await cloud.rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: name }))).DBInstances![0]!;
const messages = async (name: string) =>
  (
    await cloud.rds.send(
      new DescribeEventsCommand({ SourceType: "db-instance", SourceIdentifier: name, Duration: 20_000 }),
    )
  ).Events!.map((event) => event.Message);

test("an instance shows the requested settings, RDS's defaults, and an endpoint that responds", async () => {
  const orders = await describe_("orders");
  expect(orders).toMatchObject({
    DBInstanceStatus: "available",
    EngineVersion: "17.9",
    DBName: "orders",
    AllocatedStorage: 20,
    Iops: 3000,
    StorageThroughput: 125,
    BackupRetentionPeriod: 1,
    MultiAZ: false,
    DeletionProtection: false,
    MonitoringInterval: 0,
    CACertificateIdentifier: "rds-ca-rsa2048-g1",
    EngineLifecycleSupport: "open-source-rds-extended-support",
    DBInstanceArn: "arn:aws:rds:eu-central-1:123456789012:db:orders",
    TagList: [{ Key: "owner", Value: "team a = b + c" }],
    DBParameterGroups: [{ DBParameterGroupName: "default.postgres17", ParameterApplyStatus: "in-sync" }],
  });
  expect(orders.DbiResourceId).toMatch(/^db-[A-Z2-7]{26}$/);
  expect(orders.InstanceCreateTime).toBeInstanceOf(Date);
  expect(orders.CertificateDetails!.ValidTill!.getTime()).toBeGreaterThan(Date.now());
  expect(
    await asMaster(cloud, orders, "select current_database() as name, split_part(version(), ' ', 2) as version"),
  ).toEqual([{ name: "orders", version: "17.9" }]);
});

test("the master administers but is not a superuser, and cannot become one", async () => {
  const orders = await describe_("orders");
  const [rights] = await asMaster(
    cloud,
    orders,
    "select rolsuper, rolcreaterole, rolcreatedb, pg_has_role('rds_superuser', 'member') as member from pg_roles where rolname = current_user",
  );
  expect(rights).toEqual({ rolsuper: false, rolcreaterole: true, rolcreatedb: true, member: true });
  await asMaster(
    cloud,
    orders,
    "create role app login password 'x'; create schema app; create extension pg_stat_statements",
  );
  for (const refused of [
    "alter role shipmaster superuser",
    "set role rdsadmin",
    "alter system set work_mem = '1GB'",
    "copy (select 1) to program 'true'",
  ]) {
    await expect(asMaster(cloud, orders, refused)).rejects.toMatchObject({ code: "42501" });
  }
});

test("a managed master password is in a secret, works, and is rotated on demand without an old one that still works", async () => {
  const managed = await describe_("managed");
  const first = await managedPassword(cloud, managed);
  expect(await asMaster(cloud, managed, "select 1 as one", first)).toEqual([{ one: 1 }]);
  const { DBInstance: rotating } = await modify({ RotateMasterUserPassword: true, ApplyImmediately: true }, "managed");
  expect(rotating!.MasterUserSecret!.SecretStatus).toBe("rotating");
  expect((await instanceIs(cloud, "managed", "available")).MasterUserSecret!.SecretStatus).toBe("active");
  const second = await managedPassword(cloud, managed);
  expect(second).not.toBe(first);
  expect(await asMaster(cloud, managed, "select 1 as one", second)).toEqual([{ one: 1 }]);
  await expect(asMaster(cloud, managed, "select 1", first)).rejects.toMatchObject({ code: "28P01" });
});

test("a managed password can be replaced by the caller's own, and switched on again", async () => {
  await modify({ ManageMasterUserPassword: false, MasterUserPassword: "my-own-password" }, "managed");
  const own = await instanceIs(cloud, "managed", "available");
  expect(own.MasterUserSecret).toBeUndefined();
  expect(own.PendingModifiedValues).toEqual({});
  expect(await asMaster(cloud, own, "select 1 as one", "my-own-password")).toEqual([{ one: 1 }]);
  await modify({ ManageMasterUserPassword: true }, "managed");
  const managed = await instanceIs(cloud, "managed", "available");
  expect(await asMaster(cloud, managed, "select 1 as one", await managedPassword(cloud, managed))).toEqual([
    { one: 1 },
  ]);
});

test("what RDS applies at once is applied at once, without a restart", async () => {
  const before = await asMaster(cloud, await describe_("orders"), "select pg_postmaster_start_time() as at");
  await modify({
    BackupRetentionPeriod: 7,
    CopyTagsToSnapshot: true,
    MaxAllocatedStorage: 100,
    CloudwatchLogsExportConfiguration: { EnableLogTypes: ["postgresql", "upgrade"] },
    EnablePerformanceInsights: true,
  });
  const after = await instanceIs(cloud, "orders", "available");
  expect(after).toMatchObject({
    BackupRetentionPeriod: 7,
    CopyTagsToSnapshot: true,
    MaxAllocatedStorage: 100,
    EnabledCloudwatchLogsExports: ["postgresql", "upgrade"],
    PerformanceInsightsEnabled: true,
    PerformanceInsightsRetentionPeriod: 7,
  });
  expect(after.PendingModifiedValues).toEqual({});
  expect(await asMaster(cloud, after, "select pg_postmaster_start_time() as at")).toEqual(before);
});

test("Performance Insights is switched off by a request that repeats its key and retention", async () => {
  const { PerformanceInsightsKMSKeyId } = await describe_("orders");
  await modify({
    EnablePerformanceInsights: false,
    PerformanceInsightsKMSKeyId,
    PerformanceInsightsRetentionPeriod: 7,
  });
  const off = await instanceIs(cloud, "orders", "available");
  expect(off.PerformanceInsightsEnabled).toBe(false);
  expect(off).not.toHaveProperty("PerformanceInsightsKMSKeyId");
  expect(off).not.toHaveProperty("PerformanceInsightsRetentionPeriod");
});

test("storage that has reached its cap blocks no other change, and a cap equal to the storage switches its growth off", async () => {
  const arn = "arn:aws:rds:eu-central-1:123456789012:db:managed";
  await callOwn(cloud, "POST", "/shipshape/change", { arn, properties: { maxAllocatedStorage: "20" } });
  expect(await describe_("managed")).toMatchObject({ AllocatedStorage: 20, MaxAllocatedStorage: 20 });
  await modify({ DeletionProtection: true }, "managed");
  await instanceIs(cloud, "managed", "available");
  await modify({ DeletionProtection: false, CopyTagsToSnapshot: true, DBInstanceClass: "db.t4g.medium" }, "managed");
  await instanceIs(cloud, "managed", "available");
  await expect(modify({ MaxAllocatedStorage: 21 }, "managed")).rejects.toMatchObject({
    message: expect.stringContaining("at least 10 percent"),
  });
  await modify({ MaxAllocatedStorage: 20 }, "managed");
  expect(await instanceIs(cloud, "managed", "available")).not.toHaveProperty("MaxAllocatedStorage");
});

test("deferrable changes wait for the maintenance window by the cloud's clock; a change back cancels them", async () => {
  await callOwn(cloud, "PUT", "/shipshape/clock", { now: "2031-01-01T12:00:00Z" }); // a Wednesday
  await modify({ MultiAZ: true, AllocatedStorage: 40, EngineVersion: "17.10" });
  await modify({ AllocatedStorage: 20 });
  const waiting = await instanceIs(cloud, "orders", "available");
  expect(waiting.PendingModifiedValues).toEqual({ MultiAZ: true, EngineVersion: "17.10" });
  expect(waiting).toMatchObject({ MultiAZ: false, EngineVersion: "17.9" });
  await callOwn(cloud, "PUT", "/shipshape/clock", { now: "2031-01-05T03:59:58Z" });
  expect((await describe_("orders")).MultiAZ).toBe(false);
  await callOwn(cloud, "PUT", "/shipshape/clock", { now: "2031-01-05T04:00:00Z" });
  const applied = await instanceIs(cloud, "orders", "available");
  expect(applied).toMatchObject({
    MultiAZ: true,
    EngineVersion: "17.10",
    SecondaryAvailabilityZone: "eu-central-1b",
    PendingModifiedValues: {},
  });
  expect(await asMaster(cloud, applied, "select split_part(version(), ' ', 2) as version")).toEqual([
    { version: "17.10" },
  ]);
  expect(await messages("orders")).toContain("Database instance patched to 17.10");
  await callOwn(cloud, "PUT", "/shipshape/clock", { reset: true });
});

test("with ApplyImmediately everything pending is applied, and the port stays", async () => {
  const before = await describe_("orders");
  await modify({ DBInstanceClass: "db.m7g.large" });
  await modify({ AllocatedStorage: 30, ApplyImmediately: true });
  expect(await instanceIs(cloud, "orders", "available")).toMatchObject({
    DBInstanceClass: "db.m7g.large",
    PendingModifiedValues: {},
  });
  await modify({ AllocatedStorage: 44 });
  await modify({ ApplyImmediately: true });
  const after = await instanceIs(cloud, "orders", "available");
  expect(after).toMatchObject({ AllocatedStorage: 44, PendingModifiedValues: {} });
  expect(after.Endpoint).toEqual(before.Endpoint);
  expect(await asMaster(cloud, after, "select 1 as one")).toEqual([{ one: 1 }]);
});

test("a new master password works and the old one no longer", async () => {
  await modify({ MasterUserPassword: "another-horse-battery" });
  const orders = await instanceIs(cloud, "orders", "available");
  expect(await asMaster(cloud, orders, "select 1 as one", "another-horse-battery")).toEqual([{ one: 1 }]);
  await expect(asMaster(cloud, orders, "select 1")).rejects.toMatchObject({ code: "28P01" });
  await modify({ MasterUserPassword: small.MasterUserPassword });
  await instanceIs(cloud, "orders", "available");
});

test("a stopped instance refuses connections and changes, and comes back with its data and its port", async () => {
  const before = await describe_("orders");
  await asMaster(cloud, before, "create table kept as select 7 as n");
  expect(
    (await cloud.rds.send(new StopDBInstanceCommand({ DBInstanceIdentifier: "orders" }))).DBInstance!.DBInstanceStatus,
  ).toBe("stopping");
  await instanceIs(cloud, "orders", "stopped");
  expect(await answers(before.Endpoint!.Port!)).toBe(false);
  await expect(modify({ BackupRetentionPeriod: 3 })).rejects.toMatchObject({ name: "InvalidDBInstanceStateFault" });
  await cloud.rds.send(new StartDBInstanceCommand({ DBInstanceIdentifier: "orders" }));
  const after = await instanceIs(cloud, "orders", "available");
  expect(after.Endpoint).toEqual(before.Endpoint);
  expect(await asMaster(cloud, after, "select n from kept")).toEqual([{ n: 7 }]);
});

test("a reboot with failover changes the zone of a Multi-AZ instance", async () => {
  const before = await describe_("orders");
  await cloud.rds.send(new RebootDBInstanceCommand({ DBInstanceIdentifier: "orders", ForceFailover: true }));
  const after = await instanceIs(cloud, "orders", "available");
  expect([after.AvailabilityZone, after.SecondaryAvailabilityZone]).toEqual([
    before.SecondaryAvailabilityZone,
    before.AvailabilityZone,
  ]);
});

test("logs are listed, and can be read from a marker", async () => {
  await expect(asMaster(cloud, await describe_("orders"), "select 'a marker for the log' / 0")).rejects.toThrow();
  const { DescribeDBLogFiles: files } = await cloud.rds.send(
    new DescribeDBLogFilesCommand({ DBInstanceIdentifier: "orders" }),
  );
  const name = files!.at(-1)!.LogFileName!;
  expect(name).toMatch(/^error\/postgresql\.log\./);
  // PostgreSQL answers a statement before its log collector has written the line.
  await until("the log has the statement", async () => {
    const newest = await cloud.rds.send(
      new DownloadDBLogFilePortionCommand({ DBInstanceIdentifier: "orders", LogFileName: name, NumberOfLines: 50 }),
    );
    return newest.LogFileData!.includes("a marker for the log");
  });
  const head = await cloud.rds.send(
    new DownloadDBLogFilePortionCommand({
      DBInstanceIdentifier: "orders",
      LogFileName: name,
      Marker: "0",
      NumberOfLines: 1,
    }),
  );
  expect(head.LogFileData!.trimEnd().split("\n")).toHaveLength(1);
  expect(head.AdditionalDataPending).toBe(true);
  const next = await cloud.rds.send(
    new DownloadDBLogFilePortionCommand({
      DBInstanceIdentifier: "orders",
      LogFileName: name,
      Marker: head.Marker,
      NumberOfLines: 1,
    }),
  );
  expect(next.LogFileData).not.toBe(head.LogFileData);
});

test("an instance is renamed with its data, and its old name is free", async () => {
  const before = await describe_("orders");
  await modify({ NewDBInstanceIdentifier: "Orders-2", ApplyImmediately: true });
  const after = await instanceIs(cloud, "orders-2", "available");
  expect(after.DbiResourceId).toBe(before.DbiResourceId);
  await expect(describe_("orders")).rejects.toMatchObject({ name: "DBInstanceNotFoundFault" });
});

test("deletion protection protects; a deletion leaves exactly the final snapshot", async () => {
  await modify({ DeletionProtection: true }, "orders-2");
  const orders = await instanceIs(cloud, "orders-2", "available");
  const remove = (more: object) =>
    cloud.rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: "orders-2", ...more }));
  await expect(remove({ SkipFinalSnapshot: true })).rejects.toMatchObject({
    name: "InvalidParameterCombination",
    message: expect.stringContaining("cannot delete protected DB Instance"),
  });
  await modify({ DeletionProtection: false }, "orders-2");
  await instanceIs(cloud, "orders-2", "available");
  expect((await remove({ FinalDBSnapshotIdentifier: "orders-final" })).DBInstance!.DBInstanceStatus).toBe("deleting");
  await instanceIsGone(cloud, "orders-2");
  const { DBSnapshots: [snapshot] = [] } = await cloud.rds.send(new DescribeDBSnapshotsCommand({}));
  expect(snapshot).toMatchObject({
    DBSnapshotIdentifier: "orders-final",
    Status: "available",
    DbiResourceId: orders.DbiResourceId,
    TagList: [{ Key: "owner", Value: "team a = b + c" }],
  });
  const files = join(cloud.dataFolder, "databases", "snapshots", "eu-central-1", "orders-final");
  expect(existsSync(files)).toBe(true);
  expect(existsSync(join(cloud.dataFolder, "databases", orders.DbiResourceId!))).toBe(false);
  expect(await answers(orders.Endpoint!.Port!)).toBe(false);
  await cloud.rds.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: "orders-final" }));
  expect(existsSync(files)).toBe(false);
});

test("a managed secret is deleted with its instance", async () => {
  const managed = await describe_("managed");
  await cloud.rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: "managed", SkipFinalSnapshot: true }));
  await instanceIsGone(cloud, "managed");
  await expect(managedPassword(cloud, managed)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
});

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTcp(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
