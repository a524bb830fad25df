import { spawnSync } from "node:child_process";
import { chown } from "node:fs/promises";
import { userInfo } from "node:os";
import { readSettings } from "../settings";
import { PostgresError } from "./postgres-errors";

/**
 * The operating-system user PostgreSQL runs as: our own, or an unprivileged one when we are root, which PostgreSQL
 * refuses.
 */
export interface ServerUser {
  name: string;
  uid: number;
  gid: number;
  /** For child_process: empty unless the user has to be changed. `cwd` is a folder that every user can enter. */
  spawnOptions: { uid?: number; gid?: number; cwd: string };
}

export function serverUser(): ServerUser {
  const self = ownUser();
  if (self.uid !== 0) return { ...self, spawnOptions: { cwd: "/" } };
  const other = namedUser(readSettings().postgresUser);
  return { ...other, spawnOptions: { uid: other.uid, gid: other.gid, cwd: "/" } };
}

/** Our own user; peer authentication admits exactly this user as `rdsadmin`. */
export function ownUser(): { name: string; uid: number; gid: number } {
  try {
    const { username, uid, gid } = userInfo();
    return { name: username, uid, gid };
  } catch (error) {
    throw new PostgresError(
      "start-failed",
      "the user running this has no name",
      "PostgreSQL needs one: add the user id to /etc/passwd.",
      { cause: error },
    );
  }
}

/** Gives a file or folder to the server's user; does nothing unless we are root. */
export async function chownToServerUser(path: string, user: ServerUser): Promise<void> {
  if (user.spawnOptions.uid !== undefined) await chown(path, user.uid, user.gid);
}

const namedUsers = new Map<string, { name: string; uid: number; gid: number }>();

/** Looked up once per process: `id` takes milliseconds, in which nothing else runs. */
function namedUser(name: string): { name: string; uid: number; gid: number } {
  const user = namedUsers.get(name) ?? lookUp(name);
  namedUsers.set(name, user);
  return user;
}

function lookUp(name: string): { name: string; uid: number; gid: number } {
  const [uid, gid] = ["-u", "-g"].map((flag) => {
    const { stdout, status } = spawnSync("id", [flag, name], { encoding: "utf8" });
    return status === 0 ? Number(stdout.trim()) : NaN;
  });
  if (uid === undefined || gid === undefined || !Number.isInteger(uid) || !Number.isInteger(gid) || uid === 0) {
    throw new PostgresError(
      "start-failed",
      `there is no unprivileged user '${name}' to run PostgreSQL as`,
      "Set SHIPSHAPE_POSTGRES_USER to one, or run as a normal user.",
    );
  }
  return { name, uid, gid };
}
