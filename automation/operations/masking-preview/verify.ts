/** Pure: judges a masking preview. */
import { verdictOf, type Verdict } from "../../records";
import type { MaskingPreviewPlan } from "./plan";

export interface PreviewOutcome {
  /** Why there was nothing to look at; null: there was. */
  unrestorable: string | null;
  /** The moment whose rows they are. */
  recoveryPoint: string | null;
}

export function verifyPreview({ hours }: MaskingPreviewPlan, { unrestorable, recoveryPoint }: PreviewOutcome): Verdict {
  return verdictOf([
    unrestorable === null
      ? {
          name: "rows-could-be-shown",
          verdict: "pass",
          explanation: `an isolated copy could be looked at for ${hours} hours; who did is in the statement of its removal`,
          figures: { hours, recoveryPoint },
        }
      : { name: "rows-could-be-shown", verdict: "fail", explanation: unrestorable, figures: {} },
  ]);
}
