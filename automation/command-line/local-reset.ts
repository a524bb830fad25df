import { readdir, rm, rmdir, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import type { Command } from "commander";
import { ShipshapeError } from "../errors";
import type { CommandContext } from "./command-context";
import { readLocalRecord } from "./local-cloud";
import { stopLocalCloud } from "./local-stop";

/** All that may lie in a data folder. Nothing else is ever deleted, whatever folder was named. */
const ours = ["localcloud.json", "localcloud.log", "engine.json", "cloud", "databases", "ca", "pulumi-home", "pulumi-state", "demo"];

export function addReset(local: Command, context: CommandContext): void {
  local
    .command("reset")
    .description("stop the embedded cloud and delete its data: databases, Pulumi state, everything")
    .option("-y, --yes", "do not ask")
    .addHelpText("after", "\nExamples:\n  npx shipshape local reset --yes")
    .action(async (options: { yes?: boolean }) => {
      const { settings, terminal } = context;
      const { dataFolder } = settings;
      const present = await whatLiesThere(dataFolder);
      if (present.length === 0) return terminal.say(`nothing to delete in ${dataFolder}`);
      if (!options.yes && !(await terminal.confirm("deleting all data", `Delete all databases and Pulumi state in ${dataFolder}?`))) return terminal.say("nothing was deleted");
      const databasesFolder = (await readLocalRecord(dataFolder))?.databasesFolder;
      await stopLocalCloud(settings, (line) => terminal.progress(line));
      await deleteData(dataFolder, present, databasesFolder);
      terminal.say(`deleted everything in ${dataFolder}; start anew: npx shipshape local start`);
    });
}

async function whatLiesThere(dataFolder: string): Promise<string[]> {
  const names = await readdir(dataFolder).catch((): string[] => []);
  const foreign = names.filter((name) => !ours.some((known) => name === known || name.startsWith(`${known}.`)));
  if (foreign.length > 0) throw new ShipshapeError("reset-refused", { folder: dataFolder, reason: `it holds ${foreign.slice(0, 3).join(", ")}` });
  return names;
}

/** The record goes last: a reset that was interrupted then still knows where the databases lie. */
async function deleteData(dataFolder: string, present: string[], databasesFolder: string | undefined): Promise<void> {
  const elsewhere = databasesFolder !== undefined && !databasesFolder.startsWith(dataFolder + sep) && (await isFolder(databasesFolder));
  if (elsewhere) await rm(databasesFolder, { recursive: true, force: true });
  for (const name of present.filter((name) => name !== "localcloud.json")) await rm(join(dataFolder, name), { recursive: true, force: true });
  await rm(join(dataFolder, "localcloud.json"), { force: true });
  await rmdir(dataFolder);
}

const isFolder = (path: string): Promise<boolean> => stat(path).then((entry) => entry.isDirectory(), () => false);
