/** Pure: from the request and what was observed to every choice of the drill. */
import type { Standard, TierStandard } from "../../../components/standards/standard";
import { targetDatabase, type TargetDatabase } from "../../fleet-records";
import { canonicalJson, type PlanBasis } from "../../records";
import type { StructureBudget } from "../../targets/structure-verification";
import {
  checkConnectionsMax,
  coverageDrills,
  damagesMax,
  markerGapSeconds,
  restorableWaitSecondsMin,
  targetErrorSecondsMax,
  throwawayLifeHours,
} from "./limits";
import { heldTo, tierOf } from "../../tier-of";
import { throwawayTags } from "../throwaway-tags";
import type { Assertion } from "./assertions";
import type { RestoreDrillRequest } from "./request";

/** The source as the cloud describes it, and the platform's isolation group. */
export interface ObservedSource {
  observedAt: string;
  identifier: string;
  arn: string;
  resourceId: string;
  databaseName: string;
  engineVersion: string;
  instanceClass: string;
  allocatedStorageGib: number;
  parameterGroupName: string;
  subnetGroupName: string;
  keyArn: string | undefined;
  engineLifecycleSupport: string;
  /** Null if there are no automated backups, or none is complete yet. */
  latestRestorableTime: string | null;
  /** 0: automated backups are switched off. */
  backupRetentionDays: number;
  tags: Record<string, string>;
  /** The only security groups of the throwaway. */
  isolationSecurityGroupIds: string[];
  /** The secrets provider of the throwaway's stack, if that is a key service. */
  secretsProvider: string | null;
  /** The snapshot that the request names. */
  snapshot: ObservedSnapshot | null;
  /** The team's own assertions about it. */
  assertions: Assertion[];
}

export interface ObservedSnapshot {
  identifier: string;
  arn: string;
  createdAt: string;
  engineVersion: string;
  allocatedStorageGib: number;
}

/** What is restored: the automated backups to a moment, or a snapshot. */
export type Drilled =
  { to: "latest" } | { to: "time"; target: string } | { to: "snapshot"; snapshot: ObservedSnapshot };

export interface RestoreDrillPlan extends PlanBasis {
  database: TargetDatabase;
  source: ObservedSource;
  drilled: Drilled;
  throwaway: {
    identifier: string;
    stack: string;
    secretsProvider: string | null;
    expiresAt: string;
    instanceClass: string;
    securityGroupIds: string[];
    tags: Record<string, string>;
    createTimeoutMinutes: number;
  };
  /**
   * Exposure when the drill began: how much would have been lost with the database. Null if nothing could be restored.
   */
  rpoAchievedSeconds: number | null;
  objectives: { rpoSeconds: number; rtoSeconds: number; targetErrorSeconds: number };
  markerGapSeconds: number;
  /**
   * How long the second marker may take to become restorable; longer than the RPO, so that exceeding it breaks the
   * objective.
   */
  restorableWaitSeconds: number;
  structure: StructureBudget & {
    /** The share of all bytes that drills must have read: this one, and those of the last `coverageDays`. */
    coverageMin: number;
    coverageDays: number;
  };
}

export function planRestoreDrill(
  request: RestoreDrillRequest,
  source: ObservedSource,
  requestId: string,
  standard: Standard,
): RestoreDrillPlan {
  const { objectives } = tierOf(source.tags, standard);
  const drilled = drilledOf(request, source);
  const { identifier, stack } = throwawayNames(requestId);
  const expiresAt = new Date(Date.parse(source.observedAt) + throwawayLifeHours * 3_600_000).toISOString();
  return {
    target: request.database,
    database: targetDatabase(source),
    tags: source.tags,
    heldTo: heldTo(source.tags, standard),
    ...subjectOf(drilled),
    evidenceValidDays: objectives.drillEveryDays,
    source,
    drilled,
    throwaway: {
      identifier,
      stack,
      secretsProvider: source.secretsProvider,
      expiresAt,
      instanceClass: source.instanceClass,
      securityGroupIds: source.isolationSecurityGroupIds,
      tags: throwawayTags(source.tags, { requestId, purpose: "restore-drill", expiresAt }, standard),
      createTimeoutMinutes: createTimeoutMinutes((source.snapshot ?? source).allocatedStorageGib),
    },
    rpoAchievedSeconds:
      source.latestRestorableTime === null ? null : secondsBetween(source.latestRestorableTime, source.observedAt),
    objectives: {
      rpoSeconds: objectives.rpoSeconds,
      rtoSeconds: objectives.rtoSeconds,
      targetErrorSeconds: targetErrorSecondsMax,
    },
    markerGapSeconds,
    restorableWaitSeconds: Math.max(restorableWaitSecondsMin, 2 * objectives.rpoSeconds),
    structure: {
      ...structureOf(objectives.drillReading),
      ...(request.structureSeconds !== undefined && { secondsMax: request.structureSeconds }),
      ...(request.structureGib !== undefined && { bytesMax: request.structureGib * 2 ** 30 }),
      coverageDays: coverageDrills * objectives.drillEveryDays,
      damagesMax,
      connections: vcpusOf(source.instanceClass),
    },
  };
}

function drilledOf({ at }: RestoreDrillRequest, { snapshot }: ObservedSource): Drilled {
  if (snapshot) return { to: "snapshot", snapshot };
  return at === undefined ? { to: "latest" } : { to: "time", target: new Date(at).toISOString() };
}

/** One moment or snapshot says nothing about the backups of today. */
function subjectOf(drilled: Drilled): Pick<PlanBasis, "subject"> {
  if (drilled.to === "snapshot") return { subject: `snapshot ${drilled.snapshot.arn}` };
  return drilled.to === "time" ? { subject: `backups of ${drilled.target}` } : {};
}

/**
 * Whether nothing but time has passed since the plan was made, and too little of that for the throwaway to expire during
 * the drill.
 */
export function drillStillHolds(plan: RestoreDrillPlan, observed: ObservedSource): boolean {
  const lasting = ({ observedAt: _, latestRestorableTime, ...rest }: ObservedSource) =>
    canonicalJson({ ...rest, isRestorable: latestRestorableTime !== null });
  const lifeLeftHours = (Date.parse(plan.throwaway.expiresAt) - Date.parse(observed.observedAt)) / 3_600_000;
  return lasting(plan.source) === lasting(observed) && lifeLeftHours >= throwawayLifeHours / 2;
}

export const throwawayNames = (requestId: string) => ({
  identifier: `drill-${requestId}`,
  stack: `restored-database.drill-${requestId}`,
});

/**
 * Reading is the cost: the copy's blocks come from S3. What a drill leaves unread is the next one's first; below the
 * coverage that the tier asks for, the check is inconclusive.
 */
const structureOf = ({ hoursMax, tebibytesMax, coveragePercent }: TierStandard["drillReading"]) => ({
  secondsMax: hoursMax * 3600,
  bytesMax: tebibytesMax * 2 ** 40,
  coverageMin: coveragePercent / 100,
});

/**
 * One session keeps one vCPU busy. A class's name shows its vCPUs: "xlarge" has 4, "2xlarge" twice as many, and so on.
 * Smaller ones have 2, which is also assumed of names without a size.
 */
function vcpusOf(instanceClass: string): number {
  const [, times] = /^db\.[^.]+\.(\d*)xlarge$/.exec(instanceClass) ?? [];
  return times === undefined ? 2 : Math.min(checkConnectionsMax, 4 * Number(times || 1));
}

/**
 * The provider's default of 40 minutes is too short for terabytes: one hour, plus one for each 500 GiB, at most six.
 */
export const createTimeoutMinutes = (allocatedGib: number) => Math.min(360, 60 + 60 * Math.floor(allocatedGib / 500));

export const secondsBetween = (earlier: string, later: string): number =>
  Math.round((Date.parse(later) - Date.parse(earlier)) / 100) / 10;

/** The recovery target: the first whole second at least `gapSeconds` after the first marker. */
export function recoveryTarget(markerAt: string, gapSeconds: number): string {
  return new Date(Math.ceil(Date.parse(markerAt) / 1000 + gapSeconds) * 1000).toISOString();
}
