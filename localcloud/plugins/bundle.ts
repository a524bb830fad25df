import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, copyFile, mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pluginCacheFolder } from "./settings";

/** Plugins and the versions their SDKs require: the engine accepts no others. */
const versions: Record<string, string> = { aws: "7.48.0", postgresql: "3.18.1", random: "4.21.2" };

/** Long enough that switching between branches keeps the bundles of each. */
const bundleAgeMaxMilliseconds = 7 * 24 * 3600 * 1000;

/** `localcloud` of the checkout or, in the published package, the package's folder. */
const root = dirname(nearestPackageJson(__dirname));

/** A half-built bundle is never used: bundles appear under their name only when complete. */
const temporaryName = (name: string): string => `.${name}-${process.pid}-${Date.now()}`;

/** Builds each plugin into one executable file `pulumi-resource-<name>`, which needs only Node. */
export async function bundlePlugins(outFolder: string): Promise<void> {
  // A development dependency: the published package contains the bundles instead.
  const { build } = await import("esbuild");
  await mkdir(outFolder, { recursive: true });
  for (const name of Object.keys(versions)) {
    const outfile = join(outFolder, `pulumi-resource-${name}`);
    await build({
      entryPoints: [join(__dirname, name, "main.ts")],
      outfile,
      bundle: true,
      platform: "node",
      target: "node20",
      format: "cjs",
      banner: { js: "#!/usr/bin/env node" },
      // pg's optional native driver, which we do not use.
      external: ["pg-native"],
      legalComments: "none",
      logLevel: "error",
    });
    await chmod(outfile, 0o755);
  }
}

/** Puts the plugins where the engine looks. Idempotent, and safe to run concurrently. */
export async function installPlugins(pulumiHome: string): Promise<void> {
  const bundles = await findBundles();
  for (const [name, version] of Object.entries(versions)) {
    const executable = join(bundles, `pulumi-resource-${name}`);
    const folder = join(pulumiHome, "plugins", `resource-${name}-v${version}`);
    await mkdir(folder, { recursive: true });
    await installFile(executable, join(folder, basename(executable)));
  }
}

/**
 * Replaces a file in one step, so that an engine starting it at that moment gets either the old or the new file,
 * complete.
 */
async function installFile(from: string, to: string): Promise<void> {
  if (existsSync(to) && (await sameContent(from, to))) return;
  const temporary = join(dirname(to), temporaryName(basename(to)));
  await copyFile(from, temporary);
  await chmod(temporary, 0o755);
  await rename(temporary, to);
}

async function sameContent(a: string, b: string): Promise<boolean> {
  if ((await stat(a)).size !== (await stat(b)).size) return false;
  return (await readFile(a)).equals(await readFile(b));
}

/** Built beforehand in the published package; in a checkout built once per state of the sources. */
async function findBundles(): Promise<string> {
  const prebuilt = join(root, "dist", "plugins");
  const isCheckout = existsSync(join(__dirname, "adapter", "serve.ts"));
  if (!isCheckout) return prebuilt;

  const folder = join(pluginCacheFolder(), await sourceHash());
  if (existsSync(folder)) return folder;
  const temporary = join(dirname(folder), temporaryName(basename(folder)));
  await bundlePlugins(temporary);
  try {
    await rename(temporary, folder);
  } catch (error) {
    // Another process was faster; its bundles are of the same sources.
    await rm(temporary, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  await removeOldBundles(dirname(folder));
  return folder;
}

/** Every change of the sources leaves old bundles behind, and a killed build its temporary folder. */
async function removeOldBundles(cacheFolder: string): Promise<void> {
  for (const name of await readdir(cacheFolder)) {
    const folder = join(cacheFolder, name);
    const { mtimeMs } = await stat(folder).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > bundleAgeMaxMilliseconds) await rm(folder, { recursive: true, force: true });
  }
}

async function sourceHash(): Promise<string> {
  const hash = createHash("sha256").update(process.versions.node);
  const files = (await readdir(__dirname, { recursive: true })).filter((file) => file.endsWith(".ts")).sort();
  for (const file of files) hash.update(file).update(await readFile(join(__dirname, file)));
  hash.update(await readFile(join(root, "..", "package-lock.json")));
  return hash.digest("hex").slice(0, 16);
}

function nearestPackageJson(folder: string): string {
  const file = join(folder, "package.json");
  if (existsSync(file) || dirname(folder) === folder) return file;
  return nearestPackageJson(dirname(folder));
}
