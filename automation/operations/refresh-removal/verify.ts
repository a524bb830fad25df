/** Pure: a removal is judged by what was looked for and is not there. */
import { verdictOf, type Verdict } from "../../records";
import type { RefreshRemovalPlan } from "./plan";

export interface RemovalOutcome {
  /** Each with the proof. */
  gone: { kind: string; identifier: string; provenGoneBy: string }[];
}

export const verifyRemoval = ({ target, copy, database }: RefreshRemovalPlan, { gone }: RemovalOutcome): Verdict =>
  verdictOf([
    {
      name: "copy-is-gone",
      verdict: gone.length > 0 ? "pass" : "fail",
      explanation: `${target}, made by refresh ${copy.madeBy}: ${gone.map(({ kind, provenGoneBy }) => `${kind}: ${provenGoneBy}`).join("; ")}`,
      figures: { copy: target, resourceId: database.resourceId, madeBy: copy.madeBy, proofs: gone.length },
    },
  ]);
