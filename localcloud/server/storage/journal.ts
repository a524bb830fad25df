import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { logError } from "../log";
import { writeDurably } from "./store";

/**
 * A bounded log on disk, one JSON line an entry, newest last: events, API calls. A kill may cost the line being
 * written, never an earlier one. It is not forced to disk line by line: it tells what happened, the records say what
 * is. So a line that a full disk refuses is no reason to fail what it tells of: it is there until this process ends.
 */
export class Journal<T> {
  private entries: T[];
  private linesOnDisk: number;
  /** The last line may have been written in part; the next begins a new one. */
  private torn = false;

  /** @param countMax so many entries are kept; the file is rewritten when it holds twice as many. */
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

/** The last line may be torn by a kill. */
function parse<T>(line: string): T[] {
  try {
    return [JSON.parse(line) as T];
  } catch {
    return [];
  }
}
