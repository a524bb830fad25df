/** Pure: from the request and what was observed to every choice of a masking preview. */
import type { Standard } from "../../../components/standards/standard";
import { targetDatabase, type TargetDatabase } from "../../fleet-records";
import { canonicalJson, type PlanBasis } from "../../records";
import { followsStill, heldTo } from "../../tier-of";
import { stagingNames, type ObservedCopySource } from "../environment-refresh/plan";
import type { IsolatedCopy } from "../isolated-copy";
import { throwawayTags } from "../throwaway-tags";
import { evidenceDays, hoursDefault, rowsMax, showingsMax, tablesMax } from "./limits";
import type { MaskingPreviewRequest } from "./request";

export interface ObservedPreview {
  observedAt: string;
  source: Omit<ObservedCopySource, "schemaDigest">;
  isolationSecurityGroupIds: string[];
  secretsProvider: string | null;
}

export interface MaskingPreviewPlan extends PlanBasis, IsolatedCopy {
  database: TargetDatabase;
  source: ObservedPreview["source"];
  hours: number;
  /** What is shown at once, and how often. */
  bounds: { rows: number; tables: number; showings: number };
}

export function planPreview(
  { database: identifier, hours = hoursDefault }: MaskingPreviewRequest,
  { source, isolationSecurityGroupIds, secretsProvider }: ObservedPreview,
  requestId: string,
  standard: Standard,
): MaskingPreviewPlan {
  const database = targetDatabase(source);
  const bounds = { rows: rowsMax, tables: tablesMax, showings: showingsMax };
  return {
    target: identifier,
    database,
    tags: source.tags,
    heldTo: heldTo(source.tags, standard),
    subject: `rows of ${identifier}, shown`,
    // It waits for a person, so it holds neither the database nor a place; and there is one copy for that at a time.
    waits: true,
    alone: `preview of ${identifier} in ${database.account} ${database.region}`,
    evidenceValidDays: evidenceDays,
    showsRows: true,
    text: textOf(identifier, hours, bounds),
    source,
    hours,
    bounds,
    throwaway: {
      ...stagingNames(requestId),
      secretsProvider,
      instanceClass: source.instanceClass,
      securityGroupIds: isolationSecurityGroupIds,
      tags: throwawayTags(source.tags, { requestId, purpose: "masking-preview" }, standard),
    },
  };
}

const textOf = (identifier: string, hours: number, { rows, tables, showings }: MaskingPreviewPlan["bounds"]): string =>
  `REAL VALUES of ${identifier} are shown on the terminal of the requester, and of nobody else:
the backups are restored into an isolated throwaway, and for ${hours} hours its masked columns can be looked at
beside their masks, ${rows} rows of ${tables} tables at once, ${showings} times. Nothing that is shown is recorded;
who looked, when, and at which tables is signed. Then the throwaway is removed, and proven gone.
`;

/** What is restored expires so long after the run began: until then, people may take days to approve. */
export const expiring = (plan: MaskingPreviewPlan, expiresAt: string): MaskingPreviewPlan => ({
  ...plan,
  throwaway: { ...plan.throwaway, tags: { ...plan.throwaway.tags, "shipshape:expires-on": expiresAt } },
});

/** Whether nothing but time has passed since the plan was made. */
export function previewStillHolds(plan: MaskingPreviewPlan, observed: ObservedPreview, standard: Standard): boolean {
  const same = (one: unknown, other: unknown) => canonicalJson(one) === canonicalJson(other);
  return (
    followsStill(plan, standard) &&
    same(plan.source, observed.source) &&
    same(plan.throwaway.securityGroupIds, observed.isolationSecurityGroupIds)
  );
}
