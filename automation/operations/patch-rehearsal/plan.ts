/** Pure: which copy is made and patched, and for which databases that speaks. */
import type { Standard } from "../../../components/standards/standard";
import { ShipshapeError } from "../../errors";
import { targetDatabase, type TargetDatabase } from "../../fleet-records";
import { hasPath, isOtherMajor } from "../../patches/obstacles";
import { canonicalJson, type PlanBasis } from "../../records";
import type { RehearsedClass } from "../../rehearsal-records";
import { followsStill, heldTo } from "../../tier-of";
import type { OfferedVersions } from "../../version-records";
import { throwawayLifeHours } from "../restore-drill/limits";
import { createTimeoutMinutes, type ObservedSource } from "../restore-drill/plan";
import { throwawayTags } from "../throwaway-tags";
import { evidenceValidDays } from "./limits";
import type { PatchRehearsalRequest } from "./request";

export interface ObservedRehearsal {
  source: ObservedSource;
  offered: OfferedVersions;
  /** Of its stack; null: no StandardDatabase declares it. */
  declaredExtensions: string[] | null;
}

export interface PatchRehearsalPlan extends PlanBasis {
  database: TargetDatabase;
  source: ObservedSource;
  rehearsed: RehearsedClass;
  /** A whole second, the newest that its backups had. */
  restoreTime: string;
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
}

/** Errors: rehearsal-impossible. */
export function planRehearsal(
  { to }: PatchRehearsalRequest,
  { source, offered, declaredExtensions }: ObservedRehearsal,
  requestId: string,
  standard: Standard,
): PatchRehearsalPlan {
  const { identifier, engineVersion: from, instanceClass, latestRestorableTime } = source;
  const impossible = (reason: string) =>
    new ShipshapeError("rehearsal-impossible", { identifier, version: to, reason });
  if (isOtherMajor(from, to) || !hasPath(from, to, offered))
    throw impossible(`it runs ${from}, which RDS does not upgrade to ${to} as a minor`);
  if (latestRestorableTime === null) throw impossible("it has no automated backup that could be restored");
  if (declaredExtensions === null) throw impossible("no stack that could be read declares it as a StandardDatabase");
  const own = rehearsalNames(requestId);
  const expiresAt = new Date(Date.parse(source.observedAt) + throwawayLifeHours * 3_600_000).toISOString();
  return {
    target: identifier,
    database: targetDatabase(source),
    tags: source.tags,
    heldTo: heldTo(source.tags, standard),
    // Another minor is another rehearsal.
    subject: `patch to ${to}`,
    evidenceValidDays,
    source,
    rehearsed: { from, to, instanceClass, extensions: [...declaredExtensions].sort() },
    restoreTime: new Date(Math.floor(Date.parse(latestRestorableTime) / 1000) * 1000).toISOString(),
    throwaway: {
      ...own,
      secretsProvider: source.secretsProvider,
      expiresAt,
      instanceClass,
      securityGroupIds: source.isolationSecurityGroupIds,
      tags: throwawayTags(source.tags, { requestId, purpose: "patch-rehearsal", expiresAt }, standard),
      createTimeoutMinutes: createTimeoutMinutes(source.allocatedStorageGib),
    },
  };
}

export const rehearsalNames = (requestId: string) => ({
  identifier: `rehearsal-${requestId}`,
  stack: `restored-database.rehearsal-${requestId}`,
});

/** Nothing but time has passed, and its backups still reach back to that second. */
export function rehearsalStillHolds(
  plan: PatchRehearsalPlan,
  { source, offered, declaredExtensions }: ObservedRehearsal,
  standard: Standard,
): boolean {
  const lasting = ({ observedAt: _, latestRestorableTime: __, ...rest }: ObservedSource) => canonicalJson(rest);
  const lifeLeftHours = (Date.parse(plan.throwaway.expiresAt) - Date.parse(source.observedAt)) / 3_600_000;
  return (
    followsStill(plan, standard) &&
    lasting(plan.source) === lasting(source) &&
    hasPath(plan.rehearsed.from, plan.rehearsed.to, offered) &&
    canonicalJson(plan.rehearsed.extensions) === canonicalJson([...(declaredExtensions ?? [])].sort()) &&
    lifeLeftHours >= throwawayLifeHours / 2
  );
}
