/** The current log: the keys it had, the newest validly signed head, and its tree. */
import type { KeyObject } from "node:crypto";
import type { Database } from "../database";
import { ShipshapeError } from "../errors";
import { checkpointsPerPage } from "../limits";
import type { Checkpoint } from "./checkpoint";
import { keyHistory, openCheckpointBy, type KeyHistory } from "./key-history";
import type { LogMemory } from "./log-memory";
import { consistencyProof, extendsTree, rootOf, type Hash, type NodeReader } from "./merkle-tree";
import { treeOfRows } from "./rows";

/** What a reader knows about a log. */
export interface KnownLog {
  /** The log's name in checkpoints, e.g. `shipshape.example.com/evidence`. */
  origin: string;
  /** A trusted key of the log, its public half; the others are followed from it. */
  key: KeyObject;
  /** What this machine has seen of the log before. */
  memory?: LogMemory | undefined;
}

/** The keys of the log, followed from the trusted one. */
export async function historyOf(t: Database, { origin, key }: KnownLog): Promise<KeyHistory> {
  // The same statement, inserted again at another position, came later.
  const rows = await t.query<{ log_index: string; envelope: string }>(
    "select distinct on (envelope) log_index, envelope from evidence where kind = 'key-change' order by envelope, row_id",
  );
  return keyHistory(
    origin,
    key,
    rows.map((r) => ({ position: Number(r.log_index), envelope: r.envelope })),
  );
}

export interface Head {
  note: string;
  checkpoint: Checkpoint;
}

/**
 * The newest checkpoint that the log's key signed; unsigned ones above it, and those at a wrong position, are skipped.
 */
export async function headOf(t: Database, origin: string, history: KeyHistory): Promise<Head | undefined> {
  for (let [offset, count] = [0, 1]; ; offset += count, count = checkpointsPerPage) {
    const rows = await t.query<{ size: string; note: string }>(
      "select size, note from evidence_checkpoint order by size desc, row_id desc limit $1 offset $2",
      [count, offset],
    );
    for (const { size, note } of rows) {
      try {
        const checkpoint = openCheckpointBy(note, origin, history);
        // An older one that was inserted again above the newest is also signed.
        if (checkpoint.size === Number(size)) return { note, checkpoint };
      } catch {
        // Not signed by the log's key: no head.
      }
    }
    if (rows.length < count) return undefined;
  }
}

/**
 * Reads the nodes under a head: the stored ones if they lead to its root, otherwise those recomputed from the
 * statements. Errors: evidence-log-damaged.
 */
export async function treeOf(t: Database, head: Checkpoint | undefined, history: KeyHistory): Promise<NodeReader> {
  const stored = nodeReader(t);
  if (!head || (await leadsTo(head, stored))) return stored;
  const rebuilt = await treeOfRows(t, head.size, history);
  if (await leadsTo(head, rebuilt)) return rebuilt;
  throw new ShipshapeError("evidence-log-damaged", {
    reason: `neither its nodes nor its statements lead to the root that was signed at ${head.size} statements`,
  });
}

export async function leadsTo({ size, root }: Checkpoint, read: NodeReader): Promise<boolean> {
  try {
    return (await rootOf(size, read)).equals(root);
  } catch {
    return false; // a node is missing
  }
}

/** The newest head of the log that this machine has seen. Errors: evidence-memory-unusable. */
export const rememberedHead = ({ memory, origin }: KnownLog): string | undefined => memory?.of(origin)?.checkpoint;

/**
 * A log that this machine has seen longer or with different content is signed no further. Errors:
 * evidence-log-rewritten.
 */
export async function requireRemembered(
  log: KnownLog,
  remembered: string | undefined,
  history: KeyHistory,
  head: Checkpoint | undefined,
  trees: (() => NodeReader | Promise<NodeReader>)[],
): Promise<void> {
  if (remembered === undefined) return;
  const refuse = (reason: string) =>
    new ShipshapeError("evidence-log-rewritten", { origin: log.origin, reason, file: log.memory?.file ?? "" });
  const older = openRemembered(remembered, log.origin, history);
  if (!older) throw refuse("the head that this machine has seen is signed by a key that the log does not know");
  const size = head?.size ?? 0;
  if (!head || size < older.size)
    throw refuse(`it had ${older.size} statements when this machine last saw it, and has ${size} now`);
  for (const tree of trees) {
    const proof = await consistencyProof(older.size, size, await tree()).catch(() => undefined);
    if (proof && extendsTree(older.size, older.root, size, head.root, proof)) return;
  }
  throw refuse(`its first ${older.size} statements are not those that this machine has seen`);
}

function openRemembered(note: string, origin: string, history: KeyHistory): Checkpoint | undefined {
  try {
    return openCheckpointBy(note, origin, history);
  } catch {
    return undefined;
  }
}

/**
 * The stored nodes, the first of each position. A missing one is an Error, never a guess. Each is read once: the nodes
 * that lead to a head are those that the next statement is added to.
 */
export function nodeReader(database: Database): NodeReader {
  let turn: Promise<unknown> = Promise.resolve();
  const found = new Map<string, Hash>();
  return (nodes) => {
    // Proofs ask for several at once, and a connection answers one query after the other.
    const answer = turn.then(() => storedNodes(database, nodes, found));
    turn = answer.catch(() => undefined);
    return answer;
  };
}

type Place = Parameters<NodeReader>[0][0];

async function storedNodes(database: Database, nodes: Place[], found: Map<string, Hash>): Promise<Hash[]> {
  const at = ({ level, index }: { level: number; index: number | string }) => `${level}/${index}`;
  const missing = nodes.filter((n) => !found.has(at(n)));
  for (const row of missing.length > 0 ? await readNodes(database, missing) : []) found.set(at(row), row.hash);
  return nodes.map((n) => {
    const hash = found.get(at(n));
    if (!hash) throw new Error(`node ${at(n)} is missing`);
    return hash;
  });
}

const readNodes = (database: Database, nodes: Place[]) =>
  database.query<{ level: number; index: string; hash: Buffer }>(
    `select distinct on (level, index) level, index, hash from evidence_node join unnest($1::int[], $2::bigint[]) as wanted (l, i) on level = l and index = i
       order by level, index, row_id`,
    [nodes.map((n) => n.level), nodes.map((n) => n.index)],
  );

/** The newest checkpoint as stored, unverified. */
export async function latestCheckpoint(database: Database): Promise<{ size: number; note: string } | undefined> {
  const [row] = await database.query<{ size: string; note: string }>(
    "select size, note from evidence_checkpoint order by size desc, row_id desc limit 1",
  );
  return row && { size: Number(row.size), note: row.note };
}
