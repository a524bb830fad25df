/** Pure: whether the copy was patched well, and what that has measured. */
import { verdictOf, type Check, type Verdict } from "../../records";
import type { FoundVersion } from "../database-patch/outcome";
import { keepsIndexes, runsVersion } from "../database-patch/verify";
import type { PatchRehearsalPlan } from "./plan";

export type PatchRehearsalOutcome =
  | { notRestored: string; downtimeSeconds: null }
  /** As a client saw it; null: the attempt that has measured it was interrupted. */
  | { before: FoundVersion; found: FoundVersion; downtimeSeconds: number | null };

export function verifyRehearsal({ rehearsed }: PatchRehearsalPlan, outcome: PatchRehearsalOutcome): Verdict {
  if ("notRestored" in outcome)
    return verdictOf([
      {
        name: "copy-is-restored",
        verdict: "fail",
        explanation: `no copy could be patched: ${outcome.notRestored}`,
        figures: {},
      },
    ]);
  const { found, before, downtimeSeconds } = outcome;
  return verdictOf([
    ...runsVersion(rehearsed.to, found),
    ...keepsIndexes({ before, found }),
    measured(downtimeSeconds),
  ]);
}

const measured = (downtimeSeconds: number | null): Check => ({
  name: "downtime-is-measured",
  verdict: downtimeSeconds === null ? "inconclusive" : "pass",
  explanation:
    downtimeSeconds === null
      ? "no client has seen the restart from its begin to its end: the worker was replaced meanwhile"
      : `a client had no answer for ${downtimeSeconds} s`,
  figures: { downtimeSeconds },
});
