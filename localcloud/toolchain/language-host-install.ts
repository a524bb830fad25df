import { createHash, randomUUID } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { bundleLanguageHost } from "./language-host-bundle";
import type { ToolchainSettings } from "./settings";

const executable = "pulumi-language-nodejs";

/**
 * Puts our Node.js language host next to an engine that was built from source; in the same folder the engine treats it
 * as bundled and does not look for a plugin. Idempotent, and safe while the engine runs: files are replaced by
 * renaming.
 */
export async function installLanguageHost({ assetsFolder }: ToolchainSettings, engineFolder: string): Promise<void> {
  const prebuilt = join(assetsFolder, executable);
  const version = existsSync(prebuilt) ? digest([prebuilt]) : digest(sources(assetsFolder));
  const marker = join(engineFolder, `${executable}.sha256`);
  const target = join(engineFolder, executable);
  if (existsSync(target) && readIfThere(marker) === version) return;

  const fresh = `${target}-${randomUUID()}`;
  try {
    if (existsSync(prebuilt)) copyFileSync(prebuilt, fresh);
    else await bundleLanguageHost(fresh);
    chmodSync(fresh, 0o755);
    renameSync(fresh, target);
    writeFileSync(`${fresh}.sha256`, version);
    renameSync(`${fresh}.sha256`, marker);
  } finally {
    rmSync(fresh, { force: true });
  }
}

/** The inputs of the bundle: the host's files, how they are bundled, and the versions of what they import. */
function sources(assetsFolder: string): string[] {
  const folder = join(assetsFolder, "language-host");
  const own = readdirSync(folder)
    .filter((name) => name.endsWith(".ts"))
    .sort()
    .map((name) => join(folder, name));
  return [...own, join(assetsFolder, "language-host-bundle.ts"), join(assetsFolder, "..", "..", "package-lock.json")];
}

function digest(files: string[]): string {
  const hash = createHash("sha256");
  for (const file of files) hash.update(readFileSync(file)).update("\0");
  return hash.digest("hex");
}

function readIfThere(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}
