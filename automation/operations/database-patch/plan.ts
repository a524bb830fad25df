/** Pure: what a database runs, and the one change of its stack that patches it; or why it cannot be. */
import type { PatchMethod } from "../../../components/standards/fixed";
import type { Standard } from "../../../components/standards/standard";
import { ShipshapeError } from "../../errors";
import { identityOf, targetDatabase, type PlannedChange, type TargetDatabase } from "../../fleet-records";
import { blueGreenObstacles, obstacles, unproven, type Obstacle } from "../../patches/obstacles";
import { canonicalJson, type PlanBasis, type RecoveryEvidence } from "../../records";
import { planStackChange, stackChangeHolds, type ObservedStack } from "../../runner/stack-change";
import { followsStill, heldTo } from "../../tier-of";
import type { OfferedVersions, RunningVersion } from "../../version-records";
import { evidenceValidDays, switchoverSeconds } from "./limits";
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
  /** Not in place: by a green instance with blue's parameter group, in the deployment of that name. */
  blueGreen?: { deployment: string; parameterGroup: string };
  /** Of our own, from right before the patch. */
  snapshot: string;
}

/** One by blue/green, of a stack of ours. */
export type BlueGreenPlan = DatabasePatchPlan & Required<Pick<DatabasePatchPlan, "change" | "blueGreen">>;

/** Errors: patch-impossible, and those of `planStackChange`. */
export function planDatabasePatch(
  { to, method = "in-place" }: DatabasePatchRequest,
  { now, offered, stack, recovery, replicas = [] }: ObservedPatch,
  requestId: string,
  standard: Standard,
): DatabasePatchPlan {
  const { identifier, engineVersion: from, tags, maintenanceWindow } = now;
  const isPatched = from === to;
  const found = [
    ...obstacles(now, to, offered, replicas),
    ...(isPatched ? [] : unproven(recovery)),
    ...(isPatched || method === "in-place" ? [] : noBlueGreen(now, stack)),
  ];
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
  const change = isPatched ? undefined : planStackChange(wanted, stack);
  const blueGreen = change && method === "blue-green" && blueGreenOf(now, requestId);
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
    approvedAs: patchOf({ ...now, to, stack: stack.stack, method }),
    ...(change && { change, interrupts: { maintenanceWindow } }),
    ...(blueGreen && change && { blueGreen, text: `${blueGreenText(identifier, from, to)}\n\n${change.text}` }),
  };
}

export const patchSnapshot = (requestId: string): string => `shipshape-patch-${requestId}`;

const blueGreenOf = ({ parameterGroup }: RunningVersion, requestId: string) => ({
  deployment: `shipshape-${requestId}`,
  parameterGroup: parameterGroup ?? "",
});

const noBlueGreen = (now: RunningVersion, { ownership }: ObservedStack): Obstacle[] =>
  blueGreenObstacles(now, ownership === "ours").map((why) => ({
    kind: "topology",
    detail: `not by blue/green: ${why}`,
  }));

/** What a person approves: what moves, what stays, and what the way back loses. */
const blueGreenText = (identifier: string, from: string, to: string): string =>
  [
    `By blue/green: a copy of ${identifier} that follows it gets PostgreSQL ${to}, and then its name and its address.`,
    `Clients are cut off once; RDS gives up after ${switchoverSeconds} s, and then nothing has changed.`,
    `The name moves to another resource id: the stack's state follows, and evidence of its recovery begins again with a drill.`,
    `The old instance, with ${from}, is kept read-only and is paid for until a request deletes it (retire-replaced-instance).`,
    "Way back: forward to the next minor, nothing lost; or the old instance, which loses what was written since the switchover.",
  ].join("\n");

/** What people approve with a train: this database gets that version, as that stack declares it. */
export const patchOf = (one: TargetDatabase & { to: string; stack: string; method?: PatchMethod }): string =>
  `database-patch of ${one.identifier} (${identityOf(one)}) in ${one.stack} to ${one.to}${one.method === "blue-green" ? " by blue/green" : ""}`;

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
  (!plan.blueGreen || (noBlueGreen(now, stack).length === 0 && plan.blueGreen.parameterGroup === now.parameterGroup)) &&
  (plan.change === undefined || (unproven(recovery).length === 0 && stackChangeHolds(plan.change, stack)));
