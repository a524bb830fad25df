import { createHash } from "node:crypto";
import { existsSync, lstatSync, mkdirSync, realpathSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { PostgresError } from "./postgres-errors";
import { type ServerUser, ownUser, serverUser } from "./server-user";

/**
 * Where a folder that PostgreSQL must reach can lie: as wanted, or, when an ancestor keeps the unprivileged server user
 * out (root's home does), below `/var/tmp/shipshape-<uid>`, at a place derived from the wanted one. `reason` says so to
 * people.
 */
export function reachableFolder(wanted: string, user: ServerUser = serverUser()): { folder: string; reason?: string } {
  const closed = closedAncestor(wanted, user);
  if (closed === undefined) return { folder: resolve(wanted) };
  const folder = join(temporaryRoot(), createHash("sha256").update(resolve(wanted)).digest("hex").slice(0, 12));
  return {
    folder,
    reason: `${closed} is closed to user ${user.name}, which runs PostgreSQL; using ${folder} instead of ${wanted}`,
  };
}

/** A folder of ours that any user can enter and only we can write. */
export function temporaryRoot(): string {
  const root = join("/var/tmp", `shipshape-${ownUser().uid}`);
  try {
    mkdirSync(root, { mode: 0o755 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  // /var/tmp is open to everybody, so somebody else may have made it first to read or replace what we keep there.
  const found = lstatSync(root);
  if (!found.isDirectory() || found.uid !== ownUser().uid || (found.mode & 0o022) !== 0) {
    throw new PostgresError(
      "start-failed",
      `${root} is not a folder that only this user can write`,
      "Remove it, or make it yours.",
    );
  }
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
