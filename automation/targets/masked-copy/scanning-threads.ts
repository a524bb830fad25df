/**
 * Threads that search for leaks. One learns the values, since a table that several write to would cost more than it
 * brings; then all search, in the memory that they share.
 */
import { LeakScan, type Found, type Learnt } from "../../masking/leak-scan";
import { threadProgram } from "../../thread-program";
import { AskedThread, idlest } from "./asked-thread";
import type { RowChunk } from "./copy-out";
import { chunksInFlightMax } from "./limits";
import type { ScannedColumn, ScanningAnswer, ScanningQuestion } from "./scanning-thread";

export class ScanningThreads {
  private readonly threads: AskedThread<ScanningQuestion, ScanningAnswer>[];

  constructor(
    packageFolder: string,
    count: number,
    private readonly signal: AbortSignal | undefined,
  ) {
    const program = threadProgram(packageFolder, "automation/targets/masked-copy/scanning-thread.ts");
    this.threads = Array.from({ length: count }, () => new AskedThread(program, "a scanning thread"));
  }

  private get learner(): AskedThread<ScanningQuestion, ScanningAnswer> {
    return this.threads[0]!;
  }

  /** Their numbers are their places in the list. */
  async setColumns(columns: ScannedColumn[]): Promise<void> {
    await this.learner.ask({ kind: "columns", columns });
  }

  async learn(fields: number[], chunks: AsyncIterable<RowChunk>): Promise<void> {
    await this.each(chunks, (bytes) => this.learner.ask({ kind: "learn", fields, bytes }, [bytes.buffer]));
  }

  /** Resolves to a scan that knows all values, for what is searched here. */
  async endLearning(): Promise<LeakScan> {
    const learnt = (await this.learner.ask({ kind: "end learning" })) as Learnt;
    await Promise.all(this.threads.slice(1).map((one) => one.ask({ kind: "use", learnt })));
    return new LeakScan(learnt);
  }

  async search(places: string[], plain: boolean[], chunks: AsyncIterable<RowChunk>): Promise<void> {
    await this.each(chunks, (bytes) =>
      idlest(this.threads).ask({ kind: "search", places, plain, bytes }, [bytes.buffer]),
    );
  }

  async found(): Promise<Found[]> {
    return Promise.all(this.threads.map(async (one) => (await one.ask({ kind: "found" })) as Found));
  }

  async end(): Promise<void> {
    await Promise.all(this.threads.map((one) => one.end()));
  }

  /** Some chunks are under way at once, so that threads, connection and server work at the same time. */
  private async each(chunks: AsyncIterable<RowChunk>, ask: (bytes: RowChunk["bytes"]) => Promise<unknown>) {
    const asked: Promise<unknown>[] = [];
    for await (const { bytes } of chunks) {
      this.signal?.throwIfAborted();
      const one = ask(bytes);
      one.catch(() => undefined); // reported when its turn comes
      asked.push(one);
      if (asked.length >= chunksInFlightMax) await asked.shift();
    }
    await Promise.all(asked);
  }
}
