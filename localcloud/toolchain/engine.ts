import { engineOnPath } from "./engine-on-path";
import type { Engine, Progress } from "./engine-types";
import { buildEngine } from "./engine-build";
import { cachedEngine, keepEngine } from "./engine-cache";
import { downloadEngine } from "./engine-download";
import { installLanguageHost } from "./language-host-install";
import { withLock } from "./lock";
import { engineVersion, toolchainSettings, type ToolchainSettings } from "./settings";

export type { Engine, Progress } from "./engine-types";

/** No engine could be found or installed; the message lists each way and why it failed. */
export class EngineMissingError extends Error {
  readonly code = "engine-missing";
}

/**
 * Finds or installs the Pulumi engine: on PATH, in the user's cache, from the official download, built with Go, in this
 * order. Under half a second when it is there; about a minute to download and six to build, once per user.
 * @throws EngineMissingError when none of the ways works
 */
export async function ensureEngine(
  progress: Progress,
  settings: ToolchainSettings = toolchainSettings(),
): Promise<Engine> {
  const onPath = await attempt(() => engineOnPath(settings));
  if (onPath.engine) return onPath.engine;
  const cached = await ready(settings);
  if (cached) return cached;

  return withLock(`${settings.cacheFolder}/${engineVersion}.lock`, progress, async () => {
    const meanwhile = await ready(settings); // another process may have installed it while we waited for the lock
    if (meanwhile) return meanwhile;
    const downloaded = await attempt(() =>
      keepEngine(settings, "download", (folder) => downloadEngine(settings, folder, progress)),
    );
    if (downloaded.engine) return downloaded.engine;
    progress(`the Pulumi engine cannot be downloaded (${downloaded.reason}); building it with Go instead`);
    const built = await attempt(() =>
      keepEngine(settings, "built", (folder) => buildEngine(settings, folder, progress)),
    );
    const engine = built.engine && (await ready(settings));
    if (engine) return engine;
    throw new EngineMissingError(
      [
        `no Pulumi engine ${engineVersion} or newer. Three ways were tried:`,
        `  1. pulumi on PATH: ${onPath.reason}`,
        `  2. the official download: ${downloaded.reason}`,
        `  3. building it with Go: ${built.reason}`,
        `Fix one of them and try again; https://www.pulumi.com/docs/install/ explains how to install Pulumi.`,
      ].join("\n"),
    );
  });
}

/** The engine kept in the cache; one that was built gets this version's language host. */
async function ready(settings: ToolchainSettings): Promise<Engine | undefined> {
  const engine = cachedEngine(settings);
  if (engine?.source === "built") await installLanguageHost(settings, engine.folder);
  return engine;
}

async function attempt(way: () => Promise<Engine>): Promise<{ engine?: Engine; reason: string }> {
  try {
    return { engine: await way(), reason: "" };
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}
