import { chmodSync, existsSync, mkdirSync, realpathSync } from "node:fs";
import { join } from "node:path";

/**
 * Folders that hold secrets, now or later. PostgreSQL closes its own folders below `databases`; in `ca` only the
 * private key is closed.
 */
const privateFolders = ["access-keys", "cloud", "demo", "pulumi-home", "pulumi-state", "workspaces"];
const privateFiles = ["localcloud.json", "localcloud.log", "passphrase", "start.json"];

/**
 * Creates the data folder if it is missing and closes it to all other users of this machine, whatever the umask.
 * Returns its real path, so that everything derived from it is the same however the folder was named.
 */
export function closedDataFolder(dataFolder: string): string {
  if (!existsSync(dataFolder)) mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  const folder = realpathSync(dataFolder);
  // When root starts the cloud, PostgreSQL runs as another user, which can reach its own folders but cannot list this
  // one.
  chmodSync(folder, process.getuid?.() === 0 ? 0o711 : 0o700);
  for (const name of privateFolders) {
    mkdirSync(join(folder, name), { recursive: true, mode: 0o700 });
    chmodSync(join(folder, name), 0o700);
  }
  for (const name of privateFiles) if (existsSync(join(folder, name))) chmodSync(join(folder, name), 0o600);
  return folder;
}
