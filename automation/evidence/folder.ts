/**
 * An exported folder on disk: its files, how it is written, and how one from an unknown sender is read without trusting
 * anything in it.
 */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { reasonOf, ShipshapeError } from "../errors";
import { evidenceFileBytesMax } from "../limits";
import { earlierRunsMax, evidenceFilesMax, evidenceFolderBytesMax } from "./limits";
import { printable } from "../printable";

export const evidenceFiles = {
  checkpoint: "checkpoint",
  verifierKey: "verifier-key",
  proofs: "proofs.json",
  report: "report.md",
  reportJson: "report.json",
  reportPage: "report.html",
  oscal: "oscal.json",
  /** Keeps git from rewriting line endings: the signature covers the bytes. */
  attributes: ".gitattributes",
} as const;
export const attributesText = "* -text\n";
export const envelopeFile = (kind: string) => `${kind}.envelope.json`;

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const hashes = z.array(z.base64().length(44)).max(64);
const inLog = { file: z.string().regex(/^[a-z0-9-]{1,40}\.envelope\.json$/), leafIndex: count, inclusion: hashes };

export const proofsSchema = z.strictObject({
  treeSize: count,
  statements: z.array(z.strictObject({ id: z.string().max(100), ...inLog })).max(2),
  /** Earlier verdicts on the same database that the report's chart shows, oldest first. */
  earlier: z.array(z.strictObject(inLog)).max(earlierRunsMax),
  /** Each change of the log's key, oldest first. */
  keyChanges: z.array(z.strictObject(inLog)).max(evidenceFilesMax),
  /** From an older checkpoint that the auditor kept to the one in the folder. */
  consistency: z.strictObject({ olderSize: count, hashes }).optional(),
});
/** The proofs of a folder, as JSON: hashes in base64, lowest first. */
export type Proofs = z.infer<typeof proofsSchema>;
export const proofsText = (proofs: Proofs) => `${JSON.stringify(proofs, undefined, 2)}\n`;

/**
 * The texts of all files, by name. An entry that is not a regular file, is too large or is not text makes the whole
 * folder unreadable. Errors: evidence-unreadable.
 */
export function readFolder(folder: string): Map<string, string> {
  const unreadable = (reason: string) =>
    new ShipshapeError("evidence-unreadable", { folder: printable(folder), reason: printable(reason) });
  try {
    // a checkout of a repository that contains the evidence
    const names = readdirSync(folder).filter((name) => name !== ".git");
    if (names.length > evidenceFilesMax) throw unreadable(`it contains ${names.length} files`);
    let bytesLeft = evidenceFolderBytesMax;
    return new Map(
      names.map((name) => {
        const text = readWhole(join(folder, name), name);
        if ((bytesLeft -= text.length) < 0) throw unreadable(`it has more than ${evidenceFolderBytesMax} bytes`);
        return [name, text];
      }),
    );
  } catch (error) {
    throw error instanceof ShipshapeError ? error : unreadable(reasonOf(error));
  }
}

const readWhole = (path: string, name: string): string => decode(readRegularFile(path, name), name);

/** Neither follows a link nor waits for a pipe or a device; and reads no more than the file's size when opened. */
export function readRegularFile(path: string, name: string): Buffer {
  if (!lstatSync(path).isFile()) throw new Error(`${name} is not a regular file`);
  const handle = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  try {
    const stats = fstatSync(handle);
    if (!stats.isFile()) throw new Error(`${name} is not a regular file`);
    if (stats.size > evidenceFileBytesMax)
      throw new Error(`${name} has ${stats.size} bytes, more than the limit of ${evidenceFileBytesMax}`);
    const bytes = Buffer.alloc(stats.size);
    return bytes.subarray(0, readSync(handle, bytes));
  } finally {
    closeSync(handle);
  }
}

function decode(bytes: Buffer, name: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Error(`${name} is not UTF-8 text`);
  }
}

/**
 * Writes the folder atomically, first under a temporary name. An older export is replaced; a link, or a folder with
 * anything else in it, is left alone. Errors: evidence-out-unusable.
 */
export function writeFolder(folder: string, files: ReadonlyMap<string, string>): void {
  let beside: string | undefined;
  try {
    const there = requireReplaceable(folder);
    mkdirSync(dirname(folder), { recursive: true });
    beside = mkdtempSync(`${folder}.part-`);
    const newFolder = join(beside, "new");
    mkdirSync(newFolder);
    for (const [name, content] of files) writeFileSync(join(newFolder, name), content, { flag: "wx" });
    if (there) renameSync(folder, join(beside, "old"));
    renameSync(newFolder, folder);
  } catch (error) {
    throw error instanceof ShipshapeError
      ? error
      : new ShipshapeError("evidence-out-unusable", { folder: printable(folder), reason: printable(reasonOf(error)) });
  } finally {
    if (beside !== undefined) rmSync(beside, { recursive: true, force: true });
  }
}

const exported = new RegExp(
  `^(${Object.values(evidenceFiles)
    .map((name) => name.replaceAll(".", "\\."))
    .join("|")}|(verdict|teardown|population|(earlier|key-change)-\\d+)\\.envelope\\.json)$`,
);

/**
 * Whether there is something to replace. File names alone do not prove an export: many folders contain only a
 * `report.md`.
 */
function requireReplaceable(folder: string): boolean {
  const stats = lstatSync(folder, { throwIfNoEntry: false });
  if (!stats) return false;
  const refuse = (reason: string) => new ShipshapeError("evidence-out-unusable", { folder: printable(folder), reason });
  if (!stats.isDirectory()) throw refuse("it is not a folder");
  const entries = readdirSync(folder, { withFileTypes: true });
  const strange = entries.find((entry) => !entry.isFile() || !exported.test(entry.name));
  if (strange) throw refuse(`it contains ${printable(strange.name)}, which no export wrote`);
  if (entries.length > 0 && !isExport(folder))
    throw refuse("it has no proofs.json as exports write it, so its content may not be an export");
  return true;
}

function isExport(folder: string): boolean {
  try {
    return proofsSchema.safeParse(JSON.parse(readWhole(join(folder, evidenceFiles.proofs), evidenceFiles.proofs)))
      .success;
  } catch {
    return false;
  }
}
