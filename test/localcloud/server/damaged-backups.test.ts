import {
  CreateDBInstanceCommand,
  CreateDBSnapshotCommand,
  DescribeDBSnapshotsCommand,
  RestoreDBInstanceFromDBSnapshotCommand,
  type DBInstance,
} from "@aws-sdk/client-rds";
import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { instanceIs, startCloud, type Cloud } from "../../cloud";

import { backupClient, nextWholeSecond } from "./backup-client";
import { asMaster, connect, small } from "./database-client";
import { callOwn } from "./own-endpoint";

let cloud: Cloud;
let rds: ReturnType<typeof backupClient>;
let orders: DBInstance;

beforeAll(async () => {
  cloud = await startCloud();
  rds = backupClient(cloud);
  await cloud.rds.send(
    new CreateDBInstanceCommand({ ...small, DBInstanceIdentifier: "orders", BackupRetentionPeriod: 1 }),
  );
  orders = await instanceIs(cloud, "orders", "available");
});
afterAll(async () => cloud?.stop());

const archive = () => join(rds.backupsFolder(orders), "wal");
const baseBackup = () =>
  join(rds.backupsFolder(orders), "base", readdirSync(join(rds.backupsFolder(orders), "base"))[0]!);
const foldersOfDatabases = () =>
  readdirSync(join(cloud.dataFolder, "databases")).filter((name) => name.startsWith("db-"));

/** The restore ends in `incompatible-restore`, says why, leaves only its record, and can be deleted. */
async function failsToRestore(name: string, why: RegExp): Promise<void> {
  const before = foldersOfDatabases();
  await rds.restoreTo("orders", name, "latest");
  const broken = await instanceIs(cloud, name, "incompatible-restore");
  expect(broken.Endpoint).toBeUndefined();
  expect(await rds.events(name)).toContainEqual(expect.stringMatching(why));
  expect(foldersOfDatabases()).toEqual(before);
  await rds.remove(name);
}

test("a missing WAL segment is reported", async () => {
  const client = await connect(cloud, orders);
  await client.query("create table filler as select i, repeat('x', 500) as text from generate_series(1, 10000) i");
  await client.end();
  await rds.restorable("orders", await nextWholeSecond());
  const segments = readdirSync(archive())
    .filter((name) => /^[0-9A-F]{24}$/.test(name))
    .sort();
  const missing = segments.at(-3)!;
  renameSync(join(archive(), missing), join(archive(), "elsewhere"));
  await failsToRestore("without-segment", new RegExp(`WAL segment ${missing} is missing from the archive`));
  renameSync(join(archive(), "elsewhere"), join(archive(), missing));
});

test("a base backup with a truncated, missing or changed file is reported", async () => {
  const file = readdirSync(join(baseBackup(), "data", "base", "5")).find((name) => /^\d+$/.test(name))!;
  const path = join(baseBackup(), "data", "base", "5", file);
  const whole = readFileSync(path);
  truncateSync(path, Math.max(whole.length - 8192, 0));
  await failsToRestore("cut-off", new RegExp(`data/base/5/${file} has \\d+ bytes instead of ${whole.length}`));
  const handle = openSync(path, "r+");
  writeSync(handle, whole);
  closeSync(handle);

  flipByte(join(baseBackup(), "data", "global", "pg_filenode.map"), 8);
  await failsToRestore("changed", /pg_filenode\.map is not what was backed up/);
  flipByte(join(baseBackup(), "data", "global", "pg_filenode.map"), 8);

  await rds.restoreTo("orders", "mended", "latest");
  await instanceIs(cloud, "mended", "available");
  await rds.remove("mended");
});

test("a corrupt page prevents a backup, is reported in an event, and leaves the earlier backup", async () => {
  await asMaster(cloud, orders, "create table accounts as select i, md5(i::text) from generate_series(1, 2000) i");
  const [{ path }] = (await asMaster(cloud, orders, "select pg_relation_filepath('accounts') as path")) as [
    { path: string },
  ];
  await asMaster(cloud, orders, "checkpoint");
  const { instances } = (await callOwn(cloud, "GET", "/shipshape/status")).body as {
    instances: { identifier: string; dataFolder: string }[];
  };
  flipByte(join(instances.find(({ identifier }) => identifier === "orders")!.dataFolder, path), 8192 + 4000);
  await cloud.rds.send(
    new CreateDBSnapshotCommand({ DBInstanceIdentifier: "orders", DBSnapshotIdentifier: "tainted" }),
  );
  await instanceIs(cloud, "orders", "available");
  const { DBSnapshots } = await cloud.rds.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: "tainted" }));
  expect(DBSnapshots).toMatchObject([{ Status: "failed" }]);
  expect(await rds.events("orders")).toContainEqual(
    expect.stringMatching(new RegExp(`The backup failed.*checksum verification failed in file ".*${path}", block 1`)),
  );
  await expect(
    cloud.rds.send(
      new RestoreDBInstanceFromDBSnapshotCommand({ DBInstanceIdentifier: "never", DBSnapshotIdentifier: "tainted" }),
    ),
  ).rejects.toMatchObject({ name: "InvalidDBSnapshotStateFault" });
  expect(readdirSync(join(rds.backupsFolder(orders), "base"))).toHaveLength(1);
});

test("without its base backup nothing is restored", async () => {
  rmSync(baseBackup(), { recursive: true });
  await failsToRestore("without-base", /base backup .* is not there/);
});

function flipByte(path: string, offset: number): void {
  const file = openSync(path, "r+");
  const byte = Buffer.alloc(1);
  readSync(file, byte, 0, 1, offset);
  writeSync(file, Buffer.from([byte[0]! ^ 0xff]), 0, 1, offset);
  closeSync(file);
}
