import {
  CreateDBInstanceCommand,
  CreateDBParameterGroupCommand,
  DeleteDBParameterGroupCommand,
  DescribeDBParametersCommand,
  DescribeEngineDefaultParametersCommand,
  DescribeEventsCommand,
  ModifyDBInstanceCommand,
  ModifyDBParameterGroupCommand,
  RebootDBInstanceCommand,
  ResetDBParameterGroupCommand,
  type Parameter,
} from "@aws-sdk/client-rds";
import { Client } from "pg";
import { instanceIs, startCloud, type Cloud } from "../../cloud";
import { asMaster, connect, small } from "./database-client";

let cloud: Cloud;

beforeAll(async () => {
  cloud = await startCloud();
  await cloud.rds.send(
    new CreateDBParameterGroupCommand({
      DBParameterGroupName: "tuned",
      DBParameterGroupFamily: "postgres17",
      Description: "for tests",
    }),
  );
  await cloud.rds.send(
    new CreateDBInstanceCommand({ ...small, DBInstanceIdentifier: "orders", DBParameterGroupName: "tuned" }),
  );
  await instanceIs(cloud, "orders", "available");
});
afterAll(async () => cloud?.stop());

const set = (
  ParameterName: string,
  ParameterValue: string,
  ApplyMethod: "immediate" | "pending-reboot" = "immediate",
) =>
  cloud.rds.send(
    new ModifyDBParameterGroupCommand({
      DBParameterGroupName: "tuned",
      Parameters: [{ ParameterName, ParameterValue, ApplyMethod }],
    }),
  );
const applyStatus = async () =>
  (await instanceIs(cloud, "orders", "available")).DBParameterGroups![0]!.ParameterApplyStatus;
const shown = async (name: string) =>
  (
    await asMaster(cloud, await instanceIs(cloud, "orders", "available"), `select current_setting('${name}') as value`)
  )[0].value as string;
const reboot = async () => {
  await cloud.rds.send(new RebootDBInstanceCommand({ DBInstanceIdentifier: "orders" }));
  await instanceIs(cloud, "orders", "available");
};

async function parameters(source?: string): Promise<Parameter[]> {
  const found: Parameter[] = [];
  for (let marker: string | undefined; ;) {
    const page = await cloud.rds.send(
      new DescribeDBParametersCommand({ DBParameterGroupName: "tuned", Source: source, Marker: marker }),
    );
    found.push(...page.Parameters!);
    marker = page.Marker;
    if (marker === undefined) return found;
  }
}

test("a dynamic parameter takes effect in the running server as soon as the call returns", async () => {
  await set("log_min_duration_statement", "1000");
  expect(await shown("log_min_duration_statement")).toBe("1s");
  expect(await applyStatus()).toBe("in-sync");
});

test("rds.force_ssl decides whether a connection without TLS is accepted", async () => {
  const { Endpoint, MasterUsername } = await instanceIs(cloud, "orders", "available");
  const plain = async () => {
    const client = new Client({
      host: Endpoint!.Address!,
      port: Endpoint!.Port!,
      user: MasterUsername!,
      password: small.MasterUserPassword,
      database: "postgres",
      ssl: false,
    });
    await client.connect();
    await client.end();
  };
  await set("rds.force_ssl", "1");
  await expect(plain()).rejects.toMatchObject({ code: "28000" });
  await set("rds.force_ssl", "0");
  await plain();
});

test("a static parameter waits for a reboot, and is shown as pending", async () => {
  await set("track_commit_timestamp", "1", "pending-reboot");
  expect(await applyStatus()).toBe("pending-reboot");
  expect(await shown("track_commit_timestamp")).toBe("off");
  await reboot();
  expect(await applyStatus()).toBe("in-sync");
  expect(await shown("track_commit_timestamp")).toBe("on");
});

test("a dynamic parameter with pending-reboot waits for the reboot", async () => {
  await set("log_lock_waits", "1", "pending-reboot");
  expect(await shown("log_lock_waits")).toBe("off");
  expect(await applyStatus()).toBe("pending-reboot");
  await reboot();
  expect(await shown("log_lock_waits")).toBe("on");
});

test("a library this PostgreSQL lacks is left out, and the event log names it", async () => {
  await set("shared_preload_libraries", "pg_stat_statements,pgaudit", "pending-reboot");
  await set("pgaudit.log", "ddl,role");
  await reboot();
  expect(await shown("shared_preload_libraries")).toContain("pg_stat_statements");
  const { Events } = await cloud.rds.send(
    new DescribeEventsCommand({
      SourceType: "db-instance",
      SourceIdentifier: "orders",
      EventCategories: ["configuration change"],
    }),
  );
  expect(Events!.map((event) => event.Message).join("\n")).toMatch(/shared_preload_libraries.*pgaudit/);
});

test("DescribeDBParameters distinguishes set values from defaults; Reset restores the default", async () => {
  expect(
    (await parameters("user")).map(({ ParameterName, ParameterValue, ApplyMethod, ApplyType }) => [
      ParameterName,
      ParameterValue,
      ApplyMethod,
      ApplyType,
    ]),
  ).toEqual([
    ["log_lock_waits", "1", "pending-reboot", "dynamic"],
    ["log_min_duration_statement", "1000", "immediate", "dynamic"],
    ["pgaudit.log", "ddl,role", "immediate", "dynamic"],
    ["rds.force_ssl", "0", "immediate", "dynamic"],
    ["shared_preload_libraries", "pg_stat_statements,pgaudit", "pending-reboot", "static"],
    ["track_commit_timestamp", "1", "pending-reboot", "static"],
  ]);
  await cloud.rds.send(
    new ResetDBParameterGroupCommand({
      DBParameterGroupName: "tuned",
      Parameters: [{ ParameterName: "log_min_duration_statement", ApplyMethod: "immediate" }],
    }),
  );
  expect(await shown("log_min_duration_statement")).toBe("-1");
  const all = await parameters();
  expect(all.length).toBeGreaterThan(250);
  expect(new Set(all.map((parameter) => parameter.ParameterName)).size).toBe(all.length);
  const defaults = await cloud.rds.send(
    new DescribeEngineDefaultParametersCommand({ DBParameterGroupFamily: "postgres17", MaxRecords: 20 }),
  );
  expect(defaults.EngineDefaults!.Parameters).toHaveLength(20);
  expect(defaults.EngineDefaults!.Marker).toBeDefined();
});

test("another group takes effect at the next reboot", async () => {
  await cloud.rds.send(
    new CreateDBParameterGroupCommand({
      DBParameterGroupName: "other",
      DBParameterGroupFamily: "postgres17",
      Description: "another",
    }),
  );
  await cloud.rds.send(
    new ModifyDBParameterGroupCommand({
      DBParameterGroupName: "other",
      Parameters: [{ ParameterName: "statement_timeout", ParameterValue: "77000", ApplyMethod: "immediate" }],
    }),
  );
  await cloud.rds.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: "orders", DBParameterGroupName: "other" }));
  const changed = await instanceIs(cloud, "orders", "available");
  expect(changed.DBParameterGroups).toEqual([
    { DBParameterGroupName: "other", ParameterApplyStatus: "pending-reboot" },
  ]);
  expect(await shown("statement_timeout")).toBe("0");
  await reboot();
  expect(await shown("statement_timeout")).toBe("77s");
  await expect(
    cloud.rds.send(new DeleteDBParameterGroupCommand({ DBParameterGroupName: "other" })),
  ).rejects.toMatchObject({
    name: "InvalidDBParameterGroupStateFault",
  });
  await cloud.rds.send(new DeleteDBParameterGroupCommand({ DBParameterGroupName: "tuned" }));
});

test("unavailable memory makes this instance incompatible-parameters, with its data untouched, until the group is corrected", async () => {
  const client = await connect(cloud, await instanceIs(cloud, "orders", "available"));
  await client.query("create table kept as select 1 as n");
  await client.end();
  const change = (ParameterValue: string) =>
    cloud.rds.send(
      new ModifyDBParameterGroupCommand({
        DBParameterGroupName: "other",
        Parameters: [{ ParameterName: "shared_buffers", ParameterValue, ApplyMethod: "pending-reboot" }],
      }),
    );
  await change(String((900 * 1024 * 1024) / 8));
  await cloud.rds.send(new RebootDBInstanceCommand({ DBInstanceIdentifier: "orders" }));
  await instanceIs(cloud, "orders", "incompatible-parameters");
  await change("16384");
  const well = await instanceIs(cloud, "orders", "available");
  expect(await asMaster(cloud, well, "select n from kept")).toEqual([{ n: 1 }]);
});
