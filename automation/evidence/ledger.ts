/** The evidence log in PostgreSQL: statements are appended in one order, each under a signed checkpoint, and never change. */
import type { KeyObject } from "node:crypto";
import type { Database } from "../database";
import { ShipshapeError } from "../errors";
import { checkpointsPerPage } from "../limits";
import { parseVerifierKey, signCheckpoint, verifierKey, type Checkpoint } from "./checkpoint";
import { keyIdOf, openEnvelope, sealStatement, type Statement } from "./envelope";
import { currentKey, keyHistory, keysAt, openCheckpointBy, sameKey, sealKeyChange, type KeyHistory } from "./key-history";
import type { LogMemory } from "./log-memory";
import { consistencyProof, extendsTree, leafHash, nodesOfAppend, rootOf, type Hash, type Node, type NodeReader } from "./merkle-tree";
import { treeOfRows } from "./rows";
import { publicKeyOf } from "./signing-key";

/** A log as its readers know it. */
export interface KnownLog {
  /** The log's name in checkpoints, e.g. `shipshape.example.com/evidence`. */
  origin: string;
  /** A key of the log that is trusted, private or public; the others are followed from it. */
  key: KeyObject;
  /** What this machine has seen of the log before. */
  memory?: LogMemory | undefined;
}

/** Who appends to it: the key is private, and the log's current one. */
export type Signer = KnownLog;

export interface StatementToAppend {
  requestId: string;
  kind: "verdict" | "teardown";
  target: string;
  verdict?: string | undefined;
  statement: Statement;
}

/** Serialises appends: a log has one order. Held for some milliseconds, to the end of the transaction. */
const APPEND_LOCK = "select pg_advisory_xact_lock(hashtext('shipshape evidence log'))";

/**
 * Appends a statement and signs the checkpoint that covers it, in one transaction. A request has one statement of each kind: appending another
 * (a step that is repeated after a crash) changes nothing.
 * Errors: signing-key-foreign, evidence-log-rewritten, evidence-log-damaged, evidence-memory-unusable.
 */
export async function appendStatement(database: Database, signer: Signer, s: StatementToAppend): Promise<void> {
  await append(database, signer, async (t, history) => {
    if (await isSealed(t, history, s.requestId, s.kind)) return undefined;
    return { ...s, envelope: sealStatement(s.statement, signer.key), signers: [signer.key] };
  });
}

/** Gives the log another key, as a statement of its own that both sign. Errors: as `appendStatement`. */
export async function changeKey(database: Database, signer: Signer, to: KeyObject, changedBy: string): Promise<void> {
  await append(database, signer, async () => {
    const { statement, envelope } = sealKeyChange(signer.origin, signer.key, to, changedBy, new Date());
    return { kind: "key-change", statement, envelope, signers: [signer.key, to], newKey: to };
  });
}

interface Leaf {
  requestId?: string;
  kind: string;
  target?: string;
  verdict?: string | undefined;
  statement: Statement;
  envelope: string;
  /** Who signs the checkpoint. */
  signers: KeyObject[];
  newKey?: KeyObject;
}

async function append(database: Database, signer: Signer, leafOf: (t: Database, history: KeyHistory) => Promise<Leaf | undefined>): Promise<void> {
  signer.memory?.requireWritable();
  const note = await database.transaction(async (t) => {
    await t.query(APPEND_LOCK);
    const { history, head, tree } = await openLog(t, signer);
    const leaf = await leafOf(t, history);
    if (!leaf) return head?.note;
    const size = head?.checkpoint.size ?? 0;
    await insertLeaf(t, size, leaf);
    if (size === 0) await insertKey(t, verifierKey(signer.origin, signer.key));
    if (leaf.newKey) await insertKey(t, verifierKey(signer.origin, leaf.newKey));
    const added = await nodesOfAppend(size, leafHash(Buffer.from(leaf.envelope)), tree);
    for (const n of added) await t.query("insert into evidence_node (level, index, hash) values ($1, $2, $3)", [n.level, n.index, n.hash]);
    const signed = signCheckpoint({ origin: signer.origin, size: size + 1, root: await rootOf(size + 1, withNodes(tree, added)) }, ...leaf.signers);
    await t.query("insert into evidence_checkpoint (size, note) values ($1, $2)", [size + 1, signed]);
    return signed;
  });
  // After the commit: a head that was remembered and never came to be would refuse every later one.
  if (note !== undefined) rememberHead(signer, note);
}

/** Whether the signer may go on with the log as it is; what `appendStatement` would refuse is refused now. Errors: as there. */
export const requireSigner = (database: Database, signer: Signer): Promise<void> => database.transaction(async (t) => void (await openLog(t, signer)));

async function openLog(t: Database, signer: Signer): Promise<{ history: KeyHistory; head: Head | undefined; tree: NodeReader }> {
  const history = await historyOf(t, signer);
  if (!sameKey(currentKey(history).key, publicKeyOf(signer.key))) throw foreign(signer, keyIdOf(currentKey(history).key));
  const first = signer.memory?.of(signer.origin)?.verifierKey;
  if (first !== undefined && !history.some((p) => p.verifierKey === first)) throw foreign(signer, keyIdOf(parseVerifierKey(first).key));
  const head = await headOf(t, signer.origin, history);
  if (!head && (await t.query("select 1 from evidence_checkpoint limit 1")).length > 0) throw foreign(signer, "another");
  const tree = await treeOf(t, head?.checkpoint, history);
  await requireRemembered(signer, history, head?.checkpoint, [() => tree, () => treeOfRows(t, head?.checkpoint.size ?? 0, history)]);
  return { history, head, tree };
}

/** The tree with nodes that were just added: what is stored at their places may be another's. */
function withNodes(tree: NodeReader, added: Node[]): NodeReader {
  const own = (n: { level: number; index: number }) => added.find((a) => a.level === n.level && a.index === n.index)?.hash;
  return async (nodes) => {
    const stored = await tree(nodes.filter((n) => !own(n)));
    return nodes.map((n) => own(n) ?? (stored.shift() as Hash));
  };
}

export function rememberHead(log: KnownLog, note: string): void {
  const first = log.memory?.of(log.origin)?.verifierKey ?? verifierKey(log.origin, log.key);
  log.memory?.remember(log.origin, { verifierKey: first, checkpoint: note });
}

const insertKey = (t: Database, key: string) => t.query("insert into evidence_key (verifier_key) values ($1)", [key]);

/** The key that the log says it was first signed with: for who has no other to trust. */
export async function firstKeyOf(database: Database, origin: string): Promise<KeyObject | undefined> {
  for (const { verifier_key } of await database.query<{ verifier_key: string }>("select verifier_key from evidence_key order by row_id limit 100")) {
    try {
      const { name, key } = parseVerifierKey(verifier_key);
      if (name === origin) return key;
    } catch {
      // Not a key, and so not the log's.
    }
  }
  return undefined;
}

function insertLeaf(t: Database, place: number, { requestId, kind, target, verdict, statement, envelope }: Leaf) {
  const { predicateType, predicate, subject } = statement;
  return t.query(
    `insert into evidence (log_index, id, request_id, kind, predicate_type, subject_name, subject_digest, target, verdict, issued_at, expires_on, envelope)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      place,
      requestId === undefined ? `${kind}.${place}` : `${requestId}.${kind}`,
      requestId ?? null,
      kind,
      predicateType,
      subject[0].name,
      subject[0].digest.sha256,
      target ?? null,
      verdict ?? null,
      predicate.issuedAt,
      predicate.expiresOn,
      envelope,
    ],
  );
}

const foreign = (signer: Signer, logKeyId: string) =>
  new ShipshapeError("signing-key-foreign", { origin: signer.origin, keyId: keyIdOf(signer.key).slice(0, 8), logKeyId: logKeyId.slice(0, 8) });

/** Only a row that the log's key signed counts: one that was slipped in must not keep the true one out. */
async function isSealed(t: Database, history: KeyHistory, requestId: string, kind: string): Promise<boolean> {
  const rows = await t.query<{ log_index: string; envelope: string }>("select log_index, envelope from evidence where request_id = $1 and kind = $2", [
    requestId,
    kind,
  ]);
  return rows.some((row) => {
    try {
      const { predicateType, predicate } = openEnvelope(row.envelope, ...keysAt(history, Number(row.log_index)));
      return predicateType.split(":").at(-2) === kind && predicate["requestId"] === requestId;
    } catch {
      return false;
    }
  });
}

/** The keys of the log, followed from the one that is trusted. */
export async function historyOf(t: Database, { origin, key }: KnownLog): Promise<KeyHistory> {
  // The same statement put in once more, at another place, came later.
  const rows = await t.query<{ log_index: string; envelope: string }>(
    "select distinct on (envelope) log_index, envelope from evidence where kind = 'key-change' order by envelope, row_id",
  );
  return keyHistory(
    origin,
    publicKeyOf(key),
    rows.map((r) => ({ place: Number(r.log_index), envelope: r.envelope })),
  );
}

export interface Head {
  note: string;
  checkpoint: Checkpoint;
}

/** The newest checkpoint that the log's key signed; what stands above it unsigned, or at a place that is not its own, is passed over. */
export async function headOf(t: Database, origin: string, history: KeyHistory): Promise<Head | undefined> {
  for (let offset = 0; ; offset += checkpointsPerPage) {
    const rows = await t.query<{ size: string; note: string }>(
      "select size, note from evidence_checkpoint order by size desc, row_id desc limit $1 offset $2",
      [checkpointsPerPage, offset],
    );
    for (const { size, note } of rows) {
      try {
        const checkpoint = openCheckpointBy(note, origin, history);
        // An older one that was put in again, above the newest, is signed too.
        if (checkpoint.size === Number(size)) return { note, checkpoint };
      } catch {
        // Not signed by the log's key: no head.
      }
    }
    if (rows.length < checkpointsPerPage) return undefined;
  }
}

/** Reads the nodes under a head: the stored ones where they lead to its root, else those made again from the statements. Errors: evidence-log-damaged. */
async function treeOf(t: Database, head: Checkpoint | undefined, history: KeyHistory): Promise<NodeReader> {
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

/** A log that this machine has seen longer, or otherwise, is not signed any further. Errors: evidence-log-rewritten. */
export async function requireRemembered(
  log: KnownLog,
  history: KeyHistory,
  head: Checkpoint | undefined,
  trees: (() => NodeReader | Promise<NodeReader>)[],
): Promise<void> {
  const remembered = log.memory?.of(log.origin)?.checkpoint;
  if (remembered === undefined) return;
  const refuse = (reason: string) => new ShipshapeError("evidence-log-rewritten", { origin: log.origin, reason, file: log.memory?.file ?? "" });
  const older = openRemembered(remembered, log.origin, history);
  if (!older) throw refuse("the head that was seen here is signed by a key that the log does not know");
  const size = head?.size ?? 0;
  if (!head || size < older.size) throw refuse(`it had ${older.size} statements when it was last seen here, and has ${size} now`);
  for (const tree of trees) {
    const proof = await consistencyProof(older.size, size, await tree()).catch(() => undefined);
    if (proof && extendsTree(older.size, older.root, size, head.root, proof)) return;
  }
  throw refuse(`its first ${older.size} statements are not those that were seen here`);
}

function openRemembered(note: string, origin: string, history: KeyHistory): Checkpoint | undefined {
  try {
    return openCheckpointBy(note, origin, history);
  } catch {
    return undefined;
  }
}

/** The stored nodes, the first of each place. A missing one is an Error, never a guess. */
function nodeReader(database: Database): NodeReader {
  return async (nodes) => {
    if (nodes.length === 0) return [];
    const rows = await database.query<{ level: number; index: string; hash: Buffer }>(
      `select distinct on (level, index) level, index, hash from evidence_node join unnest($1::int[], $2::bigint[]) as wanted (l, i) on level = l and index = i
       order by level, index, row_id`,
      [nodes.map((n) => n.level), nodes.map((n) => n.index)],
    );
    const found = new Map(rows.map((r) => [`${r.level}/${r.index}`, r.hash]));
    return nodes.map((n) => {
      const hash = found.get(`${n.level}/${n.index}`);
      if (!hash) throw new Error(`node ${n.level}/${n.index} is missing`);
      return hash;
    });
  };
}

/** The newest checkpoint as it was stored; nothing of it is checked. */
export async function latestCheckpoint(database: Database): Promise<{ size: number; note: string } | undefined> {
  const [row] = await database.query<{ size: string; note: string }>("select size, note from evidence_checkpoint order by size desc, row_id desc limit 1");
  return row && { size: Number(row.size), note: row.note };
}
