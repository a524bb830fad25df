import {
  CreateDBInstanceCommand,
  DescribeDBEngineVersionsCommand,
  DescribeDBMajorEngineVersionsCommand,
  DescribeEventsCommand,
  DescribePendingMaintenanceActionsCommand,
  ModifyDBInstanceCommand,
} from "@aws-sdk/client-rds";
import { setTimeout as sleep } from "node:timers/promises";
import { instanceIs, startCloud, type Cloud } from "../../cloud";
import { backupClient, nextWholeSecond } from "./backup-client";
import { asMaster, connect, small } from "./database-client";
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
      EngineVersion: "17.9",
      BackupRetentionPeriod: 1,
    }),
  );
  await instanceIs(cloud, "orders", "available");
});
afterAll(async () => cloud?.stop());

const upgrade = (EngineVersion: string, more: object = {}) =>
  cloud.rds.send(
    new ModifyDBInstanceCommand({ DBInstanceIdentifier: "orders", EngineVersion, ApplyImmediately: true, ...more }),
  );

test("versions that RDS would not upgrade to are refused, and those it would are listed", async () => {
  await expect(upgrade("16.14")).rejects.toMatchObject({ message: expect.stringContaining("never downgraded") });
  await expect(upgrade("18.4")).rejects.toMatchObject({ message: expect.stringContaining("AllowMajorVersionUpgrade") });
  const { DBEngineVersions: [version] = [] } = await cloud.rds.send(
    new DescribeDBEngineVersionsCommand({ Engine: "postgres", EngineVersion: "17.9" }),
  );
  expect(version!.ValidUpgradeTarget).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ EngineVersion: "17.10", IsMajorVersionUpgrade: false }),
      expect.objectContaining({ EngineVersion: "18.4", IsMajorVersionUpgrade: true }),
    ]),
  );
});

test("how long RDS supports each major is listed", async () => {
  const { DBMajorEngineVersions: majors = [] } = await cloud.rds.send(
    new DescribeDBMajorEngineVersionsCommand({ Engine: "postgres" }),
  );
  expect(majors.map(({ MajorEngineVersion }) => MajorEngineVersion)).toEqual(["16", "17", "18"]);
  const { DBMajorEngineVersions: [version] = [] } = await cloud.rds.send(
    new DescribeDBMajorEngineVersionsCommand({ Engine: "postgres", MajorEngineVersion: "17" }),
  );
  expect(version!.SupportedEngineLifecycles).toEqual([
    expect.objectContaining({
      LifecycleSupportName: "open-source-rds-standard-support",
      LifecycleSupportEndDate: new Date("2030-02-28T23:59:59Z"),
    }),
    expect.objectContaining({
      LifecycleSupportName: "open-source-rds-extended-support",
      LifecycleSupportEndDate: new Date("2033-02-28T23:59:59Z"),
    }),
  ]);
});

test("maintenance that AWS has scheduled is listed, and what goes with an upgrade is carried out by one", async () => {
  const { DBInstanceArn: arn = "" } = await rds.describe("orders");
  const listed = async () => {
    const { PendingMaintenanceActions: all = [] } = await cloud.rds.send(
      new DescribePendingMaintenanceActionsCommand({ ResourceIdentifier: arn }),
    );
    return all.flatMap(({ PendingMaintenanceActionDetails: of = [] }) => of.map(({ Action }) => Action));
  };
  expect(await listed()).toEqual([]);
  const plant = (action: string, more = {}) =>
    callOwn(cloud, "POST", "/shipshape/maintenance", { arn, action, ...more });
  expect((await plant("system-update", { appliedAfter: "2030-01-01T00:00:00Z" })).status).toBe(200);
  expect((await plant("ca-certificate-rotation")).status).toBe(200);
  expect((await plant("nonsense")).status).toBe(400);
  expect(await listed()).toEqual(["system-update", "ca-certificate-rotation"]);
});

test("a minor upgrade in place under a writing client loses no acknowledged row, and keeps the port", async () => {
  const before = await rds.describe("orders");
  await asMaster(cloud, before, "create table ledger (n int primary key)");
  const writer = write(() => connect(cloud, before));
  await sleep(500);
  expect((await upgrade("17.10")).DBInstance!.DBInstanceStatus).toBe("upgrading");
  const after = await instanceIs(cloud, "orders", "available");
  await sleep(300);
  const acknowledged = await writer.stop();
  const { Events = [] } = await cloud.rds.send(
    new DescribeEventsCommand({
      SourceType: "db-instance",
      SourceIdentifier: "orders",
      EventCategories: ["maintenance"],
    }),
  );
  expect(Events.map(({ Message }) => Message)).toEqual([
    "The downtime started for the DB instance.",
    "The engine version upgrade started.",
    "The engine version upgrade finished.",
  ]);
  const { PendingMaintenanceActions: left = [] } = await cloud.rds.send(
    new DescribePendingMaintenanceActionsCommand({}),
  );
  expect(left.flatMap(({ PendingMaintenanceActionDetails: of = [] }) => of.map(({ Action }) => Action))).toEqual([
    "ca-certificate-rotation",
  ]);
  expect(after).toMatchObject({ EngineVersion: "17.10", Endpoint: { Port: before.Endpoint!.Port } });
  expect(await asMaster(cloud, after, "show server_version")).toEqual([{ server_version: "17.10" }]);
  const stored = new Set((await asMaster(cloud, after, "select n from ledger")).map(({ n }) => n as number));
  expect(acknowledged.length).toBeGreaterThan(20);
  expect(acknowledged.filter((n) => !stored.has(n))).toEqual([]);
});

test("a backup from before the upgrade restores to a time after it", async () => {
  await rds.restorable("orders", await nextWholeSecond());
  await rds.restoreTo("orders", "later", "latest");
  const later = await instanceIs(cloud, "later", "available");
  expect(later.EngineVersion).toBe("17.10");
  expect(await asMaster(cloud, later, "select count(*)::int from ledger")).toEqual(
    await asMaster(cloud, await rds.describe("orders"), "select count(*)::int from ledger"),
  );
});

/**
 * Inserts row after row and records those that were acknowledged; reconnects when disconnected, as any client has to.
 */
function write(open: () => ReturnType<typeof connect>): { stop(): Promise<number[]> } {
  const acknowledged: number[] = [];
  let isOver = false;
  const done = (async () => {
    let client = await open();
    for (let n = 1; !isOver; n++) {
      try {
        await client.query("insert into ledger values ($1)", [n]);
        acknowledged.push(n);
      } catch {
        await client.end().catch(() => undefined);
        client = await again(open);
      }
    }
    await client.end();
  })();
  return {
    async stop() {
      isOver = true;
      await done;
      return acknowledged;
    },
  };
}

async function again(open: () => ReturnType<typeof connect>): ReturnType<typeof connect> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await open();
    } catch (error) {
      if (attempt === 500) throw error;
      await sleep(20);
    }
  }
}
