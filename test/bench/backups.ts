import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CreateDBInstanceCommand,
  CreateDBSnapshotCommand,
  DeleteDBInstanceCommand,
  DeleteDBSnapshotCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  ModifyDBInstanceCommand,
  RebootDBInstanceCommand,
  RestoreDBInstanceFromDBSnapshotCommand,
  type DBInstance,
} from "@aws-sdk/client-rds";
import { Client } from "pg";
import { type Cloud, instanceIs, instanceIsGone, startCloud } from "../cloud";
import type { Measure } from "./measure";

export const login = { user: "bench", password: "bench-password" };
/** A table of one GB. */
export const fillerStatement =
  "create table filler as select i, md5(i::text) || md5((i * 3)::text) as text from generate_series(1, 9000000) i";

/** One GB, pages verified and synced to disk, against the same files copied and synced to disk. */
export const backup: Measure = {
  name: "backup of 1 GB",
  ours: "CreateDBSnapshot until available: every page verified, on disk",
  floor: "cp -a of the data folder without its WAL, sync",
  runs: 5,
  async prepare() {
    const { cloud, folder, floor, after } = await filledDatabase();
    return { ours: (run) => snapshot(cloud, `bench-${run}`, true), floor: () => floor(folder), after };
  },
};

export const restore: Measure = {
  name: "restore of 1 GB",
  ours: "RestoreDBInstanceFromDBSnapshot until available: recovered, promoted, on disk",
  floor: "cp -a of the backup, sync",
  runs: 5,
  async prepare() {
    const { cloud, floor, after } = await filledDatabase();
    await snapshot(cloud, "bench", false);
    const backupFolder = join(cloud.dataFolder, "databases", "snapshots", "eu-central-1", "bench", "data");
    return { ours: (run) => restoreOnce(cloud, `bench-${run}`), floor: () => floor(backupFolder), after };
  },
};

export const upgradeGap: Measure = {
  name: "gap of a minor upgrade",
  ours: "between the last answer of 17.9 and the first of 17.10",
  floor: "the same around a reboot without an upgrade",
  runs: 5,
  async prepare() {
    const cloud = await startCloud();
    return {
      ours: (run) =>
        gapAround(cloud, `up-${run}`, (name) =>
          cloud.rds.send(
            new ModifyDBInstanceCommand({ DBInstanceIdentifier: name, EngineVersion: "17.10", ApplyImmediately: true }),
          ),
        ),
      floor: (run) =>
        gapAround(cloud, `same-${run}`, (name) =>
          cloud.rds.send(new RebootDBInstanceCommand({ DBInstanceIdentifier: name })),
        ),
      after: () => cloud.stop(),
    };
  },
};

/** One GB in the embedded cloud, and how to copy a folder to the disk. */
export async function filledDatabase() {
  const cloud = await startCloud();
  const instance = await create(cloud, "bench", "17.10");
  const client = await connect(instance);
  await client.query(fillerStatement);
  // Otherwise autovacuum would do it during the measurement.
  await client.query("vacuum (freeze, analyze) filler");
  await client.query("checkpoint");
  await client.end();
  const scratch = mkdtempSync(join(tmpdir(), "shipshape-bench-"));
  return {
    cloud,
    folder: join(cloud.dataFolder, "databases", instance.DbiResourceId!, "data"),
    floor: (from: string) => Promise.resolve(copyAndSync(from, scratch)),
    async after() {
      rmSync(scratch, { recursive: true, force: true });
      await cloud.stop();
    },
  };
}

/** A running server's WAL would make the copy several times as large, and no backup contains it. */
function copyAndSync(from: string, scratch: string): number {
  const entries = readdirSync(from)
    .filter((name) => name !== "pg_wal")
    .map((name) => join(from, name));
  const began = performance.now();
  execFileSync("cp", ["-a", "--", ...entries, scratch]);
  execFileSync("sync", ["-f", scratch]);
  const seconds = (performance.now() - began) / 1000;
  for (const name of readdirSync(scratch)) rmSync(join(scratch, name), { recursive: true });
  return seconds;
}

async function create({ rds }: Cloud, identifier: string, version: string): Promise<DBInstance> {
  const input = {
    Engine: "postgres",
    EngineVersion: version,
    DBInstanceClass: "db.t4g.medium",
    AllocatedStorage: 20,
    MasterUsername: login.user,
    MasterUserPassword: login.password,
    BackupRetentionPeriod: 0,
  };
  await rds.send(new CreateDBInstanceCommand({ ...input, DBInstanceIdentifier: identifier }));
  return instanceIs({ rds }, identifier, "available");
}

export async function snapshot({ rds }: Cloud, name: string, isDeletedAfterwards: boolean): Promise<number> {
  const began = performance.now();
  await rds.send(new CreateDBSnapshotCommand({ DBInstanceIdentifier: "bench", DBSnapshotIdentifier: name }));
  for (;;) {
    const { DBSnapshots: [taken] = [] } = await rds.send(
      new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: name }),
    );
    if (taken?.Status === "available") break;
    await sleep(20);
  }
  const seconds = (performance.now() - began) / 1000;
  await instanceIs({ rds }, "bench", "available");
  if (isDeletedAfterwards) await rds.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: name }));
  return seconds;
}

export async function restoreOnce({ rds }: Cloud, name: string): Promise<number> {
  const began = performance.now();
  await rds.send(
    new RestoreDBInstanceFromDBSnapshotCommand({ DBInstanceIdentifier: name, DBSnapshotIdentifier: "bench" }),
  );
  for (;;) {
    const { DBInstances: [instance] = [] } = await rds.send(
      new DescribeDBInstancesCommand({ DBInstanceIdentifier: name }),
    );
    if (instance?.DBInstanceStatus === "available") break;
    await sleep(20);
  }
  const seconds = (performance.now() - began) / 1000;
  await rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: name, SkipFinalSnapshot: true }));
  await instanceIsGone({ rds }, name);
  return seconds;
}

/** The longest time without a response for a client that queries continuously. */
async function gapAround(cloud: Cloud, name: string, change: (name: string) => Promise<unknown>): Promise<number> {
  const instance = await create(cloud, name, "17.9");
  const moments: number[] = [];
  let isOver = false;
  const asking = (async () => {
    let client: Client | undefined;
    while (!isOver) {
      try {
        client ??= await connect(instance);
        await client.query("select 1");
        moments.push(performance.now());
      } catch {
        await client?.end().catch(() => undefined);
        client = undefined;
      }
      await sleep(2);
    }
    await client?.end();
  })();
  await sleep(200);
  await change(name);
  await instanceIs(cloud, name, "available");
  await sleep(200);
  isOver = true;
  await asking;
  await cloud.rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: name, SkipFinalSnapshot: true }));
  await instanceIsGone(cloud, name);
  return Math.max(...moments.slice(1).map((moment, index) => moment - moments[index]!)) / 1000;
}

async function connect(instance: DBInstance): Promise<Client> {
  const client = new Client({
    ...login,
    host: "127.0.0.1",
    port: instance.Endpoint!.Port!,
    database: "postgres",
    ssl: { rejectUnauthorized: false },
  });
  client.on("error", () => undefined);
  await client.connect();
  return client;
}
