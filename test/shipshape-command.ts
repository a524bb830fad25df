import { spawn } from "node:child_process";
import { join } from "node:path";

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

const launcher = join(__dirname, "../automation/command-line/shipshape.cjs");

/** Our command in a process of its own, or another program that is one: how it ended, and what it printed. */
export function shipshapeCommand(
  words: readonly string[],
  settings: { env: NodeJS.ProcessEnv; cwd?: string },
  program: readonly string[] = [launcher],
): Promise<Ended> {
  const child = spawn(process.execPath, [...program, ...words], { ...settings, stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve) => child.once("close", (code, signal) => resolve({ code, signal, stdout, stderr })));
}
