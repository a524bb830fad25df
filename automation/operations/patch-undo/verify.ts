/** Pure: whether the version before runs, by API and server; what people carry out is not proven by instructions. */
import { verdictOf, type Verdict } from "../../records";
import type { FoundVersion } from "../database-patch/outcome";
import { runsVersion } from "../database-patch/verify";
import { deliveredCheck } from "../stack-changes";
import type { PatchUndoPlan } from "./plan";

export type PatchUndoOutcome = { deliveredUntil: string } | { found: FoundVersion };

export function verifyUndo(plan: PatchUndoPlan, outcome: PatchUndoOutcome): Verdict {
  const { change, from, loss, patch } = plan;
  if ("deliveredUntil" in outcome)
    return verdictOf(change ? [deliveredCheck({ ...plan, change }, outcome.deliveredUntil)] : []);
  if (change) return verdictOf(runsVersion(from, outcome.found));
  return verdictOf([
    {
      name: "way-back-is-taken",
      verdict: "inconclusive",
      explanation: `people carry out the instructions of this plan, which lose ${loss.seconds} s of writes and each second since; until then nothing is lost, and request ${patch} is not undone`,
      figures: { lossSeconds: loss.seconds, lossRowsMax: loss.rows, runs: outcome.found.api.version },
    },
  ]);
}
