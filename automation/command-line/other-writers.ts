/** Who else can change the files that a worker relies on. */
import { statSync } from "node:fs";
import { ShipshapeError } from "../errors";
import type { Terminal } from "./terminal";

/**
 * Refuses a file whose roles anyone could change. A group may write it: people with umask 002 share files so. That it
 * is another user's is only said: what is mounted into a container has the owner that it has outside. Errors:
 * configuration-exposed.
 */
export function requireNotEveryones(file: string, terminal: Terminal, own = process.getuid?.()): void {
  const found = writersOf(file, own);
  if (found?.everyone) throw new ShipshapeError("configuration-exposed", { file, mode: found.mode });
  if (found?.owner !== undefined)
    warn(terminal, `${file} is of user ${found.owner}, who can give everyone every role; a worker puts it in force`);
}

/** Only says it: each statement is signed, so none can be altered or added, and shared volumes are often like that. */
export function warnOfOtherWriters(folder: string, terminal: Terminal, own = process.getuid?.()): void {
  const found = writersOf(folder, own);
  const who = found?.everyone ? `everyone (mode ${found.mode})` : found?.owner !== undefined && `user ${found.owner}`;
  if (who) warn(terminal, `${who} can write to ${folder}: statements there are signed, but can be removed`);
}

const warn = (terminal: Terminal, text: string) => terminal.complain(`${terminal.style("yellow", "warning:")} ${text}`);

interface Writers {
  everyone: boolean;
  mode: string;
  /** A user other than this one and root. */
  owner: number | undefined;
}

/** Undefined if nothing is known: what cannot be looked at is reported by what opens it; on Windows all is everyone's. */
function writersOf(path: string, own: number | undefined): Writers | undefined {
  if (own === undefined) return undefined;
  try {
    const { mode, uid } = statSync(path);
    return {
      everyone: (mode & 0o002) !== 0,
      mode: (mode & 0o7777).toString(8).padStart(4, "0"),
      owner: uid === own || uid === 0 ? undefined : uid,
    };
  } catch {
    return undefined;
  }
}
