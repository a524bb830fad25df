/**
 * Pure: what is known about the recovery of each database, from signed statements and from what the cloud reports about
 * it today.
 */
import type { CopyStanding, SignedCopy } from "../copy-records";
import { backupsBeginHours, copyRemovalDays } from "./limits";
import { clocksDifferSecondsMax } from "../limits";
import {
  describeLocation,
  identityOf,
  unreachableText,
  type DeclaredDatabase,
  type FleetAnswer,
  type FleetDatabase,
  type TargetDatabase,
} from "../fleet-records";
import type { Recoverability, VerdictWord } from "../records";

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
  /** From asking for its copy until the copy was proven gone; undefined if it made none, or if that is not signed. */
  copyHours: number | undefined;
  /** Why it ended without an outcome. */
  errorCode: string | undefined;
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
  /** Of a masked copy. */
  copy?: CopyRecovery;
}

/** What a signed refresh says of a masked copy. */
export interface CopyRecovery {
  /** The name of its source. */
  of: string;
  /** The last day, YYYY-MM-DD. */
  expiresOn: string;
  /** The refresh, and who asked for it. */
  madeBy: string;
  requestedBy: string;
}

export interface KnownOfTheFleet {
  fleet: FleetAnswer;
  drills: SignedDrill[];
  /** What is signed of a database as a masked copy. @default of none anything */
  standingOf?: (database: TargetDatabase) => CopyStanding;
  /** What the stacks declare, in the cloud or not. @default not asked */
  declared?: DeclaredDatabase[];
  lost: LostStatement[];
  now: Date;
}

/** The same, with what thousands of databases are looked up in. */
interface Sorted extends KnownOfTheFleet {
  /** The drills of each database, the oldest first. */
  drillsOf: Map<string, SignedDrill[]>;
  /** Those that ended before they found a database, by the name in the request. */
  unnamed: Map<string, SignedDrill[]>;
  /** The names of the databases that were drilled. */
  drilledNames: Set<string>;
}

/**
 * Every database of the fleet, by name; then those that are not in the cloud and that a stack declares, or whose
 * evidence has not expired.
 */
export function recoverabilities(given: KnownOfTheFleet): DatabaseRecovery[] {
  const known = sorted(given);
  const fleet = known.fleet.asked ? known.fleet.databases : [];
  const here = fleet.map((database) => recoveryOf(database, known));
  const isHere = new Set(fleet.map(identityOf));
  const elsewhere = [...elsewhereOf(known).values()]
    .filter((database) => !isHere.has(identityOf(database)))
    .map((database) => absent(database, known));
  return [...here.sort(byName), ...elsewhere.sort(byName)];
}

function sorted(known: KnownOfTheFleet): Sorted {
  const oldestFirst = [...known.drills].sort((a, b) => a.position - b.position);
  const [drillsOf, unnamed] = [new Map<string, SignedDrill[]>(), new Map<string, SignedDrill[]>()];
  const add = (to: Map<string, SignedDrill[]>, key: string, drill: SignedDrill) =>
    to.get(key)?.push(drill) ?? to.set(key, [drill]);
  for (const drill of oldestFirst)
    if (!drill.database) add(unnamed, drill.target, drill);
    else if (drill.database.resourceId !== "") add(drillsOf, identityOf(drill.database), drill);
  const drilledNames = new Set(oldestFirst.flatMap((d) => d.database?.identifier ?? []));
  return { ...known, drillsOf, unnamed, drilledNames };
}

function recoveryOf(database: FleetDatabase, known: Sorted): DatabaseRecovery {
  const standing = known.standingOf?.(database);
  if (standing && isCopy(standing, known.now)) return copyRecovery(database, standing);
  const own = known.drillsOf.get(identityOf(database)) ?? [];
  const decides = deciding(own);
  const from = decides?.position ?? -1;
  const unnamed = known.unnamed.get(database.identifier) ?? [];
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

/** By its statement, never by its tags; and by no old one: a database that nobody removes is one like any other. */
const isCopy = (standing: CopyStanding, now: Date): standing is Extract<CopyStanding, { copy: SignedCopy }> =>
  standing.standing === "proven" ||
  (standing.standing === "expired" &&
    now.getTime() < Date.parse(standing.copy.expiresOn) + (1 + copyRemovalDays) * 86_400_000);

function copyRecovery(
  database: FleetDatabase,
  { standing, copy }: Extract<CopyStanding, { copy: SignedCopy }>,
): DatabaseRecovery {
  const { source, expiresOn, requestId: madeBy, requestedBy } = copy;
  const of = source.database.identifier;
  const until = standing === "proven" ? `until ${expiresOn}` : `whose time was over on ${expiresOn}`;
  return {
    ...{ database, recoverability: "copy", decidedBy: undefined, beside: [] },
    reason: `a masked copy of ${of} ${until}: it is not drilled, since another refresh brings it back`,
    copy: { of, expiresOn, madeBy, requestedBy },
  };
}

function judged(
  database: FleetDatabase,
  own: SignedDrill[],
  decides: SignedDrill | undefined,
  { drilledNames, now }: Sorted,
): Pick<DatabaseRecovery, "recoverability" | "reason" | "decidedBy"> {
  const withoutBackups = database.restorableFrom ? "" : "; it has no automated backups";
  if (own.length === 0) {
    const reason = drilledNames.has(database.identifier)
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

/** The databases that a stack declares, and those of signed drills whose evidence has not expired; the newest counts. */
function elsewhereOf({ drills, declared = [], now }: Sorted): Map<string, TargetDatabase> {
  const valid = drills.filter((d) => d.expiresOn > now).sort((a, b) => a.position - b.position);
  const databases = [...declared, ...valid.flatMap((d) => d.database ?? [])];
  return new Map(databases.map((database) => [identityOf(database), database]));
}

function absent(database: TargetDatabase, { fleet, drillsOf }: Sorted): DatabaseRecovery {
  const base = { database, decidedBy: undefined, beside: [] };
  const last = drillsOf.get(identityOf(database))?.at(-1);
  const word = last ? `; drill ${last.requestId} said ${last.verdict}` : "";
  if (!fleet.asked)
    return {
      ...base,
      recoverability: "unknown",
      reason: `the cloud could not be queried: ${fleet.reason}${word}`,
    };
  const isThere = (one: { account: string | undefined; region: string }) =>
    one.account === database.account && one.region === database.region;
  const unreachable = fleet.unreachable?.find(isThere);
  if (unreachable) return { ...base, recoverability: "unknown", reason: `${unreachableText(unreachable)}${word}` };
  if (![...fleet.databases, ...(fleet.clouds ?? [])].some(isThere))
    return {
      ...base,
      recoverability: "unknown",
      reason: `${describeLocation(database)} was not queried${word}`,
    };
  return {
    ...base,
    recoverability: last ? "unproven" : "never",
    reason: `the cloud no longer has a database with resource id ${database.resourceId}${word}`,
  };
}

const byName = (a: DatabaseRecovery, b: DatabaseRecovery) => (a.database.identifier < b.database.identifier ? -1 : 1);
