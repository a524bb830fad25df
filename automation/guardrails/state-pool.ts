import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { stateFilesPerBatch, stateThreadsFromFiles, stateThreadsMax } from "./limits";
import type { ThreadProgram } from "../thread-program";
import { judgeStateFiles, type StateRules, type StatesJudged } from "./state-files";

/** Thousands of files on all cores; a few are judged in this thread, which saves starting others. */
export async function judgeInParallel(
  files: readonly string[],
  rules: StateRules,
  program: () => ThreadProgram,
): Promise<StatesJudged> {
  if (files.length < stateThreadsFromFiles) return judgeStateFiles(files, rules);
  const batches = Array.from({ length: Math.ceil(files.length / stateFilesPerBatch) }, (_, at) =>
    files.slice(at * stateFilesPerBatch, (at + 1) * stateFilesPerBatch),
  );
  const results = new Array<StatesJudged>(batches.length);
  let next = 0;
  const start = program();
  const threads = Math.min(stateThreadsMax, availableParallelism(), batches.length);
  await Promise.all(
    Array.from({ length: threads }, async () => {
      const worker =
        "file" in start
          ? new Worker(start.file, { workerData: rules })
          : new Worker(start.text, { eval: true, workerData: rules, execArgv: [] });
      try {
        for (let at = next++; at < batches.length; at = next++) results[at] = await ask(worker, batches[at] ?? []);
      } finally {
        await worker.terminate();
      }
    }),
  );
  return merged(results);
}

function ask(worker: Worker, files: readonly string[]): Promise<StatesJudged> {
  return new Promise((resolve, reject) => {
    // Removed one by one: removing all would remove the worker's own listeners, and it would never answer.
    const finish = (act: () => void) => {
      worker.off("message", answered).off("error", failed).off("exit", ended);
      act();
    };
    const answered = (judged: StatesJudged) => finish(() => resolve(judged));
    const failed = (error: Error) => finish(() => reject(error));
    const ended = (code: number) => finish(() => reject(new Error(`a worker ended with code ${code}`)));
    worker.on("message", answered).on("error", failed).on("exit", ended);
    worker.postMessage(files);
  });
}

/** In the order of the files, whichever thread was first. */
function merged(results: readonly StatesJudged[]): StatesJudged {
  return {
    findings: results.flatMap(({ findings }) => findings),
    problems: results.flatMap(({ problems }) => problems),
    stacks: results.flatMap(({ stacks }) => stacks),
    neededWaivers: [...new Set(results.flatMap(({ neededWaivers }) => neededWaivers))],
    unjudged: results.flatMap(({ unjudged }) => unjudged),
    parameterGroups: {
      used: [...new Set(results.flatMap(({ parameterGroups }) => parameterGroups.used))],
      declared: [...new Set(results.flatMap(({ parameterGroups }) => parameterGroups.declared))],
    },
    files: results.reduce((sum, { files }) => sum + files, 0),
    resources: results.reduce((sum, { resources }) => sum + resources, 0),
  };
}
