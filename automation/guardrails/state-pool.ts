import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { stateFilesPerBatch, stateThreadsFromFiles, stateThreadsMax } from "../limits";
import { judgeStateFiles, type StateRules, type StatesJudged } from "./state-files";

/** How a worker is started: in a checkout from its TypeScript source, in the package from its bundle. */
export interface WorkerProgram {
  file: string;
  execArgv: string[];
}

/** Thousands of files on all cores; few of them here, where no thread has to start. */
export async function judgeInParallel(files: readonly string[], rules: StateRules, program: WorkerProgram): Promise<StatesJudged> {
  if (files.length < stateThreadsFromFiles) return judgeStateFiles(files, rules);
  const batches = Array.from({ length: Math.ceil(files.length / stateFilesPerBatch) }, (_, at) => files.slice(at * stateFilesPerBatch, (at + 1) * stateFilesPerBatch));
  const results = new Array<StatesJudged>(batches.length);
  let next = 0;
  const threads = Math.min(stateThreadsMax, availableParallelism(), batches.length);
  await Promise.all(
    Array.from({ length: threads }, async () => {
      const worker = new Worker(program.file, { execArgv: program.execArgv, workerData: rules });
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
    const over = (act: () => void) => {
      worker.removeAllListeners();
      act();
    };
    worker.once("message", (judged: StatesJudged) => over(() => resolve(judged)));
    worker.once("error", (error) => over(() => reject(error)));
    worker.once("exit", (code) => over(() => reject(new Error(`a worker ended with code ${code}`))));
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
    files: results.reduce((sum, { files }) => sum + files, 0),
    resources: results.reduce((sum, { resources }) => sum + resources, 0),
  };
}
