import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

/** The engine version that is downloaded or built, and the oldest accepted on PATH. */
export const engineVersion = "3.250.0";

/** What the toolchain reads from the environment; only this file reads it. */
export interface ToolchainSettings {
  /** Folder with one `<version>/` per engine. */
  cacheFolder: string;
  /** The folders of PATH, in order. */
  path: string[];
  /** Where the official download is fetched from, without a trailing slash. */
  downloadBase: string;
  /** Where its checksums are published. */
  checksumBase: string;
  /** Folder with go.mod and go.sum of the engine, and, in the published package, the ready language host. */
  assetsFolder: string;
}

export function toolchainSettings(environment: NodeJS.ProcessEnv = process.env): ToolchainSettings {
  const userCache = environment["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  const mirror = environment["SHIPSHAPE_ENGINE_DOWNLOAD"]?.replace(/\/+$/, "");
  return {
    cacheFolder: join(userCache, "shipshape", "engine"),
    path: (environment["PATH"] ?? "").split(delimiter).filter((folder) => folder !== ""),
    downloadBase: mirror ?? "https://get.pulumi.com/releases/sdk",
    checksumBase: mirror ?? `https://github.com/pulumi/pulumi/releases/download/v${engineVersion}`,
    assetsFolder: assetsFolder(),
  };
}

/** Next to this file in the checkout; in the published package everything else is bundled into one folder. */
function assetsFolder(): string {
  return existsSync(join(__dirname, "go.mod")) ? __dirname : join(__dirname, "toolchain");
}

/** The environment of a started tool: ours with some variables replaced. */
export function toolEnvironment({ path }: ToolchainSettings, replaced: Record<string, string>): NodeJS.ProcessEnv {
  return { ...process.env, PATH: path.join(delimiter), ...replaced };
}
