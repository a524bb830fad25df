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
import { checkSessionsLostMax, namedMax } from "./limits";
import { ensureAmcheck } from "./amcheck";
import { CheckSessions, type CheckSession } from "./check-sessions";
import { sessionWasLost } from "./control-session";
import { check, relationsOf, type Found } from "./relation-check";
import { shownText } from "./shown-text";
import {
  bytesOf,
  inOrder,
  piecesOf,
  readBefore,
  verifiedFiles,
  workOf,
  type Piece,
  type Relation,
  type VerifiedBefore,
  type VerifiedFile,
} from "./structure-pieces";

export interface StructureReport {
  available: boolean;
  /** Why amcheck could not be used, if so. */
  unavailableReason?: string;
  /** Of which everything was read. */
  relationsChecked: number;
  /** What was read and is sound. */
  bytesChecked: number;
  /** What is damaged, each with the database's message. From `damagesMax` on no further check starts. */
  damages: Named[];
  /** Not checked, because the check itself failed. */
  left: Remainder;
  /** Not checked, or only in part, because the budget of time or bytes was used up. The bytes are those not read. */
  unread: Remainder;
  /** Of these, the bytes that earlier drills have checked. */
  unreadBytesVerified: number;
  /** What was checked and is sound, for later drills. */
  verified: VerifiedFile[];
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
  /** The next piece of a relation is not begun if this would be exceeded. */
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
    const piecesIn = new Map(checkable.map((relation) => [relation, piecesOf(relation)]));
    const pieces = inOrder([...piecesIn.values()].flat(), before, budget.bytesMax);
    const found = await checkEach(pieces, session, sessions, budget, endsAt, progress);
    signal?.throwIfAborted();
    for (const relation of relations)
      if (relation.skipped !== null) note(report.skipped, relation, relation.skipped);
      else if (relation.uncheckable !== null) note(report.left, relation, relation.uncheckable);
      else record(report, relation, piecesIn.get(relation)!, found);
    const sound = pieces.flatMap((p) => soundPart(p, found.get(p)!));
    report.bytesChecked = sound.reduce((sum, piece) => sum + bytesOf(piece), 0);
    report.verified = verifiedFiles(sound);
    report.unreadBytesVerified = pieces
      .filter((piece) => found.get(piece)!.unread !== undefined)
      .reduce((sum, piece) => sum + readBefore(piece, before).blocks * piece.relation.blockBytes, 0);
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

async function begin(sessions: CheckSessions, access: StructureAccess): Promise<Begun> {
  const report: StructureReport = {
    available: true,
    relationsChecked: 0,
    bytesChecked: 0,
    damages: [],
    left: none(),
    unread: none(),
    unreadBytesVerified: 0,
    verified: [],
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

/** Checks each piece. All sessions share the budget, and each takes the next piece when it has finished one. */
async function checkEach(
  pieces: Piece[],
  first: CheckSession,
  sessions: CheckSessions,
  budget: StructureBudget,
  endsAt: number,
  progress?: (share: number) => void,
): Promise<Map<Piece, Found>> {
  const found = new Map<Piece, Found>();
  const damaged = new Set<Relation>();
  const work = pieces.reduce((sum, piece) => sum + workOf(piece), 0);
  let [workDone, bytesBegun] = [0, 0];
  const checked = async (session: CheckSession | undefined, piece: Piece): Promise<Found> => {
    const secondsLeft = Math.floor((endsAt - Date.now()) / 1000);
    if (secondsLeft < 1) return { unread: "the time budget was used up" };
    if (!session || damaged.size >= budget.damagesMax) return { left: ABANDONED };
    if (bytesBegun + bytesOf(piece) > budget.bytesMax) return { unread: "it exceeds what is left of the byte budget" };
    bytesBegun += bytesOf(piece);
    const result = await check(session.client, piece, session.amcheck, secondsLeft);
    if (result.damage !== undefined) damaged.add(piece.relation);
    // What a crash left unchecked is checked once more, and counts then.
    if (result.sessionLost) bytesBegun -= bytesOf(piece);
    else if (result.unread === undefined) progress?.((workDone += workOf(piece)) / Math.max(1, work));
    return result;
  };

  const atOnce = Math.min(budget.connections ?? 1, pieces.length);
  let next = 0;
  const suspects: Piece[] = [];
  const takeNext = async (session: CheckSession) => {
    while (suspects.length === 0) {
      const piece = pieces[next++];
      if (!piece) return;
      const result = await checked(session, piece);
      if (result.sessionLost) suspects.push(piece);
      else found.set(piece, result);
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
  // only a check without others shows which piece crashes its backend.
  let session: CheckSession | undefined = suspects.length === 0 ? first : await sessions.reopen();
  let sessionsLost = 0;
  for (const piece of [...suspects, ...pieces.slice(next)]) {
    const result = await checked(sessionsLost > checkSessionsLostMax ? undefined : session, piece);
    found.set(piece, result);
    if (!result.sessionLost) continue;
    session = await sessions.reopen();
    sessionsLost++;
  }
  return found;
}

/** Only what was read to its end without a finding: a check stops at the first damage. */
const soundPart = (piece: Piece, { soundUntil }: Found): Piece[] =>
  soundUntil === undefined ? [] : [{ ...piece, until: soundUntil }];

/** Adds what was found in the pieces of one relation, whose first damage is named. */
function record(report: StructureReport, relation: Relation, pieces: Piece[], found: Map<Piece, Found>): void {
  const of = (what: "damage" | "left" | "unread") => {
    const those = pieces.filter((piece) => found.get(piece)![what] !== undefined);
    return { problem: those[0] && found.get(those[0])![what], bytes: those.reduce((sum, p) => sum + bytesOf(p), 0) };
  };
  const [damage, left, unread] = [of("damage"), of("left"), of("unread")];
  if (damage.problem !== undefined)
    report.damages.push({ relation: shownText(relation.name), problem: damage.problem });
  if (left.problem !== undefined) note(report.left, relation, left.problem, left.bytes);
  if (unread.problem !== undefined) {
    const read = Math.floor((1 - unread.bytes / sizeOf(relation)) * 100);
    note(report.unread, relation, `${read > 0 ? `${read} % of it was read; ` : ""}${unread.problem}`, unread.bytes);
  }
  if (left.problem !== undefined || unread.problem !== undefined) return;
  report.relationsChecked++;
  if (relation.runsUserCode)
    note(report.structureOnly, relation, "its expression or predicate runs code of the database");
}

const none = (): Remainder => ({ count: 0, bytes: 0, named: [] });

const sizeOf = ({ blocks, blockBytes }: Relation) => blocks * blockBytes;

function note(remainder: Remainder, relation: Relation, problem: string, bytes = sizeOf(relation)): void {
  remainder.count++;
  remainder.bytes += bytes;
  if (remainder.named.length < namedMax) remainder.named.push({ relation: shownText(relation.name), problem });
}
