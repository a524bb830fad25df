import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { createReachableFolder } from "./server-files";

const inProgress = new Map<string, Promise<void>>();

/**
 * Builds a folder that several processes may need at once: built under another name, then renamed, so a half-built one
 * is never seen. The process that finishes second discards its own. Within one process the second call waits for the
 * first.
 */
export async function buildOnce(
  target: string,
  build: (folder: string) => Promise<void>,
  isThere = () => existsSync(target),
): Promise<void> {
  if (isThere()) return;
  const building =
    inProgress.get(target) ?? buildAndRename(target, build, isThere).finally(() => inProgress.delete(target));
  inProgress.set(target, building);
  await building;
}

async function buildAndRename(
  target: string,
  build: (folder: string) => Promise<void>,
  isThere: () => boolean,
): Promise<void> {
  await createReachableFolder(dirname(target));
  await removeAbandoned(target);
  const partial = `${target}.partial-${process.pid}-${randomBytes(3).toString("hex")}`;
  try {
    await createReachableFolder(partial);
    await build(partial);
    await rename(partial, target).catch((error: unknown) => {
      if (!isThere()) throw error;
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** Removes what killed builds left behind. */
async function removeAbandoned(target: string): Promise<void> {
  const prefix = `${basename(target)}.partial-`;
  for (const name of await readdir(dirname(target))) {
    if (!name.startsWith(prefix)) continue;
    const builder = Number(name.slice(prefix.length).split("-")[0]);
    if (!isAlive(builder)) await rm(join(dirname(target), name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
