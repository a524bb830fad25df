/**
 * Pure: what is known about the recovery of each database, from signed statements and from what the cloud reports about
 * it today.
 */
import { backupsBeginHours } from "./limits";
import { clocksDifferSecondsMax } from "../limits";
import type { FleetAnswer, FleetDatabase, Recoverability, TargetDatabase, VerdictWord } from "../records";

/** A drill by its signed statements. */
export interface SignedDrill {
  /** Its verdict's position in the log: later is newer. */
  position: number;
  requestId: string;
  /** The name in the request. */
  target: string;
  /** Undefined if the run ended before it found the database. */
  database: TargetDatabase | undefined;
  verdict: VerdictWord;
  /** Whether the removal of its throwaway is signed too: without it the verdict does not count as a proof. */
  tornDown: boolean;
  /** For how long RDS kept the backups that it restored from, as its plan says. */
  backupRetentionDays: number | undefined;
  /** The moment it restored to; undefined if it got no further than asking for a restore. */
  recoveryTarget: string | undefined;
  issuedAt: Date;
  expiresOn: Date;
}

/** A statement in the log that cannot be read: it may be the newest statement about any database. */
export interface LostStatement {
  position: number;
}

export interface DatabaseRecovery {
  database: TargetDatabase;
  recoverability: Recoverability;
  reason: string;
  /** The drill that decides; undefined for never, and for unknown. */
  decidedBy: SignedDrill | undefined;
  /** Later drills without a verdict of pass or fail. */
  beside: SignedDrill[];
}

export interface KnownOfTheFleet {
  fleet: FleetAnswer;
  drills: SignedDrill[];
  lost: LostStatement[];
  now: Date;
}

/** Every database of the fleet, by name; then those no longer in it whose evidence has not expired. */
export function recoverabilities(known: KnownOfTheFleet): DatabaseRecovery[] {
  const fleet = known.fleet.asked ? known.fleet.databases : [];
  const here = fleet.map((database) => recoveryOf(database, known));
  const elsewhere = drilled(known)
    .filter((database) => !fleet.some((f) => isSame(f, database)))
    .map((database) => absent(database, known));
  return [...here.sort(byName), ...elsewhere.sort(byName)];
}

function recoveryOf(database: FleetDatabase, known: KnownOfTheFleet): DatabaseRecovery {
  const own = known.drills
    .filter((d) => d.database && isSame(d.database, database))
    .sort((a, b) => a.position - b.position);
  const decides = deciding(own);
  const from = decides?.position ?? -1;
  const unnamed = known.drills.filter((d) => !d.database && d.target === database.identifier);
  const base = {
    database,
    beside: [...own, ...unnamed].filter((d) => d.verdict === "inconclusive" && d.position > from),
  };
  if (known.lost.some((l) => l.position > from))
    return {
      ...base,
      recoverability: "unknown",
      reason: "a newer statement in the evidence log cannot be read and may be about it",
      decidedBy: undefined,
    };
  return { ...base, ...judged(database, own, decides, known) };
}

function judged(
  database: FleetDatabase,
  own: SignedDrill[],
  decides: SignedDrill | undefined,
  { drills, now }: KnownOfTheFleet,
): Pick<DatabaseRecovery, "recoverability" | "reason" | "decidedBy"> {
  const withoutBackups = database.restorableFrom ? "" : "; it has no automated backups";
  if (own.length === 0) {
    const namesake = drills.some((d) => d.database && d.database.identifier === database.identifier);
    const reason = namesake
      ? "another database had this name when it was drilled; this one was never drilled"
      : "it was never drilled";
    return { recoverability: "never", reason: reason + withoutBackups, decidedBy: undefined };
  }
  if (!decides)
    return {
      recoverability: "unproven",
      reason: `no drill of it reached a verdict${withoutBackups}`,
      decidedBy: undefined,
    };
  if (decides.verdict === "fail")
    return {
      recoverability: "failed",
      reason: `drill ${decides.requestId} failed${withoutBackups}`,
      decidedBy: decides,
    };
  if (decides.issuedAt.getTime() > now.getTime() + clocksDifferSecondsMax * 1000)
    return {
      recoverability: "unknown",
      reason: `drill ${decides.requestId} was sealed at ${decides.issuedAt.toISOString()}, which is in the future: a clock is wrong, here or where it was sealed`,
      decidedBy: decides,
    };
  if (!database.restorableFrom || beganAgain(database, database.restorableFrom, decides, now)) {
    const since = database.restorableFrom
      ? `: nothing before ${database.restorableFrom.toISOString()} can be restored`
      : "";
    return {
      recoverability: "unproven",
      reason: `the backups that drill ${decides.requestId} proved are gone${since}`,
      decidedBy: decides,
    };
  }
  if (!decides.tornDown)
    return {
      recoverability: "unproven",
      reason: `drill ${decides.requestId} passed, but nothing proves that its throwaway is gone`,
      decidedBy: decides,
    };
  if (decides.expiresOn <= now)
    return { recoverability: "stale", reason: `drill ${decides.requestId} has expired`, decidedBy: decides };
  return { recoverability: "fresh", reason: `drill ${decides.requestId} passed`, decidedBy: decides };
}

/**
 * Backups reach back for their whole retention, or to before the drill. If they do neither, they were switched off in
 * the meantime and began again. The shortest retention since counts; backups switched off longer ago than that have
 * been replaced by now in any case.
 */
function beganAgain(
  { backupRetentionDays: today }: FleetDatabase,
  from: Date,
  { issuedAt, backupRetentionDays: then = today }: SignedDrill,
  now: Date,
): boolean {
  const keptFrom = now.getTime() - Math.min(then, today) * 86_400_000 + backupsBeginHours * 3_600_000;
  return from > issuedAt && from.getTime() > keptFrom;
}

/**
 * The newest failure, or the newest proof with both statements, whichever is newer; without either, a pass that lacks
 * its teardown.
 */
function deciding(oldestFirst: SignedDrill[]): SignedDrill | undefined {
  return (
    oldestFirst.findLast((d) => d.verdict === "fail" || (d.verdict === "pass" && d.tornDown)) ??
    oldestFirst.findLast((d) => d.verdict === "pass")
  );
}

/** The databases of signed drills whose evidence has not expired. */
function drilled({ drills, now }: KnownOfTheFleet): TargetDatabase[] {
  const found: TargetDatabase[] = [];
  for (const { database, expiresOn } of [...drills].sort((a, b) => b.position - a.position))
    if (database && expiresOn > now && !found.some((f) => isSame(f, database))) found.push(database);
  return found;
}

function absent(database: TargetDatabase, { fleet, drills }: KnownOfTheFleet): DatabaseRecovery {
  const base = { database, decidedBy: undefined, beside: [] };
  const last = drills
    .filter((d) => d.database && isSame(d.database, database))
    .sort((a, b) => b.position - a.position)[0];
  const word = last ? `; drill ${last.requestId} said ${last.verdict}` : "";
  if (!fleet.asked)
    return {
      ...base,
      recoverability: "unknown",
      reason: `the cloud could not be queried: ${fleet.reason}${word}`,
    };
  if (!fleet.databases.some((f) => f.account === database.account && f.region === database.region))
    return {
      ...base,
      recoverability: "unknown",
      reason: `account ${database.account}, Region ${database.region} was not queried${word}`,
    };
  return {
    ...base,
    recoverability: "unproven",
    reason: `the cloud no longer has a database with resource id ${database.resourceId}${word}`,
  };
}

/** By what is never reused. The ARN contains the name, which can change. */
const isSame = (a: TargetDatabase, b: TargetDatabase) =>
  a.resourceId !== "" && a.resourceId === b.resourceId && a.account === b.account && a.region === b.region;
const byName = (a: DatabaseRecovery, b: DatabaseRecovery) => (a.database.identifier < b.database.identifier ? -1 : 1);
