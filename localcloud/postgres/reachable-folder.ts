import { createHash } from "node:crypto";
import { chmodSync, existsSync, lstatSync, mkdirSync, realpathSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { PostgresError } from "./postgres-errors";
import { type ServerUser, ownUser, serverUser } from "./server-user";

/**
 * Where to put a folder that PostgreSQL must reach: at the wanted path, or, when the unprivileged server user cannot
 * pass an ancestor (root's home, for one), below `/var/tmp/shipshape-<uid>`, at a path derived from the wanted one.
 * `reason` explains that to the user.
 */
export function reachableFolder(wanted: string, user: ServerUser = serverUser()): { folder: string; reason?: string } {
  const closed = closedAncestor(wanted, user);
  if (closed === undefined) return { folder: resolve(wanted) };
  const folder = join(temporaryRoot(), createHash("sha256").update(resolve(wanted)).digest("hex").slice(0, 12));
  return {
    folder,
    reason: `${closed} is not accessible to user ${user.name}, which runs PostgreSQL; using ${folder} instead of ${wanted}`,
  };
}

/** A folder of ours that any user can enter but only we can write to, whatever the umask. */
export function temporaryRoot(root = join("/var/tmp", `shipshape-${ownUser().uid}`)): string {
  try {
    mkdirSync(root, { mode: 0o755 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  // /var/tmp is open to every user, so another user may have created it first to read or replace our files.
  const found = lstatSync(root);
  if (!found.isDirectory() || found.uid !== ownUser().uid || (found.mode & 0o022) !== 0) {
    throw new PostgresError(
      "start-failed",
      `${root} is not a folder that only this user can write to`,
      "Remove it, or take ownership of it.",
    );
  }
  // The embedded cloud runs with a umask that closes what it creates to other users: the server's is one of them.
  if ((found.mode & 0o755) !== 0o755) chmodSync(root, 0o755);
  return root;
}

function closedAncestor(wanted: string, user: ServerUser): string | undefined {
  if (user.spawnOptions.uid === undefined) return undefined;
  let path = resolve(wanted);
  while (!existsSync(path)) path = dirname(path);
  for (path = realpathSync(path); ; path = dirname(path)) {
    const { mode, uid, gid } = statSync(path);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return path;
    if (path === dirname(path)) return undefined;
  }
}
