import { execFile, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
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

/** Of a process, and of all that it has started, whether they have ended or not. */
export function cpuSecondsOfFamily(pid: number): number {
  const all = readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? (timesOf(name) ?? []) : []));
  const inFamily = ({ pid: one, parent }: ProcessTimes) => one === pid || parent === pid;
  return all.filter(inFamily).reduce((sum, { own, ofEnded }) => sum + own + ofEnded, 0);
}

/** Of a process, and of all that it and they have started, those included that were waited for when they had ended. */
export function cpuSecondsOfTree(pid: number): number {
  const all = readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? (timesOf(name) ?? []) : []));
  const parents = new Map(all.map((one) => [one.pid, one.parent]));
  const isInTree = (one: number): boolean => one === pid || (one > 1 && isInTree(parents.get(one) ?? 0));
  return all.filter((one) => isInTree(one.pid)).reduce((sum, { own, ofEnded }) => sum + own + ofEnded, 0);
}

/**
 * The CPU time of plugins that no engine has started, and that nothing waits for: looked at five times a second until it
 * is stopped, so that a little is missed of each.
 */
export function watchedPlugins(folder: string): { stop(): number } {
  const seen = new Map<string, number>();
  const look = () => {
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      const times = timesOf(pid);
      if (times && textOf(pid, "cmdline").includes(folder) && textOf(pid, "cmdline").includes("/pulumi-resource-"))
        if (textOf(String(times.parent), "comm").trim() === "sh") seen.set(pid, times.own);
    }
  };
  const timer = setInterval(look, 200);
  return {
    stop() {
      look();
      clearInterval(timer);
      return [...seen.values()].reduce((sum, one) => sum + one, 0);
    },
  };
}

function textOf(pid: string, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return ""; // it has ended
  }
}

const cpuSecondsOf = (pid: number | undefined): number | undefined => timesOf(String(pid))?.own;

interface ProcessTimes {
  pid: number;
  parent: number;
  /** Its CPU time, user and system, in seconds. */
  own: number;
  /** The same of the processes that it started and that have ended. */
  ofEnded: number;
}

/** Fields 4 and 14 to 17 of `stat`, in hundredths of a second. */
function timesOf(pid: string): ProcessTimes | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .map(Number);
    const [user = 0, system = 0, userOfEnded = 0, systemOfEnded = 0] = fields.slice(11, 15);
    return {
      pid: Number(pid),
      parent: fields[1] ?? 0,
      own: (user + system) / 100,
      ofEnded: (userOfEnded + systemOfEnded) / 100,
    };
  } catch {
    return undefined; // it has ended, or there is no /proc
  }
}
