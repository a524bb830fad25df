/**
 * The log as read: signatures, positions and head are checked, and a row's columns are ignored. Whatever is invalid is
 * reported as a problem; it hides nothing else.
 */
import type { Database } from "../database";
import { reasonOf, ShipshapeError } from "../errors";
import { KEY_CHANGE_TYPE, keyHistory, type KeyHistory } from "./key-history";
import { rememberHead } from "./ledger";
import { headOf, leadsTo, rememberedHead, requireRemembered, type Head, type KnownLog } from "./log-head";
import { emptyRoot, nodesOver, type Hash, type NodeReader } from "./merkle-tree";
import { keyChangesIn, sortRows, type SignedRow } from "./rows";
import { earlierRunsMax } from "./limits";
import { POPULATION_TYPE, populationIn } from "./population-statement";
import { recoveriesOf } from "./run-report";
import { precedes, runStatementOf, type RunStatement } from "./run-statement";
import { FLEET_TYPE, sightingOf, type Sighting } from "./sighting";

export interface LogEntry {
  position: number;
  envelope: string;
  statement: SignedRow["statement"];
  /** What it says about a run; undefined for statements about anything else, or in a format that is not known here. */
  run: RunStatement | undefined;
  /** What it says about the fleet; undefined as above. */
  sighting: Sighting | undefined;
}

/** A statement about a run. */
export type RunEntry = LogEntry & { run: RunStatement };

export interface LogProblem {
  what: string;
  /**
   * The position of a missing or unreadable statement: no earlier statement is certain to be the newest about its
   * database, because only this statement said which database it was about. Undefined: nothing is missing.
   */
  lost?: { position: number };
}

export interface LogContent {
  head: Head | undefined;
  /** By position. */
  entries: LogEntry[];
  problems: LogProblem[];
}

export interface EvidenceLog extends LogContent {
  history: KeyHistory;
  /** Reads the nodes under the head, for proofs. */
  tree: NodeReader;
}

/** Reads the whole log. Errors: evidence-memory-unusable. */
export async function readLog(database: Database, log: KnownLog): Promise<EvidenceLog> {
  // Before the snapshot: this process may append meanwhile, and remember a head that the snapshot lacks.
  const remembered = rememberedHead(log);
  return database.transaction(async (t) => {
    await t.query("set transaction isolation level repeatable read, read only");
    const history = keyHistory(log.origin, log.key, await keyChangesIn(t));
    const head = await headOf(t, log.origin, history);
    const { signed, others, cutOff } = await sortRows(t, head?.checkpoint.size ?? 0, history);
    const problems: LogProblem[] = others.map(({ row, reason }) => ({
      what: `row "${row.id}" is not a statement of the log: ${reason}`,
    }));
    if (cutOff) problems.push(everything("it contains statements that no signed head covers: it was truncated"));
    const leaves = await leavesOf(t, head, signed, problems);
    const tree = nodesOver(leaves);
    const entries = signed.flatMap((found, position) => {
      if (found && leaves[position]?.equals(found.leaf)) return [entryOf(found, problems)];
      problems.push({ what: `the statement at position ${position} is missing or was altered`, lost: { position } });
      return [];
    });
    if (!head && others.length > 0)
      problems.push(everything("no head of the log is signed by the key that this machine trusts"));
    await requireRemembered(log, remembered, history, head?.checkpoint, [() => tree]).catch((error: unknown) => {
      if (!(error instanceof ShipshapeError) || error.code !== "evidence-log-rewritten") throw error;
      problems.push(everything(error.message));
    });
    if (head && problems.length === 0 && rememberedHead(log) === remembered) rememberHead(log, head.note);
    return { head, history, entries, problems, tree };
  });
}

/** The statements about one request, by their signed content. */
export const statementsOf = (log: LogContent, requestId: string): RunEntry[] =>
  log.entries.filter((e): e is RunEntry => e.run?.predicate.requestId === requestId);

/** The newest recovery times that the same operation measured on the same database before that run, oldest first. */
export function earlierThan(log: LogContent, statements: readonly RunEntry[]): RunEntry[] {
  const verdict = statements.find((e) => e.run.kind === "verdict");
  const isEarlier = (e: LogEntry): e is RunEntry =>
    e.run !== undefined && verdict !== undefined && e.position < verdict.position && precedes(e.run, verdict.run);
  return log.entries
    .filter(isEarlier)
    .filter(({ run }) => recoveriesOf([run]).length > 0)
    .slice(-earlierRunsMax);
}

/** The log if none of its keys is known: empty, or entirely untrusted. */
export async function unreadLog(database: Database): Promise<LogContent> {
  const rows = await database.query("select 1 from evidence limit 1");
  return {
    head: undefined,
    entries: [],
    problems:
      rows.length > 0 ? [everything("this machine knows no key of this log: nothing in it can be verified")] : [],
  };
}

/** What is missing could be the newest statement about any database. */
const everything = (what: string): LogProblem => ({ what, lost: { position: Infinity } });

/**
 * The hashes under the signed head: those of the statements if they lead to its root; otherwise the stored ones, which
 * then show which statements are false.
 */
async function leavesOf(
  t: Database,
  head: Head | undefined,
  signed: (SignedRow | undefined)[],
  problems: LogProblem[],
): Promise<Hash[]> {
  if (!head) return [];
  const own = signed.map((s) => s?.leaf);
  if (own.every((leaf) => leaf !== undefined) && (await leadsTo(head.checkpoint, nodesOver(own)))) return own;
  const rows = await t.query<{ index: string; hash: Buffer }>(
    "select distinct on (index) index, hash from evidence_node where level = 0 and index >= 0 and index < $1 order by index, row_id",
    [head.checkpoint.size],
  );
  const stored = rows.map((r) => r.hash);
  if (stored.length === own.length && (await leadsTo(head.checkpoint, nodesOver(stored)))) return stored;
  problems.push(
    everything(
      `neither the statements nor the stored hashes lead to the head that was signed at ${head.checkpoint.size} statements`,
    ),
  );
  return own.map((leaf) => leaf ?? emptyRoot());
}

function entryOf({ row, position, statement }: SignedRow, problems: LogProblem[]): LogEntry {
  const found = readEntry(position, row.envelope, statement);
  if ("problem" in found) problems.push(found.problem);
  const { entry } = found;
  if (!entry.run) return entry;
  const { predicate, kind, id } = entry.run;
  const verdict = kind === "verdict" ? predicate.verdict : null;
  if (
    row.id !== id ||
    row.target !== predicate.target ||
    row.verdict !== verdict ||
    row.expires_on?.toISOString() !== predicate.expiresOn
  )
    problems.push({ what: `the columns of ${id} were altered; the signed statement counts` });
  return entry;
}

/** What a statement of the log says, or that its format is not known here. */
export function readEntry(
  position: number,
  envelope: string,
  statement: SignedRow["statement"],
): { entry: LogEntry } | { entry: LogEntry; problem: LogProblem } {
  const entry: LogEntry = { position, envelope, statement, run: undefined, sighting: undefined };
  try {
    if (statement.predicateType === KEY_CHANGE_TYPE) return { entry };
    if (statement.predicateType === FLEET_TYPE) return { entry: { ...entry, sighting: sightingOf(statement) } };
    if (statement.predicateType !== POPULATION_TYPE) return { entry: { ...entry, run: runStatementOf(statement) } };
    populationIn(statement);
    return { entry };
  } catch (error) {
    const what = `the statement at position ${position} has an unknown format: ${reasonOf(error)}`;
    return { entry, problem: { what, lost: { position } } };
  }
}
