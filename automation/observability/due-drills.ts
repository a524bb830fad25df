/**
 * Pure: when each database is due for its next restore drill. Evidence expires, so a drill is due before the newest
 * proof does; a database without a proof is due at once, and again a day after a drill that proved nothing.
 */
import { createHash } from "node:crypto";
import type { DatabaseRecovery } from "./recoverability";
import { drillLeadShareMax, drillLeadShareMin, drillRetryHours } from "./limits";

export interface DrillSchedule {
  recovery: DatabaseRecovery;
  /** Undefined: no drill can be planned for it, or one is queued or running. */
  dueAt: Date | undefined;
  reason: string;
}

/** The newest request for a drill of a database, by the name in the request. */
export interface LatestDrill {
  target: string;
  requestedAt: Date;
  isOpen: boolean;
}

/** Those due first come first; of those due at the same moment, the ones with the oldest evidence. */
export function drillSchedule(recoveries: DatabaseRecovery[], latest: LatestDrill[]): DrillSchedule[] {
  const latestOf = new Map(latest.map((drill) => [drill.target, drill]));
  return recoveries
    .map((recovery) => ({
      recovery,
      ...due(recovery, latestOf.get(recovery.database.identifier)),
    }))
    .sort(
      (a, b) =>
        timeOf(a.dueAt) - timeOf(b.dueAt) ||
        evidenceOf(a) - evidenceOf(b) ||
        a.recovery.database.identifier.localeCompare(b.recovery.database.identifier),
    );
}

function due(recovery: DatabaseRecovery, latest: LatestDrill | undefined): Omit<DrillSchedule, "recovery"> {
  const { recoverability, decidedBy, reason } = recovery;
  if (latest?.isOpen) return { dueAt: undefined, reason: "a drill is queued or running" };
  if (recoverability === "unknown") return { dueAt: undefined, reason };
  const planned = plannedFor(recovery);
  // A drill that ended without a verdict, or failed, is not repeated at once: its cause may last.
  const notBefore = latest ? latest.requestedAt.getTime() + drillRetryHours * 3_600_000 : 0;
  const dueAt = new Date(Math.max(planned, notBefore));
  if ((recoverability === "fresh" || recoverability === "stale") && decidedBy)
    return { dueAt, reason: `the proof of drill ${decidedBy.requestId} is valid until ${day(decidedBy.expiresOn)}` };
  return { dueAt, reason };
}

/**
 * A tenth to three tenths of the proof's validity before it expires, a different share for each database: a fleet that
 * was drilled on one day is not due on one day again.
 */
function plannedFor({ database, recoverability, decidedBy }: DatabaseRecovery): number {
  if (!decidedBy || (recoverability !== "fresh" && recoverability !== "stale")) return 0;
  const digest = createHash("sha256").update(`${database.account} ${database.region} ${database.resourceId}`).digest();
  const share = drillLeadShareMin + (drillLeadShareMax - drillLeadShareMin) * (digest.readUInt32BE(0) / 2 ** 32);
  const [from, until] = [decidedBy.issuedAt.getTime(), decidedBy.expiresOn.getTime()];
  return until - share * (until - from);
}

const timeOf = (at: Date | undefined) => at?.getTime() ?? Number.MAX_SAFE_INTEGER;
const evidenceOf = ({ recovery }: DrillSchedule) => recovery.decidedBy?.issuedAt.getTime() ?? 0;
const day = (at: Date) => at.toISOString().slice(0, 10);
