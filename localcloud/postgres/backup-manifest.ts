import { readFile, readdir, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { crc32 } from "node:zlib";
import { PostgresError } from "./postgres-errors";
import { writeRecord } from "./server-files";

/** What a base backup contains; written last, so a folder with a manifest is a complete backup. */
export interface BackupManifest {
  /** `online`: recovery begins at its label. `cold`: of a server that was shut down, which starts without recovery. */
  mode: "online" | "cold";
  engineVersion: string;
  /** First and last WAL segment it needs to become consistent; they are in its `wal` folder. Absent in a cold one. */
  startWal?: string;
  stopWal?: string;
  /** When it was complete, by the database's clock: nothing earlier can be recovered from it. */
  stoppedAt: string;
  bytes: number;
  files: Record<string, ManifestEntry>;
}

interface ManifestEntry {
  size: number;
  crc32?: number;
}

export type BackupFacts = Omit<BackupManifest, "files" | "bytes">;

export async function writeManifest(folder: string, facts: BackupFacts): Promise<BackupManifest> {
  const files = await entriesOf(folder);
  const bytes = Object.values(files).reduce((sum, { size }) => sum + size, 0);
  const manifest: BackupManifest = { ...facts, bytes, files };
  await writeRecord(join(folder, manifestFile), manifest);
  return manifest;
}

/** Undefined when there is none: the backup was never completed. */
export async function readManifest(folder: string): Promise<BackupManifest | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, manifestFile), "utf8")) as BackupManifest;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new PostgresError(
      "cannot-recover",
      `the base backup's manifest cannot be read: ${(error as Error).message}`,
      undefined,
      { cause: error },
    );
  }
}

/**
 * Detects files that are missing, truncated or changed since. Pages are left to PostgreSQL, which checks each as it
 * reads it.
 * @throws PostgresError cannot-recover
 */
export async function checkManifest(folder: string): Promise<BackupManifest> {
  const manifest = await readManifest(folder);
  if (manifest === undefined)
    throw new PostgresError("cannot-recover", `the base backup ${folder} is not there, or has no manifest`);
  const found = await entriesOf(folder);
  for (const [name, expected] of Object.entries(manifest.files)) {
    const actual = found[name];
    if (actual === undefined) throw new PostgresError("cannot-recover", `the base backup lacks the file ${name}`);
    if (actual.size !== expected.size)
      throw new PostgresError(
        "cannot-recover",
        `the base backup's file ${name} has ${actual.size} bytes instead of ${expected.size}`,
      );
    if (actual.crc32 !== expected.crc32)
      throw new PostgresError(
        "cannot-recover",
        `the base backup's file ${name} is not what was backed up: its checksum differs`,
      );
  }
  return manifest;
}

const manifestFile = "manifest.json";

async function entriesOf(folder: string): Promise<Record<string, ManifestEntry>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const described = await Promise.all(
    files.map(async (path) => [relative(folder, path), await describe(path, relative(folder, path))] as const),
  );
  return Object.fromEntries(described.filter(([name]) => name !== manifestFile).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Tables and indexes already have a checksum in each page; reading them all again would double the cost of a backup.
 */
async function describe(path: string, name: string): Promise<ManifestEntry> {
  const { size } = await stat(path);
  return /^data\/(base|global)\/.*\d+(_\w+)?(\.\d+)?$/.test(name)
    ? { size }
    : { size, crc32: crc32(await readFile(path)) };
}
