import {
  differencesOf,
  waitingOf,
  type InstanceNow,
} from "../../../../automation/operations/drift-detection/differences";
import { pendingByProvider } from "../../../../automation/operations/drift-detection/pending";
import { brokenBy } from "../../../../automation/operations/drift-detection/protection";
import { verifyDriftDetection } from "../../../../automation/operations/drift-detection/verify";
import type { ReadResource } from "../../../../automation/runner/pulumi-stack";
import { builtIn } from "../../../../components/standards/built-in";

const instance = "aws:rds/instance:Instance";
const now = (change: Partial<InstanceNow> = {}): InstanceNow => ({
  status: "available",
  maintenanceWindow: "thu:02:00-thu:04:00",
  pending: {},
  parameters: [{ group: "shipshape-postgres17-standard", status: "in-sync" }],
  ...change,
});

/** An instance with one property that differs, or several. */
function read(declared: Record<string, unknown>, actual: Record<string, unknown>, more: Partial<ReadResource> = {}) {
  const urn = `urn:pulumi:database.orders::shipshape::${more.type ?? instance}::orders-instance`;
  const differing = Object.keys(declared);
  const old = { inputs: declared, outputs: declared };
  return { urn, type: instance, op: "update", old, new: { inputs: {}, outputs: actual }, differing, ...more };
}
const classed = (resource: ReadResource, given: InstanceNow | undefined = now()) =>
  differencesOf(resource, given, () => []).map((one) => [one.property, one.class]);

test.each([
  ["a list that is null", { enabledCloudwatchLogsExports: [] }, { enabledCloudwatchLogsExports: null }],
  ["a set in another order", { vpcSecurityGroupIds: ["sg-1", "sg-2"] }, { vpcSecurityGroupIds: ["sg-2", "sg-1"] }],
  ["nested nothing", { restoreToPointInTime: null }, { restoreToPointInTime: { sourceDbInstance: "", tags: {} } }],
  ["a moment that moves on", { latestRestorableTime: "12:00" }, { latestRestorableTime: "12:05" }],
])("%s is noise", (_, declared, actual) => {
  expect(classed(read(declared, actual))).toEqual([[Object.keys(declared)[0], "noise"]]);
});

test("a secret shows as the same text on both sides: it is no difference, and its value is nowhere", () => {
  expect(classed(read({ password: "[secret]" }, { password: "[secret]" }))).toEqual([]);
});

test("a value that RDS has accepted is pending; another one that waits is drift, declared by nobody", () => {
  const grown = read({ instanceClass: "db.m7g.large" }, { instanceClass: "db.t4g.medium" });
  expect(classed(grown)).toEqual([["instanceClass", "drift"]]);
  const waiting = now({ pending: pendingByProvider({ DBInstanceClass: "db.m7g.large", BackupRetentionPeriod: 0 }) });
  expect(classed(grown, waiting)).toEqual([["instanceClass", "pending"]]);
  const inputs = { instanceClass: "db.m7g.large", backupRetentionPeriod: 35 };
  expect(waitingOf("urn", inputs, waiting)).toEqual([
    expect.objectContaining({ property: "backupRetentionPeriod", desired: "35", actual: "0", class: "drift" }),
  ]);
});

test("parameters that wait for a restart are pending", () => {
  const waiting = now({ parameters: [{ group: "own", status: "pending-reboot" }] });
  expect(waitingOf("urn", {}, waiting)).toEqual([
    expect.objectContaining({ property: "parameterGroupName", actual: "pending-reboot", class: "pending" }),
  ]);
});

test.each([
  ["17.10", "17.11", "ahead"],
  ["17.10", "17.9", "drift"],
  ["17.10", "18.1", "drift"],
])("declared %s, running %s: %s", (declared, actual, kind) => {
  expect(classed(read({ engineVersionActual: declared }, { engineVersionActual: actual }))).toEqual([
    ["engineVersionActual", kind],
  ]);
});

test("a property that the program never gave is compared if a guardrail judges it", () => {
  const unset = read({}, {}, { old: { inputs: {}, outputs: { multiAz: true } }, differing: [] });
  unset.new.outputs = { multiAz: false };
  expect(classed(unset)).toEqual([["multiAz", "drift"]]);
});

test("a guardrail is named only if the declared value does not break it", () => {
  const tags = { environment: "production", tier: "gold", service: "orders" };
  const breaking = (declared: number, actual: number) =>
    brokenBy(
      read({ backupRetentionPeriod: declared, tags, engine: "postgres" }, { backupRetentionPeriod: actual, tags }),
      builtIn,
      "2026-11-27",
    )("backupRetentionPeriod");
  expect(breaking(35, 1)).toEqual(["require-backup-retention"]);
  expect(breaking(7, 1)).toEqual([]);
  expect(breaking(35, 35)).toEqual([]);
});

test("a long value is cut where it is shown", () => {
  const [one] = differencesOf(read({ policy: "x".repeat(500) }, { policy: "y" }), undefined, () => []);
  expect(one!.desired).toMatch(/^x{159}…$/);
});

describe("the verdict", () => {
  const database = { identifier: "orders", resourceId: "db-ORDERS" };
  const plan = { database, stack: { name: "shipshape/database.orders" } } as Parameters<typeof verifyDriftDetection>[0];
  const comparison = { resources: 2, unread: [], failure: null, differences: [], differencesLeftOut: 0 };
  const verdict = (change: object) =>
    verifyDriftDetection(plan, { now: now(), comparison: { ...comparison, ...change } }).verdict;

  test.each([
    ["pass", "everything was read and nothing differs", {}],
    ["inconclusive", "a resource was not read", { unread: ["urn:pulumi:s::p::t::lost"] }],
    ["inconclusive", "the engine failed", { failure: "error: AccessDenied" }],
    ["inconclusive", "differences are left out", { differencesLeftOut: 3 }],
    [
      "fail",
      "something drifted, whatever else could not be read",
      {
        unread: ["urn:pulumi:s::p::t::lost"],
        differences: differencesOf(read({ multiAz: true }, { multiAz: false }), now(), () => []),
      },
    ],
  ])("is %s when %s", (word, _, change) => {
    expect(verdict(change)).toBe(word);
  });

  test.each([
    ["fail", "undeclared"],
    ["inconclusive", "unreadable"],
  ] as const)("is %s for a database whose stack is %s", (word, none) => {
    const other = { ...plan, stack: { none, reason: "state.json: it is broken" } };
    expect(verifyDriftDetection(other, { now: now(), comparison: null })).toMatchObject({ verdict: word });
  });
});
