import { CreateDBInstanceCommand, CreateDBSnapshotCommand, DescribeDBSnapshotsCommand } from "@aws-sdk/client-rds";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { instanceIs, startCloud, type Cloud } from "../../cloud";
import { backupClient, nextWholeSecond } from "./backup-client";
import { asMaster, connect, small } from "./database-client";

let cloud: Cloud;
let rds: ReturnType<typeof backupClient>;

beforeAll(async () => {
  cloud = await startCloud();
  rds = backupClient(cloud);
  await cloud.rds.send(
    new CreateDBInstanceCommand({ ...small, DBInstanceIdentifier: "orders", BackupRetentionPeriod: 1 }),
  );
  const client = await connect(cloud, await instanceIs(cloud, "orders", "available"));
  await client.query("create table filler as select i, repeat('x', 500) as text from generate_series(1, 60000) i");
  await client.end();
});
afterAll(async () => cloud?.stop());

const partials = () =>
  readdirSync(join(cloud.dataFolder, "databases"), { recursive: true, encoding: "utf8" }).filter(
    (name) => name.endsWith(".partial") && /^(backups|snapshots)/.test(name),
  );

async function killAfter(milliseconds: number): Promise<void> {
  await sleep(milliseconds);
  await cloud.kill("SIGKILL");
  await cloud.restart();
  rds = backupClient(cloud);
}

// Spread over the time it takes, from before the copy until the manifest is written.
test.each([0, 60, 250])(
  "a server killed %d ms into a snapshot finishes it completely after its restart",
  async (milliseconds) => {
    const name = `taken-${milliseconds}`;
    await cloud.rds.send(new CreateDBSnapshotCommand({ DBInstanceIdentifier: "orders", DBSnapshotIdentifier: name }));
    await killAfter(milliseconds);
    await instanceIs(cloud, "orders", "available");
    const { DBSnapshots } = await cloud.rds.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: name }));
    expect(DBSnapshots).toMatchObject([{ Status: "available" }]);
    expect(partials()).toEqual([]);
  },
);

test.each([0, 120, 500])(
  "a server killed %d ms into a restore finishes it after its restart, with every row",
  async (milliseconds) => {
    const name = `restored-${milliseconds}`;
    await rds.restorable("orders", await nextWholeSecond());
    await rds.restoreTo("orders", name, "latest");
    await killAfter(milliseconds);
    const restored = await instanceIs(cloud, name, "available");
    expect(await asMaster(cloud, restored, "select count(*)::int, sum(i)::bigint::text from filler")).toEqual([
      { count: 60_000, sum: "1800030000" },
    ]);
    expect(
      readdirSync(join(cloud.dataFolder, "databases", restored.DbiResourceId!)).filter((left) =>
        left.startsWith("copy-"),
      ),
    ).toEqual([]);
    await rds.restorable(name, await nextWholeSecond());
    await rds.remove(name);
  },
);
