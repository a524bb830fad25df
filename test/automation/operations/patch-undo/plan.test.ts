// Which way back a patch has: what never came to run is taken back, and only that runs unattended.
import type { DatabasePatchPlan } from "../../../../automation/operations/database-patch/plan";
import type { FoundVersion } from "../../../../automation/operations/database-patch/outcome";
import { planUndo, undoStillHolds, type ObservedUndo } from "../../../../automation/operations/patch-undo/plan";
import { requireOnlyTakenBack } from "../../../../automation/operations/patch-undo/preview-gate";
import { verifyUndo } from "../../../../automation/operations/patch-undo/verify";
import { targetDatabase } from "../../../../automation/fleet-records";
import type { PlannedStep } from "../../../../automation/runner/planned-steps";
import { builtIn } from "../../../../components/standards/built-in";

const id = "261127050000-1a2b3c4d";
const known = {
  identifier: "orders-production",
  resourceId: "db-1",
  arn: "arn:aws:rds:eu-central-1:123456789012:db:orders-production",
};
const database = targetDatabase(known);
const tags = { service: "orders", environment: "production", tier: "silver", owner: "team-orders" };
const patchPlan = {
  ...{ database, from: "17.9", to: "17.10", snapshot: `shipshape-patch-${id}` },
  change: { requestId: id },
} as unknown as DatabasePatchPlan;
const file = "Pulumi.database.orders-production.yaml";
const config = (version: string) =>
  `config:\n  shipshape:request:\n    service: orders\n    engineVersion: "${version}"\n`;

function observed(runs: string, more: Partial<ObservedUndo> = {}, pendingVersion: string | null = null): ObservedUndo {
  return {
    observedAt: "2026-11-28T03:20:00.400Z",
    patch: {
      ...{ operation: "database-patch", plan: patchPlan, isOver: true },
      ...{ upBeganAt: "2026-11-28T03:10:00.700Z", rowsChangedBefore: 1000 },
    },
    now: {
      ...{ ...database, engineVersion: runs, status: "available", pendingVersion, pending: [], tags },
      ...{ maintenanceWindow: "", autoMinorVersionUpgrade: false, rolloutOrder: null, replicaOf: null, replicas: [] },
      ...{
        parameterGroup: null,
        managesPassword: false,
        parametersWait: null,
        backupRetentionDays: 14,
        maintenance: [],
      },
    },
    stack: {
      ...{ stack: "shipshape/database.orders-production", urn: "urn", ownership: "ours" },
      config: { file, text: config("17.10") },
    },
    shape: {
      ...{ instanceClass: "db.m7g.large", parameterGroupName: "standard-17", subnetGroupName: "databases" },
      ...{ securityGroupIds: ["sg-1", "sg-2"], isMultiAz: true, isPublic: false, copiesTags: true },
      ...{ hasDeletionProtection: true, hasIamLogins: false, logExports: ["postgresql"], managesPassword: true },
      ...{ lifecycleSupport: "open-source-rds-extended-support-disabled", replicas: [] },
    },
    backups: { restorableFrom: "2026-11-20T00:00:00.000Z", latestRestorableTime: "2026-11-28T03:19:00.000Z" },
    ...{ hasSnapshot: true, rowsChanged: 1450 },
    ...more,
  };
}
const plan = (given: ObservedUndo) => planUndo({ database: "orders-production", patch: id }, given, "undo-1", builtIn);
const refusal = (given: ObservedUndo): string => {
  try {
    plan(given);
  } catch (error) {
    return (error as Error).message;
  }
  return "not refused";
};
const found = (version: string): FoundVersion => ({
  api: { version, status: "available", pending: [] },
  server: { serverVersion: version, invalidIndexes: 0, extensionsBehind: [], rowsChanged: 0 },
});

test("a version that never came to run is taken out of the stack again, and nothing is lost", () => {
  const taken = plan(observed("17.9"));
  expect(taken).toMatchObject({ way: "declaration", loss: { seconds: 0, rows: 0 }, instructions: null });
  expect(taken.change).toMatchObject({ reaches: "commit", set: [{ path: ["engineVersion"], value: "17.9" }] });
  expect(taken.text).toMatch(/^Nothing is lost: orders-production runs 17.9/);
  expect(taken.text).toContain('-    engineVersion: "17.10"\n+    engineVersion: "17.9"');
  expect(verifyUndo(taken, { found: found("17.9") }).verdict).toBe("pass");
  expect(verifyUndo(taken, { found: found("17.10") }).verdict).toBe("fail");
});

test("of a version that runs, people get the way back with its loss in seconds and rows, and nothing is proven by that", () => {
  const back = plan(observed("17.10"));
  expect(back).toMatchObject({ way: "restore", loss: { seconds: 602, rows: 450 } });
  expect(back.change).toBeUndefined();
  expect(back.point).toEqual({ restoreTime: "2026-11-28T03:09:59Z" });
  expect(back.text).toMatch(/602 s of writes are lost by now, .*at most 450 rows/);
  expect(verifyUndo(back, { found: found("17.10") })).toMatchObject({
    verdict: "inconclusive",
    checks: [{ figures: { lossSeconds: 602, lossRowsMax: 450 } }],
  });
});

test("the instructions restore beside, before anything is lost, and only then swap the names", () => {
  const { instructions } = plan(observed("17.10"));
  const lines = instructions!.split("\n").filter((line) => /^ {5}(aws|pulumi|node|id=)/.test(line));
  expect(lines.map((line) => line.trim().split(" ").slice(0, 3).join(" "))).toEqual([
    "aws rds restore-db-instance-to-point-in-time",
    "aws rds wait",
    "aws rds describe-db-instances",
    ...Array.from({ length: 3 }, () => ["aws rds modify-db-instance", "aws rds wait"]).flat(),
    "pulumi stack export",
    "id=$(aws rds describe-db-instances",
    expect.stringMatching(/^node -e/),
    "pulumi stack import",
    "pulumi preview --refresh",
    "pulumi up --refresh",
  ]);
  expect(lines[0]).toContain("--source-dbi-resource-id db-1 --target-db-instance-identifier orders-production-17-9");
  expect(lines[0]).toContain("--restore-time 2026-11-28T03:09:59Z");
  expect(lines[0]).toContain("--vpc-security-group-ids sg-1 sg-2 --multi-az --no-publicly-accessible");
  expect(instructions).toContain('+    engineVersion: "17.9"');
});

test("a tag cannot add a word to a command that people run", () => {
  const given = observed("17.10");
  given.now.tags = { ...tags, note: "x; rm -rf ~ $(id) 'y'" };
  expect(plan(given).instructions).toContain(`'Key=note,Value=x; rm -rf ~ $(id) '\\''y'\\'''`);
});

test("without automated backups of that second, the snapshot of the patch is the way back, else there is none", () => {
  const backups = { restorableFrom: "2026-11-28T03:15:00.000Z", latestRestorableTime: "2026-11-28T03:19:00.000Z" };
  expect(plan(observed("17.10", { backups })).instructions).toContain(
    `restore-db-instance-from-db-snapshot --db-snapshot-identifier shipshape-patch-${id} --db-instance-identifier orders-production-17-9`,
  );
  expect(refusal(observed("17.10", { backups, hasSnapshot: false }))).toMatch(/the way back is forward/);
});

test("how many rows are lost is not known where the server has not counted from then on", () => {
  expect(plan(observed("17.10", { rowsChanged: 20 })).loss.rows).toBeNull();
  expect(plan(observed("17.10", { rowsChanged: null })).loss.rows).toBeNull();
});

test.each([
  ["another operation's request", "17.9", { operation: "restore-drill" }, /it is a request for restore-drill/],
  ["one that is still under way", "17.9", { isOver: false }, /it is still under way/],
  ["one that never had a plan", "17.9", { plan: null }, /has changed nothing/],
  ["one that found it patched", "17.10", { plan: { ...patchPlan, change: undefined } }, /ran 17.10 already/],
  ["one whose version came by another hand", "17.10", { upBeganAt: null }, /by another hand/],
  ["one before another patch", "17.11", {}, /it runs 17.11 by now/],
  [
    "one of another database",
    "17.10",
    { plan: { ...patchPlan, database: { ...database, resourceId: "db-0" } } },
    /db-0/,
  ],
])("an undo is refused: %s", (_, runs, patch, message) => {
  const given = observed(runs);
  expect(refusal({ ...given, patch: { ...given.patch, ...patch } as ObservedUndo["patch"] })).toMatch(message);
});

test("an undo is refused for a version that waits for the window, and for a database with replicas", () => {
  expect(refusal(observed("17.9", {}, "17.10"))).toMatch(/17.10 waits for the window/);
  const given = observed("17.10");
  expect(refusal({ ...given, shape: { ...given.shape, replicas: ["orders-replica-1"] } })).toMatch(/orders-replica-1/);
});

test("what people approve holds while the loss grows, and no longer when the version or the config has changed", () => {
  const [back, taken] = [plan(observed("17.10")), plan(observed("17.9"))];
  expect(undoStillHolds(back, observed("17.10", { observedAt: "2026-11-28T05:00:00Z" }), builtIn)).toBe(true);
  expect(undoStillHolds(back, observed("17.9"), builtIn)).toBe(false);
  expect(undoStillHolds(taken, observed("17.9"), builtIn)).toBe(true);
  expect(undoStillHolds(taken, observed("17.9", {}, "17.10"), builtIn)).toBe(false);
  const moved = observed("17.9");
  moved.stack.config = { file, text: `${config("17.10")}    size: large\n` };
  expect(undoStillHolds(taken, moved, builtIn)).toBe(false);
});

describe("the up of a version that is taken back", () => {
  const type = "aws:rds/instance:Instance";
  const step = (more: Partial<PlannedStep>): PlannedStep =>
    ({
      ...{ urn: `urn:pulumi:s::p::${type}::orders-instance`, type, op: "update", old: {}, drifted: [] },
      ...{ new: { identifier: "orders-production", engineVersion: "17.9" }, changes: ["engineVersion"] },
      ...more,
    }) as PlannedStep;
  const gate = (...steps: PlannedStep[]) =>
    requireOnlyTakenBack(steps, { identifier: "orders-production", stack: "s", from: "17.9", to: "17.10" });
  test("may change the version in the state, or nothing", () => {
    gate();
    gate(step({}));
    gate(step({ changes: ["engineVersion", "applyImmediately"] }));
  });
  test.each([
    ["a replacement", step({ op: "replace" })],
    ["another property", step({ changes: ["engineVersion", "instanceClass"] })],
    ["another version", step({ new: { identifier: "orders-production", engineVersion: "17.8" } })],
    ["another instance", step({ new: { identifier: "billing", engineVersion: "17.9" } })],
  ])("is refused with %s", (_, one) => {
    expect(() => gate(one)).toThrow(/more than take 17.10 back/);
  });
});

test("after a switchover it says whose the name is, and of a major that never came to run it takes both majors back", () => {
  const blueGreen = { deployment: "d", parameterGroup: "orders-production-postgres17" };
  const moved = { ...patchPlan, blueGreen, database: { ...database, resourceId: "db-0" } } as DatabasePatchPlan;
  const { patch } = observed("17.10");
  expect(refusal(observed("17.10", { patch: { ...patch, plan: moved } }))).toContain("a switchover has given its name");
  const major = { ...patchPlan, blueGreen, from: "16.14" } as DatabasePatchPlan;
  const { change } = plan(observed("16.14", { patch: { ...patch, plan: major } }));
  expect(change?.set).toEqual([
    { path: ["engineVersion"], value: "16.14" },
    { path: ["postgresMajor"], value: 16 },
    { path: ["otherMajor"], value: 17 },
  ]);
});
