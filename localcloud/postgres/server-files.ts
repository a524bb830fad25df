import { chmod, mkdir, open, rename, stat, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { type ServerUser, chownToServerUser, serverUser } from "./server-user";

export interface ServerFile {
  path: string;
  content: string;
}

/** Writes a file for the server: completely or not at all, and readable only by its user. */
export async function writeServerFile(file: ServerFile, user: ServerUser): Promise<void> {
  const partial = `${file.path}.partial`;
  await writeFile(partial, file.content, { mode: 0o600 }); // not synced: each start writes it again
  await chownToServerUser(partial, user);
  await rename(partial, file.path);
}

/** The same for a record of ours, synced to disk. */
export async function writeRecord(path: string, record: unknown): Promise<void> {
  const file = await open(`${path}.partial`, "w", 0o600);
  try {
    await file.writeFile(`${JSON.stringify(record, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.partial`, path);
  const folder = await open(dirname(path), "r");
  await folder.sync();
  await folder.close();
}

/**
 * Creates a folder that the server's user can enter, with any missing ancestors, whatever the umask. A kill between
 * creating and opening them leaves them closed, so closed ones are opened, too: reachable-folder.ts has chosen a place
 * whose other ancestors are open.
 */
export async function createReachableFolder(path: string, user: ServerUser = serverUser()): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  const closed: string[] = [];
  for (let folder = resolve(path); await isToOpen(folder, first, user); folder = dirname(folder)) closed.push(folder);
  // From the top: a folder that is open then has no closed ancestor, and the next call knows where to stop.
  for (const folder of closed.reverse()) await chmod(folder, 0o755);
}

async function isToOpen(folder: string, first: string | undefined, user: ServerUser): Promise<boolean> {
  if (first !== undefined && folder.length >= resolve(first).length) return true;
  const isOwn = user.spawnOptions.uid === undefined; // a server that runs as this user passes wherever it passes
  return !isOwn && ((await stat(folder)).mode & 0o001) === 0;
}

/** Creates a folder that only the server's user can enter. */
export async function createServerFolder(path: string, user: ServerUser): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  await chmod(path, 0o700);
  await chownToServerUser(path, user);
}
