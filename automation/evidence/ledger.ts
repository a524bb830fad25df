/**
 * The evidence log in PostgreSQL: statements are appended in a single order, each under a signed checkpoint, and never
 * change.
 */
import type { KeyObject } from "node:crypto";
import type { Database } from "../database";
import { ShipshapeError } from "../errors";
import { signCheckpoint } from "./checkpoint";
import { openEnvelope, sealStatement, type Statement } from "./envelope";
import { currentKey, keysAt, sealKeyChange, type KeyHistory } from "./key-history";
import { headOf, historyOf, rememberedHead, requireRemembered, treeOf, type Head, type KnownLog } from "./log-head";
import { leafHash, nodesOfAppend, rootOf, type Hash, type Node, type NodeReader } from "./merkle-tree";
import { keyIdOf, parseVerifierKey, sameKey, verifierKey } from "./public-key";
import { treeOfRows } from "./rows";
import type { SigningKey } from "../signing-records";

/** The signer of appended statements: its key is the log's current one. */
export type Signer = KnownLog & SigningKey;

/** Serialises appends: a log has one order. Held to the end of the transaction: milliseconds, or a whole restore. */
export const APPEND_LOCK = "select pg_advisory_xact_lock(hashtext('shipshape evidence log'))";

/** Records in the same transaction that the statement is sealed. If it resolves to false, nothing is appended. */
export type Alongside = (transaction: Database) => Promise<boolean>;

/**
 * Appends a statement and signs the checkpoint that covers it, in one transaction. A request has one statement of each
 * kind: appending another (a step repeated after a crash) changes nothing. Errors: signing-key-foreign,
 * evidence-log-rewritten, evidence-log-damaged, evidence-memory-unusable.
 */
export async function appendStatement(
  database: Database,
  signer: Signer,
  statement: Statement,
  alongside: Alongside = () => Promise.resolve(true),
): Promise<void> {
  // Before the lock, which holds up every other append: only the head depends on the order.
  const envelope = await sealStatement(statement, signer);
  await append(
    database,
    signer,
    { statement, envelope, signers: [signer] },
    async (t, history) => !(await alongside(t)) || (await isSealed(t, history, statement)),
  );
}

/** Changes the log's key, as a separate statement that both keys sign. Errors: as `appendStatement`. */
export async function changeKey(database: Database, signer: Signer, to: SigningKey, changedBy: string): Promise<void> {
  const change = await sealKeyChange(signer.origin, signer, to, changedBy, new Date());
  await append(database, signer, { ...change, signers: [signer, to], newKey: to.key });
}

interface Leaf {
  statement: Statement;
  envelope: string;
  /** The keys that sign the checkpoint. */
  signers: SigningKey[];
  newKey?: KeyObject;
}

async function append(
  database: Database,
  signer: Signer,
  leaf: Leaf,
  isOver: (t: Database, history: KeyHistory) => Promise<boolean> = () => Promise.resolve(false),
): Promise<void> {
  signer.memory?.requireWritable();
  const note = await database.transaction(async (t) => {
    await t.query(APPEND_LOCK);
    const { history, head, tree } = await openLog(t, signer);
    if (await isOver(t, history)) return head?.note;
    const size = head?.checkpoint.size ?? 0;
    if (size === 0) await insertKey(t, verifierKey(signer.origin, signer.key));
    if (leaf.newKey) await insertKey(t, verifierKey(signer.origin, leaf.newKey));
    const added = await nodesOfAppend(size, leafHash(Buffer.from(leaf.envelope)), tree);
    const signed = await signCheckpoint(
      { origin: signer.origin, size: size + 1, root: await rootOf(size + 1, withNodes(tree, added)) },
      ...leaf.signers,
    );
    await insertRows(t, [{ position: size, ...leaf }], added, { size: size + 1, note: signed });
    return signed;
  });
  // After the commit: a remembered head that was never committed would refuse every later one.
  if (note !== undefined) rememberHead(signer, note);
}

/**
 * Whether the signer may continue the log as it is; refuses now what `appendStatement` would refuse. Errors: as there.
 */
export const requireSigner = (database: Database, signer: Signer): Promise<void> =>
  database.transaction(async (t) => void (await openLog(t, signer)));

async function openLog(
  t: Database,
  signer: Signer,
): Promise<{ history: KeyHistory; head: Head | undefined; tree: NodeReader }> {
  const history = await historyOf(t, signer);
  if (!sameKey(currentKey(history).key, signer.key)) throw foreign(signer, keyIdOf(currentKey(history).key));
  const first = signer.memory?.of(signer.origin)?.verifierKey;
  if (first !== undefined && !history.some((p) => p.verifierKey === first))
    throw foreign(signer, keyIdOf(parseVerifierKey(first).key));
  const head = await headOf(t, signer.origin, history);
  if (!head && (await t.query("select 1 from evidence_checkpoint limit 1")).length > 0)
    throw foreign(signer, "another");
  const tree = await treeOf(t, head?.checkpoint, history);
  await requireRemembered(signer, rememberedHead(signer), history, head?.checkpoint, [
    () => tree,
    () => treeOfRows(t, head?.checkpoint.size ?? 0, history),
  ]);
  return { history, head, tree };
}

/** The tree with the nodes just added: what is stored at their positions may be someone else's. */
export function withNodes(tree: NodeReader, added: Node[]): NodeReader {
  const own = (n: { level: number; index: number }) =>
    added.find((a) => a.level === n.level && a.index === n.index)?.hash;
  return async (nodes) => {
    const stored = await tree(nodes.filter((n) => !own(n)));
    return nodes.map((n) => own(n) ?? (stored.shift() as Hash));
  };
}

export function rememberHead(log: KnownLog, note: string): void {
  const first = log.memory?.of(log.origin)?.verifierKey ?? verifierKey(log.origin, log.key);
  log.memory?.remember(log.origin, { verifierKey: first, checkpoint: note });
}

export const insertKey = (t: Database, key: string) =>
  t.query("insert into evidence_key (verifier_key) values ($1)", [key]);

/** The key that the log says it was first signed with, for readers without a trusted key. */
export async function firstKeyOf(database: Database, origin: string): Promise<KeyObject | undefined> {
  for (const { verifier_key } of await database.query<{ verifier_key: string }>(
    "select verifier_key from evidence_key order by row_id limit 100",
  )) {
    try {
      const { name, key } = parseVerifierKey(verifier_key);
      if (name === origin) return key;
    } catch {
      // Not a key, and so not the log's.
    }
  }
  return undefined;
}

/** In one query. The columns of statements repeat what they say, as an index. */
export function insertRows(
  t: Database,
  leaves: { position: number; statement: Statement; envelope: string }[],
  nodes: Node[],
  ...checkpoints: { size: number; note: string }[]
) {
  const rows = leaves.map(({ position, statement: { predicateType, predicate, subject }, envelope }) => {
    const kind = kindOf(predicateType);
    const { requestId, target, verdict, issuedAt, expiresOn } = predicate;
    return {
      log_index: position,
      id: requestId === undefined ? `${kind}.${position}` : `${String(requestId)}.${kind}`,
      request_id: requestId,
      kind,
      predicate_type: predicateType,
      subject_name: subject[0].name,
      subject_digest: subject[0].digest.sha256,
      target,
      verdict,
      issued_at: issuedAt,
      expires_on: expiresOn,
      envelope,
    };
  });
  return t.query(
    `with leaves as (
     insert into evidence (log_index, id, request_id, kind, predicate_type, subject_name, subject_digest, target, verdict, issued_at, expires_on, envelope)
     select log_index, id, request_id, kind, predicate_type, subject_name, subject_digest, target, verdict, issued_at, expires_on, envelope
     from json_populate_recordset(null::evidence, $1) order by log_index
     ), nodes as (
       insert into evidence_node (level, index, hash) select * from unnest($2::int[], $3::bigint[], $4::bytea[])
     ) insert into evidence_checkpoint (size, note) select * from unnest($5::bigint[], $6::text[])`,
    [
      JSON.stringify(rows),
      nodes.map((n) => n.level),
      nodes.map((n) => n.index),
      nodes.map((n) => n.hash),
      checkpoints.map((c) => c.size),
      checkpoints.map((c) => c.note),
    ],
  );
}

/** "verdict" of "urn:shipshape:evidence:restore-drill:verdict:v2". */
const kindOf = (predicateType: string) => predicateType.split(":").at(-2) ?? "";

const foreign = (signer: Signer, logKeyId: string) =>
  new ShipshapeError("signing-key-foreign", {
    origin: signer.origin,
    keyId: keyIdOf(signer.key).slice(0, 8),
    logKeyId: logKeyId.slice(0, 8),
  });

/** Only a row that the log's key signed counts: an injected row must not keep the true one out. */
async function isSealed(t: Database, history: KeyHistory, statement: Statement): Promise<boolean> {
  const [kind, requestId] = [kindOf(statement.predicateType), statement.predicate["requestId"]];
  const rows = await t.query<{ log_index: string; envelope: string }>(
    "select log_index, envelope from evidence where request_id = $1 and kind = $2",
    [requestId, kind],
  );
  return rows.some((row) => {
    try {
      const { predicateType, predicate } = openEnvelope(row.envelope, ...keysAt(history, Number(row.log_index)));
      return kindOf(predicateType) === kind && predicate["requestId"] === requestId;
    } catch {
      return false;
    }
  });
}
