/** Verifies an exported folder offline: signatures, places in the log, expiry, and, against an older checkpoint, that nothing was rewritten. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { reasonOf, ShipshapeError } from "../errors";
import { openCheckpoint, parseVerifierKey, type Checkpoint } from "./checkpoint";
import { openEnvelope, type Statement } from "./envelope";
import { evidenceFiles, type Proofs } from "./export";
import { extendsTree, includes, leafHash } from "./merkle-tree";

export interface VerificationInput {
  folder: string;
  /** The verifier key as the auditor was given it. Without it the folder's own is used, which proves only that the folder agrees with itself. */
  verifierKey?: string | undefined;
  /** A checkpoint the auditor kept from before. */
  olderNote?: string | undefined;
  now: Date;
}

export interface Verification {
  valid: boolean;
  keyTrusted: boolean;
  treeSize: number | undefined;
  findings: { what: string; holds: boolean; reason: string }[];
  statements: { id: string; subject: string; predicateType: string; verdict: string | undefined; issuedAt: string; expiresOn: string; expired: boolean }[];
}

/** Resolves whatever is wrong inside the folder; rejects only when it is no evidence folder. Errors: evidence-unreadable. */
export async function verifyEvidence(input: VerificationInput): Promise<Verification> {
  const read = async (name: string) =>
    readFile(join(input.folder, name), "utf8").catch((error: unknown) => {
      throw new ShipshapeError("evidence-unreadable", { folder: input.folder, reason: reasonOf(error) });
    });
  const [note, ownKey, proofsText] = [await read(evidenceFiles.checkpoint), await read(evidenceFiles.verifierKey), await read(evidenceFiles.proofs)];
  const result: Verification = { valid: false, keyTrusted: input.verifierKey !== undefined, treeSize: undefined, findings: [], statements: [] };
  const holds = async <T>(what: string, test: () => T | Promise<T>): Promise<T | undefined> => {
    try {
      const value = await test();
      result.findings.push({ what, holds: true, reason: "" });
      return value;
    } catch (error) {
      result.findings.push({ what, holds: false, reason: reasonOf(error) });
      return undefined;
    }
  };
  const trusted = await holds("the verifier key is well formed", () => parseVerifierKey(input.verifierKey ?? ownKey));
  const proofs = await holds("the proofs are well formed", () => JSON.parse(proofsText) as Proofs);
  const checkpoint = trusted && (await holds("the checkpoint is signed by that key", () => openCheckpoint(note, trusted)));
  if (trusted && proofs && checkpoint) {
    result.treeSize = checkpoint.size;
    for (const place of proofs.statements) {
      const envelope = await read(place.file);
      const statement = await holds(`${place.id}: the envelope is signed by that key`, () => openEnvelope(envelope, trusted.key));
      await holds(`${place.id}: the log holds it at place ${place.leafIndex} of ${checkpoint.size}`, () => requireIncluded(checkpoint, place, envelope));
      if (statement) result.statements.push(summaryOf(place.id, statement, input.now));
    }
    await holds("all statements are of one run and one plan", () => requireOneSubject(result.statements, proofs));
    if (input.olderNote !== undefined)
      await holds("the log only grew since the older checkpoint", () => requireExtends(openCheckpoint(input.olderNote as string, trusted), checkpoint, proofs));
  }
  result.valid = result.findings.every((f) => f.holds) && result.statements.length > 0;
  return result;
}

function requireIncluded(checkpoint: Checkpoint, place: Proofs["statements"][number], envelope: string): void {
  const proof = place.inclusion.map((h) => Buffer.from(h, "base64"));
  if (!includes(checkpoint.root, checkpoint.size, place.leafIndex, leafHash(Buffer.from(envelope)), proof))
    throw new Error("the proof does not lead to the checkpoint's root: the envelope was changed, or is not in this log");
}

function requireExtends(older: Checkpoint, newer: Checkpoint, proofs: Proofs): void {
  if (older.size > newer.size) throw new Error(`the older checkpoint covers ${older.size} statements, this one only ${newer.size}: the log was cut off`);
  const proof = proofs.consistency;
  if (!proof || proof.olderSize !== older.size)
    throw new Error(`the folder has no proof from size ${older.size}: export it again with --since <that checkpoint>`);
  if (
    !extendsTree(
      older.size,
      older.root,
      newer.size,
      newer.root,
      proof.hashes.map((h) => Buffer.from(h, "base64")),
    )
  )
    throw new Error("the older tree is not a part of the newer: the log was rewritten");
}

function requireOneSubject(statements: Verification["statements"], proofs: Proofs): void {
  if (statements.length !== proofs.statements.length) throw new Error("a statement could not be opened");
  if (new Set(statements.map((s) => s.subject)).size > 1) throw new Error("the statements are about different runs");
}

function summaryOf(id: string, statement: Statement, now: Date) {
  const { issuedAt, expiresOn } = statement.predicate;
  const verdict = statement.predicate["verdict"];
  return {
    id,
    subject: JSON.stringify(statement.subject),
    predicateType: statement.predicateType,
    verdict: typeof verdict === "string" ? verdict : undefined,
    issuedAt,
    expiresOn,
    expired: Date.parse(expiresOn) < now.getTime(),
  };
}
