import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ShipshapeError } from "../errors";
import type { CommandContext } from "./command-context";
import { localPollMilliseconds, logTailBytesMax } from "./limits";
import { localLogFile, requireLocalCloud } from "./local-cloud";

export interface LogOptions {
  lines: number;
  follow?: boolean;
  json?: boolean;
}

/** `shipshape local logs`: the end of the log of the embedded cloud, or of a database. */
export async function logs(
  database: string | undefined,
  options: LogOptions,
  { settings, terminal }: CommandContext,
): Promise<void> {
  const { dataFolder } = settings;
  const file = database === undefined ? localLogFile(dataFolder) : await logOf(database, dataFolder);
  const log = await open(file).catch(() => undefined);
  if (!log) throw new ShipshapeError("local-not-running", { dataFolder });
  try {
    const from = async (at: number) => {
      const { bytesRead, buffer } = await log.read({ buffer: Buffer.alloc(logTailBytesMax), position: at });
      return buffer.subarray(0, bytesRead);
    };
    const { size } = await log.stat();
    const end = await from(Math.max(0, size - logTailBytesMax));
    const lines = end.toString("utf8").trimEnd().split("\n").slice(-options.lines);
    if (options.json) return terminal.json("local logs", { file, lines });
    for (const line of lines) terminal.say(line);
    // Until Ctrl-C: nothing is left to be done then.
    for (let at = Math.max(0, size - logTailBytesMax) + end.length; options.follow;) {
      const more = await from(at);
      at += more.length;
      if (more.length > 0) terminal.say(more.toString("utf8").trimEnd());
      else await sleep(localPollMilliseconds);
    }
  } finally {
    await log.close();
  }
}

/** The newest log of a database's server. Errors: local-not-running, database-unknown. */
async function logOf(identifier: string, dataFolder: string): Promise<string> {
  const { status } = await requireLocalCloud(dataFolder);
  const known = status.instances.map((one) => one.identifier);
  const instance = status.instances.find((one) => one.identifier === identifier);
  if (!instance) throw new ShipshapeError("database-unknown", { identifier, known: known.join(", ") || "none" });
  // Of a server that was never started the folder of all that it has is known, of others that of its data.
  const folder = join(instance.dataFolder.replace(/\/data$/, ""), "log", "error");
  const files = await readdir(folder).catch(() => []);
  // Named by the hour they begin in.
  return join(
    folder,
    files
      .filter((name) => name.startsWith("postgresql.log."))
      .sort()
      .at(-1) ?? "postgres.log",
  );
}
