/** The data folder of the embedded cloud. */
import { access, constants, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { reasonOf, ShipshapeError } from "../errors";
import type { Settings } from "../settings";
import { embeddedCloud } from "./embedded-cloud";
import { ensurePassphrase } from "./local-passphrase";

/**
 * Everything that a data folder may contain, besides evidence. Nothing else is ever deleted, whatever folder was named.
 * The record of the start goes last.
 */
export const ours = [
  "localcloud.json",
  "localcloud.log",
  "access-keys",
  "cloud",
  "control-plane",
  "databases",
  "ca",
  "demo",
  "platform",
  "platform.log",
  "pulumi-home",
  "pulumi-state",
  "workspaces",
  "passphrase",
  "start.json",
];

export const ignoreFile = ".gitignore";
export const ignoreAll = "*\n";

export async function prepareDataFolder({
  dataFolder,
  inCheckout,
}: Pick<Settings, "dataFolder" | "inCheckout">): Promise<void> {
  try {
    await mkdir(dataFolder, { recursive: true });
    await ignoreInGit(dataFolder);
    embeddedCloud().closedDataFolder(dataFolder);
    ensurePassphrase(dataFolder, { inCheckout });
    await access(dataFolder, constants.W_OK | constants.X_OK);
  } catch (thrown) {
    throw new ShipshapeError("local-folder-unusable", { dataFolder, reason: reasonOf(thrown) }, { cause: thrown });
  }
}

/**
 * It contains passwords and keys, which "git add ." must not add. A folder with anything else in it may be a project's
 * own: what git ignores there, its owner decides.
 */
async function ignoreInGit(dataFolder: string): Promise<void> {
  const isOurs = (name: string) => ours.includes(name) || /^evidence(-kept-\d+)?$/.test(name);
  if ((await readdir(dataFolder)).every(isOurs)) await writeFile(join(dataFolder, ignoreFile), ignoreAll);
}
