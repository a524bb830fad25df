// A fleet of 10,000 databases, of which 0.5 % fail and 1 % cannot be judged, on a simulated clock.
import { awsQuotas, fleetOf, planOf, runTrain } from "./simulated-fleet";

const plan = planOf(fleetOf(10_000));
const chances = { failed: 0.005, inconclusive: 0.01 };

test("a fleet of 10,000 is planned whole, and no ring is more than five times as large as what was well before", () => {
  const sizes = plan.rings.map(({ databases }) => databases.length);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(10_000);
  let largest = 0;
  for (const size of sizes) {
    expect(size).toBeLessThanOrEqual(Math.max(1, 5 * largest));
    largest = Math.max(largest, size);
  }
  expect(largest).toBeLessThanOrEqual(3000);
});

test.each([1, 2, 3])(
  "a train of 10,000 comes to its end, whatever fails, and begins nothing too early (seed %d)",
  async (seed) => {
    const train = await runTrain(plan, { ...chances, seed });
    expect(train.broken).toEqual([]);
    expect(train.states.every((state) => state === "promoted")).toBe(true);
    expect(train.patched + train.skipped).toBeGreaterThanOrEqual(10_000);
    expect(train.patched).toBeGreaterThan(9800);
    expect(train.underWayMax).toBe(16);
    // A halt for each that fails while a ring is patched, and one for all of a ring that cannot be judged.
    expect(train.halts).toBeLessThanOrEqual(train.skipped + train.quotaHalts);
    expect(train.snapshotsMax).toBeLessThanOrEqual(awsQuotas.snapshots);
    expect(train.callsPerSecondMax).toBeLessThanOrEqual(awsQuotas.callsPerSecond);
  },
);

test("a train of 10,000 in six rings keeps AWS's quotas, and no ring is larger than its plan says", async () => {
  const inSix = planOf(fleetOf(10_000), { ringsMax: 6 });
  const sizes = inSix.rings.map(({ databases }) => databases.length);
  expect(sizes).toEqual([1, 50, 949, 3000, 3000, 3000]);
  for (let at = 1; at < sizes.length; at++)
    expect(sizes[at]).toBeLessThanOrEqual(inSix.growth.factor * Math.max(...sizes.slice(0, at)));
  const train = await runTrain(inSix, { ...chances, seed: 1 });
  expect(train.broken).toEqual([]);
  expect(train.states).toEqual(Array(6).fill("promoted"));
  expect(train.quotaHalts).toBeGreaterThan(0); // 400 databases of an account, and room for 100 snapshots
  expect(train.snapshotsMax).toBe(awsQuotas.snapshots);
  const raised = await runTrain(inSix, { ...chances, seed: 1, quotas: { ...awsQuotas, snapshots: 500 } });
  expect(raised.quotaHalts).toBe(0);
  expect(raised.hours).toBeLessThan(train.hours);
});

test("where every patch fails, nobody but the canary was touched until people went on", async () => {
  const small = planOf(fleetOf(100));
  const train = await runTrain(small, { failed: 1, inconclusive: 0, seed: 1 });
  expect(train.broken).toEqual([]);
  expect(train.patched).toBe(0);
  expect(train.halts).toBeGreaterThanOrEqual(small.rings.length);
});

test("in the windows of a week, a train of 10,000 takes weeks, and keeps its bounds", async () => {
  const train = await runTrain(planOf(fleetOf(10_000), { window: "tue:00:00-tue:23:30" }), { ...chances, seed: 4 });
  expect(train.broken).toEqual([]);
  expect(train.states.every((state) => state === "promoted")).toBe(true);
  expect(train.hours).toBeGreaterThan(3 * 7 * 24);
});
