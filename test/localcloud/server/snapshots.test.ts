import {
  AddTagsToResourceCommand,
  CopyDBSnapshotCommand,
  CreateDBInstanceCommand,
  CreateDBSnapshotCommand,
  DeleteDBSnapshotCommand,
  DescribeDBSnapshotAttributesCommand,
  DescribeDBInstanceAutomatedBackupsCommand,
  DescribeDBSnapshotsCommand,
  ListTagsForResourceCommand,
  ModifyDBInstanceCommand,
  ModifyDBSnapshotAttributeCommand,
  RestoreDBInstanceFromDBSnapshotCommand,
} from "@aws-sdk/client-rds";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { instanceIs, startCloud, type Cloud } from "../../cloud";
import { until } from "../../until";
import { backupClient } from "./backup-client";
import { asMaster, small } from "./database-client";
import { callOwn } from "./own-endpoint";

let cloud: Cloud;
let rds: ReturnType<typeof backupClient>;

beforeAll(async () => {
  cloud = await startCloud();
  rds = backupClient(cloud);
  await cloud.rds.send(
    new CreateDBInstanceCommand({
      ...small,
      DBInstanceIdentifier: "orders",
      BackupRetentionPeriod: 2,
      PreferredBackupWindow: "03:00-04:00",
      PreferredMaintenanceWindow: "sun:05:00-sun:06:00",
      CopyTagsToSnapshot: true,
      Tags: [{ Key: "owner", Value: "team-orders" }],
    }),
  );
  await asMaster(cloud, await instanceIs(cloud, "orders", "available"), "create table kept as select 1 as n");
});
afterAll(async () => cloud?.stop());

const snapshots = async (more: object = {}) =>
  (await cloud.rds.send(new DescribeDBSnapshotsCommand({ DBInstanceIdentifier: "orders", ...more }))).DBSnapshots!;
const restore = (DBInstanceIdentifier: string, DBSnapshotIdentifier: string) =>
  cloud.rds.send(new RestoreDBInstanceFromDBSnapshotCommand({ DBInstanceIdentifier, DBSnapshotIdentifier }));
const rowsOf = async (name: string) =>
  asMaster(cloud, await instanceIs(cloud, name, "available"), "select n from kept order by n");

async function backedUpTimes(count: number): Promise<void> {
  await until(
    `${count} automated snapshots`,
    async () => (await snapshots({ SnapshotType: "automated" })).length === count,
  );
  await instanceIs(cloud, "orders", "available");
}

test("a snapshot contains the database as it was then, with its tags, and so does its copy", async () => {
  const { DBSnapshot: begun } = await cloud.rds.send(
    new CreateDBSnapshotCommand({ DBInstanceIdentifier: "orders", DBSnapshotIdentifier: "first" }),
  );
  expect(begun).toMatchObject({ Status: "creating", SnapshotType: "manual" });
  await instanceIs(cloud, "orders", "available");
  await asMaster(cloud, await rds.describe("orders"), "insert into kept values (2)");
  expect(await snapshots({ SnapshotType: "manual" })).toMatchObject([
    { DBSnapshotIdentifier: "first", Status: "available", TagList: [{ Key: "owner", Value: "team-orders" }] },
  ]);
  const { DBSnapshot: copy } = await cloud.rds.send(
    new CopyDBSnapshotCommand({
      SourceDBSnapshotIdentifier: "first",
      TargetDBSnapshotIdentifier: "second",
      CopyTags: true,
    }),
  );
  expect(copy).toMatchObject({
    Status: "available",
    SourceDBSnapshotIdentifier: expect.stringContaining(":snapshot:first"),
    TagList: [{ Key: "owner" }],
  });
  const copyWith = (TargetDBSnapshotIdentifier: string, KmsKeyId: string) =>
    cloud.rds.send(
      new CopyDBSnapshotCommand({
        SourceDBSnapshotIdentifier: "first",
        TargetDBSnapshotIdentifier,
        KmsKeyId,
        CopyTags: true,
        Tags: [],
      }),
    );
  await expect(
    copyWith("third", "arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-000000000000"),
  ).rejects.toMatchObject({
    name: "KMSKeyNotAccessibleFault",
  });
  const { body: key } = await callOwn(cloud, "POST", "/shipshape/recorded", {
    type: "aws:kms/key:Key",
    name: "orders",
    properties: {},
  });
  const { DBSnapshot: encrypted } = await copyWith("encrypted", key.id);
  expect(encrypted).toMatchObject({
    Encrypted: true,
    KmsKeyId: expect.stringContaining(`:key/${key.id}`),
    TagList: [{ Key: "owner" }],
  });
  const { DBInstance: sealed } = await restore("sealed", "encrypted");
  expect(sealed).toMatchObject({ StorageEncrypted: true, KmsKeyId: encrypted!.KmsKeyId });
  await instanceIs(cloud, "sealed", "available");
  await rds.remove("sealed");
  await cloud.rds.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: "first" }));
  await restore("from-copy", "second");
  expect(await rowsOf("from-copy")).toEqual([{ n: 1 }]);
  await rds.remove("from-copy");
});

test("a snapshot is private until it is shared, its copy is private again, and only an unencrypted one can be public", async () => {
  const sharedWith = async (DBSnapshotIdentifier: string) => {
    const answer = await cloud.rds.send(new DescribeDBSnapshotAttributesCommand({ DBSnapshotIdentifier }));
    expect(answer.DBSnapshotAttributesResult).toMatchObject({
      DBSnapshotIdentifier,
      DBSnapshotAttributes: [{ AttributeName: "restore" }],
    });
    return answer.DBSnapshotAttributesResult!.DBSnapshotAttributes![0]!.AttributeValues;
  };
  const share = (DBSnapshotIdentifier: string, ValuesToAdd: string[], more: object = {}) =>
    cloud.rds.send(
      new ModifyDBSnapshotAttributeCommand({ DBSnapshotIdentifier, AttributeName: "restore", ValuesToAdd, ...more }),
    );
  expect(await sharedWith("second")).toEqual([]);
  const { DBSnapshotAttributesResult: shared } = await share("second", ["210987654321", "all"]);
  expect(shared).toEqual({
    DBSnapshotIdentifier: "second",
    DBSnapshotAttributes: [{ AttributeName: "restore", AttributeValues: ["210987654321", "all"] }],
  });
  await share("second", [], { ValuesToRemove: ["all"] });
  expect(await sharedWith("second")).toEqual(["210987654321"]);
  await cloud.rds.send(
    new CopyDBSnapshotCommand({ SourceDBSnapshotIdentifier: "second", TargetDBSnapshotIdentifier: "private" }),
  );
  expect(await sharedWith("private")).toEqual([]);
  await cloud.rds.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: "private" }));

  await share("encrypted", ["210987654321"]);
  await expect(share("encrypted", ["all"])).rejects.toMatchObject({
    name: "InvalidParameterValue",
    message: expect.stringContaining("cannot be public") as string,
  });
  expect(await sharedWith("encrypted")).toEqual(["210987654321"]);
  await expect(share("second", ["team-orders"])).rejects.toMatchObject({ name: "InvalidParameterValue" });
  await expect(share("second", [], { AttributeName: "copy" })).rejects.toMatchObject({ name: "InvalidParameterValue" });
  const tooMany = Array.from({ length: 20 }, (_, n) => String(100_000_000_000 + n));
  await expect(share("second", tooMany)).rejects.toMatchObject({ name: "SharedSnapshotQuotaExceededFault" });
  await expect(share("none", ["all"])).rejects.toMatchObject({ name: "DBSnapshotNotFoundFault" });

  await backedUpTimes(1);
  const [automated] = await snapshots({ SnapshotType: "automated" });
  expect(await sharedWith(automated!.DBSnapshotIdentifier!)).toEqual([]);
  await expect(share(automated!.DBSnapshotIdentifier!, ["all"])).rejects.toMatchObject({
    name: "InvalidParameterValue",
    message: expect.stringContaining("is not valid") as string,
  });
});

test("a final snapshot contains every commit, also of a database without backups", async () => {
  const source = await instanceIs(
    cloud,
    (await restore("short-lived", "second")).DBInstance!.DBInstanceIdentifier!,
    "available",
  );
  await asMaster(cloud, source, "insert into kept values (3)");
  await rds.remove("short-lived", { FinalDBSnapshotIdentifier: "last-words" });
  await restore("risen", "last-words");
  expect(await rowsOf("risen")).toEqual([{ n: 1 }, { n: 3 }]);
  await rds.remove("risen");
});

test("automated backups come daily in their window, can be restored as snapshots, and are removed after the retention period", async () => {
  await backedUpTimes(1);
  const [first] = await snapshots({ SnapshotType: "automated" });
  expect(first!.DBSnapshotIdentifier).toMatch(/^rds:orders-\d{4}(-\d\d){4}$/);
  const ResourceName = first!.DBSnapshotArn!;
  const tagsOfFirst = async () => (await cloud.rds.send(new ListTagsForResourceCommand({ ResourceName }))).TagList;
  expect(await tagsOfFirst()).toEqual([{ Key: "owner", Value: "team-orders" }]);
  await cloud.rds.send(new AddTagsToResourceCommand({ ResourceName, Tags: [{ Key: "kept", Value: "yes" }] }));
  expect(await tagsOfFirst()).toContainEqual({ Key: "kept", Value: "yes" });
  await restore("from-daily", first!.DBSnapshotIdentifier!);
  // It was taken before there was a table.
  expect(
    await asMaster(cloud, await instanceIs(cloud, "from-daily", "available"), "select to_regclass('kept') as kept"),
  ).toEqual([{ kept: null }]);
  await rds.remove("from-daily");
  const day = (offset: number) => `${new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10)}T03:10:00Z`;
  for (const [offset, kept] of [
    [1, 2],
    [2, 3],
    [3, 3],
    [4, 3],
  ] as const) {
    await callOwn(cloud, "PUT", "/shipshape/clock", { now: day(offset) });
    await backedUpTimes(kept);
  }
  const folder = rds.backupsFolder(await rds.describe("orders"));
  expect(readdirSync(join(folder, "base"))).toHaveLength(3);
  await callOwn(cloud, "PUT", "/shipshape/clock", { reset: true });
});

test("backups are dropped when they are switched off, and start again when switched on", async () => {
  const orders = await rds.describe("orders");
  const retain = async (BackupRetentionPeriod: number) => {
    await cloud.rds.send(
      new ModifyDBInstanceCommand({ DBInstanceIdentifier: "orders", BackupRetentionPeriod, ApplyImmediately: true }),
    );
    return instanceIs(cloud, "orders", "available");
  };
  expect((await retain(0)).LatestRestorableTime).toBeUndefined();
  expect(existsSync(rds.backupsFolder(orders))).toBe(false);
  await expect(rds.restoreTo("orders", "never", "latest")).rejects.toMatchObject({
    name: "PointInTimeRestoreNotEnabledFault",
  });
  await retain(7);
  const { DBInstanceAutomatedBackups } = await cloud.rds.send(
    new DescribeDBInstanceAutomatedBackupsCommand({ DBInstanceIdentifier: "orders" }),
  );
  expect(DBInstanceAutomatedBackups).toMatchObject([{ Status: "active", BackupRetentionPeriod: 7 }]);
  await rds.restorable("orders", new Date());
});
