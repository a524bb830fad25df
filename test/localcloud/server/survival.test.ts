import {
  CreateDBInstanceCommand,
  DeleteDBInstanceCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  DescribeEventsCommand,
  ModifyDBInstanceCommand,
  type DBInstance,
} from "@aws-sdk/client-rds";
import { spawn } from "node:child_process";
import { existsSync, readFileSync, readdirSync, readlinkSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { instanceIs, instanceIsGone, startCloud, temporaryFolder, type Cloud } from "../../cloud";
import { asMaster, connect, managedPassword, small } from "./database-client";
import { callOwn } from "./own-endpoint";

let cloud: Cloud;

beforeAll(async () => {
  cloud = await startCloud();
  await create("orders");
  await instanceIs(cloud, "orders", "available");
});
afterAll(async () => cloud?.stop());

const create = (DBInstanceIdentifier: string, more: object = {}) =>
  cloud.rds.send(new CreateDBInstanceCommand({ ...small, DBInstanceIdentifier, ...more }));
const describe_ = async (name: string) =>
  (await cloud.rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: name }))).DBInstances![0]!;
const statusOf = async (name: string) =>
  (await callOwn(cloud, "GET", "/shipshape/status")).body.instances.find(
    (instance: { identifier: string }) => instance.identifier === name,
  );

test("a killed server leaves databases serving; the next one adopts them, with every record as it was", async () => {
  const before = await describe_("orders");
  const { pid } = await statusOf("orders");
  const client = await connect(cloud, before);
  await cloud.kill("SIGKILL");
  expect((await client.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
  await cloud.restart();
  expect(timeless(await describe_("orders"))).toEqual(timeless(before));
  expect((await statusOf("orders")).pid).toBe(pid);
  expect((await client.query("select 2 as two")).rows).toEqual([{ two: 2 }]);
  await client.end();
});

// Spread over the time a creation takes, from before the template is copied until after the master is created.
test.each([0, 100, 300, 600])(
  "a server killed %d ms into a creation finishes it after its restart",
  async (milliseconds) => {
    const name = `created-${milliseconds}`;
    const { MasterUserPassword: _none, ...withoutPassword } = small;
    await cloud.rds.send(
      new CreateDBInstanceCommand({
        ...withoutPassword,
        DBInstanceIdentifier: name,
        ManageMasterUserPassword: true,
        DBName: "app",
      }),
    );
    await sleep(milliseconds);
    await cloud.kill("SIGKILL");
    await cloud.restart();
    const made = await instanceIs(cloud, name, "available");
    expect(
      await asMaster(cloud, made, "select current_database() as name", await managedPassword(cloud, made)),
    ).toEqual([{ name: "app" }]);
    await cloud.rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: name, SkipFinalSnapshot: true }));
    await instanceIsGone(cloud, name);
  },
);

test.each([0, 200])("a server killed %d ms into a modification finishes it after its restart", async (milliseconds) => {
  const instanceClass = milliseconds === 0 ? "db.m7g.large" : "db.m7g.xlarge";
  await asMaster(cloud, await describe_("orders"), "create table if not exists kept as select 7 as n");
  await cloud.rds.send(
    new ModifyDBInstanceCommand({
      DBInstanceIdentifier: "orders",
      DBInstanceClass: instanceClass,
      ApplyImmediately: true,
    }),
  );
  await sleep(milliseconds);
  await cloud.kill("SIGKILL");
  await cloud.restart();
  const changed = await instanceIs(cloud, "orders", "available");
  expect(changed).toMatchObject({ DBInstanceClass: instanceClass, PendingModifiedValues: {} });
  expect(await asMaster(cloud, changed, "select n from kept")).toEqual([{ n: 7 }]);
});

test.each([0, 150])(
  "a server killed %d ms into a deletion finishes it after its restart, with one whole final snapshot",
  async (milliseconds) => {
    const name = `deleted-${milliseconds}`;
    await create(name);
    const doomed = await instanceIs(cloud, name, "available");
    await cloud.rds.send(
      new DeleteDBInstanceCommand({ DBInstanceIdentifier: name, FinalDBSnapshotIdentifier: `${name}-final` }),
    );
    await sleep(milliseconds);
    await cloud.kill("SIGKILL");
    await cloud.restart();
    await instanceIsGone(cloud, name);
    const { DBSnapshots } = await cloud.rds.send(
      new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: `${name}-final` }),
    );
    expect(DBSnapshots).toMatchObject([{ Status: "available", DbiResourceId: doomed.DbiResourceId }]);
    const snapshots = join(cloud.dataFolder, "databases", "snapshots", "eu-central-1");
    expect(readdirSync(snapshots).filter((entry) => entry.startsWith(name))).toEqual([`${name}-final`]);
    // A backup's manifest is written last.
    expect(readdirSync(join(snapshots, `${name}-final`))).toEqual(expect.arrayContaining(["data", "manifest.json"]));
    expect(postgresProcessesBelow(join(cloud.dataFolder, "databases", doomed.DbiResourceId!))).toEqual([]);
    expect(readdirSync(join(cloud.dataFolder, "databases"))).not.toContain(doomed.DbiResourceId);
  },
);

test("a killed database is restarted with every acknowledged row, and the event log reports it", async () => {
  const before = await describe_("orders");
  const client = await connect(cloud, before);
  await client.query("create table acknowledged (n int)");
  await client.query("insert into acknowledged select generate_series(1, 1000)");
  process.kill((await statusOf("orders")).pid, "SIGKILL");
  // The server may need a moment to notice.
  for (let look = 0; look < 200 && (await statusOf("orders")).pid === null; look += 1) await sleep(50);
  const after = await instanceIs(cloud, "orders", "available");
  expect(after.Endpoint).toEqual(before.Endpoint);
  for (let look = 0; look < 200; look += 1) {
    const rows = await asMaster(cloud, after, "select count(*)::int as n from acknowledged").catch(() => undefined);
    if (rows) {
      expect(rows).toEqual([{ n: 1000 }]);
      break;
    }
    await sleep(50);
  }
  await client.end().catch(() => undefined);
  const { Events } = await cloud.rds.send(
    new DescribeEventsCommand({ SourceType: "db-instance", SourceIdentifier: "orders", EventCategories: ["recovery"] }),
  );
  expect(Events!.map((event) => event.Message)).toEqual([
    expect.stringContaining("has started"),
    expect.stringContaining("is complete"),
  ]);
});

test("a taken port is a fault of that instance only, and it starts when the port is free", async () => {
  const squatter = createServer();
  await new Promise<void>((resolve) => squatter.listen(0, "127.0.0.1", resolve));
  const { port } = squatter.address() as { port: number };
  try {
    await create("unlucky", { Port: port });
    await instanceIs(cloud, "unlucky", "incompatible-network");
    expect((await describe_("orders")).DBInstanceStatus).toBe("available");
  } finally {
    await new Promise((resolve) => squatter.close(resolve));
  }
  const lucky = await instanceIsAtLast("unlucky");
  expect(lucky.Endpoint!.Port).toBe(port);
  await cloud.rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: "unlucky", SkipFinalSnapshot: true }));
  await instanceIsGone(cloud, "unlucky");
});

test("the API listens on the same port after a restart, unless another program has taken it", async () => {
  const before = cloud.url;
  await cloud.restart();
  expect(cloud.url).toBe(before);
  await cloud.kill("SIGTERM");
  const { port } = new URL(before);
  const squatter = createServer();
  await new Promise<void>((resolve) => squatter.listen(Number(port), "127.0.0.1", resolve));
  try {
    await cloud.restart();
    expect(cloud.url).not.toBe(before);
    const { portReason } = JSON.parse(readFileSync(join(cloud.dataFolder, "localcloud.json"), "utf8")) as {
      portReason: string;
    };
    expect(portReason).toMatch(
      new RegExp(`port ${port}, where it listened before, is taken by another program.*local env`),
    );
  } finally {
    await new Promise((resolve) => squatter.close(resolve));
  }
});

test("a second server on the same data folder refuses and names it; one on another folder runs alongside", async () => {
  const second = spawn(
    process.execPath,
    ["--import", "tsx", join(__dirname, "..", "..", "..", "localcloud", "main.ts")],
    {
      env: { ...process.env, SHIPSHAPE_DATA_FOLDER: cloud.dataFolder },
    },
  );
  let output = "";
  second.stderr.on("data", (data: Buffer) => (output += data.toString()));
  const code = await new Promise((resolve) => second.once("close", resolve));
  expect([code, output]).toEqual([75, expect.stringContaining(`another embedded cloud runs on ${cloud.dataFolder}`)]);
  expect((await describe_("orders")).DBInstanceStatus).toBe("available");
  const beside = await startCloud();
  try {
    expect((await beside.rds.send(new DescribeDBInstancesCommand({}))).DBInstances).toEqual([]);
  } finally {
    await beside.stop();
  }
});

test("after stop nothing runs or listens; after the next start everything is back", async () => {
  const before = await describe_("orders");
  expect((await callOwn(cloud, "POST", "/shipshape/stop")).status).toBe(202);
  for (let look = 0; look < 300 && alive(cloud.pid); look += 1) await sleep(50);
  expect(alive(cloud.pid)).toBe(false);
  expect(existsSync(join(cloud.dataFolder, "localcloud.json"))).toBe(false);
  expect(postgresProcessesBelow(cloud.dataFolder)).toEqual([]);
  await cloud.restart();
  const after = await instanceIs(cloud, "orders", "available");
  expect(timeless(after)).toEqual(timeless(before));
  expect(await asMaster(cloud, after, "select n from kept")).toEqual([{ n: 7 }]);
});

test("a record that cannot be read fails the start with its path, and no other is harmed", async () => {
  const folder = temporaryFolder();
  const { mkdirSync, writeFileSync, rmSync } = await import("node:fs");
  mkdirSync(join(folder, "cloud", "instances"), { recursive: true });
  writeFileSync(join(folder, "cloud", "instances", "torn.json"), '{"id": "db');
  await expect(startCloud({ dataFolder: folder })).rejects.toThrow(/torn\.json cannot be read/);
  rmSync(folder, { recursive: true });
});

/** Waits until an instance with a fault has recovered. */
async function instanceIsAtLast(name: string) {
  for (let look = 0; look < 300; look += 1) {
    const instance = await describe_(name);
    if (instance.DBInstanceStatus === "available") return instance;
    await sleep(50);
  }
  throw new Error(`${name} did not recover`);
}

/** The restorable time changes every second. */
function timeless({ LatestRestorableTime: _moving, ...instance }: DBInstance): DBInstance {
  return instance;
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Linux only: elsewhere there is no /proc, and nothing is found. */
function postgresProcessesBelow(folder: string): string[] {
  if (!existsSync("/proc")) return [];
  return readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
    } catch {
      return false;
    }
  });
}
