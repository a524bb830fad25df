import { createHash } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

/**
 * The durable records of one account: one JSON file each, in a folder per collection. A write returns when the record is
 * on disk, and a kill at any moment leaves the old record or the new one. Writes are deliberately synchronous: a
 * handler's read and write cannot be interleaved with another handler's, so no locks are needed.
 */
export class Store {
  private readonly collections = new Map<string, Collection<unknown>>();

  constructor(
    private readonly folder: string,
    /** Whose records they are. */
    readonly accountId: string,
  ) {
    // 0700: records of instances being created contain master passwords, records of secrets their values.
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /** The collection with that name, loaded from disk on first use. */
  collection<T>(name: string): Collection<T> {
    const known = this.collections.get(name);
    if (known) return known as Collection<T>;
    const collection = new Collection<T>(join(this.folder, name));
    this.collections.set(name, collection as Collection<unknown>);
    return collection;
  }
}

interface Envelope<T> {
  id: string;
  record: T;
}

export class Collection<T> {
  private readonly records = new Map<string, T>();

  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(folder).sort()) {
      const path = join(folder, name);
      // A leftover of a write that was killed before its rename; the record it was to replace is still intact.
      if (name.endsWith(".tmp")) rmSync(path);
      else if (name.endsWith(".json")) this.load(path);
    }
  }

  /** A copy: changing it has no effect until it is put back. */
  get(id: string): T | undefined {
    const record = this.records.get(id);
    return record === undefined ? undefined : structuredClone(record);
  }

  has(id: string): boolean {
    return this.records.has(id);
  }

  /** Copies of all records, ordered by id. */
  list(): T[] {
    return this.ids().map((id) => structuredClone(this.records.get(id) as T));
  }

  ids(): string[] {
    return [...this.records.keys()].sort();
  }

  put(id: string, record: T): void {
    const envelope: Envelope<T> = { id, record };
    const path = this.path(id);
    writeDurably(path, JSON.stringify(envelope, undefined, 1));
    this.records.set(id, structuredClone(record));
  }

  delete(id: string): void {
    if (!this.records.has(id)) return;
    rmSync(this.path(id), { force: true });
    syncFolder(this.folder);
    this.records.delete(id);
  }

  private load(path: string): void {
    try {
      const envelope = JSON.parse(readFileSync(path, "utf8")) as Envelope<T>;
      this.records.set(envelope.id, envelope.record);
    } catch (error) {
      throw new Error(
        `the record ${path} cannot be read (${String(error)}); restore it from a copy, or remove it to abandon that resource`,
      );
    }
  }

  /** Ids contain characters that file names cannot (`/`, `:`) and can be longer than a file name may be. */
  private path(id: string): string {
    const readable = id.replaceAll(/[^A-Za-z0-9._-]/g, "_").slice(0, 80);
    return join(this.folder, `${readable}-${createHash("sha256").update(id).digest("hex").slice(0, 16)}.json`);
  }
}

/** Replaces a file so that a kill, or a power cut, leaves the old content or the new one. */
export function writeDurably(path: string, text: string): void {
  const temporary = `${path}.tmp`;
  try {
    const file = openSync(temporary, "w", 0o600);
    try {
      // Not writeSync: on a disk that is filling up it writes only a part, and reports that only in its result.
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true }); // the part that fits would take the last space on the disk
    throw error;
  }
  syncFolder(join(path, ".."));
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
