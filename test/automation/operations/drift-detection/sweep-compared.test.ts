import { comparedInSweep } from "../../../../automation/operations/drift-detection/sweep-compared";
import type { SweepOutcome, SweptRow } from "../../../../automation/operations/drift-detection/sweep-verify";
import type { SweepPlan } from "../../../../automation/operations/drift-detection/sweep-plan";

const place = { account: "123456789012", region: "eu-central-1" };
const orders = { ...place, identifier: "orders", resourceId: "db-ORDERS", stack: "shipshape/database.orders" };
const legacy = { ...place, identifier: "legacy", resourceId: "db-LEGACY", arn: "arn", owner: "team-old" };
const row = { identifier: "orders", requestId: "1" } as SweptRow;

function compared(change: Partial<SweepPlan["sweep"]> = {}, rows: SweptRow[] = [row]) {
  const empty = { unmanaged: [], unread: [], unreachable: [], unreadStacks: [], unidentified: [] };
  const sweep = { ...empty, databases: [orders], located: true, isWhole: true, ...change };
  const plan: SweepPlan = { target: "fleet", tags: {}, evidenceValidDays: 1, sweep };
  return comparedInSweep(plan, { rows, digest: "" } as SweepOutcome);
}

test("a database that no stack declares is a difference of its own, with its owner and how to import it", () => {
  const [found] = compared({ unmanaged: [legacy] }).databases;
  expect(found).toMatchObject({ owner: "team-old", database: { resourceId: "db-LEGACY" } });
  expect(found!.differences).toMatchObject([
    { class: "unmanaged", severity: "high", owner: "team-old", key: "db-LEGACY|database legacy|" },
  ]);
  expect(found!.differences[0]!.remedy).toMatch("npx shipshape import --from db-LEGACY");
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
