/** Pure: an extension is judged by the tags that the RDS API shows afterwards. */
import { verdictOf, type Verdict } from "../../records";
import type { RefreshExtensionPlan } from "./plan";

export interface ExtensionOutcome {
  /** As the RDS API shows them. */
  seen: { resourceId: string; madeBy: string; expiresOn: string; at: string };
}

export function verifyExtension(
  { target, database, copy, copies, expiresOn }: RefreshExtensionPlan,
  { seen }: ExtensionOutcome,
): Verdict {
  const isSeen = seen.resourceId === database.resourceId && seen.madeBy === copy.madeBy && seen.expiresOn === expiresOn;
  return verdictOf([
    {
      name: "copy-stays",
      verdict: isSeen ? "pass" : "fail",
      explanation: isSeen
        ? `${target}, made by refresh ${copy.madeBy}, stays until ${expiresOn} instead of ${copy.expiresOn}, as its tags show`
        : `${target} is shown as ${seen.resourceId}, made by ${seen.madeBy}, until ${seen.expiresOn}`,
      figures: {
        ...{ copy: target, resourceId: database.resourceId, refresh: copy.madeBy, evidenceOfRefresh: copy.evidence },
        ...{ before: copy.expiresOn, expiresOn, retentionDays: copies?.retentionDays ?? null },
      },
    },
  ]);
}
