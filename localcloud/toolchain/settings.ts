import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

/** The engine that is downloaded or built, and the oldest one on PATH that will do. */
export const engineVersion = "3.250.0";

/** What the toolchain takes from its surroundings; the only place that reads the environment for it. */
export interface ToolchainSettings {
  /** Folder that holds `<version>/` per engine. */
  cacheFolder: string;
  /** The folders of PATH, in order. */
  path: string[];
  /** Where the official download is fetched from, without a slash at the end. */
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

/**
 * Beside this file in the checkout; in the published package everything is bundled into one folder, with these apart.
 */
function assetsFolder(): string {
  return existsSync(join(__dirname, "go.mod")) ? __dirname : join(__dirname, "toolchain");
}

/** The environment of a tool that is started: ours with some of it replaced. */
export function toolEnvironment({ path }: ToolchainSettings, replaced: Record<string, string>): NodeJS.ProcessEnv {
  return { ...process.env, PATH: path.join(delimiter), ...replaced };
}
