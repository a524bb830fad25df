/**
 * Pure: every database and every drill that its tier demanded in a period: done, late or missing. It rests on signed
 * statements alone: sightings of the fleet, and drills.
 */
import { populationEntriesMax, sightingGapHours } from "./limits";
import type { VerdictWord } from "../records";
import type { VerdictPredicate } from "./run-statement";
import type { SightedDatabase, Sighting } from "./sighting";

export interface Period {
  /** Its first moment, and the first moment after it. */
  from: string;
  until: string;
}

/** A drill of which both statements are signed, or which proves nothing. */
export interface PopulationDrill {
  requestId: string;
  database: NonNullable<VerdictPredicate["database"]>;
  verdict: VerdictWord;
  /** Whether its throwaway is proven gone: otherwise a pass proves nothing. */
  tornDown: boolean;
  tier: string | null;
  environment: string | null;
  issuedAt: string;
  /** How long its evidence is valid: what its tier demanded then. */
  validDays: number;
}

export interface DueDrill {
  dueAt: string;
  status: "done" | "late" | "missing";
  drill: { requestId: string; verdict: VerdictWord; issuedAt: string } | null;
}

export interface PopulationMember {
  identifier: string;
  resourceId: string;
  account: string;
  region: string;
  tier: string | null;
  environment: string | null;
  drillEveryDays: number;
  /** By a sighting or a drill. */
  firstSeen: string;
  lastSeen: string;
  /** The first sighting of its account and Region without it; null if there is none. */
  goneBy: string | null;
  isDrilled: boolean;
  /** What was due by its tier while it existed in the period. */
  due: DueDrill[];
  /**
   * Drills in the period that no day counts: further ones, ones for a later day, and ones that decided nothing, because
   * they reached no verdict or their throwaway is not proven gone.
   */
  others: { requestId: string; verdict: VerdictWord; issuedAt: string; isDecided: boolean }[];
  /** When the next drill is due after the period; null if it is gone. */
  nextDueAt: string | null;
}

export interface PopulationScope {
  account: string;
  region: string;
  firstSighting: string;
  lastSighting: string;
  /** Times in the period without a sighting: a database that existed only then is not known. */
  unseen: { from: string; until: string }[];
}

export interface Population {
  period: Period;
  scopes: PopulationScope[];
  databases: PopulationMember[];
  totals: {
    databases: number;
    neverDrilled: number;
    due: number;
    done: number;
    late: number;
    missing: number;
    failed: number;
  };
}

export function populationOf(
  period: Period,
  sightings: readonly Sighting[],
  drills: readonly PopulationDrill[],
): Population {
  const past = sightings.filter((s) => s.issuedAt <= period.until);
  const lists = listsOf(past);
  const done = drills.filter((d) => d.issuedAt <= period.until);
  const databases = [...membersOf(lists, done)]
    .map((known) => memberOf(period, known, lists))
    .filter((m) => m.firstSeen <= period.until && (m.goneBy === null || m.goneBy > period.from))
    .sort((a, b) => compare(a.identifier, b.identifier) || compare(a.resourceId, b.resourceId));
  return { period, scopes: scopesOf(period, sightings), databases, totals: totalsOf(databases) };
}

export function totalsOf(databases: readonly PopulationMember[]): Population["totals"] {
  const due = databases.flatMap((d) => d.due);
  const count = (status: DueDrill["status"]) => due.filter((d) => d.status === status).length;
  return {
    databases: databases.length,
    neverDrilled: databases.filter((d) => !d.isDrilled).length,
    due: due.length,
    done: count("done"),
    late: count("late"),
    missing: count("missing"),
    failed: [...due.flatMap((d) => d.drill ?? []), ...databases.flatMap((d) => d.others)].filter(
      (d) => d.verdict === "fail",
    ).length,
  };
}

interface SightedList {
  at: string;
  account: string;
  region: string;
  databases: Map<string, SightedDatabase>;
}

/** Each sighting with its list, oldest first. One whose list is nowhere to be read says nothing. */
function listsOf(sightings: readonly Sighting[]): SightedList[] {
  const known = new Map(sightings.flatMap((s) => (s.databases ? [[s.digest, s.databases] as const] : [])));
  return sightings
    .flatMap((s) => {
      const list = known.get(s.digest);
      const databases = new Map(list?.map((d) => [d.resourceId, d]));
      return list ? [{ at: s.issuedAt, account: s.account, region: s.region, databases }] : [];
    })
    .sort((a, b) => compare(a.at, b.at));
}

interface Known {
  identifier: string;
  resourceId: string;
  account: string;
  region: string;
  seenAt: string[];
  /** What the tier demanded, from each of these moments on. */
  demands: { at: string; tier: string | null; environment: string | null; drillEveryDays: number }[];
  drills: PopulationDrill[];
}

function membersOf(lists: SightedList[], drills: PopulationDrill[]): Iterable<Known> {
  const members = new Map<string, Known>();
  const member = (d: { identifier: string; resourceId: string; account: string; region: string }): Known => {
    const { identifier, resourceId, account, region } = d;
    const id = `${account} ${region} ${resourceId}`;
    const known = members.get(id) ?? { identifier, resourceId, account, region, seenAt: [], demands: [], drills: [] };
    members.set(id, known);
    return known;
  };
  for (const { at, account, region, databases } of lists)
    for (const { identifier, resourceId, ...demand } of databases.values()) {
      const known = member({ identifier, resourceId, account, region });
      known.identifier = identifier;
      known.seenAt.push(at);
      known.demands.push({ at, ...demand });
    }
  for (const drill of [...drills].sort((a, b) => compare(a.issuedAt, b.issuedAt))) {
    const known = member(drill.database);
    const { tier, environment, issuedAt: at, validDays: drillEveryDays } = drill;
    known.seenAt.push(at);
    known.drills.push(drill);
    if (known.demands.length === 0) known.demands.push({ at, tier, environment, drillEveryDays });
  }
  return members.values();
}

function memberOf(period: Period, known: Known, lists: SightedList[]): PopulationMember {
  const { identifier, resourceId, account, region } = known;
  const seen = [...known.seenAt].sort(compare);
  const [firstSeen, lastSeen] = [seen[0] as string, seen.at(-1) as string];
  const without = lists.find((l) => l.account === account && l.region === region && l.at > lastSeen);
  const goneBy = without?.at ?? null;
  const counted = { from: period.from, until: goneBy === null ? period.until : lastSeen };
  const demand = (at: string) => known.demands.findLast((d) => d.at <= at) ?? known.demands[0]!;
  const decided = known.drills.filter((d) => d.verdict === "fail" || (d.verdict === "pass" && d.tornDown));
  const { due, nextDueAt } = dueDrills(counted, firstSeen, decided, (at) => demand(at).drillEveryDays);
  const { tier, environment, drillEveryDays } = demand(counted.until);
  return {
    identifier,
    resourceId,
    account,
    region,
    tier,
    environment,
    drillEveryDays,
    firstSeen,
    lastSeen,
    goneBy,
    isDrilled: known.drills.length > 0,
    due,
    others: known.drills
      .filter((d) => d.issuedAt >= period.from && !due.some((one) => one.drill?.requestId === d.requestId))
      .map((d) => ({ ...record(d), isDecided: decided.includes(d) })),
    nextDueAt: goneBy === null ? nextDueAt : null,
  };
}

/**
 * A drill is due once in each span that the tier sets, counted from when the database was first seen and again from the
 * last drill in the span: the fewest drills that would have done. A span that ends without one is missing, and the last
 * of those before a drill is late.
 */
function dueDrills(
  { from, until }: Period,
  firstSeen: string,
  drills: PopulationDrill[],
  everyDays: (at: string) => number,
): { due: DueDrill[]; nextDueAt: string } {
  const all: DueDrill[] = [];
  const next = (at: string) => after(at, everyDays(at));
  let dueAt = next(firstSeen);
  for (let left = drills; all.length < populationEntriesMax;) {
    const inTime = left.findLast((d) => d.issuedAt <= dueAt);
    const late = left.find((d) => d.issuedAt < next(dueAt));
    if (!inTime && dueAt > until) break;
    const drill = inTime ?? late;
    all.push({ dueAt, status: inTime ? "done" : late ? "late" : "missing", drill: drill ? record(drill) : null });
    dueAt = next(drill?.issuedAt ?? dueAt);
    left = drill ? left.slice(left.indexOf(drill) + 1) : left;
  }
  const inPeriod = (at: string) => at >= from && at <= until;
  const due = all.filter((d) => inPeriod(d.dueAt) || (d.status === "late" && d.drill && inPeriod(d.drill.issuedAt)));
  // Overdue through the whole period: its own day was earlier, and no other one fell into it.
  const last = all.at(-1);
  if (due.length === 0 && last?.status === "missing" && until >= from) due.push(last);
  return { due, nextDueAt: dueAt };
}

const record = ({ requestId, verdict, issuedAt }: PopulationDrill) => ({ requestId, verdict, issuedAt });

function scopesOf({ from, until }: Period, sightings: readonly Sighting[]): PopulationScope[] {
  const scopes = new Map<string, Sighting[]>();
  for (const s of [...sightings].sort((a, b) => compare(a.issuedAt, b.issuedAt))) {
    const id = `${s.account} ${s.region}`;
    scopes.set(id, [...(scopes.get(id) ?? []), s]);
  }
  return [...scopes.values()].map((own) => {
    // A place that was first seen later was not seen in the period, which must not look as if it had no database.
    const times = own.map((s) => s.issuedAt).filter((at) => at <= until);
    const { account, region, issuedAt: first } = own[0] as Sighting;
    const last = times.at(-1) ?? first;
    const marks = [first > from ? from : first, ...times, until];
    const unseen = marks.slice(1).flatMap((end, i) => {
      const begin = marks[i] as string;
      const [gapFrom, gapUntil] = [begin < from ? from : begin, end];
      const isLong = Date.parse(end) - Date.parse(begin) > sightingGapHours * 3_600_000;
      return isLong && gapUntil > gapFrom ? [{ from: gapFrom, until: gapUntil }] : [];
    });
    return { account, region, firstSighting: first, lastSighting: last, unseen };
  });
}

const after = (at: string, days: number) => new Date(Date.parse(at) + days * 86_400_000).toISOString();
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
