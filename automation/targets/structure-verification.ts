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
import { checkSessionsLostMax } from "./limits";
import { ensureAmcheck } from "./amcheck";
import { CheckSessions, type CheckSession } from "./check-sessions";
import { sessionWasLost } from "./control-session";
import { check, relationsOf, type Found, type Relation } from "./relation-check";
import { shownText } from "./shown-text";

export interface StructureReport {
  available: boolean;
  /** Why amcheck could not be used, if so. */
  unavailableReason?: string;
  relationsChecked: number;
  bytesChecked: number;
  /** What is damaged, each with the database's message. From `damagesMax` on no further check starts. */
  damages: Named[];
  /** Not checked, although amcheck could: no time was left, or the check itself failed. */
  left: Remainder;
  /** Whether some were not checked for lack of time. */
  outOfTime: boolean;
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

export interface StructureBudget {
  secondsMax: number;
  damagesMax: number;
  /** Sessions that check at the same time, if the database grants as many. @default 1 */
  connections?: number;
}

/** Templates contain what every new database begins with; rdsadmin is the cloud's own. */
const DATABASES = `
select quote_ident(current_database()) as current, coalesce((select json_agg(quote_ident(d.datname) order by d.datname) from pg_database d
  where not d.datistemplate and d.datname not in (current_database(), 'rdsadmin')), '[]') as others`;

/**
 * Checks all heaps, then all B-tree indexes against them. `open` returns a new session of a role that may run amcheck;
 * all sessions are closed at the end, on an error and on `signal`.
 */
export async function verifyStructures(
  open: () => Promise<Client>,
  budget: StructureBudget,
  signal?: AbortSignal,
  progress?: (share: number) => void,
): Promise<StructureReport> {
  const endsAt = Date.now() + budget.secondsMax * 1000;
  const sessions = new CheckSessions(open, signal);
  try {
    const begun = await begin(sessions);
    const { report, session, relations } = begun;
    if (!session) return report;
    const checkable = relations.filter(({ skipped, uncheckable }) => skipped === null && uncheckable === null);
    const found = await checkEach(checkable, session, sessions, budget, endsAt, progress);
    signal?.throwIfAborted();
    for (const relation of relations)
      if (relation.skipped !== null) note(report.skipped, relation, relation.skipped);
      else record(report, relation, found.get(relation) ?? { left: relation.uncheckable ?? ABANDONED });
    return report;
  } finally {
    await sessions.close();
  }
}

interface Begun {
  report: StructureReport;
  relations: Relation[];
  /** Undefined if amcheck cannot be used. */
  session?: CheckSession;
}

async function begin(sessions: CheckSessions): Promise<Begun> {
  const report: StructureReport = {
    available: true,
    relationsChecked: 0,
    bytesChecked: 0,
    damages: [],
    left: none(),
    outOfTime: false,
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
    await sessions.within(ensureAmcheck);
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
  let [damages, bytesChecked] = [0, 0];
  const checked = async (session: CheckSession | undefined, relation: Relation): Promise<Found> => {
    const secondsLeft = Math.floor((endsAt - Date.now()) / 1000);
    if (secondsLeft < 1) return { left: "the time budget was used up", outOfTime: true };
    if (!session || damages >= budget.damagesMax) return { left: ABANDONED };
    const result = await check(session.client, relation, session.amcheck, secondsLeft);
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
  report.outOfTime ||= found.outOfTime === true;
  if (found.left !== undefined) return note(report.left, relation, found.left);
  report.relationsChecked++;
  report.bytesChecked += Number(found.bytes ?? relation.bytes);
  if (found.damage !== undefined) report.damages.push({ relation: shownText(relation.name), problem: found.damage });
  if (relation.runsUserCode)
    note(report.structureOnly, relation, "its expression or predicate runs code of the database");
}

const none = (): Remainder => ({ count: 0, bytes: 0, named: [] });

/** Names of unchecked relations that a report lists; the count is unlimited. */
const NAMED_MAX = 20;

function note(remainder: Remainder, relation: Relation, problem: string): void {
  remainder.count++;
  remainder.bytes += Number(relation.bytes);
  if (remainder.named.length < NAMED_MAX) remainder.named.push({ relation: shownText(relation.name), problem });
}
