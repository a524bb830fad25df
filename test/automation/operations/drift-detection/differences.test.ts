import {
  differencesOf,
  isInstanceOf,
  waitingOf,
  type InstanceNow,
} from "../../../../automation/operations/drift-detection/differences";
import { pendingByProvider } from "../../../../automation/operations/drift-detection/pending";
import { brokenBy } from "../../../../automation/operations/drift-detection/protection";
import { verifyDriftDetection } from "../../../../automation/operations/drift-detection/verify";
import type { ReadResource } from "../../../../automation/runner/pulumi-stack";
import { builtIn } from "../../../../components/standards/built-in";
import { instanceNow, outcomeOf } from "./outcomes";

const instance = "aws:rds/instance:Instance";
/** An instance with one property that differs, or several. */
function read(declared: Record<string, unknown>, actual: Record<string, unknown>, more: Partial<ReadResource> = {}) {
  const urn = `urn:pulumi:database.orders::shipshape::${more.type ?? instance}::orders-instance`;
  const differing = Object.keys(declared);
  const old = { inputs: declared, outputs: declared };
  return { urn, type: instance, op: "update", old, new: { inputs: {}, outputs: actual }, differing, ...more };
}
const declaring = (inputs: Record<string, unknown>) => read(inputs, {});
const classed = (resource: ReadResource, given: InstanceNow | undefined = instanceNow()) =>
  differencesOf(resource, given, () => []).map((one) => [one.property, one.class]);

test.each([
  ["a list that is null", { enabledCloudwatchLogsExports: [] }, { enabledCloudwatchLogsExports: null }],
  ["a set in another order", { vpcSecurityGroupIds: ["sg-1", "sg-2"] }, { vpcSecurityGroupIds: ["sg-2", "sg-1"] }],
  ["nested nothing", { restoreToPointInTime: null }, { restoreToPointInTime: { sourceDbInstance: "", tags: {} } }],
  [
    "a moment that moves on",
    { latestRestorableTime: "2026-11-27T12:00:00Z" },
    { latestRestorableTime: "2026-11-27T12:05:00Z" },
  ],
])("%s is noise", (_, declared, actual) => {
  expect(classed(read(declared, actual))).toEqual([[Object.keys(declared)[0], "noise"]]);
});

test("what nobody declares and nothing waits for is drift of the database's own instance, and not pending", () => {
  const tags = { owner: "team-orders" };
  const tagged = read({ tags }, { tags: { ...tags, added: "by hand" }, tagsAll: { ...tags, added: "by hand" } });
  expect(classed(tagged)).toEqual([["tags.added", "drift"]]);
  expect(classed(read({ tags }, { tags: {}, tagsAll: {} }))).toEqual([["tags.owner", "drift"]]);
  // A property that only AWS has.
  const audited = read({}, { publiclyAccessible: true });
  expect(classed(audited)).toEqual([["publiclyAccessible", "drift"]]);
});

const secret = "[secret]";

test("a secret is a difference if the provider says so, which alone has seen it, and its value is nowhere", () => {
  const changed = read({ secretString: secret }, { secretString: secret });
  expect(classed({ ...changed, differing: [] })).toEqual([]);
  expect(differencesOf(changed, instanceNow(), () => [])).toMatchObject([
    { property: "secretString", desired: secret, actual: secret, class: "drift", severity: "high" },
  ]);
});

test.each([
  ["the state's inputs", { inputs: { password: secret }, outputs: { password: "old" } }, { password: "new" }],
  ["the state's outputs", { inputs: { password: "old" }, outputs: { password: secret } }, { password: "new" }],
  ["a part of it", { inputs: { password: { at: [secret] } }, outputs: {} }, { password: { at: ["new"] } }],
  ["what was read", { inputs: { password: "old" }, outputs: { password: "old" } }, { password: secret }],
])("what only %s mark as secret is shown on neither side", (_, old, outputs) => {
  const found = differencesOf(read({ password: 1 }, outputs, { old }), undefined, () => []);
  expect(found).toMatchObject([{ property: "password", desired: secret, actual: secret, class: "drift" }]);
  expect(JSON.stringify(found)).not.toMatch(/"(old|new)"/);
});

test("a value that RDS has accepted is pending; another one that waits is drift, declared by nobody", () => {
  const grown = read({ instanceClass: "db.m7g.large" }, { instanceClass: "db.t4g.medium" });
  expect(classed(grown)).toEqual([["instanceClass", "drift"]]);
  const waiting = instanceNow({
    pending: pendingByProvider({ DBInstanceClass: "db.m7g.large", BackupRetentionPeriod: 0 }),
  });
  expect(classed(grown, waiting)).toEqual([["instanceClass", "pending"]]);
  const inputs = { instanceClass: "db.m7g.large", backupRetentionPeriod: 35 };
  expect(waitingOf(declaring(inputs), waiting)).toEqual([
    expect.objectContaining({ property: "backupRetentionPeriod", desired: "35", actual: "0", class: "drift" }),
  ]);
});

test("a version that is declared and waits is pending, although the provider reads it as the declared one", () => {
  const inputs = { engineVersion: "17.11" };
  const found = { engineVersion: "17.11", engineVersionActual: "17.10" };
  const waiting = (known: string[]) =>
    waitingOf(declaring(inputs), instanceNow({ pending: pendingByProvider({ EngineVersion: "17.11" }) }), found, known);
  expect(waiting([])).toMatchObject([
    { property: "engineVersion", desired: "17.11", actual: "17.10", class: "pending" },
  ]);
  expect(waiting(["engineVersion"])).toEqual([]);
});

test("a password that waits is pending where the stack sets one, and drift where RDS manages it", () => {
  const waiting = instanceNow({ pending: pendingByProvider({ MasterUserPassword: "****" }) });
  const password = (inputs: Record<string, unknown>) =>
    waitingOf(declaring(inputs), waiting).map((one) => [one.property, one.class, one.desired]);
  expect(password({ password: secret })).toEqual([["password", "pending", secret]]);
  expect(password({ manageMasterUserPassword: true })).toEqual([["password", "drift", "nothing"]]);
});

test.each([
  ["thu:02:00-thu:04:00", "in the maintenance window, Thursday 02:00 to 04:00 UTC"],
  ["sat:23:30-sun:01:00", "in the maintenance window, Saturday 23:30 to Sunday 01:00 UTC"],
  ["", "in the maintenance window"],
])("the maintenance window %s is told in plain words", (maintenanceWindow, told) => {
  const waiting = instanceNow({ maintenanceWindow, pending: { instanceClass: "db.m7g.large" } });
  const [one] = waitingOf(declaring({ instanceClass: "db.t4g.medium" }), waiting);
  expect(one!.reason).toBe(`RDS was asked for it outside Pulumi, and applies it ${told}`);
});

test("parameters that wait for a restart are pending", () => {
  const waiting = instanceNow({ parameters: [{ group: "own", status: "pending-reboot" }] });
  expect(waitingOf(declaring({}), waiting)).toEqual([
    expect.objectContaining({ property: "parameterGroupName", actual: "pending-reboot", class: "pending" }),
  ]);
});

test("an instance of an Aurora cluster is compared like any other: what waits for it is pending, a newer minor ahead", () => {
  const type = "aws:rds/clusterInstance:ClusterInstance";
  const outputs = { dbiResourceId: "db-READER", identifier: "reader" };
  const one = read({ instanceClass: "db.r7g.large" }, { instanceClass: "db.r7g.xlarge" }, { type });
  const of = (resourceId: string) =>
    isInstanceOf({ type, old: { inputs: {}, outputs: { ...outputs, dbiResourceId: resourceId } } }, "db-READER");
  expect([of("db-READER"), of("db-WRITER")]).toEqual([true, false]);
  expect(classed(one)).toEqual([["instanceClass", "drift"]]);
  const waiting = instanceNow({ pending: pendingByProvider({ DBInstanceClass: "db.r7g.large" }) });
  expect(classed(one, waiting)).toEqual([["instanceClass", "pending"]]);
  expect(classed(read({ engineVersion: "17.10" }, { engineVersion: "17.11" }, { type }))).toEqual([
    ["engineVersion", "ahead"],
  ]);
  const asked = instanceNow({ pending: pendingByProvider({ DBInstanceClass: "db.r7g.8xlarge" }) });
  expect(waitingOf(one, asked)).toMatchObject([{ type, class: "drift", actual: "db.r7g.8xlarge" }]);
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
  const plan = {
    ...{ database, stack: { name: "shipshape/database.orders" }, beyond: { unread: [] as string[] } },
  } as unknown as Parameters<typeof verifyDriftDetection>[0];
  const comparison = {
    resources: 2,
    databaseWasRead: true,
    unread: [],
    failure: null,
    differences: [],
    differencesLeftOut: 0,
  };
  const verdict = (change: object) =>
    verifyDriftDetection(plan, outcomeOf({ comparison: { ...comparison, ...change } })).verdict;

  test("says what a stack that cannot be read leaves open beside the database, and fails no other database for it", () => {
    const unread = { ...plan, beyond: { ...plan.beyond, unread: ["shop/broken"] } };
    const { verdict: word, checks } = verifyDriftDetection(unread, outcomeOf({ comparison }));
    const beyond = checks.find(({ name }) => name === "what-no-refresh-compares-was-read")!;
    expect([word, beyond.explanation]).toEqual([
      "pass",
      expect.stringContaining("since shop/broken could not be read"),
    ]);
  });

  test.each([
    ["pass", "everything was read and nothing differs", {}],
    ["inconclusive", "a resource was not read", { unread: ["urn:pulumi:s::p::t::lost"] }],
    ["inconclusive", "the database itself was not read", { databaseWasRead: false }],
    ["inconclusive", "the engine failed", { failure: "error: AccessDenied" }],
    ["inconclusive", "differences are left out", { differencesLeftOut: 3 }],
    [
      "fail",
      "something drifted, whatever else could not be read",
      {
        unread: ["urn:pulumi:s::p::t::lost"],
        differences: differencesOf(read({ multiAz: true }, { multiAz: false }), instanceNow(), () => []),
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
    expect(verifyDriftDetection(other, outcomeOf())).toMatchObject({
      verdict: word,
    });
  });
});
