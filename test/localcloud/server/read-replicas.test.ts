import {
  CreateDBInstanceCommand,
  CreateDBInstanceReadReplicaCommand,
  CreateDBSnapshotCommand,
  DeleteDBInstanceCommand,
  ModifyDBInstanceCommand,
  PromoteReadReplicaCommand,
  StopDBInstanceCommand,
} from "@aws-sdk/client-rds";
import { instanceIs, startCloud, type Cloud } from "../../cloud";
import { until } from "../../until";
import { backupClient } from "./backup-client";
import { asMaster, small } from "./database-client";

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
  await onSource("create table orders (id int primary key); insert into orders select generate_series(1, 1000)");
});
afterAll(async () => cloud?.stop());

const on = async (name: string, sql: string) => asMaster(cloud, await instanceIs(cloud, name, "available"), sql);
const onSource = (sql: string) => on("orders", sql);
const replicate = (name: string, more: object = {}) =>
  cloud.rds.send(
    new CreateDBInstanceReadReplicaCommand({
      DBInstanceIdentifier: name,
      SourceDBInstanceIdentifier: "orders",
      ...more,
    }),
  );
const modify = (name: string, more: object) =>
  cloud.rds.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: name, ApplyImmediately: true, ...more }));
/** Waits until the replica shows so many orders. */
const shows = (name: string, count: number) =>
  until(`${name} shows ${count} orders`, async () => {
    const [row] = await on(name, "select count(*)::int as count from orders");
    return row.count === count;
  });

test("a server killed while it creates a replica finishes it; the replica follows, read-only, and its lag shows", async () => {
  await replicate("orders-reader", { DBInstanceClass: "db.t4g.micro", Tags: [{ Key: "use", Value: "reports" }] });
  await cloud.kill("SIGKILL");
  await cloud.restart();
  await instanceIs(cloud, "orders-reader", "available");
  expect(await rds.describe("orders")).toMatchObject({ ReadReplicaDBInstanceIdentifiers: ["orders-reader"] });
  expect(await rds.describe("orders-reader")).toMatchObject({
    ReadReplicaSourceDBInstanceIdentifier: "orders",
    ReadReplicaDBInstanceIdentifiers: [],
    StatusInfos: [{ StatusType: "read replication", Normal: true, Status: "replicating" }],
    EngineVersion: "17.9",
    MasterUsername: "shipmaster",
    BackupRetentionPeriod: 0,
    TagList: [{ Key: "use", Value: "reports" }],
  });
  await onSource("insert into orders values (1001)");
  await shows("orders-reader", 1001);
  await expect(on("orders-reader", "insert into orders values (0)")).rejects.toMatchObject({ code: "25006" });
  const [lag] = await onSource(
    "select application_name, state, pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn) is not null as measured, ssl from pg_stat_replication join pg_stat_ssl using (pid)",
  );
  expect(lag).toEqual({ application_name: "orders-reader", state: "streaming", measured: true, ssl: true });
  const [setting] = await on("orders-reader", "select current_setting('primary_conninfo') as connection");
  expect(setting.connection).not.toMatch(/password=/);
  expect(await rds.events("orders-reader")).toContain("Replication for the Read Replica resumed");
});

test("replication goes on while the server is killed, and after a new one has adopted both", async () => {
  await cloud.kill("SIGKILL");
  await cloud.restart();
  await onSource("insert into orders values (1002)");
  await shows("orders-reader", 1002);
});

test("what would part a replica from its source is refused", async () => {
  const refused = async (call: Promise<unknown>, name: string, message: RegExp) =>
    expect(call).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
  const secret = { MasterUserPassword: "another-horse-battery" };
  const snapshot = { DBInstanceIdentifier: "orders-reader", DBSnapshotIdentifier: "reader" };
  const combination = "InvalidParameterCombination";
  const state = "InvalidDBInstanceStateFault";
  await refused(modify("orders-reader", secret), combination, /cannot differ from its parent/);
  await refused(modify("orders-reader", { BackupRetentionPeriod: 1 }), combination, /no backups of a read replica/);
  await refused(modify("orders", { BackupRetentionPeriod: 0 }), combination, /is a source to read replicas/);
  await refused(modify("orders", { ManageMasterUserPassword: true }), "InvalidParameterValue", /has read replicas/);
  await refused(
    cloud.rds.send(new StopDBInstanceCommand({ DBInstanceIdentifier: "orders" })),
    state,
    /has the read replicas orders-reader/,
  );
  await refused(
    cloud.rds.send(new StopDBInstanceCommand({ DBInstanceIdentifier: "orders-reader" })),
    state,
    /is a read replica/,
  );
  await refused(cloud.rds.send(new CreateDBSnapshotCommand(snapshot)), state, /takes snapshots of its source only/);
  await refused(
    cloud.rds.send(
      new DeleteDBInstanceCommand({
        DBInstanceIdentifier: "orders-reader",
        FinalDBSnapshotIdentifier: "reader",
      }),
    ),
    combination,
    /can not be specified when deleting a replica/,
  );
  await refused(replicate("cascade", { SourceDBInstanceIdentifier: "orders-reader" }), state, /no cascading ones/);
  await refused(replicate("other-key", { KmsKeyId: "alias/aws/rds" }), combination, /the source's key/);
  await refused(
    cloud.rds.send(new PromoteReadReplicaCommand({ DBInstanceIdentifier: "orders" })),
    state,
    /is not a read replica/,
  );
});

test("a source waits until its replicas have the minor; then it is patched, and its replicas follow it", async () => {
  await modify("orders", { EngineVersion: "17.10" });
  expect(await instanceIs(cloud, "orders", "available")).toMatchObject({
    EngineVersion: "17.9",
    PendingModifiedValues: { EngineVersion: "17.10" },
  });
  expect((await rds.events("orders")).join()).toMatch(/read replicas that need to be upgraded first/);
  await modify("orders-reader", { EngineVersion: "17.10" });
  await instanceIs(cloud, "orders-reader", "available");
  await shows("orders-reader", 1002);
  await modify("orders", { EngineVersion: "17.10" });
  expect(await instanceIs(cloud, "orders", "available")).toMatchObject({
    EngineVersion: "17.10",
    PendingModifiedValues: {},
  });
  await onSource("insert into orders values (1003)");
  await shows("orders-reader", 1003);
});

test("a promoted replica accepts writes and is backed up, and its source keeps nothing for it", async () => {
  await cloud.rds.send(
    new PromoteReadReplicaCommand({ DBInstanceIdentifier: "orders-reader", BackupRetentionPeriod: 2 }),
  );
  await instanceIs(cloud, "orders-reader", "available");
  await on("orders-reader", "insert into orders values (2000)");
  const promoted = await rds.describe("orders-reader");
  expect(promoted.ReadReplicaSourceDBInstanceIdentifier).toBeUndefined();
  expect(promoted.BackupRetentionPeriod).toBe(2);
  await until("it can be restored", async () => (await rds.describe("orders-reader")).LatestRestorableTime);
  expect((await rds.describe("orders")).ReadReplicaDBInstanceIdentifiers).toEqual([]);
  const [slots] = await onSource("select count(*)::int as count from pg_replication_slots");
  expect(slots.count).toBe(0);
  await modify("orders-reader", { MasterUserPassword: "another-horse-battery" });
  await instanceIs(cloud, "orders-reader", "available");
});

test("a source that is deleted leaves its replica as an instance of its own, with everything it had committed", async () => {
  await replicate("orders-second");
  await instanceIs(cloud, "orders-second", "available");
  await onSource("insert into orders values (1004)");
  await rds.remove("orders");
  await until("orders-second is promoted", async () => {
    const { ReadReplicaSourceDBInstanceIdentifier: source, ...replica } = await rds.describe("orders-second");
    return source === undefined && replica.DBInstanceStatus === "available" && !replica.StatusInfos?.length;
  });
  expect(
    await on("orders-second", "insert into orders values (1005) returning (select max(id) from orders) as last"),
  ).toEqual([{ last: 1004 }]);
});
