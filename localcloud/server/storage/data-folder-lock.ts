import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";

/** The exit code of a server that found its folder taken: two were started at once, or one is running. */
export const folderTakenExitCode = 75;

export class FolderTakenError extends Error {}

/**
 * One server per data folder. The lock is a listening local socket, so it ends with the process however that ends; a
 * file with a process id would outlive a kill and might later name another process.
 * @throws FolderTakenError when another server has the folder
 */
export async function takeFolder(dataFolder: string): Promise<void> {
  const isAbstract = process.platform === "linux";
  const socket = isAbstract
    ? `\0shipshape-localcloud-${createHash("sha256").update(dataFolder).digest("hex").slice(0, 32)}`
    : join(dataFolder, "lock");
  if (await listens(socket)) return;
  // A taken abstract name has a live owner. A socket file may be left over from a killed process.
  if (isAbstract || (await answers(socket)))
    throw new FolderTakenError(
      `another embedded cloud runs on ${dataFolder}; stop it first (shipshape local stop), or give this one its own folder (SHIPSHAPE_DATA_FOLDER)`,
    );
  rmSync(socket);
  if (!(await listens(socket)))
    throw new FolderTakenError(`another embedded cloud has just been started on ${dataFolder}`);
}

/** Holds the socket until the process ends; false when it is taken. */
function listens(socket: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const lock = createServer((connection) => connection.destroy());
    lock.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "EADDRINUSE" ? resolve(false) : reject(error),
    );
    lock.listen(socket, () => {
      lock.unref();
      resolve(true);
    });
  });
}

function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(socket);
    connection.once("connect", () => resolve(true)).once("error", () => resolve(false));
    connection.once("connect", () => connection.destroy());
  });
}
