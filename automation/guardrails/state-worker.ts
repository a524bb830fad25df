/** A thread that judges the files it gets, batch after batch. */
import { parentPort, workerData } from "node:worker_threads";
import { judgeStateFiles, type StateRules } from "./state-files";

parentPort?.on("message", (files: string[]) =>
  parentPort?.postMessage(judgeStateFiles(files, workerData as StateRules)),
);
