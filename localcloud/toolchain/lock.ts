import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const pollMilliseconds = 250;
const heartbeatMilliseconds = 5_000;
// Twelve missed heartbeats: the owner is dead, even where its process is not visible (containers sharing a cache)
const heartbeatMillisecondsMax = 60_000;
// A build takes six minutes on two cores; a machine five times slower still finishes in time
const waitMillisecondsMax = 30 * 60_000;
const progressMilliseconds = 10_000;

interface Owner {
  token: string;
  pid: number;
  host: string;
}

/**
 * Does `work` while holding the folder `lock`, which only one process on all machines sharing it can create. A lock
 * whose owner died is taken over. Two waiters may, within microseconds, both take it over: then the work is done twice,
 * which the caller must tolerate (the engine's cache does: each builds separately and renames).
 */
export async function withLock<T>(lock: string, progress: (line: string) => void, work: () => Promise<T>): Promise<T> {
  const owner: Owner = { token: randomUUID(), pid: process.pid, host: hostname() };
  await acquire(lock, owner, progress);
  const beat = setInterval(() => touch(lock), heartbeatMilliseconds);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    if (ownerOf(lock)?.token === owner.token) rmSync(lock, { recursive: true, force: true });
  }
}

async function acquire(lock: string, owner: Owner, progress: (line: string) => void): Promise<void> {
  mkdirSync(dirname(lock), { recursive: true });
  const start = Date.now();
  for (let reported = 0; Date.now() - start < waitMillisecondsMax; await sleep(pollMilliseconds)) {
    if (make(lock, owner)) return;
    removeIfDead(lock);
    const waited = Date.now() - start;
    if (waited - reported < progressMilliseconds) continue;
    reported = waited;
    progress(
      `waiting for process ${ownerOf(lock)?.pid ?? "?"}, which is already doing the same (${Math.round(waited / 1000)} s)`,
    );
  }
  throw new Error(
    `${lock} is still held by process ${ownerOf(lock)?.pid ?? "?"} after ${waitMillisecondsMax / 60_000} minutes; if that process has nothing to do with Shipshape, remove the folder`,
  );
}

function make(lock: string, owner: Owner): boolean {
  try {
    mkdirSync(lock);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
  writeFileSync(join(lock, "owner.json"), JSON.stringify(owner));
  return true;
}

function removeIfDead(lock: string): void {
  const owner = ownerOf(lock);
  if (!hasNoHeartbeat(lock) && (owner === undefined || owner.host !== hostname() || alive(owner.pid))) return;
  const renamed = `${lock}-${randomUUID()}`;
  try {
    renameSync(lock, renamed);
  } catch {
    return; // another waiter was faster
  }
  rmSync(renamed, { recursive: true, force: true });
}

function ownerOf(lock: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(join(lock, "owner.json"), "utf8")) as Owner;
  } catch {
    return undefined; // just created, just removed, or its creator died in between: then the missing heartbeat decides
  }
}

function hasNoHeartbeat(lock: string): boolean {
  try {
    return Date.now() - statSync(lock).mtimeMs > heartbeatMillisecondsMax;
  } catch {
    return false;
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function touch(lock: string): void {
  try {
    utimesSync(lock, new Date(), new Date());
  } catch {
    // taken over while this process was suspended; its work is still of use, and its end must not fail on this
  }
}
