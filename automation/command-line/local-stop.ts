import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { ShipshapeError } from "../errors";
import { poll } from "../poll";
import { localPollMilliseconds, localStopWaitSeconds } from "./limits";
import type { Settings } from "../settings";
import type { CommandContext } from "./command-context";
import {
  callLocal,
  findLocalCloud,
  listens,
  type LocalCloud,
  localLogFile,
  processLives,
  readLocalRecord,
} from "./local-cloud";
import { startLocalCloud } from "./local-start";

export async function stop(options: { json?: boolean }, { settings, terminal }: CommandContext): Promise<void> {
  const stopped = await stopLocalCloud(settings, (line) => terminal.progress(line));
  const { dataFolder } = settings;
  if (options.json) return terminal.json("local stop", { running: false, stopped, dataFolder });
  terminal.say(stopped ? `stopped; the data stays in ${dataFolder}` : "nothing is running");
}

/** Returns true if something had to be stopped. Afterwards nothing of this data folder listens any more. */
export async function stopLocalCloud(settings: Settings, progress: (line: string) => void): Promise<boolean> {
  const cloud = (await findLocalCloud(settings.dataFolder)) ?? (await restartToStopOrphans(settings, progress));
  if (cloud === undefined) return false;
  await callLocal(cloud, "POST", "/shipshape/stop");
  let remaining = "";
  const done = await poll({ every: localPollMilliseconds, seconds: localStopWaitSeconds }, async () => {
    remaining = await stillRunning(cloud);
    return remaining === "" || undefined;
  });
  if (done === undefined)
    throw new ShipshapeError("local-stop-failed", {
      dataFolder: settings.dataFolder,
      waitedSeconds: localStopWaitSeconds,
      left: remaining,
      logFile: localLogFile(settings.dataFolder),
    });
  return true;
}

/**
 * A killed server leaves its databases running. Only a server knows how to stop them in order, so one is started.
 */
async function restartToStopOrphans(
  settings: Settings,
  progress: (line: string) => void,
): Promise<LocalCloud | undefined> {
  const databasesFolder =
    (await readLocalRecord(settings.dataFolder))?.databasesFolder ?? join(settings.dataFolder, "databases");
  const namesIn = (...path: string[]) => readdir(join(databasesFolder, ...path)).catch((): string[] => []);
  // The databases of another account than the owner's are in a folder of that account.
  const folders = (await namesIn()).map((name) => [name]);
  const ofAccounts = folders.filter(([name = ""]) => /^\d{12}$/.test(name));
  for (const account of ofAccounts) folders.push(...(await namesIn(...account)).map((name) => [...account, name]));
  const running = await Promise.all(folders.map((path) => namesIn(...path, "data")));
  if (!running.some((files) => files.includes("postmaster.pid"))) return undefined;
  progress("the embedded cloud was killed and left databases running; starting it again to stop them in order");
  return startLocalCloud(settings, progress);
}

async function stillRunning(cloud: LocalCloud): Promise<string> {
  const listening = await Promise.all(
    cloud.status.instances.map(async ({ identifier, port }) =>
      port && (await listens(port)) ? `database ${identifier} on port ${port}` : "",
    ),
  );
  return [processLives(cloud.pid) ? `process ${cloud.pid}` : "", ...listening].filter(Boolean).join(", ");
}
