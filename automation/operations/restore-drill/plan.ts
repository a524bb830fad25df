/** Pure: from what is asked and what was seen to every choice of the drill. */
import { tierStandard, tiers, environments, type Environment, type Tier } from "../../../components/standards";
import { targetDatabase, type PlanBasis } from "../../records";
import type { RestoreDrillRequest } from "./request";

/** The source as the cloud describes it, and the isolation that the platform offers. */
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
  latestRestorableTime: string;
  tags: Record<string, string>;
  /** The only security groups of the throwaway. */
  isolationSecurityGroupIds: string[];
}

export interface RestoreDrillPlan extends PlanBasis {
  source: ObservedSource;
  throwaway: {
    identifier: string;
    stack: string;
    expiresAt: string;
    instanceClass: string;
    securityGroupIds: string[];
    tags: Record<string, string>;
    createTimeoutMinutes: number;
  };
  /** Exposure when the drill was asked for: how much would have been lost, had the database been lost then. */
  rpoAchievedSeconds: number;
  objectives: { rpoSeconds: number; rtoSeconds: number; targetErrorSeconds: number };
  /** Between marker, recovery target and marker: RDS restores to a whole second, and recovery stops before the first later commit. */
  markerGapSeconds: number;
  structure: { secondsMax: number; damagesMax: number };
}

/** A throwaway that its run did not remove is swept after a day: long enough for any drill, short enough to cost little. */
const THROWAWAY_LIFE_HOURS = 24;
/** Without `environment` or `tier` tags a database is judged as production gold: the strictest, since nobody said otherwise. */
const tagged = <T extends string>(value: string | undefined, known: readonly T[], otherwise: T): T => known.find((k) => k === value) ?? otherwise;

export function planRestoreDrill(request: RestoreDrillRequest, source: ObservedSource, requestId: string): RestoreDrillPlan {
  const tier: Tier = tagged(source.tags["tier"], tiers, "gold");
  const environment: Environment = tagged(source.tags["environment"], environments, "production");
  const standard = tierStandard(tier, environment);
  const identifier = `drill-${requestId}`;
  const expiresAt = new Date(Date.parse(source.observedAt) + THROWAWAY_LIFE_HOURS * 3_600_000).toISOString();
  return {
    target: request.database,
    database: targetDatabase(source),
    evidenceValidDays: standard.drillEveryDays,
    source,
    throwaway: {
      identifier,
      stack: `restored-database.${identifier}`,
      expiresAt,
      instanceClass: source.instanceClass,
      securityGroupIds: source.isolationSecurityGroupIds,
      tags: throwawayTags(source.tags, requestId, expiresAt),
      createTimeoutMinutes: createTimeoutMinutes(source.allocatedStorageGib),
    },
    rpoAchievedSeconds: secondsBetween(source.latestRestorableTime, source.observedAt),
    objectives: { rpoSeconds: standard.rpoSeconds, rtoSeconds: standard.rtoSeconds, targetErrorSeconds: TARGET_ERROR_SECONDS },
    markerGapSeconds: 2,
    structure: { secondsMax: structureSecondsMax[tier], damagesMax: 20 },
  };
}

/** The target is a whole second with a marker two seconds before it; the last commit reached may lie that far back, and no further. */
const TARGET_ERROR_SECONDS = 3;

/** Reading is the cost: a budget by tier, and what it left unread is stated in the evidence. */
const structureSecondsMax: Record<Tier, number> = { gold: 4 * 3600, silver: 2 * 3600, bronze: 3600 };

/** The provider's default of 40 minutes is too short for terabytes: an hour, and one more for each 500 GiB, six at most. */
const createTimeoutMinutes = (allocatedGib: number) => Math.min(360, 60 + 60 * Math.floor(allocatedGib / 500));

/** A copy of production data says whose it is, which run made it and when it expires; what it was copied from keeps its classification. */
function throwawayTags(source: Record<string, string>, requestId: string, expiresAt: string): Record<string, string> {
  const kept = ["service", "owner", "environment", "tier", "data-classification", "cost-center"].filter((k) => source[k] !== undefined);
  return {
    ...Object.fromEntries(kept.map((k) => [k, source[k] as string])),
    "shipshape:run": requestId,
    "shipshape:expires-on": expiresAt,
    "shipshape:purpose": "restore-drill",
  };
}

export const secondsBetween = (earlier: string, later: string): number => Math.round((Date.parse(later) - Date.parse(earlier)) / 100) / 10;

/** The recovery target: the first whole second at least `gapSeconds` after the first marker. */
export function recoveryTarget(markerAt: string, gapSeconds: number): string {
  return new Date(Math.ceil(Date.parse(markerAt) / 1000 + gapSeconds) * 1000).toISOString();
}
