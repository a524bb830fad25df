import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Engine } from "./engine-types";
import { engineVersion, type ToolchainSettings } from "./settings";

/** Written last, before the folder gets its name: an engine without it is incomplete and never used. */
const completeFile = "complete.json";
const partialPrefix = ".partial-";

/** The engine in the user's cache, if there is a complete one. */
export function cachedEngine({ cacheFolder }: ToolchainSettings): Engine | undefined {
  const folder = join(cacheFolder, engineVersion);
  try {
    const complete = JSON.parse(readFileSync(join(folder, completeFile), "utf8")) as {
      version: string;
      source: Engine["source"];
    };
    if (complete.version !== engineVersion || !existsSync(join(folder, "pulumi"))) return undefined;
    return { version: engineVersion, folder, source: complete.source };
  } catch {
    return undefined;
  }
}

/**
 * Lets `fill` put the engine into a temporary folder, which gets its final name only when complete. The caller holds
 * the lock, so leftovers of other attempts are unused and are removed.
 */
export async function keepEngine(
  settings: ToolchainSettings,
  source: "download" | "built",
  fill: (folder: string) => Promise<void>,
): Promise<Engine> {
  const { cacheFolder } = settings;
  mkdirSync(cacheFolder, { recursive: true });
  for (const name of readdirSync(cacheFolder)) {
    if (name.startsWith(partialPrefix)) rmSync(join(cacheFolder, name), { recursive: true, force: true });
  }
  const partial = mkdtempSync(join(cacheFolder, partialPrefix));
  try {
    const engine = join(partial, "engine");
    mkdirSync(engine);
    await fill(engine);
    // The language host is a script without an extension: Node looks for this file to decide how to load it, and must
    // not find one of the user's further up.
    writeFileSync(join(engine, "package.json"), '{"type":"commonjs"}\n');
    writeFileSync(
      join(engine, completeFile),
      `${JSON.stringify({ version: engineVersion, source, completedAt: new Date().toISOString() })}\n`,
    );
    const final = join(cacheFolder, engineVersion);
    if (existsSync(final)) renameSync(final, join(partial, "replaced"));
    renameSync(engine, final);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  const engine = cachedEngine(settings);
  if (engine === undefined) throw new Error(`the engine in ${cacheFolder} cannot be read back`);
  return engine;
}
