/**
 * The statements about one database, or of one operation, without reading the whole log each time. Once this process has
 * followed the log to a signed head, it knows the hash of every statement and what each is about. From then on it reads
 * what was appended, which must lead to a newer signed head, and the statements that are asked for, by their hashes.
 *
 * A row's columns only help to find it: if one of these statements was removed, altered or moved, its hash is not
 * found, or the rest leads to no signed head. If anything is not as it should be, the whole log is read, which says
 * what.
 */
import { createHash } from "node:crypto";
import type { Database } from "../database";
import { reasonOf, ShipshapeError } from "../errors";
import { identityOf, type TargetDatabase } from "../fleet-records";
import { claimOf, openEnvelope, type Statement } from "./envelope";
import { KEY_CHANGE_TYPE, keyHistory, keysAt, type KeyHistory } from "./key-history";
import { rememberHead } from "./ledger";
import { headOf, nodeReader, rememberedHead, requireRemembered, type Head, type KnownLog } from "./log-head";
import { leafHash, rootOver, withLeaf, type Hash, type Subtree } from "./merkle-tree";
import { readEntry, readLog, type LogContent, type LogEntry, type LogProblem } from "./reading";
import { nameOf, rowsByPosition } from "./rows";
import type { RunStatement } from "./run-statement";

interface Place {
  position: number;
  leaf: Hash;
}

interface Followed {
  size: number;
  subtrees: readonly Subtree[];
  keyChanges: { position: number; envelope: string }[];
  /** Statements in an unknown format: each may be about any database. */
  problems: LogProblem[];
}

export class FollowedLog {
  private followed: Followed = { size: 0, subtrees: [], keyChanges: [], problems: [] };
  /** By operation alone, and by operation with the identity or name of the database. */
  private readonly places = new Map<string, Place[]>();
  /** The digests of the names of all statements: one that repeats another counts for nothing. */
  private readonly names = new Set<string>();
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly log: KnownLog,
  ) {}

  /**
   * What the log says of runs of one operation on a database, or on one that had its name; and which problems of the log
   * may concern it. Errors: evidence-memory-unusable.
   */
  about(operation: string, database: TargetDatabase): Promise<LogContent> {
    return this.inTurn([keyOf(operation, identityOf(database)), keyOf(operation, database.identifier)]);
  }

  /** What it says of all runs of these operations, whatever they are about. Errors: evidence-memory-unusable. */
  of(operations: readonly string[]): Promise<LogContent> {
    return this.inTurn(operations.map((operation) => keyOf(operation, anything)));
  }

  private inTurn(keys: string[]): Promise<LogContent> {
    const answer = this.turn.then(() => this.read(keys));
    this.turn = answer.catch(() => undefined);
    return answer;
  }

  private async read(keys: string[]): Promise<LogContent> {
    // Before the snapshot: this process may append meanwhile, and remember a head that the snapshot lacks.
    const remembered = rememberedHead(this.log);
    const found = await this.database.transaction(async (t) => {
      await t.query("set transaction isolation level repeatable read, read only");
      const reached = await this.follow(t, remembered);
      return reached && this.contentOf(t, reached, keys);
    });
    if (found?.head && found.problems.length === 0 && rememberedHead(this.log) === remembered)
      rememberHead(this.log, found.head.note);
    return found ?? readLog(this.database, this.log);
  }

  /** Follows the log to its newest signed head. Undefined, and nothing is learnt, if its rows do not lead to that. */
  private async follow(
    t: Database,
    remembered: string | undefined,
  ): Promise<{ head: Head | undefined; history: KeyHistory } | undefined> {
    let { size, subtrees } = this.followed;
    const keyChanges = [...this.followed.keyChanges];
    const problems = [...this.followed.problems];
    const added: [key: string, place: Place][] = [];
    const names = new Set<string>();
    for await (const { log_index, envelope } of rowsByPosition(t, String(size))) {
      const statement = claimIn(envelope);
      if (Number(log_index) !== size || !statement) return undefined;
      const name = createHash("sha256").update(nameOf(statement)).digest("base64");
      if (this.names.has(name) || names.has(name)) return undefined;
      names.add(name);
      const leaf = leafHash(Buffer.from(envelope));
      subtrees = withLeaf(subtrees, leaf);
      if (statement.predicateType === KEY_CHANGE_TYPE) keyChanges.push({ position: size, envelope });
      const found = readEntry(size, envelope, statement);
      if ("problem" in found) problems.push(found.problem);
      for (const key of found.entry.run ? keysOf(found.entry.run) : []) added.push([key, { position: size, leaf }]);
      size++;
    }
    const history = keyHistory(this.log.origin, this.log.key, keyChanges);
    const head = await headOf(t, this.log.origin, history);
    if ((head?.checkpoint.size ?? 0) !== size || (head && !head.checkpoint.root.equals(rootOver(subtrees))))
      return undefined;
    if (!(await this.extendsRemembered(t, remembered, history, head))) return undefined;
    for (const [key, place] of added) {
      const places = this.places.get(key) ?? [];
      places.push(place);
      this.places.set(key, places);
    }
    for (const name of names) this.names.add(name);
    this.followed = { size, subtrees, keyChanges, problems };
    return { head, history };
  }

  private extendsRemembered(t: Database, remembered: string | undefined, history: KeyHistory, head: Head | undefined) {
    return requireRemembered(this.log, remembered, history, head?.checkpoint, [() => nodeReader(t)]).then(
      () => true,
      (error: unknown) => {
        if (error instanceof ShipshapeError && error.code === "evidence-log-rewritten") return false;
        throw error;
      },
    );
  }

  private async contentOf(
    t: Database,
    { head, history }: { head: Head | undefined; history: KeyHistory },
    keys: string[],
  ): Promise<LogContent> {
    const places = new Map(keys.flatMap((key) => this.places.get(key) ?? []).map((place) => [place.position, place]));
    const problems = [...this.followed.problems];
    const entries: LogEntry[] = [];
    const rows = await t.query<{ log_index: string; envelope: string }>(
      "select log_index, envelope from evidence where log_index = any($1::bigint[])",
      [[...places.keys()]],
    );
    for (const { position, leaf } of [...places.values()].sort((a, b) => a.position - b.position)) {
      const row = rows.find(
        ({ log_index, envelope }) => Number(log_index) === position && leafHash(Buffer.from(envelope)).equals(leaf),
      );
      try {
        if (!row) throw new Error("missing or altered");
        const statement = openEnvelope(row.envelope, ...keysAt(history, position));
        entries.push(readEntry(position, row.envelope, statement).entry);
      } catch (error) {
        problems.push({ what: `the statement at position ${position}: ${reasonOf(error)}`, lost: { position } });
      }
    }
    return { head, entries, problems };
  }
}

const keyOf = (operation: string, of: string) => `${operation} ${of}`;
/** No database has this name. */
const anything = "";

function keysOf({ predicate: { operation, database, target } }: RunStatement): string[] {
  const of = database ? [identityOf(database), database.identifier] : [target];
  return [...of, anything].map((one) => keyOf(operation, one));
}

function claimIn(envelope: string): Statement | undefined {
  try {
    return claimOf(envelope);
  } catch {
    return undefined;
  }
}
