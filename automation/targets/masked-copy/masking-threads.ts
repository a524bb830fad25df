/** Threads that mask. Chunks are handed over and back, not copied; the caller puts the results in order. */
import { threadProgram } from "../../thread-program";
import { AskedThread, idlest } from "./asked-thread";
import type { MaskedChunk } from "./chunk-masker";
import type { MaskingQuestion } from "./masking-thread";
import type { TableMasks } from "./table-masks";

export class MaskingThreads {
  private readonly threads: AskedThread<MaskingQuestion, MaskedChunk>[];

  constructor(packageFolder: string, masks: TableMasks, count: number) {
    const program = threadProgram(packageFolder, "automation/targets/masked-copy/masking-thread.ts");
    this.threads = Array.from({ length: count }, () => new AskedThread(program, "a masking thread", masks));
  }

  /** By the thread that has the least to do. Uses up the chunk. */
  mask(table: string, bytes: Uint8Array<ArrayBuffer>, firstRow: number): Promise<MaskedChunk> {
    return idlest(this.threads).ask({ table, bytes, firstRow }, [bytes.buffer]);
  }

  async end(): Promise<void> {
    await Promise.all(this.threads.map((one) => one.end()));
  }
}
