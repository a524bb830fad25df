/** A folder as the place where a log is published, such as a mounted volume that keeps every version. */
import { randomUUID } from "node:crypto";
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readdirSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { reasonOf, ShipshapeError } from "../errors";
import { printable } from "../printable";
import { readRegularFile } from "./folder";
import type { PublicationTarget, PublishedKind } from "../publication-records";

export function publishedFolder(folder: string): PublicationTarget {
  const usable = <T>(work: () => T): Promise<T> =>
    Promise.resolve()
      .then(work)
      .catch((error: unknown) => {
        throw new ShipshapeError("evidence-publication-unusable", {
          target: printable(folder),
          reason: printable(reasonOf(error)),
        });
      });
  const inside = (kind: PublishedKind, name: string) => join(folder, kind, name);
  return {
    name: folder,
    names: (kind) => usable(() => namesIn(join(folder, kind))),
    read: (kind, name) => usable(() => readRegularFile(inside(kind, name), `${kind}/${name}`)),
    create: (kind, name, bytes) => usable(() => createWhole(folder, inside(kind, name), join(folder, kind), bytes)),
  };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** Written and synced under another name first, and linked: a killed publisher leaves nothing half-written in place. */
function createWhole(root: string, file: string, folder: string, bytes: Buffer): boolean {
  const incoming = join(root, INCOMING);
  for (const one of [folder, incoming]) mkdirSync(one, { recursive: true });
  const part = join(incoming, randomUUID());
  try {
    const handle = openSync(part, "wx", 0o644);
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(handle, bytes, at);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    linkSync(part, file);
    syncFolder(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(part, { force: true });
  }
}

/** What a killed publisher was writing is left there; no reader looks into it. */
const INCOMING = ".incoming";

function syncFolder(folder: string): void {
  const handle = openSync(folder, "r");
  fsyncSync(handle);
  closeSync(handle);
}
