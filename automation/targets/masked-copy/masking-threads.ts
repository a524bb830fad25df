/** Threads that mask. Chunks are handed over and back, not copied; the caller puts the results in order. */
import { Worker } from "node:worker_threads";
import { threadProgram } from "../../thread-program";
import type { MaskedChunk } from "./chunk-masker";
import type { MaskingAnswer, MaskingRequest } from "./masking-thread";
import type { TableMasks } from "./table-masks";

interface Thread {
  worker: Worker;
  waiting: Map<number, { resolve: (masked: MaskedChunk) => void; reject: (error: Error) => void }>;
}

export class MaskingThreads {
  private readonly threads: Thread[];
  private nextId = 0;

  constructor(packageFolder: string, masks: TableMasks, count: number) {
    const program = threadProgram(packageFolder, "automation/targets/masked-copy/masking-thread.ts");
    this.threads = Array.from({ length: count }, () => startThread(program, masks));
  }

  /** By the thread that has the least to do. Uses up the chunk. */
  mask(table: string, bytes: Uint8Array<ArrayBuffer>, firstRow: number): Promise<MaskedChunk> {
    const [first, ...others] = this.threads;
    if (!first) return Promise.reject(new Error("there is no thread"));
    const thread = others.reduce((best, one) => (one.waiting.size < best.waiting.size ? one : best), first);
    const id = this.nextId++;
    const result = new Promise<MaskedChunk>((resolve, reject) => thread.waiting.set(id, { resolve, reject }));
    thread.worker.postMessage({ id, table, bytes, firstRow } satisfies MaskingRequest, [bytes.buffer]);
    return result;
  }

  async end(): Promise<void> {
    await Promise.all(this.threads.map(({ worker }) => worker.terminate()));
  }
}

function startThread(program: ReturnType<typeof threadProgram>, masks: TableMasks): Thread {
  const settings = { workerData: masks, stdout: true, stderr: true, execArgv: [] };
  const worker =
    "file" in program ? new Worker(program.file, settings) : new Worker(program.text, { ...settings, eval: true });
  const waiting: Thread["waiting"] = new Map();
  const failAll = (error: Error) => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  worker.on("message", (answer: MaskingAnswer) => {
    const asked = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ("masked" in answer) asked?.resolve(answer.masked);
    else asked?.reject(Object.assign(new Error(answer.failed.message), answer.failed));
  });
  // It may quote what was being masked.
  worker.on("error", ({ name }) => failAll(new Error(`a masking thread failed with a ${name}`)));
  worker.on("exit", (code) => failAll(new Error(`a masking thread ended with code ${code}`)));
  return { worker, waiting };
}
