/** Pure: which copy is removed, and whether its time is over. */
import type { Standard } from "../../../components/standards/standard";
import { copyAlone } from "../../copy-records";
import { targetDatabase, type TargetDatabase } from "../../fleet-records";
import { canonicalJson, type PlanBasis } from "../../records";
import { followsStill, heldTo } from "../../tier-of";
import type { RefreshRemovalRequest } from "./request";

/** A copy that a refresh has made, as the cloud and its stack both describe it. */
export interface ObservedCopy {
  observedAt: string;
  identifier: string;
  arn: string;
  resourceId: string;
  tags: Record<string, string>;
  stack: string;
  secretsProvider: string | null;
  /** The last day that was approved for it. */
  expiresOn: string;
  /** The refresh. */
  madeBy: string;
}

export interface RefreshRemovalPlan extends PlanBasis {
  database: TargetDatabase;
  copy: Pick<ObservedCopy, "stack" | "secretsProvider" | "madeBy">;
}

/** The proof that a copy is gone does not expire; statements have an end, and auditors ask for a year. */
const evidenceValidDays = 365;

export function planRemoval(
  request: RefreshRemovalRequest,
  observed: ObservedCopy,
  standard: Standard,
): RefreshRemovalPlan {
  const { tags, stack, secretsProvider, expiresOn, madeBy } = observed;
  const database = targetDatabase(observed);
  return {
    target: request.database,
    database,
    tags,
    heldTo: heldTo(tags, standard),
    alone: copyAlone(observed.identifier, database),
    evidenceValidDays,
    removes: { expiresOn, isOver: observed.observedAt.slice(0, 10) > expiresOn },
    copy: { stack, secretsProvider, madeBy },
  };
}

/** Whether it is still that copy, with that end. */
export const removalStillHolds = (plan: RefreshRemovalPlan, observed: ObservedCopy, standard: Standard): boolean =>
  followsStill(plan, standard) &&
  plan.database.resourceId === observed.resourceId &&
  plan.removes?.expiresOn === observed.expiresOn &&
  canonicalJson(plan.tags) === canonicalJson(observed.tags);
