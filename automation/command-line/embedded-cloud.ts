import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { version } from "../../package.json";
import { reasonOf, ShipshapeError } from "../errors";

/** As in AWS: the id names the caller, the secret proves it. */
export interface AccessKey {
  accessKeyId: string;
  secretAccessKey: string;
}

/**
 * What the package `shipshape-localcloud` exports. The product does not import it, as it is a development dependency of
 * those who use it: it is loaded when a command needs it. `test/localcloud/package.test.ts` holds this to its exports.
 */
export interface EmbeddedCloud {
  version: string;
  /** The key with that id in a data folder, created if missing. @default the key of the user who started the cloud */
  ensureAccessKey(dataFolder: string, accessKeyId?: string): AccessKey;
  /** `alice` → `AKIAALICE00000000000` */
  keyIdOf(userName: string, accountId?: string): string;
  /** Creates the data folder, closes it to other users of the machine, and returns its real path. */
  closedDataFolder(dataFolder: string): string;
  /** Calls one of the cloud's own routes. */
  fetchSigned(
    url: URL,
    key: AccessKey,
    call: { method: string; body?: string | undefined; signal?: AbortSignal },
  ): Promise<Response>;
  /** Puts the Pulumi plugins where the engine looks. */
  installPlugins(pulumiHome: string): Promise<void>;
  /** Minor versions of PostgreSQL on this machine, oldest first. */
  availableVersions(): string[];
  /** What to run for a version of PostgreSQL that is not installed. */
  howToAdd(version: string): string;
  /** Finds the Pulumi engine, or gets it. */
  ensureEngine(progress: (line: string) => void): Promise<{ version: string; folder: string; source: string }>;
  /** What Node needs to run the server's process. */
  serverArguments(): string[];
  /** The exit code of a server whose data folder is in use by another. */
  folderTakenExitCode: number;
}

const packageName = "shipshape-localcloud";

/** @throws ShipshapeError local-cloud-missing */
export function embeddedCloud(): EmbeddedCloud {
  const sources = join(__dirname, "..", "..", "localcloud", "index.ts");
  if (existsSync(sources)) return createRequire(__filename)(sources) as EmbeddedCloud;
  const cloud = installed();
  if (cloud.version !== version) throw missing(`the one of version ${cloud.version} is installed`);
  return cloud;
}

/** Installed with the current project, or with this package. */
function installed(): EmbeddedCloud {
  const [project, here] = [createRequire(join(process.cwd(), "package.json")), createRequire(__filename)];
  for (const from of [project, here]) {
    let file: string;
    try {
      file = from.resolve(packageName);
    } catch {
      continue;
    }
    try {
      return from(file) as EmbeddedCloud;
    } catch (thrown) {
      throw missing(`the one installed cannot be loaded: ${reasonOf(thrown)}`);
    }
  }
  throw missing("it is not installed");
}

const missing = (reason: string) =>
  new ShipshapeError("local-cloud-missing", { reason, packageToAdd: `${packageName}@${version}` });
