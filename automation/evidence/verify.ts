/**
 * Verifies an exported folder offline: signatures, positions in the log, that everything is about one run or one
 * period and nothing is missing, added or reworded, and, against an older checkpoint, that nothing was rewritten. What
 * it reports comes from signed statements.
 */
import { reasonOf, ShipshapeError } from "../errors";
import type { Checkpoint } from "./checkpoint";
import { openEnvelope } from "./envelope";
import {
  attributesText,
  envelopeFile,
  evidenceFiles,
  proofsSchema,
  proofsText,
  readFolder,
  type Proofs,
} from "./folder";
import { currentKey, keyHistory, keysAt, openCheckpointBy, type KeyHistory } from "./key-history";
import { extendsTree, includes, leafHash } from "./merkle-tree";
import { populationReportNames } from "./population-reports";
import { parseVerifierKey, verifierKey } from "./public-key";
import { reportNames } from "./run-reports";
import type { InLog, VerifiedFolder, VerifiedStatement } from "./verified-folder";
import { verifyPopulation } from "./verified-population";
import { verifyRun } from "./verified-run";

export interface VerificationInput {
  folder: string;
  /**
   * A trusted verifier key of the log. Without it the folder's own is used, which proves only that the folder is
   * consistent.
   */
  verifierKey?: string | undefined;
  /** An earlier checkpoint that the auditor kept. */
  olderNote?: string | undefined;
  now: Date;
}

export interface Verification {
  valid: boolean;
  keyTrusted: boolean;
  /** The log and its current key according to the folder; proven if `valid` and `keyTrusted`. */
  origin: string | undefined;
  verifierKey: string | undefined;
  treeSize: number | undefined;
  findings: { what: string; holds: boolean; reason: string }[];
  /** From signed statements only. */
  statements: VerifiedStatement[];
  expired: boolean;
}

/**
 * Resolves whatever is wrong inside the folder; rejects only if it is not an evidence folder. Errors:
 * evidence-unreadable.
 */
export async function verifyEvidence(input: VerificationInput): Promise<Verification> {
  const folder = readFolder(input.folder);
  const file = (name: string): string => {
    const text = folder.get(name);
    if (text === undefined)
      throw new ShipshapeError("evidence-unreadable", { folder: input.folder, reason: `there is no file ${name}` });
    return text;
  };
  const [note, ownKey, proofsJson] = [
    file(evidenceFiles.checkpoint),
    file(evidenceFiles.verifierKey),
    file(evidenceFiles.proofs),
  ];
  const isPopulation = folder.has(envelopeFile("population"));
  const reports = isPopulation ? populationReportNames : reportNames;
  for (const name of reports) file(name);
  const findings: Verification["findings"] = [];
  const holds = <T>(what: string, test: () => T): T | undefined => {
    try {
      const value = test();
      findings.push({ what, holds: true, reason: "" });
      return value;
    } catch (error) {
      if (error instanceof ShipshapeError) throw error;
      findings.push({ what, holds: false, reason: reasonOf(error) });
      return undefined;
    }
  };
  let statements: VerifiedStatement[] = [];
  let [origin, key, treeSize]: [string?, string?, number?] = [];

  holds("the files' line endings are as they were written", () => requireLineEnds(folder));
  const trusted = holds("the verifier key is well formed", () => parseVerifierKey(input.verifierKey ?? ownKey));
  const proofs = holds("the proofs are well formed", () => proofsOf(proofsJson));
  if (trusted && proofs && findings.every((f) => f.holds)) {
    for (const { file: name } of inLogOf(proofs)) file(name);
    const changes = proofs.keyChanges.map((c) => ({ position: c.leafIndex, envelope: file(c.file) }));
    const history = keyHistory(trusted.name, trusted.key, changes);
    const checkpoint = holds("the checkpoint is signed by that key", () =>
      openCheckpointBy(note, trusted.name, history),
    );
    if (checkpoint) {
      [origin, key, treeSize] = [trusted.name, currentKey(history).verifierKey, checkpoint.size];
      holds("the folder names the log's key and size", () => requireNamed(ownKey, proofs, history, checkpoint));
      for (const change of proofs.keyChanges)
        holds(`the log has the change of keys at position ${change.leafIndex} of ${checkpoint.size}`, () =>
          requireIncluded(checkpoint, change, file(change.file)),
        );
      const opened: VerifiedFolder["opened"] = (entry, parse) => {
        const envelope = file(entry.file);
        const content = holds(`${entry.file}: it is signed by the log's key`, () =>
          parse(openEnvelope(envelope, ...keysAt(history, entry.leafIndex))),
        );
        holds(`${entry.file}: the log has it at position ${entry.leafIndex} of ${checkpoint.size}`, () =>
          requireIncluded(checkpoint, entry, envelope),
        );
        return content;
      };
      const verifyContent = isPopulation ? verifyPopulation : verifyRun;
      statements = verifyContent({ proofs, now: input.now, file, holds, opened });
      holds("the folder contains nothing else", () => requireNothingElse(folder, proofs, reports));
      const { olderNote } = input;
      if (olderNote !== undefined)
        holds("the log has only grown since the older checkpoint", () =>
          requireExtends(openCheckpointBy(olderNote, trusted.name, history), checkpoint, proofs),
        );
    }
  }
  return {
    valid: findings.every((f) => f.holds),
    keyTrusted: input.verifierKey !== undefined,
    origin,
    verifierKey: key,
    treeSize,
    findings,
    statements,
    expired: statements.some((s) => s.expired),
  };
}

const inLogOf = (proofs: Proofs): InLog[] => [...proofs.statements, ...proofs.earlier, ...proofs.keyChanges];

function requireLineEnds(folder: Map<string, string>): void {
  const rewritten = [...folder].filter(([, text]) => text.includes("\r")).map(([name]) => name);
  if (rewritten.length > 0)
    throw new Error(
      `${rewritten.length} files have CRLF line endings, as git writes them with core.autocrlf, and cannot be verified. ` +
        "Keep the folder's .gitattributes with the files and check them out again, or copy the folder as it was exported",
    );
}

function proofsOf(text: string): Proofs {
  const parsed = proofsSchema.safeParse(JSON.parse(text));
  if (!parsed.success)
    throw new Error(
      `not in the exported form: ${parsed.error.issues
        .map((i) => `${i.path.join(".")} ${i.message}`)
        .slice(0, 3)
        .join("; ")}`,
    );
  if (proofsText(parsed.data) !== text) throw new Error("not formatted as exported");
  return parsed.data;
}

function requireNamed(ownKey: string, proofs: Proofs, history: KeyHistory, checkpoint: Checkpoint): void {
  const current = currentKey(history);
  const own = parseVerifierKey(ownKey);
  if (ownKey !== `${current.verifierKey}\n`)
    throw new Error(`its verifier key is ${verifierKey(own.name, own.key)}, the log's is ${current.verifierKey}`);
  if (proofs.treeSize !== checkpoint.size)
    throw new Error(`its proofs are for ${proofs.treeSize} statements, the checkpoint for ${checkpoint.size}`);
  if (history.length !== proofs.keyChanges.length + 1)
    throw new Error("not every change of keys in it was signed by the key before and the key after it");
}

function requireIncluded(
  checkpoint: Checkpoint,
  entry: { leafIndex: number; inclusion: string[] },
  envelope: string,
): void {
  const proof = entry.inclusion.map((h) => Buffer.from(h, "base64"));
  if (!includes(checkpoint.root, checkpoint.size, entry.leafIndex, leafHash(Buffer.from(envelope)), proof))
    throw new Error(
      "the proof does not lead to the checkpoint's root: the envelope was changed, or is not in this log",
    );
}

function requireNothingElse(folder: Map<string, string>, proofs: Proofs, reports: readonly string[]): void {
  const { checkpoint, verifierKey: key, proofs: proofsFile, attributes } = evidenceFiles;
  const named = [checkpoint, key, proofsFile, attributes, ...reports, ...inLogOf(proofs).map((s) => s.file)];
  const strange = [...folder.keys()].filter((name) => !named.includes(name));
  if (strange.length > 0) throw new Error(`nothing vouches for ${strange.join(", ")}`);
  if (new Set(named).size < named.length) throw new Error("a file is named twice");
  if ((folder.get(evidenceFiles.attributes) ?? attributesText) !== attributesText)
    throw new Error(`${evidenceFiles.attributes} was changed`);
}

function requireExtends(older: Checkpoint, newer: Checkpoint, proofs: Proofs): void {
  if (older.size > newer.size)
    throw new Error(
      `the older checkpoint covers ${older.size} statements, this one only ${newer.size}: the log was truncated`,
    );
  const proof = proofs.consistency;
  if (!proof || proof.olderSize !== older.size)
    throw new Error(`the folder has no proof from size ${older.size}: export it again with --since <that checkpoint>`);
  const hashes = proof.hashes.map((h) => Buffer.from(h, "base64"));
  if (!extendsTree(older.size, older.root, newer.size, newer.root, hashes))
    throw new Error("the older tree is not part of the newer one: the log was rewritten");
}
