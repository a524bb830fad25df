import { readFile, readdir, rename, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { ShipshapeError } from "../errors";
import type { Settings } from "../settings";
import type { CommandContext } from "./command-context";
import { memoryOf } from "./evidence-log";
import { ignoreAll, ignoreFile, ours } from "./local-folder";
import { stopLocalCloud } from "./local-stop";
import { readStartRecord } from "./start-record";

export async function reset(
  options: { yes?: boolean; json?: boolean },
  { settings, terminal }: CommandContext,
): Promise<void> {
  const { dataFolder } = settings;
  const present = await knownContent(dataFolder);
  const nothing = (text: string) =>
    options.json
      ? terminal.json("local reset", { dataFolder, deleted: false, left: [], keptEvidence: null })
      : terminal.say(text);
  if (present.length === 0) return nothing(`nothing to delete in ${dataFolder}`);
  const keepsEvidence = hasSigned(settings);
  if (
    !options.yes &&
    !(await terminal.confirm("deleting all data", `Delete all databases and Pulumi state in ${dataFolder}?`))
  )
    return nothing("nothing was deleted");
  await stopLocalCloud(settings, (line) => terminal.progress(line));
  const kept = keepsEvidence
    ? await keepEvidence(dataFolder)
    : void (await rm(join(dataFolder, "evidence"), { recursive: true, force: true }));
  const left = (await deleteData(dataFolder)).filter((name) => !isKeptEvidence(name));
  if (options.json)
    return terminal.json("local reset", { dataFolder, deleted: true, left, keptEvidence: kept ?? null });
  terminal.say(
    `deleted all data in ${dataFolder}${left.length > 0 ? `, except what is not ours: ${left.join(", ")}` : ""}; start again: npx shipshape local start`,
  );
  if (kept)
    terminal.say(
      `the key of evidence that was signed here is kept in ${kept}: delete it once that evidence no longer needs verifying`,
    );
}

/** Whether the key in the folder ever signed anything: the log goes with the databases, but exports stay. */
const hasSigned = (settings: Settings): boolean => memoryOf(settings).hasHead;

async function keepEvidence(dataFolder: string): Promise<string> {
  const kept = join(dataFolder, `evidence-kept-${new Date().toISOString().replace(/\D/g, "")}`);
  await rename(join(dataFolder, "evidence"), kept);
  return kept;
}
const isKeptEvidence = (name: string): boolean => /^evidence-kept-\d+$/.test(name);

async function knownContent(dataFolder: string): Promise<string[]> {
  const names = (await readdir(dataFolder).catch((): string[] => [])).filter(
    (name) => !isKeptEvidence(name) && name !== ignoreFile,
  );
  if (names.length > 0 && !names.some((name) => ours.includes(name) || name === "evidence")) {
    throw new ShipshapeError("reset-refused", {
      folder: dataFolder,
      reason: `it contains ${names.slice(0, 3).join(", ")}, but nothing that \`local start\` creates`,
    });
  }
  return names;
}

/** An interrupted reset still knows where the databases are, and can be repeated. Returns what was left alone. */
async function deleteData(dataFolder: string): Promise<string[]> {
  const databasesFolder = (await readStartRecord(dataFolder))?.databasesFolder;
  // Outside the data folder only the path that the server uses, whatever the record says: .../shipshape-<uid>/<hash of
  // this data folder>.
  if (databasesFolder !== undefined && /\/shipshape-\d+\/[0-9a-f]+$/.test(databasesFolder))
    await rm(databasesFolder, { recursive: true, force: true });
  for (const name of ours) await rm(join(dataFolder, name), { recursive: true, force: true });
  const left = (await readdir(dataFolder)).filter((name) => name !== ignoreFile);
  const ignored = join(dataFolder, ignoreFile);
  if (left.length === 0 && (await readFile(ignored, "utf8").catch(() => "")) === ignoreAll) await rm(ignored);
  if ((await readdir(dataFolder)).length === 0) await rmdir(dataFolder);
  return left;
}
