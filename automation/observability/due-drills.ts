/**
 * Pure: when each database is due for its next restore drill, and how many may be requested now. Evidence expires, so a
 * drill is due before the newest proof does; a database without a proof is due at once, and again a day after a drill
 * that proved nothing.
 */
import { createHash } from "node:crypto";
import { identityOf, type TargetDatabase } from "../fleet-records";
import { drillLeadShareMax, drillLeadShareMin, drillRetryHours } from "./limits";
import type { DatabaseRecovery } from "./recoverability";

export interface DrillSchedule {
  recovery: DatabaseRecovery;
  /** Undefined: no drill can be planned for it, or one is queued or running. */
  dueAt: Date | undefined;
  reason: string;
}

/** What is known about the recovery of a database that can be drilled, and how often its tier demands it. */
export interface DrillableDatabase {
  recovery: DatabaseRecovery;
  drillEveryDays: number;
  /** Whether the standard made it: such a database has the role that drills need, or a team that is about to add it. */
  isStandard: boolean;
}

/** The requests for drills of one database that are open or recent. */
export interface RecentDrills {
  /** The name in the request, and where it was to be, if it says. */
  target: string;
  account?: string | null;
  region?: string | null;
  /** The database that was found under it; null while none was. */
  identity: string | null;
  /** Null if none was for the backups of today. */
  latestAt: Date | null;
  isOpen: boolean;
  /** How many are queued or running. One that waits for people is open too, and costs nothing meanwhile. */
  underWay: number;
  ofLastHour: number;
  ofLastDay: number;
}

/** How many drills may be requested, in all accounts and Regions together. */
export interface DrillBudget {
  /** No drill is requested while this many are queued or running. */
  openMax: number;
  perDayMax: number;
}

/** Those due first come first; of those due at the same moment, the ones with the oldest evidence. */
export function drillSchedule(databases: DrillableDatabase[], recent: RecentDrills[]): DrillSchedule[] {
  const requestsOf = recentOf(recent);
  return databases
    .map((one) => ({ recovery: one.recovery, ...due(one, requestsOf(one.recovery.database)) }))
    .sort(
      (a, b) =>
        timeOf(a.dueAt) - timeOf(b.dueAt) ||
        evidenceOf(a) - evidenceOf(b) ||
        (a.recovery.database.identifier < b.recovery.database.identifier ? -1 : 1),
    );
}

/**
 * What the budget leaves: as many as may be open, as many as a day allows, and in an hour its share of the day, so that
 * a fleet that is due at once is drilled around the clock. Drills that people request count too.
 */
export function drillsLeft(
  databases: TargetDatabase[],
  recent: RecentDrills[],
  { openMax, perDayMax }: DrillBudget,
): number {
  const counted = databases.flatMap(recentOf(recent));
  const sum = (of: (one: RecentDrills) => number) => counted.reduce((total, one) => total + of(one), 0);
  return Math.max(
    0,
    Math.min(
      openMax - sum((one) => one.underWay),
      perDayMax - sum((one) => one.ofLastDay),
      Math.ceil(perDayMax / 24) - sum((one) => one.ofLastHour),
    ),
  );
}

/** How many drills a day keep every proof valid: each comes when a fifth of the tier's interval is left, on average. */
export const drillsDemandedPerDay = (databases: Pick<DrillableDatabase, "drillEveryDays" | "recovery">[]): number =>
  databases
    .filter(({ recovery }) => recovery.recoverability !== "copy")
    .reduce(
      (sum, { drillEveryDays }) => sum + 1 / (drillEveryDays * (1 - (drillLeadShareMin + drillLeadShareMax) / 2)),
      0,
    );

/** Those of one database. A request that has not found its database yet is about the one with that name. */
export function recentOf<T extends RecentDrills>(recent: T[]): (database: TargetDatabase) => T[] {
  const found = new Map<string, T[]>();
  for (const one of recent) {
    const key = one.identity ?? `named ${one.target}`;
    found.set(key, [...(found.get(key) ?? []), one]);
  }
  return (database) => [
    ...(found.get(identityOf(database)) ?? []),
    ...(found.get(`named ${database.identifier}`) ?? []).filter(
      ({ account, region }) =>
        (account ?? database.account) === database.account && (region ?? database.region) === database.region,
    ),
  ];
}

function due(one: DrillableDatabase, recent: RecentDrills[]): Omit<DrillSchedule, "recovery"> {
  const { recoverability, decidedBy, beside, reason } = one.recovery;
  if (recoverability === "copy") return { dueAt: undefined, reason };
  if (recent.some((r) => r.isOpen)) return { dueAt: undefined, reason: "a drill is queued or running" };
  if (recoverability === "unknown") return { dueAt: undefined, reason };
  const attempt = beside.at(-1);
  if (attempt?.errorCode === "database-role-unknown" && !decidedBy && !one.isStandard)
    return {
      dueAt: undefined,
      reason: `drill ${attempt.requestId} found no role "shipshape" in it: create the role, then request a drill`,
    };
  const lastAttempt = Math.max(
    0,
    ...recent.map((r) => r.latestAt?.getTime() ?? 0),
    ...[attempt, recoverability === "failed" || recoverability === "unproven" ? decidedBy : undefined].map(
      (d) => d?.issuedAt.getTime() ?? 0,
    ),
  );
  // A drill that ended without a verdict, or failed, is not repeated at once: its cause may last.
  const notBefore = lastAttempt === 0 ? 0 : lastAttempt + drillRetryHours * 3_600_000;
  const dueAt = new Date(Math.max(plannedFor(one), notBefore));
  if ((recoverability === "fresh" || recoverability === "stale") && decidedBy)
    return { dueAt, reason: `the proof of drill ${decidedBy.requestId} is valid until ${day(decidedBy.expiresOn)}` };
  return { dueAt, reason };
}

/**
 * A tenth to three tenths of the proof's validity before it expires, a different share for each database: a fleet that
 * was drilled on one day is not due on one day again. A tier that was raised since demands the next drill earlier.
 */
function plannedFor({ recovery: { database, recoverability, decidedBy }, drillEveryDays }: DrillableDatabase): number {
  if (!decidedBy || (recoverability !== "fresh" && recoverability !== "stale")) return 0;
  const digest = createHash("sha256").update(identityOf(database)).digest();
  const share = drillLeadShareMin + (drillLeadShareMax - drillLeadShareMin) * (digest.readUInt32BE(0) / 2 ** 32);
  const from = decidedBy.issuedAt.getTime();
  const valid = Math.min(decidedBy.expiresOn.getTime() - from, drillEveryDays * 86_400_000);
  return from + (1 - share) * valid;
}

const timeOf = (at: Date | undefined) => at?.getTime() ?? Number.MAX_SAFE_INTEGER;
const evidenceOf = ({ recovery }: DrillSchedule) => recovery.decidedBy?.issuedAt.getTime() ?? 0;
const day = (at: Date) => at.toISOString().slice(0, 10);
