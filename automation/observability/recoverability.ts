/**
 * Pure: what is known of the recovery of each database, from what is signed and from what the cloud says of it today.
 */
import { backupsBeginHours } from "./limits";
import { clocksDifferSecondsMax } from "../limits";
import type { FleetAnswer, FleetDatabase, TargetDatabase, VerdictWord } from "../records";

/**
 * fresh: proven, and the proof counts today. stale: it has expired. failed: the newest word is that it does not
 * recover. unproven: drilled, and no proof counts. never: this very database was never drilled. unknown: the cloud, the
 * log or the time of the proof could not be relied on.
 */
export type Recoverability = "fresh" | "stale" | "failed" | "unproven" | "never" | "unknown";

/** A drill by its signed statements. */
export interface SignedDrill {
  /** Its verdict's place in the log: later is newer. */
  place: number;
  requestId: string;
  /** The name it was asked for. */
  target: string;
  /** Undefined where the run ended before it found the database. */
  database: TargetDatabase | undefined;
  verdict: VerdictWord;
  /** Whether the removal of its throwaway is signed too: without it the verdict does not count as a proof. */
  tornDown: boolean;
  /** For how long RDS kept the backups that it restored from, as its plan says. */
  backupRetentionDays: number | undefined;
  issuedAt: Date;
  expiresOn: Date;
}

/** A statement that is in the log and cannot be read: it may be the newest word on any database. */
export interface LostStatement {
  place: number;
}

export interface DatabaseRecovery {
  database: TargetDatabase;
  recoverability: Recoverability;
  reason: string;
  /** The drill that decides; undefined for never, and for unknown. */
  decidedBy: SignedDrill | undefined;
  /** Drills after it that decided nothing. */
  beside: SignedDrill[];
}

export interface KnownOfTheFleet {
  fleet: FleetAnswer;
  drills: SignedDrill[];
  lost: LostStatement[];
  now: Date;
}

/** Every database of the fleet, by name; then those that are not in it and whose evidence has not expired. */
export function recoverabilities(known: KnownOfTheFleet): DatabaseRecovery[] {
  const fleet = known.fleet.asked ? known.fleet.databases : [];
  const here = fleet.map((database) => recoveryOf(database, known));
  const elsewhere = drilled(known)
    .filter((database) => !fleet.some((f) => isSame(f, database)))
    .map((database) => absent(database, known));
  return [...here.sort(byName), ...elsewhere.sort(byName)];
}

function recoveryOf(database: FleetDatabase, known: KnownOfTheFleet): DatabaseRecovery {
  const own = known.drills.filter((d) => d.database && isSame(d.database, database)).sort((a, b) => a.place - b.place);
  const decides = deciding(own);
  const from = decides?.place ?? -1;
  const unnamed = known.drills.filter((d) => !d.database && d.target === database.identifier);
  const base = { database, beside: [...own, ...unnamed].filter((d) => d.verdict === "inconclusive" && d.place > from) };
  if (known.lost.some((l) => l.place > from))
    return {
      ...base,
      recoverability: "unknown",
      reason: "a newer statement in the evidence log cannot be read, and may be about it",
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
      ? "another database had this name when it was drilled; this one never was"
      : "it was never drilled";
    return { recoverability: "never", reason: reason + withoutBackups, decidedBy: undefined };
  }
  if (!decides)
    return {
      recoverability: "unproven",
      reason: `no drill of it came to a verdict${withoutBackups}`,
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
      reason: `drill ${decides.requestId} was sealed at ${decides.issuedAt.toISOString()}, which is yet to come: a clock is wrong, here or where it was sealed`,
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
      reason: `drill ${decides.requestId} passed; that its throwaway is gone is not proven`,
      decidedBy: decides,
    };
  if (decides.expiresOn <= now)
    return { recoverability: "stale", reason: `drill ${decides.requestId} has expired`, decidedBy: decides };
  return { recoverability: "fresh", reason: `drill ${decides.requestId} passed`, decidedBy: decides };
}

/**
 * Backups reach back as long as they are kept, or to before the drill. Those that do neither were switched off since
 * and began again. Looked for where they were kept shortest; what was switched off for a while longer ago than that has
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
 * The newest failure, or the newest proof with both statements, whichever is newer; short of both a pass that lacks its
 * teardown.
 */
function deciding(oldestFirst: SignedDrill[]): SignedDrill | undefined {
  return (
    oldestFirst.findLast((d) => d.verdict === "fail" || (d.verdict === "pass" && d.tornDown)) ??
    oldestFirst.findLast((d) => d.verdict === "pass")
  );
}

/** The databases that signed drills were about, whose evidence has not expired. */
function drilled({ drills, now }: KnownOfTheFleet): TargetDatabase[] {
  const found: TargetDatabase[] = [];
  for (const { database, expiresOn } of [...drills].sort((a, b) => b.place - a.place))
    if (database && expiresOn > now && !found.some((f) => isSame(f, database))) found.push(database);
  return found;
}

function absent(database: TargetDatabase, { fleet, drills }: KnownOfTheFleet): DatabaseRecovery {
  const base = { database, decidedBy: undefined, beside: [] };
  const last = drills.filter((d) => d.database && isSame(d.database, database)).sort((a, b) => b.place - a.place)[0];
  const word = last ? `; drill ${last.requestId} said ${last.verdict}` : "";
  if (!fleet.asked)
    return {
      ...base,
      recoverability: "unknown",
      reason: `the cloud could not be asked about it: ${fleet.reason}${word}`,
    };
  if (!fleet.databases.some((f) => f.account === database.account && f.region === database.region))
    return {
      ...base,
      recoverability: "unknown",
      reason: `account ${database.account}, Region ${database.region} was not asked${word}`,
    };
  return {
    ...base,
    recoverability: "unproven",
    reason: `the cloud has no database of resource id ${database.resourceId} any more${word}`,
  };
}

/** By what is never given again. The ARN has the name in it, which may be changed. */
const isSame = (a: TargetDatabase, b: TargetDatabase) =>
  a.resourceId !== "" && a.resourceId === b.resourceId && a.account === b.account && a.region === b.region;
const byName = (a: DatabaseRecovery, b: DatabaseRecovery) => (a.database.identifier < b.database.identifier ? -1 : 1);
