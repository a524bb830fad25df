import { costHeading, costOfDay, costText, heldLines } from "../../../automation/command-line/drill-cost";
import type { CostedDrill, CostOfDay } from "../../../automation/observability/drill-cost";

const cost = { hundredths: 123_456, currency: "USD", hours: 6, isMeasured: false, unpriced: ["db.r8g.large"] };
const drill = (identifier: string, held: CostedDrill["held"]) =>
  ({ recovery: { database: { identifier } }, held, cost }) as CostedDrill;
const day: CostOfDay = { currency: "USD", spent: 150, budget: { perDay: 1000, left: 850 } };

test("what is left today is said, and why nothing is known where that is so", () => {
  expect(costOfDay(day)).toBe("the drills of the last 24 hours cost about 1.50 USD, and 8.50 of 10.00 are left");
  expect(costOfDay({ ...day, budget: undefined })).toContain("has no `costPerDay`: the budget only counts drills");
  expect(costOfDay(undefined)).toContain("has no `prices`; the budget only counts drills");
});

test("an estimate says what it is made of, and its column is as wide as the widest", () => {
  expect(costText(cost)).toEqual([
    "a copy for 6.0 h, as its tier allows",
    "db.r8g.large has no price: the highest listed one is assumed",
  ]);
  expect(costHeading([drill("a", undefined)])).toBe("COST       ");
  expect(costHeading([])).toBe("COST");
});

test("drills that cost holds are named, the ones that no day has room for with what to do about them", () => {
  const drills = [drill("a", "over-budget"), drill("b", "no-room"), drill("c", undefined), drill("d", "over-budget")];
  const [waiting, over, ...more] = heldLines(drills, day);
  expect(waiting).toMatch(/leave room in `costPerDay`: b$/);
  expect(over).toContain("more than `costPerDay` allows: a, d; raise it");
  expect(over).toContain("`npx shipshape request restore-drill --database a --reason");
  expect(more).toEqual([]);
  expect(heldLines([drill("c", undefined)], day)).toEqual([]);
});

test("a line names ten, and says how many more there are", () => {
  const many = Array.from({ length: 12 }, (_, at) => drill(`orders-${at}`, "no-room"));
  expect(heldLines(many, day)).toEqual([expect.stringMatching(/orders-9 and 2 more$/)]);
});
