// Drift detection on the real engine: a database as declared, then changed by others in the ways that people do.
import {
  AddTagsToResourceCommand,
  CreateDBInstanceCommand,
  CreateDBSnapshotCommand,
  DescribeDBSnapshotsCommand,
  ModifyDBInstanceCommand,
  ModifyDBParameterGroupCommand,
  ModifyDBSnapshotAttributeCommand,
  RDSClient,
} from "@aws-sdk/client-rds";
import { GetCallerIdentityCommand, STSClient, type STSClientConfig } from "@aws-sdk/client-sts";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { StandardDatabase } from "../../../../components";
import { differencesIn } from "../../../../automation/operations/drift-detection/verify";
import { laterBy } from "../../../../policypacks/database-guardrails/vocabulary/days";
import { instanceIs } from "../../../cloud";
import { until } from "../../../until";
import { request } from "../../../components/declared";
import { detected as detectedIn } from "./detected";
import { callCloud, startEngine, stateOf, type Engine } from "../../../components/engine";

const identifier = "orders-production";
let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
  const stack = await engine.stack("database.orders", async () => {
    new StandardDatabase("orders", declared());
  });
  await stack.up();
});
afterAll(() => engine?.stop());

const declared = () => ({ ...request, accessRoles: "later" as const, extensions: [], platform: engine.platform });

const openToAll = [
  { protocol: "tcp", fromPort: 5432, toPort: 5432, cidrBlocks: ["0.0.0.0/0"], description: "", self: false },
];

const detected = (database = identifier) => detectedIn(engine.cloud, database);

test("a database as it was declared has no difference, sweep after sweep", async () => {
  for (let sweep = 0; sweep < 3; sweep++) {
    const { plan, outcome, verdict } = await detected();
    expect(plan.stack).toEqual({ name: "shipshape/database.orders" });
    expect(outcome.comparison).toMatchObject({ unread: [], failure: null, differences: [] });
    expect(outcome.comparison!.resources).toBeGreaterThan(10);
    expect(verdict.verdict).toBe("pass");
  }
});

test("what others changed is found, each with its guardrail; what waits for the window is no drift", async () => {
  const { rds } = engine.cloud;
  const asked = { DBInstanceIdentifier: identifier, ApplyImmediately: true };
  const { DBInstance: instance } = await rds.send(
    new ModifyDBInstanceCommand({ ...asked, BackupRetentionPeriod: 8, DeletionProtection: false }),
  );
  await rds.send(
    new AddTagsToResourceCommand({
      ResourceName: instance!.DBInstanceArn!,
      Tags: [{ Key: "owner", Value: "somebody" }],
    }),
  );
  await instanceIs(engine.cloud, identifier, "available");
  await rds.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: identifier, DBInstanceClass: "db.m7g.large" }));
  const group = (await stateOf(await engine.stack("database.orders", async () => {}))).find(
    ({ type }) => type === "aws:ec2/securityGroup:SecurityGroup",
  )!;
  await callCloud(engine.cloud, "POST", "change", { arn: group.outputs.arn, properties: { ingress: openToAll } });

  const { outcome, verdict } = await detected();
  const found = (outcome.comparison?.differences ?? []).map((one) => [
    `${one.type.split(":").pop()}.${one.property}`,
    one.class,
    one.severity,
    one.breaks,
    one.desired,
  ]);
  expect(found.sort()).toEqual([
    ["Instance.backupRetentionPeriod", "drift", "high", ["require-backup-retention"], "35"],
    ["Instance.deletionProtection", "drift", "high", ["require-deletion-protection"], "true"],
    ["Instance.instanceClass", "drift", "low", [], "db.t4g.medium"],
    ["Instance.tags.owner", "drift", "low", [], "team-orders"],
    ["SecurityGroup.ingress", "drift", "critical", ["forbid-open-ingress"], "[]"],
  ]);
  const failed = verdict.checks.filter((check) => check.verdict === "fail").map(({ name }) => name);
  expect(failed[0]).toBe("orders-security-group.ingress"); // the worst comes first
  expect(failed.at(-1)).toBe("nothing-was-changed-outside");
});

test("what the program asked for and RDS does in the window is pending, and no finding", async () => {
  const stack = await engine.stack("database.orders", async () => {
    new StandardDatabase("orders", { ...declared(), size: "medium" });
  });
  await stack.up({ refresh: true });
  await instanceIs(engine.cloud, identifier, "available");
  const { outcome, verdict } = await detected();
  expect(outcome.comparison!.differences.map((one) => [one.property, one.class, one.actual])).toEqual([
    ["allocatedStorage", "pending", "20"],
    ["instanceClass", "pending", "db.t4g.medium"],
  ]);
  expect(verdict.verdict).toBe("pass");
});

test("what was deleted outside, and a database that no stack declares, are found", async () => {
  const { cloud } = engine;
  const alarm = (await stateOf(await engine.stack("database.orders", async () => {}))).find(
    ({ type }) => type === "aws:cloudwatch/metricAlarm:MetricAlarm",
  )!;
  await callCloud(
    cloud,
    "DELETE",
    `recorded?id=${encodeURIComponent(alarm.id)}&type=${encodeURIComponent(alarm.type)}`,
  );
  const { outcome, verdict } = await detected();
  expect(outcome.comparison!.differences.filter(({ property }) => property === null)).toEqual([
    expect.objectContaining({ urn: alarm.urn, actual: "is gone", class: "drift", severity: "critical" }),
  ]);
  expect(verdict.verdict).toBe("fail");

  await cloud.rds.send(
    new CreateDBInstanceCommand({
      DBInstanceIdentifier: "by-hand",
      Engine: "postgres",
      DBInstanceClass: "db.t4g.micro",
      AllocatedStorage: 20,
      MasterUsername: "somebody",
      MasterUserPassword: "a-password-of-the-test",
    }),
  );
  await instanceIs(cloud, "by-hand", "available");
  const unmanaged = await detected("by-hand");
  expect(unmanaged.verdict.verdict).toBe("fail");
  expect(unmanaged.verdict.checks).toContainEqual(
    expect.objectContaining({ name: "a-stack-declares-it", verdict: "fail" }),
  );
  // With what the guardrails find on it, who created it, and how it comes into a stack.
  const differences = differencesIn(unmanaged.plan, unmanaged.outcome);
  expect(differences.flatMap(({ breaks }) => breaks)).toEqual(
    expect.arrayContaining(["require-encryption-at-rest", "require-owner-tags"]),
  );
  const { resourceId } = unmanaged.plan.database;
  for (const one of differences) expect(one.remedy).toMatch(`npx shipshape import --from ${resourceId}`);
  expect(differences.find(({ type }) => type === "database")).toMatchObject({
    change: { principal: await caller(cloud.client()), source: "CloudTrail: CreateDBInstance" },
  });
});

describe("what no refresh shows is found, with who did it", () => {
  const mallory = () => engine.cloud.client("AKIAMALLORY000000001");
  const found = async () => {
    const { plan, outcome } = await detected();
    const differences = differencesIn(plan, outcome).filter((one) => ["drift", "unmanaged"].includes(one.class));
    return (property: string) => differences.find((one) => one.property === property);
  };

  test("the managed password, a parameter of the platform's group, and a shared snapshot", async () => {
    const { cloud } = engine;
    const [owner, intruder] = [cloud.rds, new RDSClient(mallory())];
    const before = await instanceIs(cloud, identifier, "available");
    const [{ DBParameterGroupName: group } = {}] = before.DBParameterGroups ?? [];
    const set = (client: RDSClient, ParameterName: string, ParameterValue: string) =>
      client.send(
        new ModifyDBParameterGroupCommand({
          DBParameterGroupName: group,
          Parameters: [{ ParameterName, ParameterValue, ApplyMethod: "immediate" }],
        }),
      );
    // Changed, put back by its owner, and changed again: the last one did it.
    await set(owner, "log_statement", "all");
    await set(intruder, "log_min_duration_statement", "5000");
    await set(owner, "log_min_duration_statement", "1000");
    await set(intruder, "log_min_duration_statement", "5000");
    await owner.send(
      new CreateDBSnapshotCommand({ DBInstanceIdentifier: identifier, DBSnapshotIdentifier: "orders-by-hand" }),
    );
    await until("the snapshot is available", async () => {
      const named = { DBSnapshotIdentifier: "orders-by-hand" };
      const { DBSnapshots = [] } = await owner.send(new DescribeDBSnapshotsCommand(named));
      return DBSnapshots[0]?.Status === "available";
    });
    const share = { DBSnapshotIdentifier: "orders-by-hand", AttributeName: "restore" };
    await intruder.send(new ModifyDBSnapshotAttributeCommand({ ...share, ValuesToAdd: ["999999999999"] }));
    await instanceIs(cloud, identifier, "available");
    await intruder.send(
      new ModifyDBInstanceCommand({
        ...{ DBInstanceIdentifier: identifier, ApplyImmediately: true },
        ...{ ManageMasterUserPassword: false, MasterUserPassword: "a-password-of-the-test" },
      }),
    );
    await instanceIs(cloud, identifier, "available");

    const [of, theirs, ours] = [await found(), await caller(mallory()), await caller(cloud.client())];
    expect(of("manageMasterUserPassword")).toMatchObject({
      ...{ class: "drift", severity: "high", breaks: ["require-managed-master-password"] },
      change: { principal: theirs, source: "CloudTrail: ModifyDBInstance", isOurs: false },
    });
    expect(of("parameters.log_min_duration_statement")).toMatchObject({
      ...{ class: "drift", severity: "high", desired: "1000", actual: "5000" },
      change: { principal: theirs, source: "CloudTrail: ModifyDBParameterGroup" },
    });
    expect(of("parameters.log_statement")).toMatchObject({
      ...{ class: "unmanaged", desired: "nothing", actual: "all" },
      // The worker of this test is the owner: a change by that principal says so.
      change: { principal: ours, isOurs: true },
    });
    expect(of("sharedAccounts")).toMatchObject({
      ...{ class: "unmanaged", severity: "high", actual: "999999999999", breaks: ["forbid-shared-snapshot"] },
      change: { principal: theirs, source: "CloudTrail: ModifyDBSnapshotAttribute" },
    });
  });

  test("a change that no call made is not recorded, and one of a waived guardrail says so and is no fail", async () => {
    const { cloud } = engine;
    const { urn, outputs } = (await stateOf(await engine.stack("database.orders", async () => {}))).find(
      ({ type }) => type === "aws:ec2/securityGroup:SecurityGroup",
    )!;
    await callCloud(cloud, "POST", "change", { arn: outputs.arn, properties: { ingress: openToAll } });
    const waivers = join(cloud.dataFolder, "waivers");
    mkdirSync(waivers, { recursive: true });
    const waiver = {
      ...{ rule: "forbid-open-ingress", resource: urn, reason: "a test", owner: "team-orders" },
      ...{
        approver: "team-security",
        expiresOn: laterBy(new Date().toISOString().slice(0, 10), 10),
        category: "waiver",
      },
    };
    writeFileSync(join(waivers, "open-for-a-test.yaml"), JSON.stringify(waiver));
    const { plan, outcome, verdict } = await detected();
    const open = differencesIn(plan, outcome).find(({ property }) => property === "ingress");
    expect(open).toMatchObject({ changedBy: null, change: { source: "not recorded" } });
    expect(open!.waivedBy).toMatch(/^open-for-a-test until /);
    expect(open!.controls.length).toBeGreaterThan(0);
    expect(verdict.checks.find(({ name }) => name.endsWith("security-group.ingress"))).toMatchObject({
      verdict: "pass",
      explanation: expect.stringContaining("waived by open-for-a-test until"),
    });
  });
});

/** The ARN that CloudTrail has for this key's calls. */
async function caller(settings: STSClientConfig): Promise<string> {
  const sts = new STSClient(settings);
  const { Arn = "" } = await sts.send(new GetCallerIdentityCommand({})).finally(() => sts.destroy());
  return Arn;
}
