/**
 * A published log, verified without the control plane: every statement is under a head that a trusted key signed, none
 * is missing, altered or added, and every head ever published is of this one log.
 */
import type { KeyObject } from "node:crypto";
import { reasonOf } from "../errors";
import type { Checkpoint } from "./checkpoint";
import { claimOf, openEnvelope } from "./envelope";
import { KEY_CHANGE_TYPE, keyHistory, keysAt, openCheckpointBy, type KeyHistory } from "./key-history";
import type { Head } from "./log-head";
import { consistencyProof, extendsTree, leafHash, nodesOver, rootOf, type Hash, type NodeReader } from "./merkle-tree";
import type { PublicationTarget } from "../publication-records";
import { invalid, publishedNames, type PublishedName } from "./publication";

export interface PublishedLog {
  history: KeyHistory;
  head: Head;
  /** Every statement, in the order of the log; those beyond the head are signed, and wait for the next head. */
  statements: PublishedName[];
  leaves: Hash[];
  tree: NodeReader;
}

/**
 * Reads every statement once. `olderNote` is a checkpoint that was kept elsewhere. Errors: evidence-publication-invalid,
 * evidence-publication-unusable.
 */
export async function readPublishedLog(
  target: PublicationTarget,
  trusted: { origin: string; key: KeyObject },
  olderNote?: string,
): Promise<PublishedLog> {
  const { origin, key } = trusted;
  const statements = await publishedNames(target, "statements");
  statements.forEach(({ number }, at) => {
    if (number > at) throw invalid(target, `the statement at position ${at} is missing`);
    if (number < at) throw invalid(target, `there are two statements at position ${number}: the log forked`);
  });
  const leaves: Hash[] = [];
  const changes: { position: number; envelope: string }[] = [];
  for (const statement of statements) {
    const bytes = await readStatement(target, statement);
    leaves.push(statement.hash);
    if (mayChangeKeys(bytes)) changes.push({ position: statement.number, envelope: bytes.toString() });
  }
  const history = keyHistory(origin, key, changes);
  const heads = await headsOf(target, origin, history);
  const head = heads.reduce<Head | undefined>(
    (newest, one) => (newest && newest.checkpoint.size >= one.checkpoint.size ? newest : one),
    undefined,
  );
  if (!head) throw invalid(target, "it has no checkpoint, so nothing says how long the log is");
  const { size } = head.checkpoint;
  if (size > leaves.length)
    throw invalid(target, `its newest head covers ${size} statements, and ${leaves.length} are there`);
  const tree = nodesOver(leaves);
  for (const { checkpoint } of heads)
    if (!(await rootOf(checkpoint.size, tree)).equals(checkpoint.root))
      throw invalid(target, `its statements are not those that were signed at ${checkpoint.size}: one was altered`);
  for (const statement of statements.slice(size))
    requireSigned(target, statement, await readStatement(target, statement), history);
  if (olderNote !== undefined) await requireExtended(target, origin, olderNote, history, head.checkpoint, tree);
  return { history, head, statements, leaves, tree };
}

/** The envelope's bytes, if they are those of its name. Errors: evidence-publication-invalid. */
export async function readStatement(target: PublicationTarget, { name, hash }: PublishedName): Promise<Buffer> {
  const bytes = await target.read("statements", name);
  if (!leafHash(bytes).equals(hash)) throw invalid(target, `statements/${name} was altered`);
  return bytes;
}

/** Errors: evidence-publication-invalid. */
export function requireSigned(
  target: PublicationTarget,
  { name, number }: PublishedName,
  bytes: Buffer,
  history: KeyHistory,
): ReturnType<typeof openEnvelope> {
  try {
    return openEnvelope(bytes.toString(), ...keysAt(history, number));
  } catch (error) {
    throw invalid(target, `statements/${name}: ${reasonOf(error)}`);
  }
}

/** A checkpoint that no key of the log signed was added by someone else. */
async function headsOf(target: PublicationTarget, origin: string, history: KeyHistory): Promise<Head[]> {
  const heads: Head[] = [];
  for (const { name, number } of await publishedNames(target, "checkpoints")) {
    const note = (await target.read("checkpoints", name)).toString();
    const checkpoint = opened(target, name, note, origin, history);
    if (checkpoint.size !== number) throw invalid(target, `checkpoints/${name} covers ${checkpoint.size} statements`);
    heads.push({ note, checkpoint });
  }
  return heads;
}

function opened(
  target: PublicationTarget,
  name: string,
  note: string,
  origin: string,
  history: KeyHistory,
): Checkpoint {
  try {
    return openCheckpointBy(note, origin, history);
  } catch (error) {
    throw invalid(target, `${name}: ${reasonOf(error)}`);
  }
}

async function requireExtended(
  target: PublicationTarget,
  origin: string,
  olderNote: string,
  history: KeyHistory,
  { size, root }: Checkpoint,
  tree: NodeReader,
): Promise<void> {
  const older = opened(target, "the older checkpoint", olderNote, origin, history);
  if (older.size > size)
    throw invalid(target, `the older checkpoint covers ${older.size} statements, its newest head only ${size}`);
  if (!extendsTree(older.size, older.root, size, root, await consistencyProof(older.size, size, tree)))
    throw invalid(target, `its first ${older.size} statements are not those of the older checkpoint`);
}

/** A change of keys has two signatures; hardly anything else needs to be parsed to know that it is none. */
function mayChangeKeys(bytes: Buffer): boolean {
  if (bytes.indexOf('"keyid"', bytes.indexOf('"keyid"') + 1) < 0) return false;
  try {
    return claimOf(bytes.toString()).predicateType === KEY_CHANGE_TYPE;
  } catch {
    return false; // not an envelope: the head does not cover it, or a key signed it
  }
}
