/** Pure: why a database cannot be patched to a version now. */
import type { RecoveryEvidence } from "../records";
import { majorOf, minorOf, type OfferedVersions, type RunningVersion } from "../version-records";

/**
 * another-major, newer: of what it runs. no-path: RDS has no such upgrade. not-available: of its status. pending,
 * maintenance, parameters: what the patch would apply as well. topology: of its replicas. backups: it has none.
 * unproven: of its recovery. stack: nothing that we may change declares it. age, order, rehearsal: of a train, that
 * the minor is too young for its tier, that another has to be patched before it, that its tier wants a rehearsal,
 * and that its team's own health checks cannot be used.
 */
export type ObstacleKind =
  | "another-major"
  | "newer"
  | "no-path"
  | "not-available"
  | "pending"
  | "maintenance"
  | "parameters"
  | "topology"
  | "backups"
  | "unproven"
  | "stack"
  | "age"
  | "order"
  | "rehearsal"
  | "checks";

export interface Obstacle {
  kind: ObstacleKind;
  /** In a sentence. */
  detail: string;
}

/**
 * Those of a database, but for its stack and its recovery. None, if it runs the version already. Its replicas are
 * patched with it, before it: what stops one of them stops it. `upgrades`: another major is what is wanted.
 */
export function obstacles(
  one: RunningVersion,
  version: string,
  offer: OfferedVersions | undefined,
  replicas: readonly RunningVersion[] = [],
  upgrades = false,
): Obstacle[] {
  const { engineVersion: runs } = one;
  const isMajor = isOtherMajor(runs, version);
  if (isMajor && !upgrades)
    return [
      {
        kind: "another-major",
        detail: `it runs ${runs}: another major needs a request of its own (database-patch with --method blue-green)`,
      },
    ];
  if (Number(majorOf(runs)) > Number(majorOf(version)) || (!isMajor && minorOf(runs) > minorOf(version)))
    return [{ kind: "newer", detail: `it runs ${runs}, and RDS never goes back` }];
  const waits = [...one.pending, ...(one.pendingVersion === null ? [] : ["EngineVersion"])];
  const all: (Obstacle | false)[] = [
    runs !== version && !hasPath(runs, version, offer) && { kind: "no-path", detail: noPath(runs, version, offer) },
    one.status !== "available" && { kind: "not-available", detail: `its status is ${one.status}` },
    waits.length > 0 && {
      kind: "pending",
      detail: `${[...new Set(waits)].join(", ")} waits for its window, and a patch at once would apply that, too`,
    },
    ...(runs === version ? [] : [...besides(one), ...ofReplicas(one, version, offer, replicas)]),
  ];
  return all.filter((found) => found !== false);
}

/** What a patch would do besides, or could not undo. */
function besides(one: RunningVersion): (Obstacle | false)[] {
  const actions = one.maintenance.map(({ action }) => action);
  return [
    actions.length > 0 && {
      kind: "maintenance",
      detail: `AWS has scheduled ${actions.join(", ")}, which RDS carries out with the patch`,
    },
    one.parametersWait !== null && {
      kind: "parameters",
      detail: `its parameter group is ${one.parametersWait}, and the restart would apply what waits there`,
    },
    one.replicaOf !== null && { kind: "topology", detail: `it is a replica of ${one.replicaOf}` },
    one.backupRetentionDays === 0 && {
      kind: "backups",
      detail: "it has no automated backups, so there is no way back to the second before the patch",
    },
  ];
}

function ofReplicas(
  one: RunningVersion,
  version: string,
  offer: OfferedVersions | undefined,
  replicas: readonly RunningVersion[],
): (Obstacle | false)[] {
  return one.replicas.flatMap((name): Obstacle[] => {
    const replica = replicas.find(({ identifier }) => identifier === name);
    if (!replica) return [{ kind: "topology", detail: `its replica ${name} is elsewhere, and would be older than it` }];
    // A replica that runs it already is one that an interrupted patch has brought there.
    return obstacles({ ...replica, replicaOf: null, backupRetentionDays: 1 }, version, offer).map(({ detail }) => ({
      kind: "topology",
      detail: `its replica ${name}: ${detail}`,
    }));
  });
}

/** Why RDS, or we, do not patch a database by blue/green, a phrase each; in place it may go. */
export const blueGreenObstacles = (
  one: Pick<RunningVersion, "managesPassword" | "replicas" | "parameterGroup">,
  isOurs: boolean,
): string[] =>
  [
    !isOurs && "its stack is not ours, so its state cannot follow",
    one.managesPassword && "Secrets Manager manages its master password",
    one.replicas.length > 0 && "it has read replicas",
    one.parameterGroup === null && "its parameter group is not known",
  ].filter((found) => found !== false);

/** Pure. Of these those that replicate it, where it is. */
export const replicasAmong = (one: RunningVersion, all: readonly RunningVersion[]): RunningVersion[] =>
  all.filter(
    (other) => other.replicaOf === one.identifier && other.account === one.account && other.region === one.region,
  );

/** Whether RDS upgrades one to the other, in one step. */
export const hasPath = (from: string, to: string, offer: OfferedVersions | undefined): boolean =>
  (offer?.targets[from] ?? []).some(({ version, isMajor }) => version === to && isMajor === isOtherMajor(from, to));

export const isOtherMajor = (from: string, to: string): boolean => majorOf(from) !== majorOf(to);

function noPath(from: string, to: string, offer: OfferedVersions | undefined): string {
  const wanted = isOtherMajor(from, to);
  const known = (offer?.targets[from] ?? []).filter(({ isMajor }) => isMajor === wanted).map(({ version }) => version);
  return `RDS does not upgrade ${from} to ${to}, only to ${known.join(", ") || `no other ${wanted ? "major" : "minor"}`}`;
}

/** No patch without a fresh drill: its backups are the way back. */
export const unproven = ({ recoverability, reason }: RecoveryEvidence): Obstacle[] =>
  recoverability === "fresh"
    ? []
    : [{ kind: "unproven", detail: `its recovery is not proven: ${recoverability}, ${reason}` }];
