import { spawn } from "node:child_process";
import { closeSync, openSync, readSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { BinariesView } from "./binaries-view";
import { serverEnvironment } from "./child-process";
import { limits } from "./limits";
import { poll } from "./poll";
import { LogWatch } from "./log-files";
import { PostgresError } from "./postgres-errors";
import { endOrphans, livePostmaster, processesIn, readPidFile, signalTo } from "./processes";
import { startFailure } from "./start-failure";
import type { ServerUser } from "./server-user";

export interface PostmasterLocation {
  dataFolder: string;
  socketFolder: string;
  logFolder: string;
  user: ServerUser;
}

/** Starts PostgreSQL as a separate process, which outlives this one, and waits until it accepts connections. */
export async function startPostmaster(location: PostmasterLocation, view: BinariesView): Promise<void> {
  await clearLeftovers(location);
  const log = new LogWatch(location.logFolder);
  // To a file, not a pipe: when we die, a full or broken pipe would take the server down.
  const stdio = openSync(join(location.logFolder, "error", "postgres.log"), "a");
  let exited = false;
  try {
    const child = spawn(view.postgres, ["-D", location.dataFolder], {
      ...location.user.spawnOptions,
      env: serverEnvironment,
      detached: true,
      stdio: ["ignore", stdio, stdio],
    });
    child.on("exit", () => (exited = true));
    child.on("error", () => (exited = true));
    child.unref();
    await untilReady(location, () => exited);
  } catch (error) {
    if (!exited) throw error;
    throw await failure(location, log);
  } finally {
    closeSync(stdio);
  }
}

/** For a server that is already running or starting: started by this process earlier, or by its predecessor. */
export async function waitUntilReady(location: PostmasterLocation): Promise<void> {
  const log = new LogWatch(location.logFolder);
  await untilReady(location, () => livePostmaster(location.dataFolder) === undefined).catch(async (error: unknown) => {
    throw error instanceof PostgresError ? error : await failure(location, log);
  });
}

/** `fast` waits for a checkpoint; `immediate` stops like a crash, and the next start recovers. */
export async function stopPostmaster(location: PostmasterLocation, mode: "fast" | "immediate"): Promise<void> {
  const running = livePostmaster(location.dataFolder);
  if (running !== undefined) {
    signalTo(running.pid, mode === "fast" ? "SIGINT" : "SIGQUIT");
    // The file is removed last; the process may stay a zombie long after that, when pid 1 is slow to reap.
    const gone = () => livePostmaster(location.dataFolder) === undefined;
    if (!(await poll(limits.stopMilliseconds, gone))) {
      signalTo(running.pid, "SIGQUIT");
      await poll(limits.lastProcessMilliseconds, gone);
    }
  }
  const alone = await poll(limits.lastProcessMilliseconds, () => processesIn(location.dataFolder).length === 0);
  if (!alone) await endOrphans(location.dataFolder);
}

/**
 * The state of the last shutdown in the control file. It distinguishes a crash (or an immediate stop) from a clean
 * shutdown when there is no postmaster.pid. Bytes 16 to 19 of pg_control: DBState, the same in every version in use.
 */
export function wasShutDown(dataFolder: string): boolean {
  const file = openSync(join(dataFolder, "global", "pg_control"), "r");
  try {
    const header = Buffer.alloc(20);
    readSync(file, header, 0, header.length, 0);
    return header.readUInt32LE(16) === shutDownState;
  } finally {
    closeSync(file);
  }
}

const shutDownState = 1; // DB_SHUTDOWNED

async function untilReady(location: PostmasterLocation, hasExited: () => boolean): Promise<void> {
  let milliseconds: number = limits.startMilliseconds;
  const ready = await poll(
    () => milliseconds,
    () => {
      // The collector takes over the log, so "ready to accept connections" may be in any file: only the pid file is
      // reliable.
      const running = livePostmaster(location.dataFolder);
      if (running?.status === "ready") return true;
      // Replaying WAL from an archive, for as long as there is some.
      if (running?.status === "standby") milliseconds = limits.copyMilliseconds;
      if (hasExited()) throw new Error("the server exited before it was ready");
      return false;
    },
  );
  if (!ready)
    throw new PostgresError(
      "start-failed",
      `the server was not ready after ${milliseconds / 1000} s`,
      `Its log: ${location.logFolder}/error`,
    );
}

/** The collector keeps writing after the postmaster is gone, and the reason is among its last lines. */
async function failure(location: PostmasterLocation, log: LogWatch): Promise<PostgresError> {
  await poll(limits.lastProcessMilliseconds, () => processesIn(location.dataFolder).length === 0);
  return startFailure(log.linesSince());
}

/** After kill -9: backends that survive, and lock files that may name an unrelated process that got the pid since. */
async function clearLeftovers(location: PostmasterLocation): Promise<void> {
  await endOrphans(location.dataFolder);
  const stale = readPidFile(location.dataFolder);
  await rm(join(location.dataFolder, "postmaster.pid"), { force: true });
  if (stale !== undefined) await rm(join(location.socketFolder, `.s.PGSQL.${stale.port}.lock`), { force: true });
}
