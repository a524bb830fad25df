import { chmodSync, existsSync, mkdirSync, realpathSync } from "node:fs";
import { join } from "node:path";

/**
 * What holds secrets, or may one day. PostgreSQL's own folders below `databases` are closed one by one, and of `ca` the
 * private key.
 */
const privateFolders = ["access-keys", "cloud", "demo", "pulumi-home", "pulumi-state", "workspaces"];
const privateFiles = ["localcloud.json", "localcloud.log", "passphrase", "start.json"];

/**
 * The data folder, made or found, closed to all other users of this machine, whatever the umask says; one made before
 * is closed too. Gives its real path: everything made from it is then the same whichever way it was named.
 */
export function closedDataFolder(dataFolder: string): string {
  if (!existsSync(dataFolder)) mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  const folder = realpathSync(dataFolder);
  // Started by root, PostgreSQL runs as another user, who passes through to its own folders and cannot list this one.
  chmodSync(folder, process.getuid?.() === 0 ? 0o711 : 0o700);
  for (const name of privateFolders) {
    mkdirSync(join(folder, name), { recursive: true, mode: 0o700 });
    chmodSync(join(folder, name), 0o700);
  }
  for (const name of privateFiles) if (existsSync(join(folder, name))) chmodSync(join(folder, name), 0o600);
  return folder;
}
