/**
 * Assigns the rows of the log to positions. Rows may be duplicated, altered or injected; a position belongs to the
 * first row to arrive that the log's key signed and that repeats no statement of an earlier position.
 */
import type { Database } from "../database";
import { reasonOf } from "../errors";
import { statementsPerPage } from "./limits";
import { claimOf, openEnvelope, type Statement } from "./envelope";
import { KEY_CHANGE_TYPE, keysAt, type KeyHistory } from "./key-history";
import { leafHash, nodesOver, type Hash, type NodeReader } from "./merkle-tree";

export interface EvidenceRow {
  row_id: string;
  log_index: string;
  id: string;
  request_id: string | null;
  kind: string;
  predicate_type: string;
  target: string | null;
  verdict: string | null;
  issued_at: Date;
  expires_on: Date | null;
  envelope: string;
}

/** A row whose envelope the log's key signed, at the position the row claims. */
export interface SignedRow {
  row: EvidenceRow;
  position: number;
  leaf: Hash;
  statement: Statement;
}

export interface SortedRows {
  /** By position; a position without a signed row is a hole. */
  signed: (SignedRow | undefined)[];
  /** Rows without a position, each with the reason. */
  others: { row: EvidenceRow; reason: string }[];
  /**
   * Whether one of these is a statement that the log's key signed but the head does not cover: the log was longer than
   * its head says.
   */
  cutOff: boolean;
}

export async function sortRows(database: Database, size: number, history: KeyHistory): Promise<SortedRows> {
  const sorted: SortedRows = {
    signed: new Array<SignedRow | undefined>(size).fill(undefined),
    others: [],
    cutOff: false,
  };
  const seen = new Set<string>();
  for await (const row of rowsByPosition(database)) {
    const position = Number(row.log_index);
    try {
      if (position < 0 || sorted.signed[position]) throw new Error(`position ${position} belongs to another statement`);
      const statement = openEnvelope(row.envelope, ...keysAt(history, position));
      const name = nameOf(statement);
      if (seen.has(name)) throw new Error("it repeats a statement of an earlier position");
      seen.add(name);
      if (position >= size) {
        sorted.cutOff = true;
        throw new Error(`the signed head covers ${size} statements, and none at position ${position}`);
      }
      sorted.signed[position] = { row, position, leaf: leafHash(Buffer.from(row.envelope)), statement };
    } catch (error) {
      sorted.others.push({ row, reason: reasonOf(error) });
    }
  }
  return sorted;
}

/** The log has one statement of this name. */
export const nameOf = ({ predicateType, subject }: Statement): string => `${predicateType} ${JSON.stringify(subject)}`;

/**
 * What claims to be a key change, by its envelope and not by a column: an overlooked change would make earlier
 * statements the newest.
 */
export async function keyChangesIn(database: Database): Promise<{ position: number; envelope: string }[]> {
  const first = new Map<string, EvidenceRow>();
  for await (const row of rowsByPosition(database)) {
    const known = first.get(row.envelope);
    // The same statement, inserted again at another position, came later.
    if (claimsKeyChange(row.envelope) && !(known && BigInt(known.row_id) < BigInt(row.row_id)))
      first.set(row.envelope, row);
  }
  return [...first.values()].map(({ log_index, envelope }) => ({ position: Number(log_index), envelope }));
}

function claimsKeyChange(envelope: string): boolean {
  try {
    return claimOf(envelope).predicateType === KEY_CHANGE_TYPE;
  } catch {
    return false; // not an envelope of ours: `sortRows` reports why
  }
}

/** The tree over the statements, as far as the first hole. */
export async function treeOfRows(database: Database, size: number, history: KeyHistory): Promise<NodeReader> {
  const { signed } = await sortRows(database, size, history);
  const hole = signed.indexOf(undefined);
  return nodesOver((hole < 0 ? signed : signed.slice(0, hole)).map((s) => (s as SignedRow).leaf));
}

/** In pages, so that a long log needs no more memory than the rows that are kept. */
export async function* rowsByPosition(
  database: Database,
  from = "-9223372036854775808",
): AsyncGenerator<EvidenceRow, void, undefined> {
  for (let after: [string, string] = [from, "0"]; ;) {
    const rows = await database.query<EvidenceRow>(
      "select * from evidence where (log_index, row_id) > ($1::bigint, $2::bigint) order by log_index, row_id limit $3",
      [...after, statementsPerPage],
    );
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < statementsPerPage) return;
    after = [last.log_index, last.row_id];
  }
}
