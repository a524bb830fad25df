import { ShipshapeError } from "../../../../automation/errors";
import type { Difference } from "../../../../automation/operations/drift-detection/differences";
import { beyondMissing, stackUnread } from "../../../../automation/operations/drift-detection/unread";
import { differencesIn, verifyDriftDetection } from "../../../../automation/operations/drift-detection/verify";
import { unreadable } from "../../../../automation/runner/unreadable-stack";
import { instanceNow, outcomeOf, urn } from "./outcomes";

const plan = {
  database: { identifier: "orders", resourceId: "db-ORDERS" },
  stack: { name: "shipshape/database.orders" },
  beyond: { unread: [] as string[], instance: { urn: urn("orders") } },
} as Parameters<typeof verifyDriftDetection>[0];
const read = { resources: 2, databaseWasRead: true, unread: [], failure: null, differences: [], differencesLeftOut: 0 };

test.each([
  ["error: passphrase must be set with PULUMI_CONFIG_PASSPHRASE", "has no passphrase", "PULUMI_CONFIG_PASSPHRASE_FILE"],
  ["error: getting secrets manager: incorrect passphrase", "another passphrase", "to that of the stack"],
  ["spawn pulumi ENOENT", "no Pulumi engine", "`pulumi version`"],
  ["error: no stack named 'database.orders' found", "no longer has it", "`pulumi stack ls --all`"],
  ["noise\nerror: the bucket is gone\nmore", "error: the bucket is gone", "--stack database.orders`"],
])("of an engine that says '%s' the reason and the cure are told", (output, reason, cure) => {
  const { message, hint } = unreadable("shipshape/database.orders", new Error(output));
  expect(message).toContain(reason);
  expect(hint).toContain(cure);
});

test("a stack that cannot be read is a difference, and any other failure fails the run", () => {
  const comparison = stackUnread(unreadable("shipshape/database.orders", new Error("incorrect passphrase")));
  const outcome = outcomeOf({ comparison });
  expect(differencesIn(plan, outcome)).toMatchObject([{ class: "unreadable", place: "stack orders" }]);
  expect(verifyDriftDetection(plan, outcome).verdict).toBe("inconclusive");
  const failed = new ShipshapeError("stack-failed", { stack: "orders", reason: "a bug" });
  expect(() => stackUnread(failed)).toThrow(failed);
  expect(() => stackUnread(new Error("cancelled"))).toThrow("cancelled");
});

test("of a database that RDS does not describe nothing passes, unless the refresh, too, finds it gone", () => {
  const verdict = (missing: { reason: string; isGone: boolean }, differences: Difference[]) => {
    const comparison = { ...read, differences };
    const beyondProvider = beyondMissing(plan, missing, comparison);
    const outcome = outcomeOf({ now: instanceNow({ missing }), comparison, beyondProvider });
    return [verifyDriftDetection(plan, outcome).verdict, differencesIn(plan, outcome).map((one) => one.class)];
  };
  const gone: Difference = {
    ...{ urn: urn("orders"), type: "aws:rds/instance:Instance" },
    ...{ property: null, desired: "exists", actual: "is gone", class: "drift", reason: "", severity: "critical" },
    breaks: [],
  };
  expect(verdict({ reason: "no right", isGone: false }, [])).toEqual(["inconclusive", ["unreadable"]]);
  expect(verdict({ reason: "it has none", isGone: true }, [])).toEqual(["inconclusive", ["unreadable"]]);
  expect(verdict({ reason: "it has none", isGone: true }, [gone])).toEqual(["fail", ["drift"]]);
  // That another instance of its stack is gone says nothing of this one.
  const another = { ...gone, urn: urn("reports") };
  expect(verdict({ reason: "it has none", isGone: true }, [another])[1]).toEqual(["drift", "unreadable"]);
});

test.each([
  ["stopped", "inconclusive", /start-db-instance/],
  ["inaccessible-encryption-credentials", "inconclusive", /describe-events/],
  ["available", "pass", /^$/],
  ["modifying", "pass", /^$/],
  ["rebooting", "pass", /^$/],
])("nobody can look into a database that is %s: the verdict is %s", (status, verdict, told) => {
  const outcome = outcomeOf({ now: instanceNow({ status }), comparison: read });
  expect(verifyDriftDetection(plan, outcome).verdict).toBe(verdict);
  expect(
    differencesIn(plan, outcome)
      .map(({ reason }) => reason)
      .join(),
  ).toMatch(told);
});
