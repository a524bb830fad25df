import { CreateDBInstanceCommand, DeleteDBInstanceCommand, DescribeDBInstancesCommand, DescribeEventsCommand, RestoreDBInstanceToPointInTimeCommand } from "@aws-sdk/client-rds";
import { setTimeout as sleep } from "node:timers/promises";
import { instanceIs, instanceIsGone, startCloud, type Cloud } from "../../cloud";
import { asMaster, connect, small } from "./database-client";

let cloud: Cloud;

beforeAll(async () => {
  cloud = await startCloud();
  await cloud.rds.send(new CreateDBInstanceCommand({ ...small, DBInstanceIdentifier: "orders", BackupRetentionPeriod: 7, DBName: "app" }));
  await instanceIs(cloud, "orders", "available");
});
afterAll(async () => cloud?.stop());

const describe_ = async (name: string) => (await cloud.rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: name }))).DBInstances![0]!;
const restoreTo = (TargetDBInstanceIdentifier: string, RestoreTime: Date, more: object = {}) => cloud.rds.send(new RestoreDBInstanceToPointInTimeCommand({ SourceDBInstanceIdentifier: "orders", TargetDBInstanceIdentifier, RestoreTime, ...more }));

async function restorable(until: Date): Promise<void> {
  for (const deadline = Date.now() + 20_000; ; await sleep(200)) {
    const { LatestRestorableTime: latest } = await describe_("orders");
    if (latest && latest >= until) return;
    if (Date.now() > deadline) throw new Error(`${String(latest?.toISOString())} is the latest restorable time, not ${until.toISOString()}`);
  }
}

async function remove(name: string): Promise<void> {
  await cloud.rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: name, SkipFinalSnapshot: true }));
  await instanceIsGone(cloud, name);
}

test("a restore to a second between two commits has the earlier and not the later", async () => {
  const orders = await describe_("orders");
  const client = await connect(cloud, orders);
  await client.query("create table marker (name text)");
  await client.query("insert into marker values ('before')");
  const target = new Date(Math.ceil(Date.now() / 1000) * 1000 + 1000);
  await sleep(target.getTime() - Date.now() + 500);
  await client.query("insert into marker values ('after')");
  await client.end();
  await restorable(target);
  expect((await restoreTo("earlier", target)).DBInstance).toMatchObject({ DBInstanceStatus: "creating", MasterUsername: "shipmaster", DBName: "app", BackupRetentionPeriod: 7 });
  const earlier = await instanceIs(cloud, "earlier", "available");
  expect(await asMaster(cloud, earlier, "select name from marker")).toEqual([{ name: "before" }]);
  const { Events } = await cloud.rds.send(new DescribeEventsCommand({ SourceType: "db-instance", SourceIdentifier: "earlier" }));
  expect(Events!.map(({ Message }) => Message)).toContainEqual(expect.stringContaining(`Restored from DB instance orders to ${target.toISOString()}`));
  await remove("earlier");
});
