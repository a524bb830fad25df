/** Locks of stacks: who holds one, whether the owner is dead, and waiting if it is not. */
import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { hostname } from "node:os";
import { fileURLToPath } from "node:url";
import { ShipshapeError } from "../errors";
import { poll } from "../poll";
import { whenWritten } from "./half-written";
import { stackLockPollMilliseconds, stackLockWaitSeconds } from "./limits";

/** Runs `work`; on a lock, waits for its owner, or cancels the lock if the owner is proven dead. */
export async function whenUnlocked<T>(
  stack: { name: string; cancel(refusal: string): Promise<void> },
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  let locked!: ShipshapeError; // set by each attempt that fails
  const attempt = async (): Promise<{ result: T } | undefined> => {
    try {
      return { result: await whenWritten(work) };
    } catch (error) {
      // By its name: the library that throws it belongs to pulumi-stack.ts.
      if (!(error instanceof Error) || error.name !== "ConcurrentUpdateError") throw error;
      const owner = lockOwner(error.message);
      if (owner && isDead(owner)) {
        await stack.cancel(error.message);
        return attempt();
      }
      const by = owner ? `process ${owner.pid} on ${owner.host}` : "another process";
      locked = new ShipshapeError("stack-locked", { stack: stack.name, owner: by }, { cause: error });
      if (signal.aborted) throw locked;
      return undefined;
    }
  };
  const done = await poll({ every: stackLockPollMilliseconds, seconds: stackLockWaitSeconds }, attempt);
  if (done) return done.result;
  throw locked;
}

/** The engine names the lock's file. A lock in a bucket is left to people: nothing here may delete objects there. */
export async function removeLockFile(refusal: string): Promise<void> {
  const [, file] = /(file:\/\/\/\S+?\/\.pulumi\/locks\/\S+?\.json)\S*: created by /.exec(refusal) ?? [];
  if (file === undefined) throw new Error(refusal);
  await rm(fileURLToPath(file), { force: true });
}

interface LockOwner {
  host: string;
  pid: number;
}

/** Self-managed backends name a lock's owner: "created by user@host (pid 123) at …". */
function lockOwner(message: string): LockOwner | undefined {
  const [, host, pid] = /created by [^@\s]+@(\S+) \(pid (\d+)\)/.exec(message) ?? [];
  return host && pid ? { host, pid: Number(pid) } : undefined;
}

/**
 * An owner counts as dead only with proof: it was on this host, and its process is gone or its pid belongs to another
 * program.
 */
function isDead({ host, pid }: LockOwner): boolean {
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
  try {
    return !readFileSync(`/proc/${pid}/comm`, "utf8").startsWith("pulumi");
  } catch {
    return false;
  }
}
