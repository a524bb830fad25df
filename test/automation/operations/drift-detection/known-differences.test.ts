import type { Difference } from "../../../../automation/operations/drift-detection/differences";
import type { DriftDetectionPlan } from "../../../../automation/operations/drift-detection/plan";
import { differencesIn, type Comparison } from "../../../../automation/operations/drift-detection/verify";
import { comparison, drift, outcomeOf, urn } from "./outcomes";

function differences(change: Partial<Comparison> | null, plan: Partial<DriftDetectionPlan> = {}) {
  const database = { identifier: "orders", resourceId: "db-ORDERS", arn: "", account: "1", region: "eu" };
  const heldTo = { owner: "team-orders" } as DriftDetectionPlan["heldTo"];
  const stack = { name: "shipshape/database.orders" };
  const planned = { database, heldTo, stack, tags: {}, target: "orders", evidenceValidDays: 1, ...plan };
  return differencesIn(
    planned as DriftDetectionPlan,
    outcomeOf({ comparison: change && { ...comparison, ...change } }),
  );
}
const keyOf = (change: Partial<Difference>, plan: Partial<DriftDetectionPlan> = {}) =>
  differences({ differences: [drift(change)] }, plan)[0]!.key;

test("a difference keeps its key when its values, its stack or the component around it change", () => {
  expect(keyOf({ actual: "null", desired: "yes" })).toBe(keyOf({}));
  expect(keyOf({ urn: urn("orders-instance", "database.renamed") })).toBe(keyOf({}));
  expect(keyOf({ urn: urn("orders-instance", "database.orders", "acme:Product$") })).toBe(keyOf({}));
});

test("another property, another resource and another database of the same name have other keys", () => {
  const successor = { identifier: "orders", resourceId: "db-OTHER", arn: "", account: "1", region: "eu" };
  const keys = [
    keyOf({}),
    keyOf({ property: "storageEncrypted" }),
    keyOf({ property: null }),
    keyOf({ urn: urn("orders-replica") }),
    keyOf({}, { database: successor }),
  ];
  expect(new Set(keys).size).toBe(keys.length);
});

test("the worst difference comes first, with its owner", () => {
  const found = differences({
    differences: [drift({ severity: "low", property: "tags.team" }), drift({ severity: "critical" })],
  });
  expect(found.map(({ severity, owner }) => [severity, owner])).toEqual([
    ["critical", "team-orders"],
    ["low", "team-orders"],
  ]);
});

test("what could not be read is a difference: each resource, or the stack where the engine failed", () => {
  const unread = [urn("orders-instance"), urn("orders-replica")];
  expect(differences({ unread }).map((one) => [one.class, one.place])).toEqual([
    ["unreadable", "aws:rds/instance:Instance orders-instance"],
    ["unreadable", "aws:rds/instance:Instance orders-replica"],
  ]);
  expect(differences({ unread, failure: "error: AccessDenied" })).toMatchObject([
    { class: "unreadable", place: "stack orders", reason: "error: AccessDenied" },
  ]);
  const beyond = { unread: [], instance: { urn: unread[0]! } } as unknown as DriftDetectionPlan["beyond"];
  expect(differences({ databaseWasRead: false, unread }, { beyond })).toHaveLength(2);
  // That another instance was not read says nothing of the database's own.
  expect(differences({ databaseWasRead: false, unread: [unread[1]!] }, { beyond })).toHaveLength(2);
  expect(differences({ databaseWasRead: false })).toMatchObject([{ class: "unreadable", place: "stack orders" }]);
  const broken = { none: "unreadable", reason: "state.json: it is broken" } as const;
  expect(differences(null, { stack: broken })).toMatchObject([{ class: "unreadable", reason: broken.reason }]);
});

test("each class says what to do: put back or adopt, import, look again, or nothing", () => {
  const remedy = (change: Partial<Difference>) => differences({ differences: [drift(change)] })[0]!.remedy;
  expect(remedy({})).toMatch(/^put it back: .*--stack database\.orders; or adopt it: declare false$/);
  expect(remedy({ breaks: ["require-multi-az"] })).toMatch(/; or waive require-multi-az until a day$/);
  expect(remedy({ class: "ahead", actual: "17.11" })).toMatch(/^declare 17\.11/);
  expect(remedy({ class: "pending" })).toMatch(/^nothing/);
  const [unmanaged] = differences(null, { stack: { none: "undeclared", reason: "none of 3 stacks declares it" } });
  expect(unmanaged!.remedy).toMatch("npx shipshape import --from db-ORDERS");
  expect(differences({ failure: "no access" })[0]!.remedy).toMatch("request drift-detection --database orders");
});

test("a difference names the controls that its guardrails serve", () => {
  const [found] = differences({ differences: [drift({ breaks: ["require-backup-retention"] })] });
  expect(found!.controls.length).toBeGreaterThan(0);
});
