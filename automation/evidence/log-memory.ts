/**
 * What this machine remembers of the logs it has seen, outside of any database: the first key it trusted, and the
 * newest head. It reveals a log that comes back shorter, different or with another key.
 */
import {
  accessSync,
  closeSync,
  constants,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import { reasonOf, ShipshapeError } from "../errors";

const memorySchema = z.record(
  z.string(),
  z.strictObject({ verifierKey: z.string(), checkpoint: z.string().optional() }),
);

export interface RememberedLog {
  /** The first trusted key; later ones are followed from it through the log's own record of changes. */
  verifierKey: string;
  /** The newest signed head that was seen. */
  checkpoint?: string | undefined;
}

export class LogMemory {
  constructor(readonly file: string) {}

  /** Errors: evidence-memory-unusable. */
  of(origin: string): RememberedLog | undefined {
    const all = this.read();
    return Object.hasOwn(all, origin) ? all[origin] : undefined; // an unknown log may be called `__proto__`
  }

  /** Whether any non-empty log was ever seen. Errors: evidence-memory-unusable. */
  get hasHead(): boolean {
    return Object.values(this.read()).some((log) => log.checkpoint !== undefined);
  }

  /** Errors: evidence-memory-unusable. */
  remember(origin: string, log: RememberedLog): void {
    const all = this.read();
    const known = this.of(origin);
    if (known?.verifierKey === log.verifierKey && known.checkpoint === log.checkpoint) return;
    try {
      this.write({ ...all, [origin]: log });
    } catch (error) {
      throw new ShipshapeError("evidence-memory-unusable", { file: this.file, reason: reasonOf(error) });
    }
  }

  /**
   * Fails now if a later `remember` would fail, because after signing it is too late. Errors: evidence-memory-unusable.
   */
  requireWritable(): void {
    try {
      mkdirSync(dirname(this.file), { recursive: true, mode: 0o700 });
      accessSync(dirname(this.file), constants.W_OK | constants.X_OK);
    } catch (error) {
      throw new ShipshapeError("evidence-memory-unusable", { file: this.file, reason: reasonOf(error) });
    }
  }

  private read(): Record<string, RememberedLog> {
    try {
      return memorySchema.parse(JSON.parse(readFileSync(this.file, "utf8")));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
      throw new ShipshapeError("evidence-memory-unusable", {
        file: this.file,
        reason: error instanceof z.ZodError ? "it was changed or damaged" : reasonOf(error),
      });
    }
  }

  private write(all: Record<string, RememberedLog>): void {
    mkdirSync(dirname(this.file), { recursive: true, mode: 0o700 });
    const own = `${this.file}.${process.pid}`;
    const handle = openSync(own, "w", 0o600);
    writeSync(handle, `${JSON.stringify(all, undefined, 2)}\n`);
    fsyncSync(handle);
    closeSync(handle);
    renameSync(own, this.file);
  }
}
