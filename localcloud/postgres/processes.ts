import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync, readlinkSync, realpathSync } from "node:fs";
import { limits } from "./limits";
import { poll } from "./poll";

/** The lines of postmaster.pid: pid, folder, start, port, socket folder, address, memory key, status. */
export interface PidFile {
  pid: number;
  port: number;
  /** starting, ready, standby, stopping; empty at first. */
  status: string;
}

export function readPidFile(dataFolder: string): PidFile | undefined {
  let lines: string[];
  try {
    lines = readFileSync(`${dataFolder}/postmaster.pid`, "utf8").split("\n");
  } catch {
    return undefined;
  }
  const pid = Number(lines[0]);
  return Number.isInteger(pid) && pid > 0
    ? { pid, port: Number(lines[3]), status: (lines[7] ?? "").trim() }
    : undefined;
}

/**
 * The postmaster of this folder, if it lives. The pid alone proves nothing: after a crash it may belong to any process.
 */
export function livePostmaster(dataFolder: string): PidFile | undefined {
  const file = readPidFile(dataFolder);
  return file !== undefined && worksIn(file.pid, dataFolder) ? file : undefined;
}

/** Every PostgreSQL process with this working directory; all processes of a server have it. */
export function processesIn(dataFolder: string): number[] {
  if (process.platform !== "linux") return listedByLsof(["-d", "cwd", "-c", "postgres"], dataFolder);
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && worksIn(pid, dataFolder));
}

/**
 * After a postmaster was killed, a busy backend survives, holds the shared memory and so keeps the server from
 * starting. Only for folders whose postmaster is gone.
 */
export async function endOrphans(dataFolder: string): Promise<void> {
  for (const signal of ["SIGQUIT", "SIGKILL"] as const) {
    for (const pid of processesIn(dataFolder)) signalTo(pid, signal);
    const milliseconds = signal === "SIGQUIT" ? limits.quitMilliseconds : limits.lastProcessMilliseconds;
    await poll(milliseconds, () => processesIn(dataFolder).length === 0);
  }
}

export function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function worksIn(pid: number, dataFolder: string): boolean {
  if (process.platform !== "linux")
    return listedByLsof(["-d", "cwd", "-c", "postgres", "-p", String(pid)], dataFolder).length > 0;
  try {
    // A zombie, which pid 1 may leave for seconds, no longer has either; root's shell in that folder is not postgres.
    return (
      readlinkSync(`/proc/${pid}/cwd`) === realFolder(dataFolder) &&
      /\/postgres( \(deleted\))?$/.test(readlinkSync(`/proc/${pid}/exe`))
    );
  } catch {
    return false;
  }
}

/** macOS has no /proc. lsof exits with 1 when it finds nothing. */
function listedByLsof(selection: string[], dataFolder: string): number[] {
  let output = "";
  try {
    output = execFileSync("lsof", ["-a", ...selection, "-F", "pn"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
  } catch (error) {
    output = (error as { stdout?: string }).stdout ?? "";
  }
  const pids: number[] = [];
  let pid = 0;
  for (const line of output.split("\n")) {
    if (line.startsWith("p")) pid = Number(line.slice(1));
    if (line === `n${realFolder(dataFolder)}`) pids.push(pid);
  }
  return pids;
}

function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}
