import type { BrokenGuardrail } from "../../../../automation/operations/drift-detection/guardrail-breaks";
import { comparedIn } from "../../../../automation/operations/drift-detection/compared";
import type { DriftDetectionPlan } from "../../../../automation/operations/drift-detection/plan";
import { comparedInSweep } from "../../../../automation/operations/drift-detection/sweep-compared";
import type { SweepOutcome, SweptRow } from "../../../../automation/operations/drift-detection/sweep-verify";
import type { SweepPlan } from "../../../../automation/operations/drift-detection/sweep-plan";
import type { JudgedDatabase } from "../../../../automation/operations/drift-detection/unmanaged";
import { outcomeOf } from "./outcomes";

const place = { account: "123456789012", region: "eu-central-1" };
const orders = { ...place, identifier: "orders", resourceId: "db-ORDERS", stack: "shipshape/database.orders" };
const arn = "arn:aws:rds:eu-central-1:123456789012:db:legacy";
const legacy = { ...place, identifier: "legacy", resourceId: "db-LEGACY", arn, owner: "team-old" };
const isPublic: BrokenGuardrail = {
  ...{ rule: "forbid-public-access", severity: "critical", actual: "true", reason: "it is reachable from outside" },
  waivers: [],
};
const judged = (change: Partial<JudgedDatabase> = {}): JudgedDatabase => ({
  ...{ ...legacy, breaks: [], unread: [], remedy: "npx shipshape import" },
  ...change,
});
const row = { identifier: "orders", requestId: "1" } as SweptRow;

function compared(
  change: Partial<SweepPlan["sweep"]> = {},
  rows: SweptRow[] = [row],
  unmanaged = (change.unmanaged ?? []).map((one) => judged(one)),
) {
  const empty = { unmanaged: [], unread: [], unreachable: [], unreadStacks: [], unidentified: [] };
  const sweep = { ...empty, databases: [orders], located: true, isWhole: true, ...change };
  const plan: SweepPlan = { target: "fleet", tags: {}, evidenceValidDays: 1, sweep };
  return comparedInSweep(plan, { rows, digest: "", unmanaged } satisfies SweepOutcome);
}

test("a database that no stack declares is a difference of its own, with its owner and how to import it", () => {
  const [found] = compared({ unmanaged: [legacy] }).databases;
  expect(found).toMatchObject({ owner: "team-old", database: { resourceId: "db-LEGACY" } });
  expect(found!.differences).toMatchObject([
    { class: "unmanaged", severity: "high", owner: "team-old", key: "db-LEGACY|database legacy|" },
  ]);
  expect(found!.differences[0]!.remedy).toMatch("npx shipshape import --from db-LEGACY");
});

test("each guardrail that such a database breaks is the difference that a detection of it alone finds", () => {
  const [found] = compared({ unmanaged: [legacy] }, [row], [judged({ breaks: [isPublic] })]).databases;
  const { owner: _, ...database } = legacy;
  const plan = { database, stack: { none: "undeclared", reason: "" }, tags: {}, beyond: { unread: [] } };
  const beyondProvider = { differences: [], unread: [], judged: { breaks: [isPublic], unread: [] } };
  const alone = comparedIn(plan as unknown as DriftDetectionPlan, outcomeOf({ beyondProvider })).databases[0]!;
  const ofGuardrail = ({ differences }: typeof alone) =>
    differences.filter(({ property }) => property !== null).map(({ owner: _owner, ...one }) => one);
  expect(ofGuardrail(found!)).toMatchObject([
    { class: "unmanaged", severity: "critical", actual: "true", breaks: ["forbid-public-access"], waivedBy: null },
  ]);
  expect(ofGuardrail(found!)).toEqual(ofGuardrail(alone));
  expect([found!.sources, alone.sources]).toEqual([
    expect.arrayContaining(["guardrails"]),
    expect.arrayContaining(["guardrails"]),
  ]);
  // What else there is beside it a sweep does not ask for, and so closes nothing of that.
  expect(found!.sources).not.toContain("beyond");
});

test("a guardrail that is waived for an undeclared database is said to be", () => {
  const waivers = [{ rule: isPublic.rule, id: "W-1", expiresOn: "2099-01-01", isValid: true }];
  const [found] = compared({ unmanaged: [legacy] }, [row], [judged({ breaks: [{ ...isPublic, waivers }] })]).databases;
  expect(found!.differences.map(({ waivedBy }) => waivedBy)).toEqual([null, "W-1 until 2099-01-01"]);
});

test("an undeclared database that could not be judged is unreadable there, and none of its guardrails is known", () => {
  const [found] = compared(
    { unmanaged: [legacy] },
    [row],
    [judged({ unread: ["DescribeDBClusters: denied"] })],
  ).databases;
  expect(found!.differences.map((one) => [one.class, one.reason])).toContainEqual([
    "unreadable",
    "DescribeDBClusters: denied",
  ]);
  expect(found!.sources).not.toContain("guardrails");
});

test("a database that could not be asked for is unreadable, and nothing else of it is known", () => {
  const [found] = compared({ unread: [{ ...place, identifier: "lost", reason: "the stack is locked" }] }).databases;
  expect(found).toMatchObject({ sources: [], differences: [{ class: "unreadable", reason: "the stack is locked" }] });
});

test("what it compares by requests is theirs to say, so its verdict is no finding of its own", () => {
  expect(compared()).toMatchObject({ databases: [], isTold: true });
});

test.each([
  ["an account did not answer", { unreachable: [{ ...place, reason: "denied" }] }],
  ["a stack could not be read", { unreadStacks: [{ stack: "shop/broken", reason: "not JSON" }] }],
  ["there is nothing in it", { databases: [] }, []],
  ["a database was not requested", {}, [{ ...row, requestId: null }]],
] as const)("its verdict is one if %s", (_, change, rows: readonly SweptRow[] = [row]) => {
  expect(compared(change as Partial<SweepPlan["sweep"]>, [...rows]).isTold).toBe(false);
});

test("a sweep knows every database there is only if that was of the whole fleet, and everything answered", () => {
  expect(compared({ unmanaged: [legacy] }).present?.map(({ identifier }) => identifier)).toEqual(["orders", "legacy"]);
  expect(compared({ isWhole: false }).present).toBeUndefined();
  expect(compared({ unreachable: [{ ...place, reason: "denied" }] }).present).toBeUndefined();
});
