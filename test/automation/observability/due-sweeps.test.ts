import { sweepSchedule, type RecentSweeps } from "../../../automation/observability/due-sweeps";

const at = (hour: number) => new Date(Date.UTC(2026, 10, 27, hour));
const recent = (tier: string | null, more: Partial<RecentSweeps>): RecentSweeps => ({
  ...{ tier, latestAt: null, failedAt: null, isOpen: false },
  ...more,
});
const due = (tiers: string[], ...sweeps: RecentSweeps[]) =>
  sweepSchedule(tiers, sweeps).map(({ tier, dueAt }) => [tier, dueAt?.getTime()]);

test("each tier is compared as often as its place says, and further tiers as often as the third", () => {
  const tiers = ["platinum", "gold", "silver", "bronze"];
  const all = tiers.map((tier) => recent(tier, { latestAt: at(0) }));
  expect(sweepSchedule(tiers, all).map(({ everyHours }) => everyHours)).toEqual([6, 12, 24, 24]);
  expect(due(tiers, ...all).map(([, moment]) => moment)).toEqual([6, 12, 24, 24].map((hour) => at(hour).getTime()));
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
  const [gold] = sweepSchedule(["gold"], [recent(null, { latestAt: at(1), isOpen: true })]);
  expect(gold).toMatchObject({ dueAt: undefined, reason: "a sweep is queued or running" });
});

test("a sweep that failed compares nothing, and is repeated an hour later and not at once", () => {
  expect(due(["gold"], recent("gold", { failedAt: at(3) }))).toEqual([["gold", at(4).getTime()]]);
  expect(due(["gold"], recent("gold", { latestAt: at(0), failedAt: at(7) }))).toEqual([["gold", at(8).getTime()]]);
  // One that succeeded since.
  expect(due(["gold"], recent("gold", { latestAt: at(8), failedAt: at(7) }))).toEqual([["gold", at(14).getTime()]]);
});
