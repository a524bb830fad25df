import { builtIn } from "../../components/standards/built-in";
import { spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  AddTagsToResourceCommand,
  CreateDBInstanceCommand,
  DeleteDBInstanceCommand,
  DescribeDBInstancesCommand,
  ModifyDBInstanceCommand,
  type DBInstance,
  type Tag,
} from "@aws-sdk/client-rds";
import { openDatabase, type ControlPlaneDatabase } from "../../automation/database";
import { LogMemory } from "../../automation/evidence/log-memory";
import { readLog } from "../../automation/evidence/reading";
import type { Signer } from "../../automation/evidence/ledger";
import { heldKey } from "../../automation/evidence/signing-key";
import { lookForExpected } from "../../automation/expected-changes";
import { fleetStatus, type FleetStatus } from "../../automation/fleet";
import {
  targetDatabase,
  type FleetAnswer,
  type PlannedChange,
  type TargetDatabase,
} from "../../automation/fleet-records";
import type { VerdictWord } from "../../automation/records";
import { recoveryStatus } from "../../automation/recovery-status";
import { openFinding } from "../../automation/review/findings";
import { expectChanges, expectedChangesOf } from "../../automation/runner/expected-changes";
import { registerThrowaway } from "../../automation/runner/throwaways";
import { askFleet } from "../../automation/targets/fleet";
import { instanceProperties } from "../../automation/targets/instance-properties";
import { instanceIs, instanceIsGone, startCloud, type Cloud } from "../cloud";
import { until } from "../until";
import { small } from "../localcloud/server/database-client";
import { concluded, sealRun } from "./evidence/sealed-runs";

let cloud: Cloud;
let database: ControlPlaneDatabase;
let signer: Signer;

beforeAll(async () => {
  cloud = await startCloud();
  database = await openDatabase(cloud.env["SHIPSHAPE_DATABASE_URL"]!);
  const memory = new LogMemory(join(cloud.dataFolder, "evidence", "known-logs.json"));
  signer = { origin: "shipshape.test/evidence", ...heldKey(generateKeyPairSync("ed25519").privateKey), memory };
});
afterAll(async () => {
  await database?.close();
  await cloud?.stop();
});

async function makeDatabase(identifier: string): Promise<TargetDatabase> {
  await cloud.rds.send(
    new CreateDBInstanceCommand({
      ...small,
      DBInstanceIdentifier: identifier,
      EngineVersion: "17.10",
      BackupRetentionPeriod: 7,
    }),
  );
  for (;;) {
    await instanceIs(cloud, identifier, "available");
    const { DBInstances: [now] = [] } = await cloud.rds.send(
      new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier }),
    );
    if (now?.LatestRestorableTime)
      return targetDatabase({ identifier, resourceId: now.DbiResourceId!, arn: now.DBInstanceArn! });
    await sleep(100);
  }
}
const describe = async (identifier: string) =>
  (await cloud.rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier }))).DBInstances![0]!;
async function keepBackups(identifier: string, days: number): Promise<void> {
  await cloud.rds.send(
    new ModifyDBInstanceCommand({
      DBInstanceIdentifier: identifier,
      BackupRetentionPeriod: days,
      ApplyImmediately: true,
    }),
  );
  await until("the retention is set", async () => (await describe(identifier)).BackupRetentionPeriod === days);
  await instanceIs(cloud, identifier, "available");
}
const tag = ({ arn }: TargetDatabase, ...Tags: Tag[]) =>
  cloud.rds.send(new AddTagsToResourceCommand({ ResourceName: arn, Tags }));
const drilled = (id: string, target: TargetDatabase, verdict: VerdictWord) =>
  sealRun(
    database,
    signer,
    concluded(id, verdict, { plan: { target: target.identifier, database: target, tags: {}, evidenceValidDays: 30 } }),
  );
const recovery = async () =>
  recoveryStatus(database, await readLog(database, signer), await askFleet(cloud as never), new Date());
const words = async () => (await recovery()).map((r) => `${r.database.identifier} ${r.recoverability}`);

test("a database is fresh until a drill fails, its backups are gone or it is recreated; one that cannot be queried is unknown", async () => {
  const [orders, ledger] = await Promise.all([makeDatabase("orders"), makeDatabase("ledger")]);
  expect(await words()).toEqual(["ledger never", "orders never"]);
  await drilled("passed", orders, "pass");
  await drilled("ledger-passed", ledger, "pass");
  expect(await words()).toEqual(["ledger fresh", "orders fresh"]);

  await drilled("failed", orders, "fail");
  expect(await words()).toEqual(["ledger fresh", "orders failed"]);
  await drilled("passed-again", orders, "pass");
  expect(await words()).toEqual(["ledger fresh", "orders fresh"]);

  await keepBackups("orders", 0);
  expect(await words()).toEqual(["ledger fresh", "orders unproven"]);
  // Switched off and on between two queries: there are backups, but none of the proven ones.
  await keepBackups("orders", 7);
  await until("there are backups again", async () => (await describe("orders")).LatestRestorableTime);
  expect((await recovery()).map((r) => r.reason)).toEqual([
    "drill ledger-passed passed",
    expect.stringMatching(/^the backups that drill passed-again proved are gone: nothing before .* can be restored$/),
  ]);

  await registerThrowaway(database, "passed", {
    identifier: "ledger",
    stack: "none",
    expiresAt: new Date().toISOString(),
  });
  expect(await words()).toEqual(["ledger fresh", "orders unproven"]); // a table row cannot hide a database
  await tag(ledger, { Key: "shipshape:run", Value: "another" });
  expect(await words()).toEqual(["ledger fresh", "orders unproven"]); // nor can a tag
  await tag(ledger, { Key: "shipshape:run", Value: "passed" });
  // A run's copy does not belong to the fleet
  expect(await words()).toEqual(["orders unproven", "ledger unproven"]);
  await database.query("delete from throwaway");

  await cloud.rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: "orders", SkipFinalSnapshot: true }));
  await instanceIsGone(cloud, "orders");
  await makeDatabase("orders");
  expect((await recovery()).map((r) => `${r.recoverability}: ${r.reason}`)).toEqual([
    "fresh: drill ledger-passed passed",
    "never: another database had this name when it was drilled; this one was never drilled",
    expect.stringMatching(/^unproven: the cloud no longer has a database with resource id/),
  ]);

  const unreachable = await askFleet({ rds: { send: () => Promise.reject(new Error("no answer")) } } as never);
  expect(unreachable.asked).toBe(false);
  const unknown = await recoveryStatus(database, await readLog(database, signer), unreachable, new Date());
  expect(unknown.map((r) => `${r.database.identifier} ${r.recoverability}`)).toEqual([
    "ledger unknown",
    "orders unknown",
  ]);
});

test("the fleet is what stacks declare and what the cloud has, without throwaways, which a tag alone does not make", async () => {
  const stacks = join(cloud.dataFolder, "pulumi-state", ".pulumi", "stacks", "shop");
  mkdirSync(stacks, { recursive: true });
  const inState = ({ DBInstanceIdentifier, DBInstanceArn, DbiResourceId, TagList = [] }: DBInstance) => ({
    urn: `urn:pulumi:s::shop::aws:rds/instance:Instance::${DBInstanceIdentifier}`,
    type: "aws:rds/instance:Instance",
    outputs: {
      engine: "postgres",
      identifier: DBInstanceIdentifier,
      arn: DBInstanceArn,
      resourceId: DbiResourceId,
      tags: Object.fromEntries(TagList.map((t) => [t.Key, t.Value])),
    },
  });
  const declare = (stack: string, ...instances: DBInstance[]) =>
    writeFileSync(
      join(stacks, `${stack}.json`),
      JSON.stringify({ version: 3, checkpoint: { latest: { resources: instances.map(inState) } } }),
    );
  const ownershipOf = () => "delivered" as const;
  const stackContext = { ownershipOf, workspacesFolder: join(cloud.dataFolder, "workspaces"), environment: cloud.env };
  const [ledger, orders] = [await describe("ledger"), await describe("orders")];
  const fleet = async (ask: Promise<FleetAnswer> = askFleet(cloud as never)) =>
    fleetStatus(database, builtIn, await readLog(database, signer), await ask, stackContext, new Date());
  const lines = ({ members }: FleetStatus) =>
    members.map((m) => `${m.database.identifier} ${m.recoverability} ${String(m.declaredBy)}`);

  declare("prod", ledger, { ...orders, DbiResourceId: "db-ANOTHER" });
  const asked = await fleet();
  expect(lines(asked)).toEqual([
    expect.stringMatching(/^orders unproven $/), // the deleted one, whose evidence is still valid
    "orders never ",
    "orders never shop/prod", // what the stack declares is another database of that name
    "ledger fresh shop/prod",
  ]);
  expect(asked).toMatchObject({
    unread: [],
    totals: { fresh: 1, never: 2, unproven: 1 },
    cloud: { clouds: [{ account: "123456789012", region: "eu-central-1", address: cloud.url }] },
  });

  // A throwaway, as its run registered it and tagged it
  await registerThrowaway(database, "passed", { identifier: "ledger", stack: "prod", expiresAt: "2100-01-01" });
  expect(lines(await fleet())).not.toContainEqual(expect.stringContaining("shop/prod ledger"));
  expect(lines(await fleet()).filter((line) => line.startsWith("ledger"))).toEqual([
    expect.stringMatching(/^ledger unproven $/), // a drilled copy is reported until its evidence expires
  ]);
  await database.query("update throwaway set request_id = 'failed'");
  expect(lines(await fleet())).toContain("ledger fresh shop/prod");
  await database.query("delete from throwaway");

  writeFileSync(join(stacks, "broken.json"), "{");
  const incomplete = await fleet();
  expect(lines(incomplete)).toContain("orders never unknown");
  expect(incomplete.unread).toEqual([expect.stringMatching(/^stack shop\/broken: .*JSON/)]);
  const silent = await fleet(Promise.resolve({ asked: false, reason: "no answer" }));
  expect(lines(silent).filter((line) => !line.includes(" unknown "))).toEqual([]);
  expect(lines(silent)).toContain("ledger unknown shop/prod");
});

test("a delivered change is seen when RDS has made it, and not while it only accepts it for the window", async () => {
  const { DbiResourceId: resourceId = "", DBInstanceArn: arn = "", MultiAZ = false } = await describe("ledger");
  const [target, id] = [targetDatabase({ identifier: "ledger", resourceId, arn }), "261127050000-0a1b2c3d"];
  await database.query(
    "insert into request (id, operation, input, requested_by, reason) values ($1, 'none', '{}', 'ana', 'a test')",
    [id],
  );
  await database.query("insert into run (request_id, status, finished_at) values ($1, 'succeeded', now())", [id]);
  await openFinding(database, { id: `${id}.verdict`, requestId: id, target: "ledger", summary: "delivered" });
  const expected = [{ property: "MultiAZ", from: MultiAZ, to: !MultiAZ }];
  await expectChanges(
    database,
    { requestId: id, stack: "shop/prod", expected, withinDays: 1 } as PlannedChange,
    target,
  );
  const look = async () => {
    await database.query("update expected_change set looked_at = null");
    await lookForExpected(database, async () => ({
      answered: [await instanceProperties(cloud as never)],
      unreachable: [],
    }));
    return (await expectedChangesOf(database, id)).map(({ status, found }) => [status, found]);
  };
  const modify = (ApplyImmediately: boolean) =>
    cloud.rds.send(
      new ModifyDBInstanceCommand({ DBInstanceIdentifier: "ledger", MultiAZ: !MultiAZ, ApplyImmediately }),
    );
  await modify(false);
  expect(await look()).toEqual([["open", MultiAZ]]);
  await modify(true);
  await until("RDS has made it", async () => (await describe("ledger")).MultiAZ === !MultiAZ);
  expect(await look()).toEqual([["seen", !MultiAZ]]);
  await database.query("delete from expected_change");
  await database.query("delete from finding");
  await database.query("delete from run");
  await database.query("delete from request");
});

test("three schedulers at once, of which one is killed, request a drill of each database once", async () => {
  const launcher = join(__dirname, "../../automation/command-line/shipshape.cjs");
  const env = { ...cloud.env, SHIPSHAPE_DATA_FOLDER: cloud.dataFolder, SHIPSHAPE_EVIDENCE_ORIGIN: signer.origin };
  const schedule = () => spawn(process.execPath, [launcher, "schedule", "--run"], { env, stdio: "ignore" });
  const requested = () =>
    database.query(
      "select input ->> 'database' as name, count(*)::int from request join run on run.request_id = request.id where operation = 'restore-drill' group by 1",
    );
  const [killed, ...others] = [schedule(), schedule(), schedule()];
  const ended = [killed!, ...others].map((one) => new Promise((resolve) => one.once("exit", resolve)));
  await until("one of them has requested something", async () => (await requested()).length > 0);
  killed!.kill("SIGKILL");
  await Promise.all(ended);
  expect(await requested()).toEqual([{ name: "orders", count: 1 }]); // the ledger is proven
});
