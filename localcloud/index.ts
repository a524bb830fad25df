// The exports of the package `shipshape-localcloud` for the command `shipshape local`, which starts the cloud and signs
// its calls.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

export { ensureAccessKey, keyIdOf } from "./access/access-keys";
export { closedDataFolder } from "./access/data-folder";
export { fetchSigned } from "./access/signature";
export { installPlugins } from "./plugins/bundle";
export { availableVersions, howToAdd } from "./postgres/binaries";
export { folderTakenExitCode } from "./server/storage/data-folder-lock";
export { ensureEngine } from "./toolchain/engine";
export { version } from "./package.json";

/** What Node needs to run the server's process: in a checkout its sources, in the published package the bundle. */
export function serverArguments(): string[] {
  const sources = join(__dirname, "main.ts");
  if (!existsSync(sources)) return [join(__dirname, "server.cjs")];
  return ["--import", pathToFileURL(require.resolve("tsx")).href, sources];
}
