/** Pure: what a database runs, and the one change of its stack that patches it; or why it cannot be. */
import type { PatchMethod } from "../../../components/standards/fixed";
import type { Standard } from "../../../components/standards/standard";
import { ShipshapeError } from "../../errors";
import { identityOf, targetDatabase, type PlannedChange, type TargetDatabase } from "../../fleet-records";
import { blueGreenObstacles, isOtherMajor, obstacles, unproven, type Obstacle } from "../../patches/obstacles";
import { isUnread, type Unread, type UpgradeFacts } from "../../patches/upgrade-facts";
import { upgradeObstacles, type UpgradeObstacles, type UpgradeWay } from "../../patches/upgrade-obstacles";
import { canonicalJson, type PlanBasis, type RecoveryEvidence } from "../../records";
import { planStackChange, stackChangeHolds, type ObservedStack } from "../../runner/stack-change";
import { followsStill, heldTo } from "../../tier-of";
import type { OfferedVersions, RunningVersion } from "../../version-records";
import { evidenceValidDays, switchoverSeconds } from "./limits";
import {
  majorsSet,
  newGroupOf,
  planPreparation,
  preparationHolds,
  preparedStack,
  upgradeObstaclesOf,
  upgradeText,
  type MajorUpgrade,
} from "./major-upgrade";
import type { DatabasePatchRequest } from "./request";

export interface ObservedPatch {
  now: RunningVersion;
  offered: OfferedVersions;
  /** Its read replicas, where it is. */
  replicas?: RunningVersion[];
  stack: ObservedStack;
  recovery: RecoveryEvidence;
  /** What its server says; `unread`: why it could not be asked. Undefined of one that runs the version. */
  server?: UpgradeFacts | Unread;
  /** Whether RDS has a parameter group of the name that another major needs. */
  hasNewGroup?: boolean;
}

export interface DatabasePatchPlan extends PlanBasis {
  database: TargetDatabase;
  from: string;
  to: string;
  /** Undefined if it runs the version already: then that is only proven. */
  change?: PlannedChange;
  /** Its read replicas, which are patched before it. */
  replicas?: TargetDatabase[];
  /** Not in place: by a green instance with that parameter group, in the deployment of that name. */
  blueGreen?: { deployment: string; parameterGroup: string; upgrade?: MajorUpgrade };
  /** Of our own, from right before the patch. */
  snapshot: string;
}

/** One by blue/green, of a stack of ours. */
export type BlueGreenPlan = DatabasePatchPlan & Required<Pick<DatabasePatchPlan, "change" | "blueGreen">>;

/** Errors: patch-impossible, and those of `planStackChange`. */
export function planDatabasePatch(
  { to, method = "in-place" }: DatabasePatchRequest,
  { now, offered, stack, recovery, replicas = [], server, hasNewGroup = false }: ObservedPatch,
  requestId: string,
  standard: Standard,
): DatabasePatchPlan {
  const { identifier, engineVersion: from, tags, maintenanceWindow } = now;
  const isPatched = from === to;
  const said = saidBy(server, { method, isMajor: isOtherMajor(from, to) });
  const found = [
    ...obstacles(now, to, offered, replicas, method === "blue-green"),
    ...(isPatched ? [] : unproven(recovery)),
    ...(isPatched || method === "in-place" ? [] : noBlueGreen({ now, stack, hasNewGroup }, to, standard)),
    ...said.blocks.map((detail) => ({ detail })),
  ];
  if (found.length > 0)
    throw new ShipshapeError("patch-impossible", {
      ...{ identifier, version: to },
      reasons: found.map(({ detail }) => detail).join("; "),
    });
  const upgrade = isOtherMajor(from, to) ? { prepare: planPreparation(to, requestId, stack) } : undefined;
  const wanted = {
    set: [{ path: ["engineVersion"], value: to }, ...(upgrade ? majorsSet(from, to) : [])],
    why: `PostgreSQL ${from} is ${upgrade ? "upgraded" : "patched"} to ${to}.`,
    requestId,
    expected: [{ property: "EngineVersion", from, to }],
  };
  const change = isPatched ? undefined : planStackChange(wanted, preparedStack(stack, upgrade));
  const blueGreen = change && method === "blue-green" && blueGreenOf(now, to, requestId, upgrade);
  const approved = change && { identifier, from, to, change, upgrade, isBlueGreen: method === "blue-green" };
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
    ...(blueGreen && { blueGreen }),
    ...(approved && (blueGreen || said.warns.length > 0) && { text: textOf(approved, said.warns) }),
  };
}

export const patchSnapshot = (requestId: string): string => `shipshape-patch-${requestId}`;

const blueGreenOf = (
  { identifier, parameterGroup }: RunningVersion,
  to: string,
  requestId: string,
  upgrade: MajorUpgrade | undefined,
): NonNullable<DatabasePatchPlan["blueGreen"]> => ({
  deployment: `shipshape-${requestId}`,
  parameterGroup: upgrade ? newGroupOf(identifier, to) : (parameterGroup ?? ""),
  ...(upgrade && { upgrade }),
});

type Upgrading = Pick<ObservedPatch, "now" | "stack" | "hasNewGroup">;

const noBlueGreen = ({ now, stack, hasNewGroup = false }: Upgrading, to: string, standard: Standard): Obstacle[] => {
  const reasons = blueGreenObstacles(now, stack.ownership === "ours");
  const all = reasons.map((why): Obstacle => ({ kind: "topology", detail: `not by blue/green: ${why}` }));
  return [...all, ...upgradeObstaclesOf(now, to, { stack, hasNewGroup, standard })];
};

/** What its server says to that way; nothing, where it need not be asked. */
function saidBy(server: ObservedPatch["server"], way: UpgradeWay): UpgradeObstacles {
  if (!server) return { blocks: [], warns: [] };
  if (!isUnread(server)) return upgradeObstacles(server, way);
  const phrase = `its server could not be asked what is in the way: ${server.unread}`;
  // In place nothing of it would stop a minor.
  return way.method === "in-place" ? { blocks: [], warns: [phrase] } : { blocks: [phrase], warns: [] };
}

interface ApprovedPatch extends Pick<BlueGreenPlan, "from" | "to" | "change"> {
  identifier: string;
  upgrade: MajorUpgrade | undefined;
  isBlueGreen: boolean;
}

/** What people approve: what moves, what stays, what the way back loses, what the server says to it, and the changes. */
function textOf({ identifier, from, to, change, upgrade, isBlueGreen }: ApprovedPatch, warns: string[]): string {
  const moves = upgrade ? upgradeText(identifier, from, to) : isBlueGreen && blueGreenText(identifier, from, to);
  const known = warns.length > 0 && `Before it, know of ${identifier}:\n${warns.map((one) => `- ${one}`).join("\n")}`;
  const first = upgrade && `${upgrade.prepare.text}\nand, before the switchover:`;
  return [moves, known, first, change.text].filter((part) => part).join("\n\n");
}

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
  { now, offered, stack, recovery, replicas = [], server, hasNewGroup = false }: ObservedPatch,
  standard: Standard,
): boolean =>
  followsStill(plan, standard) &&
  plan.database.resourceId === now.resourceId &&
  canonicalJson(plan.tags) === canonicalJson(now.tags) &&
  plan.from === now.engineVersion &&
  // Planned again, it says what has come up.
  canonicalJson(plan.replicas ?? []) === canonicalJson(replicas.map(targetDatabase)) &&
  obstacles(now, plan.to, offered, replicas, plan.blueGreen !== undefined).length === 0 &&
  saidBy(server, wayOf(plan)).blocks.length === 0 &&
  (!plan.blueGreen || blueGreenHolds(plan.blueGreen, plan.to, { now, stack, hasNewGroup }, standard)) &&
  (plan.change === undefined ||
    (unproven(recovery).length === 0 && stackChangeHolds(plan.change, preparedStack(stack, plan.blueGreen?.upgrade))));

const wayOf = ({ blueGreen, from, to }: DatabasePatchPlan): UpgradeWay => ({
  method: blueGreen ? "blue-green" : "in-place",
  isMajor: isOtherMajor(from, to),
});

const blueGreenHolds = (
  { parameterGroup, upgrade }: NonNullable<DatabasePatchPlan["blueGreen"]>,
  to: string,
  observed: Upgrading,
  standard: Standard,
): boolean =>
  noBlueGreen(observed, to, standard).length === 0 &&
  preparationHolds(upgrade, observed.stack) &&
  (upgrade !== undefined || parameterGroup === observed.now.parameterGroup);
