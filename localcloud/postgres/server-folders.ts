import { createHash } from "node:crypto";
import { join } from "node:path";
import { limits } from "./limits";
import { temporaryRoot } from "./reachable-folder";

/** The paths of one server. */
export interface ServerFolders {
  dataFolder: string;
  /** Below the server's folder, unless that makes a path too long for a socket. */
  socketFolder: string;
  logFolder: string;
  tlsFolder: string;
}

export function serverFolders(folder: string): ServerFolders {
  const socketFolder = join(folder, "socket");
  const fits = Buffer.byteLength(socketFolder) <= limits.socketFolderBytes;
  return {
    dataFolder: join(folder, "data"),
    socketFolder: fits
      ? socketFolder
      : join(temporaryRoot(), `socket-${createHash("sha256").update(socketFolder).digest("hex").slice(0, 12)}`),
    logFolder: join(folder, "log"),
    tlsFolder: join(folder, "tls"),
  };
}
