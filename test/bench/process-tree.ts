import { execFile } from "node:child_process";
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

/** What the first took more than the second. */
export const difference = (one: Taken, other: Taken): Taken => ({
  seconds: one.seconds - other.seconds,
  cpuSeconds: (one.cpuSeconds ?? Number.NaN) - (other.cpuSeconds ?? Number.NaN),
});
