import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The Pulumi engine that `local start` found, downloaded or built; `local env` puts its folder on PATH. */
export interface EngineRecord {
  version: string;
  folder: string;
  source: string;
}

const engineFile = (dataFolder: string) => join(dataFolder, "engine.json");

export async function recordEngine(dataFolder: string, engine: EngineRecord): Promise<void> {
  await writeFile(engineFile(dataFolder), `${JSON.stringify(engine, undefined, 2)}\n`);
}

export async function readEngine(dataFolder: string): Promise<EngineRecord | undefined> {
  try {
    return JSON.parse(await readFile(engineFile(dataFolder), "utf8")) as EngineRecord;
  } catch {
    return undefined;
  }
}
