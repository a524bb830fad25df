/** Pure: what a database runs, and the one change of its stack that patches it; or why it cannot be. */
import type { Standard } from "../../../components/standards/standard";
import { ShipshapeError } from "../../errors";
import { identityOf, targetDatabase, type PlannedChange, type TargetDatabase } from "../../fleet-records";
import { obstacles, unproven } from "../../patches/obstacles";
import { canonicalJson, type PlanBasis, type RecoveryEvidence } from "../../records";
import { planStackChange, stackChangeHolds, type ObservedStack } from "../../runner/stack-change";
import { followsStill, heldTo } from "../../tier-of";
import type { OfferedVersions, RunningVersion } from "../../version-records";
import { evidenceValidDays } from "./limits";
import type { DatabasePatchRequest } from "./request";

export interface ObservedPatch {
  now: RunningVersion;
  offered: OfferedVersions;
  /** Its read replicas, where it is. */
  replicas?: RunningVersion[];
  stack: ObservedStack;
  recovery: RecoveryEvidence;
}

export interface DatabasePatchPlan extends PlanBasis {
  database: TargetDatabase;
  from: string;
  to: string;
  /** Undefined if it runs the version already: then that is only proven. */
  change?: PlannedChange;
  /** Its read replicas, which are patched before it. */
  replicas?: TargetDatabase[];
  /** Of our own, from right before the patch. */
  snapshot: string;
}

/** Errors: patch-impossible, and those of `planStackChange`. */
export function planDatabasePatch(
  { to }: DatabasePatchRequest,
  { now, offered, stack, recovery, replicas = [] }: ObservedPatch,
  requestId: string,
  standard: Standard,
): DatabasePatchPlan {
  const { identifier, engineVersion: from, tags, maintenanceWindow } = now;
  const isPatched = from === to;
  const found = [...obstacles(now, to, offered, replicas), ...(isPatched ? [] : unproven(recovery))];
  if (found.length > 0)
    throw new ShipshapeError("patch-impossible", {
      ...{ identifier, version: to },
      reasons: found.map(({ detail }) => detail).join("; "),
    });
  const wanted = {
    set: [{ path: ["engineVersion"], value: to }],
    why: `PostgreSQL ${from} is patched to ${to}.`,
    requestId,
    expected: [{ property: "EngineVersion", from, to }],
  };
  return {
    target: identifier,
    database: targetDatabase(now),
    ...(replicas.length > 0 && { replicas: replicas.map(targetDatabase) }),
    tags,
    heldTo: heldTo(tags, standard),
    evidenceValidDays,
    from,
    to,
    snapshot: patchSnapshot(requestId),
    approvedAs: patchOf({ ...now, to, stack: stack.stack }),
    ...(!isPatched && { change: planStackChange(wanted, stack), interrupts: { maintenanceWindow } }),
  };
}

export const patchSnapshot = (requestId: string): string => `shipshape-patch-${requestId}`;

/** What people approve with a train: this database gets that version, as that stack declares it. */
export const patchOf = (one: TargetDatabase & { to: string; stack: string }): string =>
  `database-patch of ${one.identifier} (${identityOf(one)}) in ${one.stack} to ${one.to}`;

export const patchStillHolds = (
  plan: DatabasePatchPlan,
  { now, offered, stack, recovery, replicas = [] }: ObservedPatch,
  standard: Standard,
): boolean =>
  followsStill(plan, standard) &&
  plan.database.resourceId === now.resourceId &&
  canonicalJson(plan.tags) === canonicalJson(now.tags) &&
  plan.from === now.engineVersion &&
  // Planned again, it says what has come up.
  canonicalJson(plan.replicas ?? []) === canonicalJson(replicas.map(targetDatabase)) &&
  obstacles(now, plan.to, offered, replicas).length === 0 &&
  (plan.change === undefined || (unproven(recovery).length === 0 && stackChangeHolds(plan.change, stack)));
