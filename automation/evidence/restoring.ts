/**
 * Rebuilds the log in the control plane's database from where it was published. What the database still has of it must
 * be its beginning; everything is verified again before it is inserted, and all of it is inserted or nothing.
 */
import type { Database } from "../database";
import { ShipshapeError } from "../errors";
import { signCheckpoint, type Checkpoint } from "./checkpoint";
import type { Statement } from "./envelope";
import { currentKey } from "./key-history";
import { APPEND_LOCK, insertKey, insertRows, rememberHead, type Signer } from "./ledger";
import { statementsPerPage } from "./limits";
import { headOf, rememberedHead, requireRemembered, type KnownLog } from "./log-head";
import { nodesAdded, rootOf } from "./merkle-tree";
import { keyIdOf, sameKey } from "./public-key";
import type { PublicationTarget } from "../publication-records";
import { readPublishedLog, readStatement, requireSigned, type PublishedLog } from "./published-log";

export interface Restored {
  size: number;
  /** How many of them the database lacked. */
  restored: number;
}

/**
 * `signer` signs a head for statements that were published and whose own head was not. Errors:
 * evidence-publication-invalid, evidence-publication-unusable, evidence-restore-refused, evidence-log-rewritten, and
 * those of the signing key.
 */
export async function restoreLog(
  database: Database,
  log: KnownLog,
  target: PublicationTarget,
  signer: () => Promise<Signer>,
  olderNote?: string,
): Promise<Restored> {
  const published = await readPublishedLog(target, log, olderNote);
  const { head, history, tree, leaves } = published;
  log.memory?.requireWritable();
  await requireRemembered(log, rememberedHead(log), history, head.checkpoint, [() => tree]);
  const size = leaves.length;
  const note = size === head.checkpoint.size ? head.note : await signed(published, await signer());
  const restored = await database.transaction(async (t) => {
    await t.query(APPEND_LOCK);
    const from = await sizeOfBeginning(t, log, published);
    for (let at = from; at < size; at += statementsPerPage) {
      const page: { position: number; statement: Statement; envelope: string }[] = [];
      for (const one of published.statements.slice(at, at + statementsPerPage)) {
        const bytes = await readStatement(target, one);
        const statement = requireSigned(target, one, bytes, history);
        page.push({ position: one.number, statement, envelope: bytes.toString() });
      }
      await insertRows(t, page, []);
    }
    if (from === size) return 0;
    for (const { verifierKey, begin } of history) if (from === 0 || begin >= from) await insertKey(t, verifierKey);
    await insertRows(t, [], nodesAdded(from, leaves), { size, note });
    return size - from;
  });
  rememberHead(log, note);
  return { size, restored };
}

/** How much of the published log the database has. Errors: evidence-restore-refused. */
async function sizeOfBeginning(t: Database, log: KnownLog, { history, leaves, tree }: PublishedLog): Promise<number> {
  const refuse = (reason: string) => new ShipshapeError("evidence-restore-refused", { origin: log.origin, reason });
  const own: Checkpoint | undefined = (await headOf(t, log.origin, history))?.checkpoint;
  const size = own?.size ?? 0;
  if (size > leaves.length) throw refuse(`it has ${size} statements, and only ${leaves.length} were published`);
  if (own && !(await rootOf(size, tree)).equals(own.root))
    throw refuse(`its first ${size} statements are not those that were published`);
  const [beyond] = await t.query("select 1 from evidence where log_index < 0 or log_index >= $1 limit 1", [size]);
  if (beyond) throw refuse(`it has rows that its head of ${size} statements does not cover`);
  return size;
}

/** A head for everything that was published, by the log's own key. Errors: signing-key-foreign. */
async function signed({ history, leaves, tree }: PublishedLog, signer: Signer): Promise<string> {
  const { origin, key } = signer;
  const current = currentKey(history).key;
  if (!sameKey(current, key))
    throw new ShipshapeError("signing-key-foreign", {
      origin,
      keyId: keyIdOf(key).slice(0, 8),
      logKeyId: keyIdOf(current).slice(0, 8),
    });
  return signCheckpoint({ origin, size: leaves.length, root: await rootOf(leaves.length, tree) }, signer);
}
