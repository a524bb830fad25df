/** The plan of a train of 10,000 databases, and what its run costs beside patches, people and time. */
import { canonicalJson, planDigestOf } from "../../automation/records";
import {
  awsQuotas,
  fleetOf,
  planOf,
  runTrain,
  type Quotas,
} from "../automation/operations/ringed-patch/simulated-fleet";
import type { TrainPlan } from "../../automation/operations/ringed-patch/plan";
import type { Measure } from "./measure";

export const trainPlan: Measure = {
  name: "plan of a train of 10,000 databases",
  ours: "rings, order, ages, the way back, its text and its digest",
  floor: "the canonical JSON of the same databases",
  runs: 9,
  async prepare() {
    const fleet = fleetOf(10_000);
    const raised = { ...awsQuotas, snapshots: 500 };
    await simulated("as recommended", planOf(fleet), raised);
    await simulated("in six rings", planOf(fleet, { ringsMax: 6 }), raised);
    await simulated("in six rings, with room for 100 snapshots", planOf(fleet, { ringsMax: 6 }), awsQuotas);
    return {
      ours: () => Promise.resolve(void planDigestOf(planOf(fleet))),
      floor: () => Promise.resolve(void canonicalJson(fleet)),
      after: () => Promise.resolve(),
    };
  },
};

async function simulated(what: string, plan: TrainPlan, quotas: Quotas): Promise<void> {
  const began = performance.now();
  const train = await runTrain(plan, { failed: 0.005, inconclusive: 0.01, seed: 1, quotas });
  const { hours, halts, quotaHalts, patched, snapshotsMax, callsPerSecondMax, throttledSeconds } = train;
  const memory = Math.round(process.memoryUsage().rss / 2 ** 20);
  process.stderr.write(
    `  simulated ${what}, ${plan.rings.length} rings: ${Math.round(hours)} hours, ${halts} halts (${quotaHalts} of a quota), ${patched} patched, at most ${snapshotsMax} snapshots in an account and Region, ${callsPerSecondMax.toFixed(1)} calls a second there, ${throttledSeconds} s throttled; took ${Math.round((performance.now() - began) / 100) / 10} s, ${memory} MB\n`,
  );
}
