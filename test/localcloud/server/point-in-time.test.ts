import {
  CreateDBInstanceCommand,
  CreateDBParameterGroupCommand,
  CreateDBSubnetGroupCommand,
  DeleteDBInstanceAutomatedBackupCommand,
  DescribeDBInstanceAutomatedBackupsCommand,
  DescribeDBSnapshotsCommand,
  ModifyDBInstanceCommand,
} from "@aws-sdk/client-rds";
import { existsSync } from "node:fs";
import { instanceIs, startCloud, type Cloud } from "../../cloud";
import { backupClient, nextWholeSecond } from "./backup-client";
import { asMaster, connect, managedPassword, small } from "./database-client";

let cloud: Cloud;
let rds: ReturnType<typeof backupClient>;

beforeAll(async () => {
  cloud = await startCloud();
  rds = backupClient(cloud);
  const tags = [{ Key: "owner", Value: "team-orders" }];
  const subnets = ["subnet-0a1b2c3d4e5f60001", "subnet-0a1b2c3d4e5f60002"];
  await cloud.rds.send(
    new CreateDBSubnetGroupCommand({
      DBSubnetGroupName: "private",
      DBSubnetGroupDescription: "private",
      SubnetIds: subnets,
    }),
  );
  const settings = {
    DBName: "app",
    Tags: tags,
    StorageEncrypted: true,
    DBSubnetGroupName: "private",
    EnablePerformanceInsights: true,
  };
  await cloud.rds.send(
    new CreateDBInstanceCommand({ ...small, ...settings, DBInstanceIdentifier: "orders", BackupRetentionPeriod: 7 }),
  );
  await cloud.rds.send(
    new CreateDBParameterGroupCommand({
      DBParameterGroupName: "eighteen",
      DBParameterGroupFamily: "postgres18",
      Description: "of another major",
    }),
  );
  await instanceIs(cloud, "orders", "available");
});
afterAll(async () => cloud?.stop());

test("a restore to a second between two commits has only the earlier one", async () => {
  const orders = await rds.describe("orders");
  const client = await connect(cloud, orders);
  await client.query("create table marker (name text)");
  await client.query("insert into marker values ('before')");
  const target = await nextWholeSecond();
  await client.query("insert into marker values ('after')");
  await client.end();
  await rds.restorable("orders", target);
  const { DBInstance: begun } = await rds.restoreTo("orders", "earlier", target);
  expect(begun).toMatchObject({
    DBInstanceStatus: "creating",
    MasterUsername: "shipmaster",
    DBName: "app",
    BackupRetentionPeriod: 7,
    StorageEncrypted: true,
    KmsKeyId: orders.KmsKeyId,
    TagList: [{ Key: "owner", Value: "team-orders" }],
    // Neither is inherited on RDS.
    PerformanceInsightsEnabled: false,
    DBSubnetGroup: { DBSubnetGroupName: "default" },
  });
  expect(begun).not.toHaveProperty("PerformanceInsightsKMSKeyId");
  const earlier = await instanceIs(cloud, "earlier", "available");
  // Its own backups begin with a full one, and it is not available before that is taken.
  expect(await rds.events("earlier")).toContain("Finished DB instance backup");
  expect(await asMaster(cloud, earlier, "select name from marker")).toEqual([{ name: "before" }]);
  expect(earlier.DBParameterGroups).toMatchObject([{ ParameterApplyStatus: "in-sync" }]);
  expect(await asMaster(cloud, earlier, "show fsync")).toEqual([{ fsync: "on" }]);
  expect(await rds.events("earlier")).toContainEqual(
    expect.stringMatching(`Restored from DB instance orders to ${target.toISOString()} on timeline 2`),
  );
});

test("a restored instance is backed up itself, and can get a managed master password afterwards", async () => {
  const earlier = await rds.describe("earlier");
  await cloud.rds.send(
    new ModifyDBInstanceCommand({
      DBInstanceIdentifier: "earlier",
      ManageMasterUserPassword: true,
      ApplyImmediately: true,
    }),
  );
  const managed = await instanceIs(cloud, "earlier", "available");
  const password = await managedPassword(cloud, managed);
  await asMaster(cloud, managed, "insert into marker values ('on the new timeline')", password);
  await rds.restorable("earlier", await nextWholeSecond());
  await rds.restoreTo("earlier", "again", "latest");
  expect(
    await asMaster(cloud, await instanceIs(cloud, "again", "available"), "select name from marker", password),
  ).toEqual([{ name: "before" }, { name: "on the new timeline" }]);
  await Promise.all([rds.remove("again"), rds.remove("earlier")]);
  expect(existsSync(rds.backupsFolder(earlier))).toBe(false);
});

test("a restore without backups never has one, neither during its creation nor afterwards", async () => {
  const target = await rds.restorable("orders", await nextWholeSecond());
  const { DBInstance: begun } = await rds.restoreTo("orders", "unbacked", target, { BackupRetentionPeriod: 0 });
  const automated = async () => {
    const resource = { DbiResourceId: begun!.DbiResourceId! };
    const { DBSnapshots = [] } = await cloud.rds.send(new DescribeDBSnapshotsCommand(resource));
    const backups = cloud.rds
      .send(new DescribeDBInstanceAutomatedBackupsCommand(resource))
      .catch((error: Error) => error.name);
    return [await backups, DBSnapshots.length, existsSync(rds.backupsFolder(begun!))];
  };
  const none = ["DBInstanceAutomatedBackupNotFoundFault", 0, false];
  while ((await rds.describe("unbacked")).DBInstanceStatus === "creating") expect(await automated()).toEqual(none);
  expect(await instanceIs(cloud, "unbacked", "available")).toMatchObject({
    BackupRetentionPeriod: 0,
    CopyTagsToSnapshot: false,
  });
  expect(await automated()).toEqual(none);
  await rds.remove("unbacked");
});

test("an idle database restores to its latest restorable time", async () => {
  const latest = await rds.restorable("orders", await nextWholeSecond());
  await rds.restoreTo("orders", "idle", latest);
  expect(
    await asMaster(cloud, await instanceIs(cloud, "idle", "available"), "select count(*)::int from marker"),
  ).toEqual([{ count: 2 }]);
  await rds.remove("idle");
});

test("a restore is refused before the earliest time, after the latest, and with parameters RDS does not accept", async () => {
  const far = new Date(Date.now() + 3_600_000);
  const now = await rds.restorable("orders", new Date(Date.now() - 1_000));
  await expect(rds.restoreTo("orders", "never", far)).rejects.toMatchObject({
    name: "InvalidRestoreFault",
    message: expect.stringContaining("after the latest restorable time"),
  });
  await expect(rds.restoreTo("orders", "never", new Date(now.getTime() - 86_400_000))).rejects.toMatchObject({
    name: "InvalidRestoreFault",
    message: expect.stringContaining("before the earliest restorable time"),
  });
  await expect(rds.restoreTo("orders", "orders", "latest")).rejects.toMatchObject({
    name: "DBInstanceAlreadyExistsFault",
  });
  await expect(rds.restoreTo("nobody", "never", "latest")).rejects.toMatchObject({ name: "DBInstanceNotFoundFault" });
  await expect(rds.restoreTo("orders", "never", "latest", { RestoreTime: now })).rejects.toMatchObject({
    name: "InvalidParameterCombination",
  });
  await expect(rds.restoreTo("orders", "never", "latest", { DBParameterGroupName: "eighteen" })).rejects.toMatchObject({
    message: expect.stringContaining("postgres18"),
  });
  await expect(rds.restoreTo("orders", "never", "latest", { ManageMasterUserPassword: true })).rejects.toMatchObject({
    message: expect.stringContaining("Oracle"),
  });
});

test("retained backups restore a deleted database, until they are deleted themselves", async () => {
  const orders = await rds.describe("orders");
  await asMaster(cloud, orders, "insert into marker values ('last')");
  await nextWholeSecond();
  await rds.remove("orders", { SkipFinalSnapshot: true, DeleteAutomatedBackups: false });
  const { DBInstanceAutomatedBackups: [kept] = [] } = await cloud.rds.send(
    new DescribeDBInstanceAutomatedBackupsCommand({ DbiResourceId: orders.DbiResourceId }),
  );
  expect(kept).toMatchObject({
    Status: "retained",
    DBInstanceIdentifier: "orders",
    RestoreWindow: { LatestTime: expect.any(Date) },
  });
  await rds.restoreTo("", "risen", "latest", {
    SourceDBInstanceAutomatedBackupsArn: kept!.DBInstanceAutomatedBackupsArn,
  });
  expect(
    await asMaster(cloud, await instanceIs(cloud, "risen", "available"), "select name from marker where name = 'last'"),
  ).toEqual([{ name: "last" }]);
  await cloud.rds.send(new DeleteDBInstanceAutomatedBackupCommand({ DbiResourceId: orders.DbiResourceId }));
  expect(existsSync(rds.backupsFolder(orders))).toBe(false);
  await expect(
    rds.restoreTo("", "never", "latest", { SourceDbiResourceId: orders.DbiResourceId }),
  ).rejects.toMatchObject({
    name: "DBInstanceAutomatedBackupNotFoundFault",
  });
});
