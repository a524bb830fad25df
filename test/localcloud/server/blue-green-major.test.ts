// A blue/green deployment to another major, by logical replication between real servers, while a client writes.
import {
  CreateBlueGreenDeploymentCommand,
  CreateDBInstanceCommand,
  CreateDBParameterGroupCommand,
  DeleteBlueGreenDeploymentCommand,
  DescribeBlueGreenDeploymentsCommand,
  ModifyDBParameterGroupCommand,
  RebootDBInstanceCommand,
  SwitchoverBlueGreenDeploymentCommand,
} from "@aws-sdk/client-rds";
import { instanceIs, instanceIsGone, startCloud, type Cloud } from "../../cloud";
import { until } from "../../until";
import { asMaster, small } from "./database-client";
import { steadyWriter } from "./steady-writer";

let cloud: Cloud;
let arn: string;

const on = async (name: string, sql: string) => asMaster(cloud, await instanceIs(cloud, name, "available"), sql);
const look = async (id: string) =>
  (await cloud.rds.send(new DescribeBlueGreenDeploymentsCommand({ BlueGreenDeploymentIdentifier: id })))
    .BlueGreenDeployments![0]!;
const has = (id: string, status: string) =>
  until(`${id} is ${status}`, async () => ((await look(id)).Status === status ? look(id) : undefined));
const create = (more: object = {}) =>
  cloud.rds.send(
    new CreateBlueGreenDeploymentCommand({
      ...{ BlueGreenDeploymentName: "major", Source: arn, TargetEngineVersion: "17.10" },
      ...{ TargetDBParameterGroupName: "newer", ...more },
    }),
  );
const switchOver = (BlueGreenDeploymentIdentifier: string) =>
  cloud.rds.send(new SwitchoverBlueGreenDeploymentCommand({ BlueGreenDeploymentIdentifier }));

beforeAll(async () => {
  cloud = await startCloud();
  for (const [DBParameterGroupName, family] of [
    ["older", "postgres16"],
    ["newer", "postgres17"],
  ])
    await cloud.rds.send(
      new CreateDBParameterGroupCommand({
        ...{ DBParameterGroupName, DBParameterGroupFamily: family, Description: "of the test" },
      }),
    );
  const created = await cloud.rds.send(
    new CreateDBInstanceCommand({
      ...{ ...small, DBInstanceIdentifier: "orders", EngineVersion: "16.14", DBParameterGroupName: "older" },
      BackupRetentionPeriod: 1,
    }),
  );
  arn = created.DBInstance!.DBInstanceArn!;
  await on(
    "orders",
    `create table written (id int primary key);
     create schema shop; create table shop.line (id int generated always as identity primary key, note text);
     insert into shop.line (note) select 'n' || i from generate_series(1, 5000) i; create index on shop.line (note);
     create role clerk login password 'clerk-clerk-clerk'; grant usage on schema shop to clerk;
     grant select, insert on shop.line to clerk; alter role clerk set search_path = shop, public;
     create schema checks; create extension amcheck schema checks; grant execute on function checks.bt_index_check(regclass) to clerk;
     create extension pg_trgm; create sequence shop.numbers; select setval('shop.numbers', 4711)`,
  );
});
afterAll(async () => cloud?.stop());

test("without logical replication in effect, or with a group of the wrong family, RDS makes no green of another major", async () => {
  await expect(create()).rejects.toMatchObject({
    ...{ name: "SourceDatabaseNotSupportedFault", message: expect.stringContaining("rds.logical_replication") },
  });
  const Parameters = [
    { ParameterName: "rds.logical_replication", ParameterValue: "1", ApplyMethod: "pending-reboot" as const },
  ];
  await cloud.rds.send(new ModifyDBParameterGroupCommand({ DBParameterGroupName: "older", Parameters }));
  await expect(create()).rejects.toMatchObject({ name: "SourceDatabaseNotSupportedFault" });
  await cloud.rds.send(new RebootDBInstanceCommand({ DBInstanceIdentifier: "orders" }));
  await instanceIs(cloud, "orders", "available");
  await expect(create({ TargetDBParameterGroupName: "older" })).rejects.toMatchObject({
    name: "InvalidParameterCombination",
  });
});

test("green has roles, schema and rows, only reads, and goes without a trace on blue", async () => {
  const { BlueGreenDeployment: { BlueGreenDeploymentIdentifier: id = "" } = {} } = await create();
  const { Target } = await has(id, "AVAILABLE");
  const green = Target!.split(":").at(-1)!;
  expect(await instanceIs(cloud, green, "available")).toMatchObject({ EngineVersion: "17.10" });
  const found = `select count(*)::int as lines, has_table_privilege('clerk', 'shop.line', 'insert') as may,
    (select count(*)::int from pg_extension) as extensions, has_function_privilege('clerk', 'checks.bt_index_check(regclass)', 'execute') as checks,
    pg_has_role('rds_superuser', 'pg_read_all_data', 'usage') as "seesAll", (select rolconfig from pg_roles where rolname = 'clerk') as set
    from shop.line`;
  expect(await on(green, found)).toEqual(await on("orders", found));
  await expect(on(green, "insert into written values (0)")).rejects.toMatchObject({ code: "25006" });
  await cloud.rds.send(new DeleteBlueGreenDeploymentCommand({ BlueGreenDeploymentIdentifier: id, DeleteTarget: true }));
  await instanceIsGone(cloud, green);
  const traces = `select (select count(*)::int from pg_replication_slots) as slots, (select count(*)::int from pg_publication) as published,
    (select count(*)::int from pg_roles where rolname = 'rdsrepladmin' and rolsuper) as mighty`;
  await until("blue keeps nothing for it", async () => {
    const [row] = (await on("orders", traces)) as { slots: number; published: number; mighty: number }[];
    return row!.slots + row!.published + row!.mighty === 0;
  });
});

test("DDL on blue stops a switchover, which changes nothing; another deployment has it, and loses no acknowledged row", async () => {
  const first = (await create()).BlueGreenDeployment!.BlueGreenDeploymentIdentifier!;
  await has(first, "AVAILABLE");
  const before = await instanceIs(cloud, "orders", "available");
  const client = steadyWriter(cloud, before.Endpoint!.Port!);
  await until("it writes", () => client.acknowledged.length > 20);
  await on("orders", "alter table shop.line add column late text");
  await switchOver(first);
  expect((await has(first, "SWITCHOVER_FAILED")).StatusDetails).toContain("replication is degraded");
  expect(await instanceIs(cloud, "orders", "available")).toMatchObject({ EngineVersion: "16.14" });
  await cloud.rds.send(
    new DeleteBlueGreenDeploymentCommand({ BlueGreenDeploymentIdentifier: first, DeleteTarget: true }),
  );

  const second = (await create({ BlueGreenDeploymentName: "again" })).BlueGreenDeployment!;
  const id = second.BlueGreenDeploymentIdentifier!;
  await has(id, "AVAILABLE");
  await on("orders", "insert into shop.line (note, late) values ('last', 'yes'); select nextval('shop.numbers')");
  const port = (await instanceIs(cloud, "orders", "available")).Endpoint!.Port;
  await switchOver(id);
  await has(id, "SWITCHOVER_COMPLETED");
  const count = client.acknowledged.length;
  await until("it writes to green", () => client.acknowledged.length > count + 20);
  await client.stop();
  process.stderr.write(`gap of the client: ${client.gapMilliseconds()} ms\n`);
  const after = await instanceIs(cloud, "orders", "available");
  expect(after).toMatchObject({ EngineVersion: "17.10", Endpoint: { Port: port } });
  expect(after.DbiResourceId).not.toBe(before.DbiResourceId);
  const rows = (await on("orders", "select id from written")) as { id: number }[];
  const there = new Set(rows.map(({ id: row }) => row));
  expect(client.acknowledged.filter((row) => !there.has(row))).toEqual([]);
  expect(
    await on(
      "orders",
      `insert into shop.line (note) values ('new') returning id > 5001 as next, nextval('shop.numbers')::int as number,
        (select late from shop.line where note = 'last') as late`,
    ),
  ).toEqual([{ next: true, number: 4713, late: "yes" }]);
  expect(await on("orders", "select count(*)::int as n from pg_subscription_rel")).toEqual([{ n: 0 }]);
  const old = await instanceIs(cloud, "orders-old1", "available");
  expect(old).toMatchObject({ EngineVersion: "16.14", DbiResourceId: before.DbiResourceId });
  await expect(on("orders-old1", "insert into written values (0)")).rejects.toMatchObject({ code: "25006" });
});
