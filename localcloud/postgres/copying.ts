import { runAsServer } from "./child-process";
import { limits } from "./limits";
import { PostgresError } from "./postgres-errors";
import { serverUser } from "./server-user";

/**
 * Copies files and folders into a folder, as the server's user. `cp` clones where the file system can, keeps owners and
 * modes, and is twice as fast as copying in Node. Not synced.
 * @param ignoreMissing a running server may remove temporary files meanwhile: ignore those that are gone
 */
export async function copyEntries(
  entries: string[],
  to: string,
  { ignoreMissing }: { ignoreMissing: boolean },
): Promise<void> {
  const cloning = process.platform === "darwin" ? ["-c"] : [];
  if (entries.length === 0) return;
  const { code, output } = await runAsServer(serverUser(), "cp", [...cloning, "-a", "--", ...entries, to], {
    milliseconds: limits.copyMilliseconds,
  });
  if (code === 0) return;
  const lines = output.trim().split("\n");
  if (lines.some((line) => line.includes("No space left on device")))
    throw new PostgresError("disk-full", `no space left for ${to}`, "Free space on the disk.");
  if (ignoreMissing && code === 1 && lines.every((line) => line.includes("No such file or directory"))) return;
  throw new PostgresError("start-failed", `copying to ${to} failed: ${lines[0] ?? `exit code ${code}`}`);
}

/** Forces the folder's whole file system to disk: one call, where syncing file by file takes as long as the copy. */
export async function syncFolder(folder: string): Promise<void> {
  const { code, output } = await runAsServer(serverUser(), "sync", process.platform === "linux" ? ["-f", folder] : [], {
    milliseconds: limits.copyMilliseconds,
  });
  if (code !== 0)
    throw new PostgresError("disk-full", `forcing ${folder} to disk failed: ${output.trim().split("\n")[0] ?? code}`);
}

/**
 * Waits for both even when one fails, so that nothing is still being written; the first one's error takes precedence.
 */
export async function awaitBoth<First, Second>(
  first: Promise<First>,
  second: Promise<Second>,
): Promise<[First, Second]> {
  await Promise.allSettled([first, second]);
  return [await first, await second];
}
