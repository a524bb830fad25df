import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import type { DrillCloud } from "../drill-cloud";

export interface DisturbedWorker {
  process: ChildProcess;
  /** What it wrote to standard error so far. */
  stderr(): string;
  /** The signal or the exit code that it ended with. */
  ended: Promise<NodeJS.Signals | number | null>;
}

/** A worker process with that operation alone, which is disturbed at that moment (disturbed.ts). */
export function disturbedWorker(drills: DrillCloud, operation: string, moment: string): DisturbedWorker {
  const program = ["--import", "tsx", join(__dirname, "killed-command.ts"), operation, moment];
  const process = drills.spawn(["worker"], program);
  let stderr = "";
  process.stdout?.resume();
  process.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<NodeJS.Signals | number | null>((resolve) =>
    process.once("close", (code, signal) => resolve(signal ?? code)),
  );
  return { process, stderr: () => stderr, ended };
}
