// Blue/green deployments to another minor. The switchover's server is killed again and again, while a client writes.
import {
  CreateBlueGreenDeploymentCommand,
  CreateDBInstanceCommand,
  CreateDBParameterGroupCommand,
  DeleteBlueGreenDeploymentCommand,
  DescribeBlueGreenDeploymentsCommand,
  ModifyDBParameterGroupCommand,
  SwitchoverBlueGreenDeploymentCommand,
  type BlueGreenDeployment,
} from "@aws-sdk/client-rds";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { instanceIs, instanceIsGone, startCloud, type Cloud } from "../../cloud";
import { until } from "../../until";
import { backupClient } from "./backup-client";
import { asMaster, small } from "./database-client";
import { steadyWriter } from "./steady-writer";

let cloud: Cloud;
let rds: ReturnType<typeof backupClient>;
let arn: string;

beforeAll(async () => {
  cloud = await startCloud();
  rds = backupClient(cloud);
  const group = { DBParameterGroupName: "prepared", DBParameterGroupFamily: "postgres17", Description: "for both" };
  await cloud.rds.send(new CreateDBParameterGroupCommand(group));
  const parameter = { ParameterName: "max_prepared_transactions", ParameterValue: "5" };
  await cloud.rds.send(
    new ModifyDBParameterGroupCommand({
      DBParameterGroupName: "prepared",
      Parameters: [{ ...parameter, ApplyMethod: "pending-reboot" }],
    }),
  );
  await cloud.rds.send(
    new CreateDBInstanceCommand({
      ...small,
      DBInstanceIdentifier: "orders",
      EngineVersion: "17.9",
      DBParameterGroupName: "prepared",
      BackupRetentionPeriod: 1,
      Tags: [{ Key: "owner", Value: "team-orders" }],
    }),
  );
  await on("orders", "create table written (id int primary key)");
  arn = (await rds.describe("orders")).DBInstanceArn!;
});
afterAll(async () => cloud?.stop());

const on = async (name: string, sql: string) => asMaster(cloud, await instanceIs(cloud, name, "available"), sql);
const create = async (more: object = {}) =>
  (
    await cloud.rds.send(
      new CreateBlueGreenDeploymentCommand({
        BlueGreenDeploymentName: "minor",
        Source: arn,
        TargetEngineVersion: "17.10",
        TargetDBParameterGroupName: "prepared",
        ...more,
      }),
    )
  ).BlueGreenDeployment!;
const look = async (id: string): Promise<BlueGreenDeployment> =>
  (await cloud.rds.send(new DescribeBlueGreenDeploymentsCommand({ BlueGreenDeploymentIdentifier: id })))
    .BlueGreenDeployments![0]!;
const has = (id: string, status: string) =>
  until(`${id} is ${status}`, async () => ((await look(id)).Status === status ? look(id) : undefined));
const switchOver = (id: string, SwitchoverTimeout?: number) =>
  cloud.rds.send(
    new SwitchoverBlueGreenDeploymentCommand({
      BlueGreenDeploymentIdentifier: id,
      ...(SwitchoverTimeout && { SwitchoverTimeout }),
    }),
  );
const nameOf = (one: string | undefined) => one!.split(":").at(-1)!;

const order = ["guard", "stop", "promote", "move", "SWITCHOVER_COMPLETED"];

/** As its record has it, which a killed server has left. */
function phase(): string {
  const folder = join(cloud.dataFolder, "cloud", "blue-green-deployments");
  const [file = ""] = readdirSync(folder).filter((name) => name.endsWith(".json"));
  const { record } = JSON.parse(readFileSync(join(folder, file), "utf8")) as {
    record: { status: string; switchover?: { phase: string } };
  };
  return record.switchover?.phase ?? record.status;
}

test("what the embedded cloud cannot switch over is refused, and so is a switchover before green is ready", async () => {
  const refused = (call: Promise<unknown>, name: string, message: RegExp) =>
    expect(call).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
  await refused(create({ TargetEngineVersion: "18.4" }), "SourceDatabaseNotSupportedFault", /logical replication/);
  await refused(create({ TargetEngineVersion: "17.8" }), "InvalidParameterCombination", /Cannot upgrade postgres/);
  await refused(look("bgd-0000000000000000"), "BlueGreenDeploymentNotFoundFault", /not found/);
});

test("green is a replica with the new minor, and can be thrown away", async () => {
  const { BlueGreenDeploymentIdentifier: id = "", Status } = await create();
  expect(Status).toBe("PROVISIONING");
  await expect(switchOver(id)).rejects.toMatchObject({ name: "InvalidBlueGreenDeploymentStateFault" });
  await expect(create({ BlueGreenDeploymentName: "other" })).rejects.toMatchObject({
    name: "SourceDatabaseNotSupportedFault",
  });
  const { Target, Tasks, Source } = await has(id, "AVAILABLE");
  expect(Source).toBe(arn);
  expect(Tasks!.map(({ Status: status }) => status)).toEqual(["COMPLETED", "COMPLETED"]);
  const green = nameOf(Target);
  expect(green).toMatch(/^orders-green-[a-z0-9]{6}$/);
  expect(await rds.describe(green)).toMatchObject({ EngineVersion: "17.10", DBInstanceStatus: "available" });
  await expect(on(green, "insert into written values (0)")).rejects.toMatchObject({ code: "25006" });
  await expect(switchOver(id, 29)).rejects.toMatchObject({ name: "InvalidParameterValue" });
  await cloud.rds.send(new DeleteBlueGreenDeploymentCommand({ BlueGreenDeploymentIdentifier: id, DeleteTarget: true }));
  await instanceIsGone(cloud, green);
  expect(await on("orders", "select count(*)::int as slots from pg_replication_slots")).toEqual([{ slots: 0 }]);
});

test("a prepared transaction stops a switchover at its guardrail; killed in each phase, it ends with green alone on the endpoint and loses no acknowledged row", async () => {
  const { BlueGreenDeploymentIdentifier: id = "" } = await create();
  await has(id, "AVAILABLE");
  const before = await rds.describe("orders");
  const port = before.Endpoint!.Port!;
  const client = steadyWriter(cloud, port);
  await until("it writes", () => client.acknowledged.length > 20);

  await on("orders", "begin; insert into written values (-1); prepare transaction 'left'");
  await switchOver(id);
  expect(await has(id, "SWITCHOVER_FAILED")).toMatchObject({
    StatusDetails: "Switchover guardrail: prepared transactions on orders.",
  });
  await on("orders", "rollback prepared 'left'");

  const killedIn: string[] = [];
  await switchOver(id);
  for (const wanted of order.slice(0, -1)) {
    while (order.indexOf(phase()) < order.indexOf(wanted)) await sleep(1);
    await cloud.kill("SIGKILL");
    killedIn.push(phase());
    await cloud.restart();
  }
  const { Source, Target } = await has(id, "SWITCHOVER_COMPLETED");
  expect([nameOf(Source), nameOf(Target)]).toEqual(["orders-old1", "orders"]);
  const count = client.acknowledged.length;
  await until("it writes to green", () => client.acknowledged.length > count + 20);
  await client.stop();

  const after = await instanceIs(cloud, "orders", "available");
  expect(after).toMatchObject({ EngineVersion: "17.10", TagList: before.TagList, BackupRetentionPeriod: 1 });
  expect(after.Endpoint!.Port).toBe(port);
  expect(after.DbiResourceId).not.toBe(before.DbiResourceId);
  expect(after.ReadReplicaSourceDBInstanceIdentifier).toBeUndefined();
  const rows = (await on("orders", "select id from written")) as { id: number }[];
  const there = new Set(rows.map(({ id: row }) => row));
  expect(client.acknowledged.filter((row) => !there.has(row))).toEqual([]);
  // On a busy machine a phase can be over before the kill arrives.
  expect(new Set(killedIn).size).toBeGreaterThan(2);

  const old = await instanceIs(cloud, "orders-old1", "available");
  expect(old).toMatchObject({ EngineVersion: "17.9", DbiResourceId: before.DbiResourceId });
  expect(old.Endpoint!.Port).not.toBe(port);
  await expect(on("orders-old1", "insert into written values (0)")).rejects.toMatchObject({ code: "25006" });
  await expect(
    cloud.rds.send(new DeleteBlueGreenDeploymentCommand({ BlueGreenDeploymentIdentifier: id, DeleteTarget: true })),
  ).rejects.toMatchObject({ name: "InvalidBlueGreenDeploymentStateFault" });
  await cloud.rds.send(new DeleteBlueGreenDeploymentCommand({ BlueGreenDeploymentIdentifier: id }));
});
