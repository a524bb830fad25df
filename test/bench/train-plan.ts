/** The plan of a train of 10,000 databases, and what its run costs beside patches, people and time. */
import { canonicalJson, planDigestOf } from "../../automation/records";
import { fleetOf, planOf, runTrain } from "../automation/operations/ringed-patch/simulated-fleet";
import type { Measure } from "./measure";

export const trainPlan: Measure = {
  name: "plan of a train of 10,000 databases",
  ours: "rings, order, ages, the way back, its text and its digest",
  floor: "the canonical JSON of the same databases",
  runs: 9,
  async prepare() {
    const fleet = fleetOf(10_000);
    const { hours, halts, patched, snapshotsMax } = await runTrain(planOf(fleet), {
      ...{ failed: 0.005, inconclusive: 0.01, seed: 1 },
    });
    process.stderr.write(
      `  simulated: ${Math.round(hours)} hours, ${halts} halts, ${patched} patched, at most ${snapshotsMax} snapshots in one account and Region\n`,
    );
    return {
      ours: () => Promise.resolve(void planDigestOf(planOf(fleet))),
      floor: () => Promise.resolve(void canonicalJson(fleet)),
      after: () => Promise.resolve(),
    };
  },
};
