/**
 * Whether heaps, sequences and B-tree indexes of one database are sound, by amcheck: every page is read, so a damaged
 * page checksum shows here too.
 *
 * No code of the database under test runs here. The expected contents of an index with an expression or a predicate are
 * computed by the database owners' functions, which could raise any error or never return; only the structure of such
 * an index is checked, and the report says so. An index that is ordered by such functions is not checked at all. So all
 * reported damage comes from PostgreSQL's own C code.
 *
 * Nothing is skipped silently: what did not fit in the time, could not be checked, or is of a kind that amcheck does
 * not read is counted and listed.
 */
import type { Client, DatabaseError } from "pg";
import { checkSessionsLostMax, namedMax, verifiedMax } from "./limits";
import { ensureAmcheck } from "./amcheck";
import { CheckSessions, type CheckSession } from "./check-sessions";
import { sessionWasLost } from "./control-session";
import { check, relationsOf, sizesOf, type Found, type Relation } from "./relation-check";
import { shownText } from "./shown-text";

export interface StructureReport {
  available: boolean;
  /** Why amcheck could not be used, if so. */
  unavailableReason?: string;
  relationsChecked: number;
  bytesChecked: number;
  /** What is damaged, each with the database's message. From `damagesMax` on no further check starts. */
  damages: Named[];
  /** Not checked, because the check itself failed. */
  left: Remainder;
  /** Not checked, because the budget of time or bytes was used up. */
  unread: Remainder;
  /** Of these, the bytes that earlier drills have checked. */
  unreadBytesVerified: number;
  /** What was checked and is sound, for later drills; null: everything. The smallest of very many are left out. */
  verified: { id: string; bytes: number }[] | null;
  /** Indexes whose pages were checked, but not whether they contain every row: that would run the database's own code. */
  structureOnly: Remainder;
  /** Relations of a kind that is not checked: unlogged, invalid, or neither heap nor B-tree. */
  skipped: Remainder;
  /** The database that was checked, and the instance's other databases, which were not. */
  database: string;
  otherDatabases: string[];
}

export interface Named {
  relation: string;
  problem: string;
}

/** A number of relations, the first of them by name. */
export interface Remainder {
  count: number;
  bytes: number;
  named: Named[];
}

/** When earlier drills checked what, by relation. */
export interface VerifiedBefore {
  /** When one last checked everything. */
  everything: string | null;
  relations: Record<string, string>;
}

export interface StructureBudget {
  secondsMax: number;
  /** The next relation is not begun if this would be exceeded. */
  bytesMax: number;
  damagesMax: number;
  /** Sessions that check at the same time, if the database grants as many. @default 1 */
  connections?: number;
}

export interface StructureAccess {
  /** A new session of a role that reads everything and nothing more; every check is done in one. */
  read(): Promise<Client>;
  /** A new session of a role that may create amcheck, and let others use it. */
  prepare(): Promise<Client>;
  /** The name of the role that reads. */
  reader: string;
}

/** Templates contain what every new database begins with; rdsadmin is the cloud's own. */
const DATABASES = `
select quote_ident(current_database()) as current, coalesce((select json_agg(quote_ident(d.datname) order by d.datname) from pg_database d
  where not d.datistemplate and d.datname not in (current_database(), 'rdsadmin')), '[]') as others`;

/**
 * Checks all heaps and B-tree indexes, these against their heaps; those that were checked longest ago come first. All
 * sessions are closed at the end, on an error and on `signal`.
 */
export async function verifyStructures(
  access: StructureAccess,
  budget: StructureBudget,
  before: VerifiedBefore,
  signal?: AbortSignal,
  progress?: (share: number) => void,
): Promise<StructureReport> {
  const endsAt = Date.now() + budget.secondsMax * 1000;
  const sessions = new CheckSessions(() => access.read(), signal);
  try {
    const begun = await begin(sessions, access);
    const { report, session, relations } = begun;
    if (!session) return report;
    const checkable = relations.filter(({ skipped, uncheckable }) => skipped === null && uncheckable === null);
    const ordered = inOrder(checkable, before, budget);
    const found = await checkEach(ordered, session, sessions, budget, endsAt, progress);
    signal?.throwIfAborted();
    const unread = checkable.filter((relation) => found.get(relation)?.unread !== undefined);
    await measure(unread, sessions);
    report.unreadBytesVerified = unread.reduce((sum, r) => sum + (lastVerified(r, before) ? Number(r.bytes) : 0), 0);
    for (const relation of relations)
      if (relation.skipped !== null) note(report.skipped, relation, relation.skipped);
      else record(report, relation, found.get(relation) ?? { left: relation.uncheckable ?? ABANDONED });
    if (unread.length > 0) report.verified = soundOf(found);
    return report;
  } finally {
    await sessions.close();
  }
}

const lastVerified = ({ oid }: Relation, before: VerifiedBefore) => before.relations[oid] ?? before.everything ?? "";

/**
 * Of those checked equally long ago the largest come first, so that sessions end together; if not all fit, the smallest,
 * so that one that never fits does not use up the budget of every drill.
 */
function inOrder(relations: Relation[], before: VerifiedBefore, { bytesMax }: StructureBudget): Relation[] {
  const fits = relations.reduce((sum, { bytes }) => sum + Number(bytes), 0) <= bytesMax;
  const given = new Map(relations.map((relation, at) => [relation, at]));
  const then = (a: Relation, b: Relation) =>
    fits ? given.get(a)! - given.get(b)! : Number(a.bytes) - Number(b.bytes) || given.get(a)! - given.get(b)!;
  return [...relations].sort((a, b) => lastVerified(a, before).localeCompare(lastVerified(b, before)) || then(a, b));
}

/** Sizes as they are; statistics know none of a relation that was never analysed. */
async function measure(relations: Relation[], sessions: CheckSessions): Promise<void> {
  if (relations.length === 0) return;
  const session = await sessions.open().catch(() => undefined);
  if (!session || typeof session === "string") return;
  const sizes = await sizesOf(session.client, relations).catch(() => new Map<string, string>());
  for (const relation of relations) relation.bytes = sizes.get(relation.oid) ?? relation.bytes;
}

const soundOf = (found: Map<Relation, Found>) =>
  [...found]
    .flatMap(([{ oid, bytes }, f]) => (f.bytes === undefined ? [] : [{ id: oid, bytes: Number(f.bytes ?? bytes) }]))
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, verifiedMax);

interface Begun {
  report: StructureReport;
  relations: Relation[];
  /** Undefined if amcheck cannot be used. */
  session?: CheckSession;
}

async function begin(sessions: CheckSessions, access: StructureAccess): Promise<Begun> {
  const report: StructureReport = {
    available: true,
    relationsChecked: 0,
    bytesChecked: 0,
    damages: [],
    left: none(),
    unread: none(),
    unreadBytesVerified: 0,
    verified: null,
    structureOnly: none(),
    skipped: none(),
    database: "",
    otherDatabases: [],
  };
  const unavailable = (reason: string) => ({
    report: { ...report, available: false, unavailableReason: reason },
    relations: [],
  });
  try {
    // In its own session: creating it may fire event triggers of the database, and what they set must end with that
    // session.
    await sessions.within(
      () => access.prepare(),
      (client) => ensureAmcheck(client, access.reader),
    );
    const session = await sessions.open();
    if (typeof session === "string") return unavailable(session);
    const { rows: databases } = await session.client.query<{ current: string; others: string[] }>(DATABASES);
    report.database = shownText(databases[0]?.current ?? "");
    report.otherDatabases = (databases[0]?.others ?? []).map(shownText);
    return { report, session, relations: await relationsOf(session.client) };
  } catch (error) {
    if (sessionWasLost(error)) throw error;
    return unavailable(shownText((error as DatabaseError).message));
  }
}

const ABANDONED = "the check was abandoned";

/** Checks each relation. All sessions share the budget, and each takes the next relation when it has finished one. */
async function checkEach(
  relations: Relation[],
  first: CheckSession,
  sessions: CheckSessions,
  budget: StructureBudget,
  endsAt: number,
  progress?: (share: number) => void,
): Promise<Map<Relation, Found>> {
  const found = new Map<Relation, Found>();
  const bytes = relations.reduce((sum, relation) => sum + Number(relation.bytes), 0);
  let [damages, bytesChecked, bytesBegun] = [0, 0, 0];
  const checked = async (session: CheckSession | undefined, relation: Relation): Promise<Found> => {
    const secondsLeft = Math.floor((endsAt - Date.now()) / 1000);
    if (secondsLeft < 1) return { unread: "the time budget was used up" };
    if (!session || damages >= budget.damagesMax) return { left: ABANDONED };
    const expected = Number(relation.bytes);
    if (bytesBegun + expected > budget.bytesMax) return { unread: "it exceeds what is left of the byte budget" };
    bytesBegun += expected;
    const result = await check(session.client, relation, session.amcheck, secondsLeft);
    bytesBegun += Number(result.bytes ?? expected) - expected;
    if (result.damage !== undefined) damages++;
    bytesChecked += Number(relation.bytes);
    progress?.(bytesChecked / Math.max(1, bytes));
    return result;
  };

  const atOnce = Math.min(budget.connections ?? 1, relations.length);
  let next = 0;
  const suspects: Relation[] = [];
  const takeNext = async (session: CheckSession) => {
    while (suspects.length === 0) {
      const relation = relations[next++];
      if (!relation) return;
      const result = await checked(session, relation);
      if (result.sessionLost) suspects.push(relation);
      else found.set(relation, result);
    }
  };
  if (atOnce > 1) {
    // A role may have a connection limit: fewer sessions make the check slower, not wrong.
    const another = async () => {
      const session = await sessions.open().catch(() => "refused");
      if (typeof session !== "string") await takeNext(session);
    };
    await Promise.all([takeNext(first), ...Array.from({ length: atOnce - 1 }, another)]);
  }

  // One by one: everything if there is one session. Otherwise what a crash left unchecked: a crash ends all sessions, so
  // only a check without others shows which relation crashes its backend.
  let session: CheckSession | undefined = suspects.length === 0 ? first : await sessions.reopen();
  let sessionsLost = 0;
  for (const relation of [...suspects, ...relations.slice(next)]) {
    const result = await checked(sessionsLost > checkSessionsLostMax ? undefined : session, relation);
    found.set(relation, result);
    if (!result.sessionLost) continue;
    session = await sessions.reopen();
    sessionsLost++;
  }
  return found;
}

function record(report: StructureReport, relation: Relation, found: Found): void {
  if (found.unread !== undefined) return note(report.unread, relation, found.unread);
  if (found.left !== undefined) return note(report.left, relation, found.left);
  report.relationsChecked++;
  report.bytesChecked += Number(found.bytes ?? relation.bytes);
  if (found.damage !== undefined) report.damages.push({ relation: shownText(relation.name), problem: found.damage });
  if (relation.runsUserCode)
    note(report.structureOnly, relation, "its expression or predicate runs code of the database");
}

const none = (): Remainder => ({ count: 0, bytes: 0, named: [] });

function note(remainder: Remainder, relation: Relation, problem: string): void {
  remainder.count++;
  remainder.bytes += Number(relation.bytes);
  if (remainder.named.length < namedMax) remainder.named.push({ relation: shownText(relation.name), problem });
}
