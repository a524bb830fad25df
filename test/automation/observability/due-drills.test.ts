import { drillSchedule, type LatestDrill } from "../../../automation/observability/due-drills";
import type { DatabaseRecovery, SignedDrill } from "../../../automation/observability/recoverability";
import { targetDatabase } from "../../../automation/records";

const day = 86_400_000;
const start = new Date("2026-05-01T00:00:00Z");
const after = (days: number) => new Date(start.getTime() + days * day);
const database = (identifier: string) =>
  targetDatabase({
    identifier,
    resourceId: `db-${identifier}`,
    arn: `arn:aws:rds:eu-central-1:123456789012:db:${identifier}`,
  });
/** Drilled at the start, and proven for 100 days. */
function recovery(identifier: string, change: Partial<DatabaseRecovery> = {}, issued = 0): DatabaseRecovery {
  const decidedBy = { requestId: `drill-of-${identifier}`, issuedAt: after(issued), expiresOn: after(issued + 100) };
  return {
    database: database(identifier),
    recoverability: "fresh",
    reason: "as it is",
    decidedBy: decidedBy as SignedDrill,
    beside: [],
    ...change,
  };
}
const never = (identifier: string) => recovery(identifier, { recoverability: "never", decidedBy: undefined });
const drilled = (target: string, days: number, isOpen = false): LatestDrill => ({
  target,
  requestedAt: after(days),
  isOpen,
});
const dueOf = (one: DatabaseRecovery, latest: LatestDrill[] = []) => drillSchedule([one], latest)[0]!;

test("a proven database is due a tenth to three tenths of its proof's validity before that expires", () => {
  const due = Array.from({ length: 300 }, (_, i) => dueOf(recovery(`orders-${i}`)).dueAt!.getTime());
  const days = due.map((at) => (at - start.getTime()) / day);
  expect(Math.min(...days)).toBeGreaterThanOrEqual(70);
  expect(Math.max(...days)).toBeLessThanOrEqual(90);
  // Spread evenly: in each fifth of the twenty days some fifth of them.
  for (const from of [70, 74, 78, 82, 86])
    expect(days.filter((d) => d >= from && d < from + 4).length).toBeGreaterThan(30);
});

test("a database keeps its moment, whatever others there are", () => {
  const alone = dueOf(recovery("orders")).dueAt;
  expect(drillSchedule([recovery("a"), recovery("orders")], []).map((s) => s.dueAt)).toContainEqual(alone);
  expect(dueOf(recovery("orders")).reason).toBe("the proof of drill drill-of-orders is valid until 2026-08-09");
});

test.each<[string, Partial<DatabaseRecovery>]>([
  ["was never drilled", { recoverability: "never", decidedBy: undefined }],
  ["is not proven", { recoverability: "unproven", decidedBy: undefined }],
  ["lost its proof", { recoverability: "unproven" }],
  ["failed", { recoverability: "failed" }],
])("a database that %s is due at once, and a day after a drill that changed nothing", (_, change) => {
  const one = recovery("orders", change);
  expect(dueOf(one)).toMatchObject({ dueAt: new Date(0), reason: "as it is" });
  expect(dueOf(one, [drilled("orders", 10)]).dueAt).toEqual(after(11));
});

test("an expired proof is due since before it expired, but not within a day of the last attempt", () => {
  const one = recovery("orders", { recoverability: "stale" });
  expect(dueOf(one).dueAt!.getTime()).toBeLessThan(after(100).getTime());
  expect(dueOf(one, [drilled("orders", 120)]).dueAt).toEqual(after(121));
});

test("a drill that was due and proved nothing new is not repeated within a day, though the old proof is still valid", () => {
  expect(dueOf(recovery("orders"), [drilled("orders", 95)]).dueAt).toEqual(after(96));
  expect(dueOf(recovery("orders"), [drilled("orders", 10)]).dueAt).toEqual(dueOf(recovery("orders")).dueAt);
});

test("nothing is planned while a drill is open, or while nothing is known", () => {
  expect(dueOf(never("orders"), [drilled("orders", 1, true)])).toMatchObject({
    dueAt: undefined,
    reason: "a drill is queued or running",
  });
  expect(dueOf(recovery("orders", { recoverability: "unknown" }))).toMatchObject({
    dueAt: undefined,
    reason: "as it is",
  });
  expect(dueOf(never("orders"), [drilled("ledger", 1, true)]).dueAt).toEqual(new Date(0));
});

test("those due first come first, then those with the oldest evidence, then by name; those not due come last", () => {
  const schedule = drillSchedule(
    [
      recovery("unknown", { recoverability: "unknown" }),
      recovery("fresh"),
      recovery("failed-later", { recoverability: "failed" }, 5),
      recovery("failed", { recoverability: "failed" }),
      never("b"),
      never("a"),
    ],
    [],
  );
  expect(schedule.map((s) => s.recovery.database.identifier)).toEqual([
    "a",
    "b",
    "failed",
    "failed-later",
    "fresh",
    "unknown",
  ]);
});
