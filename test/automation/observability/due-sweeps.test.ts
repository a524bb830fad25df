import { builtIn } from "../../../components/standards/built-in";
import { checked } from "../../../components/standards/define";
import { demandedBy } from "../../../automation/scheduled-sweeps";
import { sweepSchedule, type RecentSweeps } from "../../../automation/observability/due-sweeps";

const at = (hour: number) => new Date(Date.UTC(2026, 10, 27, hour));
const recent = (tier: string | null, more: Partial<RecentSweeps>): RecentSweeps => ({
  ...{ tier, latestAt: null, failedAt: null, isOpen: false },
  ...more,
});
const demanded = (tier: string) => ({
  tier,
  everyHours: ({ gold: 6, silver: 12 } as Record<string, number>)[tier] ?? 24,
});
const due = (tiers: string[], ...sweeps: RecentSweeps[]) =>
  sweepSchedule(tiers.map(demanded), sweeps).map(({ tier, dueAt }) => [tier, dueAt?.getTime()]);

test("each tier is compared as often as the standard says, and a company's says something else", () => {
  expect(demandedBy(builtIn).map(({ tier, everyHours }) => [tier, everyHours])).toEqual([
    ["gold", 6],
    ["silver", 12],
    ["bronze", 24],
  ]);
  // A sweep is of the tier in all environments: the environment that demands most decides.
  const tiers = {
    gold: { like: "gold", driftEveryHours: 2, elsewhere: { driftEveryHours: 24 } },
    cheap: { like: "bronze" },
  };
  const company = checked(
    { standard: "acme", version: "1.0.0", tiers, strictest: "gold" },
    "standard.yaml",
    "2026-11-27",
  );
  expect(demandedBy(company).map(({ everyHours }) => everyHours)).toEqual([2, 24]);
  const sweeps = [recent("gold", { latestAt: at(0) }), recent("cheap", { latestAt: at(0) })];
  expect(sweepSchedule(demandedBy(company), sweeps).map(({ dueAt }) => dueAt)).toEqual([at(2), at(24)]);
});

test.each([
  ["more than a day, for which no look is valid", { bronze: { like: "bronze", driftEveryHours: 25 } }],
  [
    "less often than a tier that is less strict",
    { gold: { like: "gold", driftEveryHours: 24 }, silver: { like: "silver" } },
  ],
])("a standard that demands it %s is refused by that figure", (_, tiers) => {
  const strictest = Object.keys(tiers)[0]!;
  expect(() =>
    checked({ standard: "acme", version: "1.0.0", tiers, strictest }, "standard.yaml", "2026-11-27"),
  ).toThrow(/driftEveryHours/);
});

test("a tier that was never compared is due at once, and a sweep of the fleet counts for each tier", () => {
  expect(due(["gold", "silver"], recent("silver", { latestAt: at(1) }))).toEqual([
    ["gold", 0],
    ["silver", at(13).getTime()],
  ]);
  expect(due(["gold", "silver"], recent(null, { latestAt: at(4) }))).toEqual([
    ["gold", at(10).getTime()],
    ["silver", at(16).getTime()],
  ]);
});

test("nothing is due for a tier while a sweep of it, or of the fleet, is queued or running", () => {
  expect(due(["gold", "silver"], recent("gold", { latestAt: at(1), isOpen: true }))).toEqual([
    ["gold", undefined],
    ["silver", 0],
  ]);
  const [gold] = sweepSchedule([demanded("gold")], [recent(null, { latestAt: at(1), isOpen: true })]);
  expect(gold).toMatchObject({ dueAt: undefined, reason: "a sweep is queued or running" });
});

test("a sweep that failed compares nothing, and is repeated an hour later and not at once", () => {
  expect(due(["gold"], recent("gold", { failedAt: at(3) }))).toEqual([["gold", at(4).getTime()]]);
  expect(due(["gold"], recent("gold", { latestAt: at(0), failedAt: at(7) }))).toEqual([["gold", at(8).getTime()]]);
  // One that succeeded since.
  expect(due(["gold"], recent("gold", { latestAt: at(8), failedAt: at(7) }))).toEqual([["gold", at(14).getTime()]]);
});
