import { populationOf, totalsOf, type PopulationDrill } from "../../../automation/evidence/population";
import type { Sighting } from "../../../automation/evidence/sighting";
import { databaseCalled } from "./sealed-runs";

const day = (n: number) => new Date(Date.UTC(2026, 0, 1) + n * 86_400_000).toISOString();
const period = { from: day(0), until: day(90) };
const { account, region } = databaseCalled("orders");

/** A sighting of these databases, each drilled every so many days. */
const seen = (at: number, databases: Record<string, number> | null, digest = "a".repeat(64)): Sighting => ({
  account,
  region,
  digest,
  databases:
    databases &&
    Object.entries(databases).map(([identifier, drillEveryDays]) => ({
      identifier,
      resourceId: databaseCalled(identifier).resourceId,
      tier: "gold",
      environment: "production",
      drillEveryDays,
    })),
  issuedAt: day(at),
  expiresOn: null,
});
/** One sighting a day, so that there is no gap. */
const daily = (from: number, until: number, databases: Record<string, number>, digest?: string) =>
  Array.from({ length: until - from }, (_, i) => seen(from + i, i === 0 ? databases : null, digest));
const drilled = (name: string, at: number, more: Partial<PopulationDrill> = {}): PopulationDrill => ({
  requestId: `${name}-${at}`,
  database: databaseCalled(name),
  verdict: "pass",
  tornDown: true,
  tier: "gold",
  environment: "production",
  issuedAt: day(at),
  validDays: 30,
  ...more,
});
const of = (sightings: Sighting[], drills: PopulationDrill[], within = period) =>
  populationOf(within, sightings, drills);
const due = (sightings: Sighting[], drills: PopulationDrill[], within = period) =>
  of(sightings, drills, within).databases.map((d) => [
    d.identifier,
    ...d.due.map((one) => `${one.status} ${one.dueAt.slice(5, 10)}${one.drill ? ` ${one.drill.requestId}` : ""}`),
  ]);
const d = (n: number) => day(n).slice(5, 10);

test("a drill in each span is done, whatever its verdict; the next span begins with it", () => {
  const drills = [
    drilled("orders", -10),
    drilled("orders", 15),
    drilled("orders", 40, { verdict: "fail" }),
    drilled("orders", 69),
  ];
  expect(due(daily(-20, 90, { orders: 30 }), drills)).toEqual([
    [
      "orders",
      `done ${d(10)} orders--10`,
      `done ${d(20)} orders-15`,
      `done ${d(45)} orders-40`,
      `done ${d(70)} orders-69`,
    ],
  ]);
  const { totals, databases } = of(daily(-20, 90, { orders: 30 }), drills);
  expect(totals).toEqual({ databases: 1, neverDrilled: 0, due: 4, done: 4, late: 0, missing: 0, failed: 1 });
  expect(databases[0]!.nextDueAt).toBe(day(99));
});

test("drills beyond what the tier demands make nothing due; they are named, and so is one that failed", () => {
  const weekly = Array.from({ length: 12 }, (_, i) => drilled("orders", 3 + 7 * i, i === 1 ? { verdict: "fail" } : {}));
  const { databases, totals } = of(daily(0, 90, { orders: 30 }), weekly);
  expect(totals).toMatchObject({ due: 3, done: 3, missing: 0, failed: 1 });
  expect(databases[0]!.due.map((one) => one.drill!.requestId)).toEqual(["orders-24", "orders-52", "orders-80"]);
  expect(databases[0]!.others.filter((one) => one.isDecided)).toHaveLength(9);
});

test("a drill for a day after the period is named, and counts there", () => {
  const drills = [drilled("orders", 25), drilled("orders", 50), drilled("orders", 75)];
  const first = of(daily(0, 120, { orders: 30 }), drills, { from: day(0), until: day(31) }).databases[0]!;
  expect([first.due.length, first.others.length]).toEqual([1, 0]);
  const all = of(daily(0, 120, { orders: 30 }), drills).databases[0]!;
  expect(all.due.map((one) => one.dueAt)).toEqual([day(30), day(55), day(80)]);
  expect(of(daily(0, 120, { orders: 30 }), drills, { from: day(56), until: day(79) }).databases[0]).toMatchObject({
    due: [],
    others: [{ requestId: "orders-75", isDecided: true }],
    nextDueAt: day(105),
  });
});

test("a database that was never drilled is there, with every drill that its tier demanded", () => {
  expect(due(daily(-5, 90, { orders: 30, ledger: 90 }), [])).toEqual([
    ["ledger", `missing ${d(85)}`],
    ["orders", `missing ${d(25)}`, `missing ${d(55)}`, `missing ${d(85)}`],
  ]);
  expect(of(daily(-5, 90, { orders: 30 }), []).totals).toMatchObject({ neverDrilled: 1, due: 3, missing: 3 });
});

test("a drill after its day is late, and those that were skipped before it are missing", () => {
  expect(due(daily(0, 90, { orders: 30 }), [drilled("orders", 35)])).toEqual([
    ["orders", `late ${d(30)} orders-35`, `missing ${d(65)}`],
  ]);
  expect(due(daily(0, 90, { orders: 20 }), [drilled("orders", 65)])).toEqual([
    ["orders", `missing ${d(20)}`, `missing ${d(40)}`, `late ${d(60)} orders-65`, `missing ${d(85)}`],
  ]);
});

test("at the very moment it is in time, a millisecond later it is late", () => {
  const at = (milliseconds: number) =>
    drilled("orders", 0, { issuedAt: new Date(Date.parse(day(30)) + milliseconds).toISOString() });
  expect(due(daily(0, 40, { orders: 30 }), [at(0)], { from: day(0), until: day(40) })[0]![1]).toMatch(/^done/);
  expect(due(daily(0, 40, { orders: 30 }), [at(1)], { from: day(0), until: day(40) })[0]![1]).toMatch(/^late/);
});

test("what reached no verdict, or left its throwaway, is no drill, and is named", () => {
  const drills = [
    drilled("orders", 10, { verdict: "inconclusive" }),
    drilled("orders", 20, { tornDown: false }),
    drilled("orders", -5, { verdict: "inconclusive" }),
  ];
  const { databases, totals } = of(daily(0, 90, { orders: 60 }), drills);
  expect(databases[0]!.due).toEqual([{ dueAt: day(55), status: "missing", drill: null }]);
  expect(databases[0]!.others.map((u) => [u.requestId, u.isDecided])).toEqual([
    ["orders-10", false],
    ["orders-20", false],
  ]);
  expect(totals.neverDrilled).toBe(0);
});

test("a database that was deleted in the period does not vanish, and nothing is due after it was last seen", () => {
  const sightings = [...daily(-5, 40, { orders: 30, ledger: 30 }), ...daily(40, 90, { ledger: 30 }, "b".repeat(64))];
  const { databases } = of(sightings, []);
  expect(databases.map((m) => [m.identifier, m.goneBy, m.lastSeen, m.nextDueAt])).toEqual([
    ["ledger", null, day(89), day(115)],
    ["orders", day(40), day(39), null],
  ]);
  expect(due(sightings, [])[1]).toEqual(["orders", `missing ${d(25)}`]);
  // It may have been there on a day of the period without a sighting: then it is named, and nothing is known to be due.
  const gap = [seen(-60, { orders: 30, ledger: 30 }), seen(5, { ledger: 30 }, "b".repeat(64))];
  expect(of(gap, []).databases[1]).toMatchObject({ identifier: "orders", goneBy: day(5), due: [] });
  // One that was gone before the period is not part of it.
  expect(due(sightings, [], { from: day(50), until: day(60) }).map(([name]) => name)).toEqual(["ledger"]);
});

test("one that was recreated under its name is another database", () => {
  const again = { ...seen(40, { orders: 30 }, "b".repeat(64)) };
  again.databases = [{ ...again.databases![0]!, resourceId: "db-AGAIN" }];
  const { databases } = of([seen(0, { orders: 30 }), again], [drilled("orders", 5)]);
  expect(databases.map((m) => [m.resourceId, m.goneBy, m.isDrilled])).toEqual([
    ["db-AGAIN", null, false],
    ["db-ORDERS", day(40), true],
  ]);
});

test("a change of tier changes what is due from then on", () => {
  const sightings = [...daily(0, 30, { orders: 60 }), ...daily(30, 90, { orders: 20 }, "b".repeat(64))];
  expect(due(sightings, [drilled("orders", 35)])).toEqual([
    ["orders", `done ${d(60)} orders-35`, `missing ${d(55)}`, `missing ${d(75)}`],
  ]);
});

test("one that is overdue through a whole short period is missing in it, too", () => {
  expect(due(daily(0, 90, { orders: 30 }), [], { from: day(40), until: day(50) })).toEqual([
    ["orders", `missing ${d(30)}`],
  ]);
  expect(due(daily(0, 90, { orders: 30 }), [drilled("orders", 45)], { from: day(40), until: day(50) })).toEqual([
    ["orders", `late ${d(30)} orders-45`],
  ]);
});

test("a database that only a drill names counts from that drill, by the validity of its evidence", () => {
  const [only] = of([], [drilled("orders", 10)]).databases;
  expect(only).toMatchObject({ firstSeen: day(10), drillEveryDays: 30, tier: "gold", goneBy: null });
  expect(only!.due.map((one) => one.status)).toEqual(["done", "missing", "missing"]);
});

test("what is known later than the period changes nothing in it", () => {
  const sightings = daily(0, 120, { orders: 30 });
  const more = [...sightings, seen(121, {}, "c".repeat(64))];
  const drills = [drilled("orders", 20)];
  expect(of(more, [...drills, drilled("orders", 100)])).toEqual(of(sightings, drills));
});

test("times without a sighting are named, by account and Region", () => {
  const sightings = [seen(10, { orders: 30 }), seen(11, null), seen(20, null)];
  expect(of(sightings, []).scopes).toEqual([
    {
      account,
      region,
      firstSighting: day(10),
      lastSighting: day(20),
      unseen: [
        { from: day(0), until: day(10) },
        { from: day(11), until: day(20) },
        { from: day(20), until: day(90) },
      ],
    },
  ]);
  expect(of(daily(-2, 91, { orders: 30 }), []).scopes[0]!.unseen).toEqual([]);
  const later = of([seen(100, { orders: 30 })], []);
  expect([later.databases, later.scopes[0]!.unseen]).toEqual([[], [{ from: day(0), until: day(90) }]]);
  expect(of([seen(-40, { orders: 30 })], []).scopes[0]!.unseen).toEqual([{ from: day(0), until: day(90) }]);
});

test("a sighting whose list is nowhere says nothing about any database", () => {
  expect(of([seen(0, { orders: 30 }), seen(40, null, "f".repeat(64))], []).databases[0]).toMatchObject({
    goneBy: null,
    lastSeen: day(0),
  });
});

test("totals are those of the databases", () => {
  const { databases, totals } = of(daily(0, 90, { orders: 30, ledger: 20 }), [drilled("orders", 35)]);
  expect(totalsOf(databases)).toEqual(totals);
});
