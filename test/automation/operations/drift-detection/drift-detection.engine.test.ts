// Drift detection on the real engine: a database as declared, then changed by others in the ways that people do.
import { AddTagsToResourceCommand, CreateDBInstanceCommand, ModifyDBInstanceCommand } from "@aws-sdk/client-rds";
import { join } from "node:path";
import { StandardDatabase } from "../../../../components";
import { builtIn } from "../../../../components/standards/built-in";
import { driftDetection } from "../../../../automation/operations/drift-detection/drift-detection";
import { driftDetectionSteps } from "../../../../automation/operations/drift-detection/steps";
import { previewSteps } from "../../../../automation/runner/preview-steps";
import type { Step } from "../../../../automation/runner/operation";
import { instanceIs } from "../../../cloud";
import { request } from "../../../components/declared";
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

async function detected(database = identifier) {
  const { cloud } = engine;
  const { endpoint, region, credentials } = cloud.client();
  const operation = driftDetection(
    driftDetectionSteps({
      access: { cloud: { endpoint, region, credentials } },
      standard: builtIn,
      waiversFolder: join(cloud.dataFolder, "waivers"),
      stacks: { workspacesFolder: join(cloud.dataFolder, "workspaces"), environment: cloud.env },
    }),
    builtIn,
  );
  const step = previewSteps("a-test") as Step;
  const plan = operation.plan({ database }, await operation.observe({ database }, step), "a-test");
  const outcome = await operation.run(plan, step as never);
  return { plan, outcome, verdict: operation.verify(plan, outcome) };
}

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
  const ingress = [
    { protocol: "tcp", fromPort: 5432, toPort: 5432, cidrBlocks: ["0.0.0.0/0"], description: "", self: false },
  ];
  await callCloud(engine.cloud, "POST", "change", { arn: group.outputs.arn, properties: { ingress } });

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
});
