import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { logError } from "../log";
import { writeDurably } from "./store";

/**
 * A bounded log on disk, one JSON line per entry, newest last: events, API calls. A kill may lose the line being
 * written, never an earlier one. Lines are not synced to disk one by one: the journal is history, the records are the
 * state. So a full disk that refuses a line is no reason to fail the operation: the line stays in memory until this
 * process ends.
 */
export class Journal<T> {
  private entries: T[];
  private linesOnDisk: number;
  /** The last line may be incomplete; the next entry begins a new one. */
  private torn = false;

  /** @param countMax the number of entries kept; the file is rewritten when it has twice as many. */
  constructor(
    private readonly path: string,
    private readonly countMax: number,
  ) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const lines = readLines(path);
    this.linesOnDisk = lines.length;
    this.entries = lines.flatMap((line) => parse<T>(line)).slice(-countMax);
    if (this.linesOnDisk !== this.entries.length) this.rewrite();
  }

  append(entry: T): void {
    this.entries.push(entry);
    if (this.entries.length > this.countMax) this.entries.shift();
    try {
      appendFileSync(this.path, `${this.torn ? "\n" : ""}${JSON.stringify(entry)}\n`, { mode: 0o600 });
      this.torn = false;
      this.linesOnDisk += 1;
      if (this.linesOnDisk > 2 * this.countMax) this.rewrite();
    } catch (error) {
      this.torn = true;
      logError(error);
    }
  }

  /** Oldest first. */
  list(): readonly T[] {
    return this.entries;
  }

  private rewrite(): void {
    writeDurably(this.path, this.entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""));
    this.linesOnDisk = this.entries.length;
  }
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, "utf8")
      .split("\n")
      .filter((line) => line !== "");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** A kill may leave the last line incomplete. */
function parse<T>(line: string): T[] {
  try {
    return [JSON.parse(line) as T];
  } catch {
    return [];
  }
}
