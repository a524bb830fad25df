/** Pure: whether an instance that was replaced may be deleted, and what stays of it. */
import type { Standard } from "../../../components/standards/standard";
import { ShipshapeError } from "../../errors";
import { canonicalJson, type PlanBasis, type RecoveryEvidence } from "../../records";
import { followsStill, heldTo } from "../../tier-of";
import type { TargetDatabase } from "../../fleet-records";
import { evidenceValidDays } from "./limits";

export interface ObservedReplaced {
  database: TargetDatabase;
  tags: Record<string, string>;
  status: string;
  engineVersion: string;
  /** The request that has replaced it; null: no row and tag of the same request say so. */
  replacedBy: string | null;
  /** The instance that has its name, with what is proven of it; null: RDS does not have it. */
  successor: { database: TargetDatabase; status: string; recovery: RecoveryEvidence } | null;
  /** Stacks that declare it: none, once the switchover was adopted. */
  declaredBy: string[];
}

export interface RetirePlan extends PlanBasis {
  database: TargetDatabase;
  successor: TargetDatabase;
  replacedBy: string;
  /** The last snapshot, which nobody deletes. */
  snapshot: string;
}

/** Errors: retire-impossible. */
export function planRetirement(observed: ObservedReplaced, requestId: string, standard: Standard): RetirePlan {
  const { database, tags, replacedBy, successor, engineVersion } = observed;
  const { identifier } = database;
  const reasons = obstacles(observed);
  if (reasons.length > 0 || replacedBy === null || successor === null)
    throw new ShipshapeError("retire-impossible", { identifier, reasons: reasons.join("; ") });
  const snapshot = `shipshape-retired-${requestId}`;
  return {
    target: identifier,
    database,
    tags,
    heldTo: heldTo(tags, standard),
    evidenceValidDays,
    successor: successor.database,
    replacedBy,
    snapshot,
    text: [
      `${identifier} (${database.resourceId}, PostgreSQL ${engineVersion}) is deleted. Request ${replacedBy} has replaced it by ${successor.database.identifier} (${successor.database.resourceId}), whose recovery is proven.`,
      `It is no way back any more: what it has of that time is in snapshot ${snapshot}, which stays. Its automated backups are kept by RDS for as long as its retention says.`,
    ].join("\n"),
  };
}

/** Of what has changed since it was replaced, nothing is held against it: nobody can write to it. */
function obstacles({ status, replacedBy, successor, declaredBy }: ObservedReplaced): string[] {
  return [
    replacedBy === null && "no switchover of ours has replaced it, as row and tag would say",
    status !== "available" && `its status is ${status}`,
    declaredBy.length > 0 && `${declaredBy.join(" and ")} declares it`,
    successor === null && "the instance that has replaced it is gone",
    successor !== null && successor.status !== "available" && `its successor is ${successor.status}`,
    successor !== null &&
      successor.recovery.recoverability !== "fresh" &&
      `the recovery of its successor is not proven: ${successor.recovery.recoverability}, ${successor.recovery.reason}`,
  ].filter((found) => found !== false);
}

export const retirementStillHolds = (plan: RetirePlan, observed: ObservedReplaced, standard: Standard): boolean =>
  followsStill(plan, standard) &&
  obstacles(observed).length === 0 &&
  canonicalJson([plan.database, plan.successor, plan.tags]) ===
    canonicalJson([observed.database, observed.successor?.database, observed.tags]);
