/** Pure: a removal is judged by what was looked for and is not there. */
import { verdictOf, type Verdict } from "../../records";
import type { RefreshRemovalPlan } from "./plan";

export interface RemovalOutcome {
  /** Each with the proof. */
  gone: { kind: string; identifier: string; provenGoneBy: string }[];
}

/** What nobody can prove gone of a team's own database. */
const remains =
  "the instance stays with its team: its storage keeps freed blocks of masked data until they are overwritten, and its backups and snapshots from before have the copy until they expire";

export const verifyRemoval = ({ target, copy, database }: RefreshRemovalPlan, { gone }: RemovalOutcome): Verdict =>
  verdictOf([
    {
      name: "copy-is-gone",
      verdict: gone.length > 0 ? "pass" : "fail",
      explanation: `${target}, made by refresh ${copy.madeBy}: ${gone.map(({ kind, provenGoneBy }) => `${kind}: ${provenGoneBy}`).join("; ")}${copy.team ? `; ${remains}` : ""}`,
      figures: {
        copy: target,
        resourceId: database.resourceId,
        madeBy: copy.madeBy,
        proofs: gone.length,
        instance: copy.team ? "stays" : "removed",
      },
    },
  ]);
