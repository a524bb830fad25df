/** Pure: from the request and what was observed to what is compared. */
import type { Standard } from "../../../components/standards/standard";
import { targetDatabase, type TargetDatabase } from "../../fleet-records";
import { canonicalJson, type PlanBasis } from "../../records";
import { heldTo } from "../../tier-of";
import type { DeclaredBeyond } from "./declared-beyond";
import { evidenceValidDays } from "./limits";
import type { OneDatabase } from "./request";

/** The database, and who declares it. */
export interface ObservedDatabase {
  identifier: string;
  arn: string;
  resourceId: string;
  tags: Record<string, string>;
  stack: DeclaringStack;
  beyond: DeclaredBeyond;
}

/** "shipshape/database.orders-production", or why there is none, or none that can be known. */
export type DeclaringStack = { name: string } | { none: "undeclared" | "unreadable"; reason: string };

export interface DriftDetectionPlan extends PlanBasis {
  database: TargetDatabase;
  stack: DeclaringStack;
  /** What is declared of it that no refresh compares. */
  beyond: DeclaredBeyond;
}

export function planDriftDetection(
  request: Pick<OneDatabase, "database">,
  observed: ObservedDatabase,
  standard: Standard,
): DriftDetectionPlan {
  const { tags, stack, beyond } = observed;
  return {
    target: request.database,
    database: targetDatabase(observed),
    tags,
    heldTo: heldTo(tags, standard),
    evidenceValidDays,
    stack,
    beyond,
  };
}

/** Another database of that name, other tags or another stack are compared with something else. */
export const detectionStillHolds = (plan: DriftDetectionPlan, observed: ObservedDatabase): boolean =>
  canonicalJson([plan.database, plan.tags, plan.stack, plan.beyond]) ===
  canonicalJson([targetDatabase(observed), observed.tags, observed.stack, observed.beyond]);
