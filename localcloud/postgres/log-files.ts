import { readdirSync, readSync, openSync, closeSync, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { limits } from "./limits";
import type { LogFile } from "./server-types";

/** Log files of a server, oldest first, under the names RDS gives them. */
export function listLogFiles(logFolder: string): LogFile[] {
  return readdirSync(join(logFolder, "error"))
    .map((name) => {
      const { size, mtime } = statSync(join(logFolder, "error", name));
      return { name: `error/${name}`, size, lastWritten: mtime };
    })
    .sort((a, b) => a.lastWritten.getTime() - b.lastWritten.getTime());
}

/**
 * `rds.log_retention_period`: the collector never deletes files, so each listing does. The log from before the
 * collector's start stays.
 */
export async function removeOldLogs(logFolder: string, retentionMinutes: number): Promise<void> {
  const oldest = Date.now() - retentionMinutes * 60_000;
  for (const { name, lastWritten } of listLogFiles(logFolder)) {
    if (name !== "error/postgres.log" && lastWritten.getTime() < oldest)
      await rm(join(logFolder, name), { force: true });
  }
}

/** Collects what is written to any log file from now on. */
export class LogWatch {
  readonly #sizes: Map<string, number>;

  constructor(readonly logFolder: string) {
    this.#sizes = new Map(listLogFiles(logFolder).map(({ name, size }) => [name, size]));
  }

  linesSince(): string[] {
    return listLogFiles(this.logFolder)
      .flatMap(({ name, size }) => this.#read(name, this.#sizes.get(name) ?? 0, size).split("\n"))
      .filter((line) => line.trim() !== "");
  }

  #read(name: string, from: number, to: number): string {
    const start = Math.max(from, to - limits.quotedLogBytes);
    const file = openSync(join(this.logFolder, name), "r");
    try {
      const bytes = Buffer.alloc(Math.max(to - start, 0));
      return bytes.toString("utf8", 0, readSync(file, bytes, 0, bytes.length, start));
    } finally {
      closeSync(file);
    }
  }
}
