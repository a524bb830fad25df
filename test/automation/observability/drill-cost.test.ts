import { identityOf, targetDatabase } from "../../../automation/fleet-records";
import {
  costedDrills,
  costOnceRequested,
  drillCost,
  type PricedDatabase,
  type Prices,
} from "../../../automation/observability/drill-cost";
import type { RecentDrills } from "../../../automation/observability/due-drills";
import type { SignedDrill } from "../../../automation/observability/recoverability";

const now = new Date("2026-05-01T00:00:00Z");
const prices: Prices = {
  currency: "USD",
  costPerDay: 10,
  instanceHour: { "db.m7g.large": 1, "db.m7g.xlarge": 2 },
  storageGbMonth: { gp3: 0.73, io2: 1.46 },
};
const large = { instanceClass: "db.m7g.large", storageGib: 1000, storageType: "gp3" };
const undrilled = { decidedBy: undefined, beside: [] };
const lasting = (copyHours?: number) => ({ copyHours }) as SignedDrill;

describe("the cost of a drill", () => {
  test("is its copy's instance and storage, for as long as the tier allows reading and two hours more", () => {
    // 3 h × (1 + 1000 × 0.73 / 730)
    expect(drillCost(large, undrilled, 1, prices)).toEqual({
      hundredths: 600,
      currency: "USD",
      hours: 3,
      isMeasured: false,
      unpriced: [],
    });
  });

  test.each([
    ["the drill that decides", { decidedBy: lasting(0.5), beside: [] }, 0.5, 100],
    ["the longest of that and later ones", { decidedBy: lasting(0.5), beside: [lasting(2), lasting(1)] }, 2, 400],
    ["those that made a copy", { decidedBy: lasting(), beside: [lasting(0.5)] }, 0.5, 100],
    ["ten minutes at least", { decidedBy: lasting(0.01), beside: [] }, 1 / 6, 34],
  ])("is measured by %s", (_, drills, hours, hundredths) => {
    expect(drillCost(large, drills, 4, prices)).toMatchObject({ hundredths, hours, isMeasured: true });
  });

  test("without a listed price is that of the highest one, and says so", () => {
    const unlisted = { instanceClass: "db.r8g.large", storageGib: 1000, storageType: "gp2" };
    expect(drillCost(unlisted, undrilled, 1, prices)).toMatchObject({
      hundredths: 3 * (2 + 2) * 100,
      unpriced: ["db.r8g.large", "gp2"],
    });
    // What every object has is no price.
    expect(drillCost({ ...large, instanceClass: "constructor" }, undrilled, 1, prices)).toMatchObject({
      unpriced: ["constructor"],
    });
  });

  test("is rounded up, and not by the noise of binary fractions", () => {
    const free = { ...large, storageGib: 0 };
    const hour = { decidedBy: lasting(1), beside: [] };
    const at = (price: number) =>
      drillCost(free, hour, 1, { ...prices, instanceHour: { "db.m7g.large": price } }).hundredths;
    expect([at(1.1), at(1.101), at(0.0001)]).toEqual([110, 111, 1]);
  });
});

/** Costs 2 an hour. Its drill failed, in the order of the alphabet, so it is due; or was proven then, so it is not. */
function database(identifier: string, hours: number, provenAt?: Date): PricedDatabase {
  const arn = `arn:aws:rds:eu-central-1:123456789012:db:${identifier}`;
  const known = targetDatabase({ identifier, resourceId: `db-${identifier}`, arn });
  const issuedAt = provenAt ?? new Date(identifier.charCodeAt(0) * 86_400_000);
  const expiresOn = new Date(issuedAt.getTime() + 100 * 86_400_000);
  const decidedBy = { requestId: "drill", copyHours: hours, issuedAt, expiresOn } as SignedDrill;
  const recoverability = provenAt ? "fresh" : "failed";
  return {
    recovery: { database: known, recoverability, reason: "as it is", decidedBy, beside: [] },
    drillEveryDays: 100,
    isStandard: true,
    size: large,
    readingHoursMax: 4,
  };
}
const requested = (identifier: string, ofLastDay: number, change: Partial<RecentDrills> = {}): RecentDrills => ({
  target: identifier,
  identity: null,
  latestAt: new Date(1),
  isOpen: false,
  underWay: 0,
  ofLastHour: 0,
  ofLastDay,
  ...change,
});
const plan = (databases: PricedDatabase[], recent: RecentDrills[] = [], at: Prices | undefined = prices) => {
  const { drills, day } = costedDrills(databases, recent, at, now);
  return { day, drills: drills.map((d) => `${d.recovery.database.identifier} ${d.held ?? "now"}`) };
};
const fresh = new Date(now.getTime() - 86_400_000);

describe("what drills may cost in 24 hours", () => {
  test("admits the most overdue ones that fit, to the last hundredth", () => {
    expect(plan([database("a", 3), database("b", 2), database("c", 0.5)])).toEqual({
      day: { currency: "USD", spent: 0, budget: { perDay: 1000, left: 1000 } },
      drills: ["a now", "b now", "c no-room"],
    });
  });

  test("is not taken by cheaper drills from the one that is due first", () => {
    const recent = [requested("of-a-person", 1)];
    const databases = [database("a", 4), database("b", 0.5), database("of-a-person", 2, fresh)];
    expect(plan(databases, recent)).toMatchObject({
      day: { spent: 400, budget: { left: 600 } },
      drills: ["a no-room", "b no-room", "of-a-person now"],
    });
    expect(plan(databases).drills).toEqual(["a now", "b now", "of-a-person now"]);
  });

  test("holds a drill that costs more than all of it, and no other", () => {
    expect(plan([database("a", 6), database("b", 5)]).drills).toEqual(["a over-budget", "b now"]);
  });

  test("counts every request of a database of this fleet, once, and those of no other", () => {
    const orders = database("orders", 1);
    const { day } = plan(
      [orders],
      [
        requested("orders", 2),
        requested("orders", 1, { identity: identityOf(orders.recovery.database) }),
        requested("orders", 4, { identity: "123456789012 eu-central-1 db-BEFORE" }),
        requested("ledger", 8),
      ],
    );
    expect(day).toMatchObject({ spent: 600, budget: { left: 400 } });
  });

  test("is exceeded by people without becoming less than nothing", () => {
    const { day, drills } = plan([database("a", 0.5), database("b", 20, fresh)], [requested("b", 1)]);
    expect({ day, drills }).toMatchObject({
      day: { spent: 4000, budget: { left: 0 } },
      drills: ["a no-room", "b now"],
    });
  });

  test("holds nothing where the company gives no budget, and nothing is known without prices", () => {
    expect(plan([database("a", 600)], [], { ...prices, costPerDay: undefined })).toEqual({
      day: { currency: "USD", spent: 0, budget: undefined },
      drills: ["a now"],
    });
    expect(costedDrills([database("a", 600)], [], undefined, now)).toMatchObject({
      day: undefined,
      drills: [{ cost: undefined, held: undefined }],
    });
  });

  test("is less once more are requested", () => {
    const { day, drills } = costedDrills([database("a", 3), database("b", 1, fresh)], [], prices, now);
    expect(costOnceRequested(day!, drills.slice(0, 1))).toEqual({
      currency: "USD",
      spent: 600,
      budget: { perDay: 1000, left: 400 },
    });
  });
});
