import { homedir } from "node:os";
import { join, resolve } from "node:path";

/**
 * Everything the embedded cloud reads from its environment. Apart from the plugins' and the toolchain's own settings,
 * only this file reads `process.env`.
 */
export interface LocalCloudSettings {
  /**
   * The folder of all its data; an absolute path: `SHIPSHAPE_DATA_FOLDER`.
   * @default `.shipshape` of the working folder
   */
  dataFolder: string;
  /** TCP port of the HTTP server on 127.0.0.1; 0 lets the kernel choose: `SHIPSHAPE_LOCAL_PORT`. @default 0 */
  port: number;
  /**
   * Per-user cache: PostgreSQL views and templates. `shipshape` in `XDG_CACHE_HOME`.
   * @default `~/.cache/shipshape`
   */
  cacheFolder: string;
  /**
   * The user that runs PostgreSQL when the server runs as root, which PostgreSQL refuses. `SHIPSHAPE_POSTGRES_USER`.
   * @default `nobody`
   */
  postgresUser: string;
  /**
   * The memory a database assumes, whatever its instance class: a laptop that runs ten `db.r7g.4xlarge` does not have
   * 1,280 GiB. `SHIPSHAPE_DATABASE_MEMORY_MIB`, in MiB.
   * @default 512
   */
  databaseMemoryCapBytes: number;
}

export function readSettings(environment: NodeJS.ProcessEnv = process.env): LocalCloudSettings {
  return {
    dataFolder: resolve(environment.SHIPSHAPE_DATA_FOLDER ?? ".shipshape"),
    port: wholeNumber("SHIPSHAPE_LOCAL_PORT", environment.SHIPSHAPE_LOCAL_PORT, 0, 0, 65535),
    cacheFolder: join(environment.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "shipshape"),
    postgresUser: environment.SHIPSHAPE_POSTGRES_USER ?? "nobody",
    databaseMemoryCapBytes:
      wholeNumber("SHIPSHAPE_DATABASE_MEMORY_MIB", environment.SHIPSHAPE_DATABASE_MEMORY_MIB, 512, 128, 1_048_576) *
      1024 *
      1024,
  };
}

function wholeNumber(name: string, text: string | undefined, fallback: number, min: number, max: number): number {
  if (text === undefined || text === "") return fallback;
  const value = Number(text);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new Error(`${name} is '${text}'; it must be a whole number from ${min} to ${max}`);
}
