import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** What the last `local start` found and later commands cannot find out themselves. */
export interface StartRecord {
  /** Found, downloaded or built; `local env` puts its folder on PATH. */
  engine: { version: string; folder: string; source: string };
  /**
   * `local reset` must find it even if nothing is running: it is elsewhere if PostgreSQL's user cannot reach the data
   * folder.
   */
  databasesFolder?: string | undefined;
}

const startFile = (dataFolder: string) => join(dataFolder, "start.json");

export async function writeStartRecord(dataFolder: string, record: StartRecord): Promise<void> {
  await writeFile(startFile(dataFolder), `${JSON.stringify(record, undefined, 2)}\n`, { mode: 0o600 });
}

export async function readStartRecord(dataFolder: string): Promise<StartRecord | undefined> {
  try {
    return JSON.parse(await readFile(startFile(dataFolder), "utf8")) as StartRecord;
  } catch {
    return undefined;
  }
}
