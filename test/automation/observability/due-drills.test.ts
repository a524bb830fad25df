import {
  drillSchedule,
  drillsDemandedPerDay,
  drillsLeft,
  type DrillableDatabase,
  type RecentDrills,
} from "../../../automation/observability/due-drills";
import type { DatabaseRecovery, SignedDrill } from "../../../automation/observability/recoverability";
import { identityOf, targetDatabase } from "../../../automation/fleet-records";

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
const never = (identifier: string, change: Partial<DatabaseRecovery> = {}) =>
  recovery(identifier, { recoverability: "never", decidedBy: undefined, ...change });
const drilled = (target: string, days: number, isOpen = false, change: Partial<RecentDrills> = {}): RecentDrills => ({
  target,
  identity: null,
  latestAt: after(days),
  isOpen,
  underWay: Number(isOpen),
  ofLastHour: 0,
  ofLastDay: 1,
  ...change,
});
const drillable = (one: DatabaseRecovery, change: Partial<DrillableDatabase> = {}): DrillableDatabase => ({
  recovery: one,
  drillEveryDays: 100,
  isStandard: true,
  ...change,
});
const dueOf = (one: DatabaseRecovery, recent: RecentDrills[] = [], change: Partial<DrillableDatabase> = {}) =>
  drillSchedule([drillable(one, change)], recent)[0]!;

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
  expect(
    drillSchedule(
      [recovery("a"), recovery("orders")].map((one) => drillable(one)),
      [],
    ).map((s) => s.dueAt),
  ).toContainEqual(alone);
  expect(dueOf(recovery("orders")).reason).toBe("the proof of drill drill-of-orders is valid until 2026-08-09");
});

test("a tier that demands drills more often than the proof is valid counts, and one that demands fewer does not", () => {
  const days = (drillEveryDays: number) =>
    (dueOf(recovery("orders"), [], { drillEveryDays }).dueAt!.getTime() - start.getTime()) / day;
  expect(days(10)).toBeCloseTo(days(100) / 10);
  expect(days(1000)).toBe(days(100));
});

test.each<[string, Partial<DatabaseRecovery>, number]>([
  ["was never drilled", { recoverability: "never", decidedBy: undefined }, -Infinity],
  ["is not proven", { recoverability: "unproven", decidedBy: undefined }, -Infinity],
  ["lost its proof", { recoverability: "unproven" }, 0],
  ["failed", { recoverability: "failed" }, 0],
])("a database that %s is due at once, and a day after a drill that changed nothing", (_, change, lastDrill) => {
  const one = recovery("orders", change);
  const at = lastDrill < 0 ? new Date(0) : after(lastDrill + 1);
  expect(dueOf(one)).toMatchObject({ dueAt: at, reason: "as it is" });
  expect(dueOf(one, [drilled("orders", 10)]).dueAt).toEqual(after(11));
});

test("one whose drills never prove anything waits behind those that were tried longer ago", () => {
  const attempt = (requestId: string, days: number) => ({ requestId, issuedAt: after(days) }) as SignedDrill;
  const failing = recovery("a", { recoverability: "unproven", decidedBy: undefined, beside: [attempt("x", 3)] });
  const waiting = recovery("b", { recoverability: "unproven", decidedBy: undefined, beside: [attempt("y", 2)] });
  const names = drillSchedule(
    [failing, waiting, never("c")].map((one) => drillable(one)),
    [],
  );
  expect(names.map((s) => s.recovery.database.identifier)).toEqual(["c", "b", "a"]);
});

describe("a database without the role that drills need", () => {
  const attempt = { requestId: "first", errorCode: "database-role-unknown", issuedAt: after(0) } as SignedDrill;
  const without = never("orders", { beside: [attempt] });

  test("is drilled once, and then the schedule says what is missing", () => {
    expect(dueOf(never("orders"), [], { isStandard: false }).dueAt).toEqual(new Date(0));
    expect(dueOf(without, [], { isStandard: false })).toEqual({
      recovery: without,
      dueAt: undefined,
      reason: 'drill first found no role "shipshape" in it: create the role, then request a drill',
    });
  });

  test("is drilled again if the standard makes it, if it was proven before, or if a later drill got further", () => {
    expect(dueOf(without).dueAt).toEqual(after(1));
    const proven = recovery("orders", { beside: [attempt] });
    expect(dueOf(proven, [], { isStandard: false }).dueAt).toBeDefined();
    const later = never("orders", { beside: [attempt, { ...attempt, errorCode: undefined, issuedAt: after(5) }] });
    expect(dueOf(later, [], { isStandard: false }).dueAt).toEqual(after(6));
  });
});

test("a request that found another database under the name is not about this one", () => {
  const found = (identity: string) => [drilled("orders", 1, true, { identity })];
  const one = never("orders");
  expect(dueOf(one, found("123456789012 eu-central-1 db-BEFORE")).dueAt).toEqual(new Date(0));
  expect(dueOf(one, found(identityOf(one.database))).dueAt).toBeUndefined();
});

describe("the budget", () => {
  const databases = ["a", "b", "c"].map(database);
  const recent = [
    drilled("a", 1, true, { ofLastHour: 1, ofLastDay: 2 }),
    drilled("b", 1, false, { ofLastHour: 0, ofLastDay: 1 }),
    drilled("of-another-account", 1, true, { ofLastHour: 9, ofLastDay: 9 }),
  ];
  test.each([
    [10, 240, 9, "as many as may be open"],
    [2, 240, 1, "as many as may be open"],
    [1, 240, 0, "as many as may be open"],
    [100, 240, 9, "an hour's share of the day"],
    [100, 24, 0, "an hour's share of the day"],
    [100, 4, 0, "an hour's share of the day"],
    [100, 3, 0, "a day's"],
  ])("with %i open and %i a day leaves %i: %s", (openMax, perDayMax, left) => {
    expect(drillsLeft(databases, recent, { openMax, perDayMax })).toBe(left);
  });

  test("is compared with what the tiers demand, as each drill comes before its proof expires", () => {
    const every = (drillEveryDays: number, one = never("orders")) => ({ drillEveryDays, recovery: one });
    const copy = never("orders", { recoverability: "copy" });
    expect(drillsDemandedPerDay([every(7), every(90), every(1, copy)])).toBeCloseTo(1 / 5.6 + 1 / 72);
  });
});

test("a masked copy is never due, and the schedule says why", () => {
  expect(dueOf(never("orders-staging", { recoverability: "copy", reason: "a masked copy of orders" }))).toMatchObject({
    dueAt: undefined,
    reason: "a masked copy of orders",
  });
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
      recovery("drilled-later", {}, 60),
      recovery("failed", { recoverability: "failed" }),
      never("b"),
      never("a"),
    ].map((one) => drillable(one)),
    [],
  );
  expect(schedule.map((s) => s.recovery.database.identifier)).toEqual([
    "a",
    "b",
    "failed",
    "fresh",
    "drilled-later",
    "unknown",
  ]);
});
