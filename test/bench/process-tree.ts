import { execFile, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import type { Taken } from "./measure";

/**
 * Runs a command to its end, several times if one takes too little to be measured. Its CPU time is that of all the
 * processes that were waited for, as the shell counts it: the engine and what it starts, too.
 */
export async function timed(
  [command = "", ...words]: string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv },
  times = 1,
): Promise<Taken> {
  const script = `for n in $(seq ${times}); do "$@" >&2 || exit; done; times`;
  const began = performance.now();
  const { stdout } = await promisify(execFile)("sh", ["-c", script, "sh", command, ...words], {
    ...options,
    maxBuffer: 64 << 20,
  });
  const seconds = (performance.now() - began) / 1000 / times;
  // The shell's own time is in the first line, that of what it ran in the second: 0m3.51s 0m0.42s
  const spent = [...(stdout.split("\n")[1] ?? "").matchAll(/(\d+)m([\d.]+)s/g)];
  const cpuSeconds = spent.reduce((sum, [, m, s]) => sum + Number(m) * 60 + Number(s), 0) / times;
  return { seconds, cpuSeconds };
}

/**
 * Starts a program that serves until it is killed; what it took until its first line. Its CPU time is from `/proc`,
 * where there is one: nothing waits for a process that the engine kills.
 */
export async function untilFirstLine(program: string, words: string[], cwd?: string): Promise<Taken> {
  const began = performance.now();
  const child = spawn(program, words, { stdio: ["pipe", "pipe", "inherit"], cwd });
  await new Promise<void>((resolve, reject) => {
    child.stdout.once("data", () => resolve());
    child
      .once("error", reject)
      .once("exit", (code) => reject(new Error(`${program} ended with ${code} before it printed a line`)));
  });
  const seconds = (performance.now() - began) / 1000;
  const cpuSeconds = cpuSecondsOf(child.pid);
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await ended;
  return { seconds, ...(cpuSeconds !== undefined && { cpuSeconds }) };
}

/** In hundredths of a second, user and system: fields 14 and 15 of `stat`. */
function cpuSecondsOf(pid: number | undefined): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [user = 0, system = 0] = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .slice(11, 13)
      .map(Number);
    return (user + system) / 100;
  } catch {
    return undefined;
  }
}
