/** A thread that answers what it is asked, one after the other. Its errors quote no value. */
import { parentPort, Worker, type Transferable } from "node:worker_threads";
import { ShipshapeError } from "../../errors";
import type { ThreadProgram } from "../../thread-program";

interface Failure {
  code: string;
  message: string;
  hint?: string;
}

type Message<Answer> = { id: number; answer: Answer } | { id: number; failed: Failure };

export class AskedThread<Question, Answer> {
  private readonly worker: Worker;
  private readonly waiting = new Map<number, { resolve: (answer: Answer) => void; reject: (error: Error) => void }>();
  private nextId = 0;
  /** Why it answers nothing any more. */
  private over: Error | undefined;

  /** `what` is for messages: "a masking thread". */
  constructor(program: ThreadProgram, what: string, workerData?: unknown) {
    const settings = { workerData, stdout: true, stderr: true, execArgv: [] };
    this.worker =
      "file" in program ? new Worker(program.file, settings) : new Worker(program.text, { ...settings, eval: true });
    this.worker.on("message", (message: Message<Answer>) => this.take(message));
    // It may quote what was being worked on.
    this.worker.on("error", ({ name }) => this.failAll(new Error(`${what} failed with a ${name}`)));
    this.worker.on("exit", (code) => this.failAll(new Error(`${what} ended with code ${code}`)));
  }

  /** How many questions have no answer yet. */
  get waits(): number {
    return this.waiting.size;
  }

  /** `given` is handed over, and can no longer be used here. */
  ask(question: Question, given: Transferable[] = []): Promise<Answer> {
    if (this.over) return Promise.reject(this.over);
    const id = this.nextId++;
    const answer = new Promise<Answer>((resolve, reject) => this.waiting.set(id, { resolve, reject }));
    this.worker.postMessage({ id, question }, given);
    return answer;
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }

  private take(message: Message<Answer>): void {
    const asked = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if ("answer" in message) asked?.resolve(message.answer);
    else asked?.reject(Object.assign(new Error(message.failed.message), message.failed));
  }

  private failAll(error: Error): void {
    this.over ??= error;
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}

/** The one of them that has the least to do. */
export function idlest<Question, Answer>(
  threads: readonly AskedThread<Question, Answer>[],
): AskedThread<Question, Answer> {
  const [first, ...others] = threads;
  if (!first) throw new Error("there is no thread");
  return others.reduce((best, one) => (one.waits < best.waits ? one : best), first);
}

/** In the thread: `given` of an answer is handed over. `doing` is for messages: "a mask". */
export function answerQuestions<Question, Answer>(
  doing: string,
  answerTo: (question: Question) => { answer: Answer; given?: Transferable[] },
): void {
  parentPort?.on("message", ({ id, question }: { id: number; question: Question }) => {
    try {
      const { answer, given = [] } = answerTo(question);
      parentPort?.postMessage({ id, answer } satisfies Message<Answer>, given);
    } catch (error) {
      parentPort?.postMessage({ id, failed: withoutValues(doing, error) } satisfies Message<Answer>);
    }
  });
}

/** A message of ours names columns; one of JavaScript may quote what it could not parse. */
function withoutValues(doing: string, error: unknown): Failure {
  if (error instanceof ShipshapeError) return { code: error.code, message: error.message, hint: error.hint };
  const kind = error instanceof Error ? error.constructor.name : typeof error;
  return { code: "unexpected", message: `${doing} failed with a ${kind}, whose message may quote a value` };
}
