import type { Difference } from "../../../../automation/operations/drift-detection/differences";
import type { DriftDetectionPlan } from "../../../../automation/operations/drift-detection/plan";
import { differencesIn, verifyDriftDetection } from "../../../../automation/operations/drift-detection/verify";
import { controlsOf, waivedBy, waiversOf } from "../../../../automation/operations/drift-detection/waived";
import { notRecorded } from "../../../../automation/operations/drift-detection/changed-by";
import type { Waiver } from "../../../../policypacks/database-guardrails/waivers/waiver";
import { outcomeOf } from "./outcomes";

const urn = "urn:pulumi:database.orders::shipshape::aws:rds/instance:Instance::orders-instance";
const arn = "arn:aws:rds:eu-central-1:123456789012:db:orders";
const today = "2026-11-27";
const waiver = (rule: string, change: Partial<Waiver> = {}): Waiver => ({
  ...{ id: `${rule}-orders`, rule, resource: urn, reason: "a trial", owner: "orders", approver: "security" },
  ...{ expiresOn: today, category: "waiver", file: "x.yaml", ...change },
});
const open: Difference = {
  ...{ urn, type: "aws:rds/instance:Instance", property: "publiclyAccessible", desired: "false", actual: "true" },
  ...{ class: "drift", reason: "it was changed outside", severity: "critical", breaks: ["forbid-public-access"] },
};
const waived = (difference: Difference, ...waivers: Waiver[]) => {
  const found = waiversOf(difference, [urn, arn], waivers, today);
  return { found, isWaived: waivedBy(difference, found) !== null };
};

test("a difference is waived on the waiver's last day, and counts again the day after", () => {
  expect(waived(open, waiver("forbid-public-access"))).toEqual({
    found: [{ rule: "forbid-public-access", id: "forbid-public-access-orders", expiresOn: today, isValid: true }],
    isWaived: true,
  });
  const expired = waiver("forbid-public-access", { expiresOn: "2026-11-26" });
  expect(waived(open, expired)).toMatchObject({ found: [{ isValid: false }], isWaived: false });
  expect(waived(open, expired, waiver("forbid-public-access", { id: "renewed" }))).toMatchObject({
    found: [{ id: "renewed" }],
    isWaived: true,
  });
});

test("a waiver that names the live database waives it, and one of another resource does not", () => {
  expect(waived(open, waiver("forbid-public-access", { resource: arn })).isWaived).toBe(true);
  expect(waived(open, waiver("forbid-public-access", { resource: `${arn}-shop` })).isWaived).toBe(false);
  expect(waived(open, waiver("forbid-open-ingress")).isWaived).toBe(false);
});

test("one that breaks two guardrails is waived only if both are, and one that breaks none never is", () => {
  const both = { ...open, breaks: ["forbid-public-access", "require-tls"] };
  expect(waived(both, waiver("forbid-public-access")).isWaived).toBe(false);
  expect(waived(both, waiver("forbid-public-access"), waiver("require-tls")).isWaived).toBe(true);
  expect(waived({ ...open, breaks: [] }, waiver("forbid-public-access")).isWaived).toBe(false);
});

test("the controls are those of the broken guardrails", () => {
  expect(controlsOf(open)).toContain("RDS.2");
  expect(controlsOf({ breaks: [] })).toEqual([]);
});

describe("the verdict", () => {
  const database = {
    identifier: "orders",
    resourceId: "db-ORDERS",
    arn,
    account: "123456789012",
    region: "eu-central-1",
  };
  const stack = { name: "shipshape/database.orders" };
  const plan = { database, stack, beyond: { unread: [] as string[] } } as unknown as DriftDetectionPlan;
  const read = { resources: 1, databaseWasRead: true, unread: [], failure: null, differencesLeftOut: 0 };
  const judged = (...waivers: Waiver[]) => {
    const outcome = outcomeOf({ comparison: { ...read, differences: [open] } });
    const [{ key } = { key: "" }] = differencesIn(plan, outcome);
    const found = waiversOf(open, [urn], waivers, today);
    outcome.explanations = { [key]: { change: notRecorded(), waivers: found } };
    return verifyDriftDetection(plan, outcome);
  };

  test("of a waived difference is no fail, and says by which waiver and until when", () => {
    const { verdict, checks } = judged(waiver("forbid-public-access"));
    expect(verdict).toBe("pass");
    expect(checks.find(({ name }) => name === "orders-instance.publiclyAccessible")).toMatchObject({
      verdict: "pass",
      explanation: expect.stringContaining(`waived by forbid-public-access-orders until ${today}`),
    });
    expect(checks.at(-1)!.explanation).toBe("nothing differs from what is declared (1 waived)");
  });

  test("of an expired one is a fail, and names the waiver, the controls and that who changed it is not recorded", () => {
    const { verdict, checks } = judged(waiver("forbid-public-access", { expiresOn: "2026-11-26" }));
    expect(verdict).toBe("fail");
    const { explanation } = checks.find(({ name }) => name === "orders-instance.publiclyAccessible")!;
    expect(explanation).toContain("whose waiver forbid-public-access-orders expired on 2026-11-26");
    expect(explanation).toMatch(/controls: .*RDS\.2/);
    expect(explanation).toMatch(/changed by: not recorded$/);
  });
});
