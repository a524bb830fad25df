import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { createServer as createListener } from "node:net";
import { join } from "node:path";
import { runAsAdministrator } from "./administrator";
import { runAsServer } from "./child-process";
import { limits } from "./limits";
import { ManagedServer } from "./managed-server";
import { PostgresError } from "./postgres-errors";
import type { MasterLogin, PostgresServer, PostgresServerSettings } from "./server-types";
import { livePostmaster, endOrphans } from "./processes";
import { masterStatements } from "./rights";
import { passwordVerifier } from "./scram";
import { createReachableFolder, createServerFolder, writeRecord } from "./server-files";
import { serverFolders } from "./server-folders";
import { type ServerUser, serverUser } from "./server-user";
import { stopPostmaster } from "./postmaster";
import { template } from "./template";
import { emptyArchive } from "./wal-archive";

/**
 * Creates a server and leaves it running. Safe to call again after a kill at any moment: `server.json` is written last,
 * and a folder without it is started over. Called for a finished one, it opens and starts it.
 * @throws PostgresError binaries-missing, disk-full, port-taken, incompatible-parameters, start-failed
 */
export async function createServer(settings: PostgresServerSettings, master: MasterLogin): Promise<PostgresServer> {
  if (readServerRecord(settings.folder) !== undefined) {
    return await startedAgain(settings);
  }
  await removeServer(settings.folder);
  await emptyArchive(settings.archiveFolder);
  try {
    const { dataFolder } = await template(settings.engineVersion);
    await createReachableFolder(settings.folder);
    // A copy can outlive this process and keep writing, so each attempt uses its own folder until it is complete.
    const copy = join(settings.folder, `copy-${randomUUID()}`);
    await copyTemplate(dataFolder, copy, serverUser());
    await rename(copy, join(settings.folder, "data"));
    return await firstStart(settings, master);
  } catch (error) {
    await removeServer(settings.folder);
    throw error;
  }
}

/** A finished server, running with these parameters: it may have been started with others. */
export async function startedAgain(settings: PostgresServerSettings): Promise<PostgresServer> {
  const server = await openServer(settings);
  await server.start();
  await server.applyParameters(settings.parameters);
  return server;
}

/**
 * Opens an existing server: running when its process is (whichever process started it), else stopped or crashed.
 * @throws PostgresError not-created when the folder has no finished server, binaries-missing
 */
export async function openServer(settings: PostgresServerSettings): Promise<PostgresServer> {
  const record = readServerRecord(settings.folder);
  if (record === undefined)
    throw new PostgresError("not-created", `${settings.folder} has no finished server`, "Create it.");
  await template(settings.engineVersion); // binaries first: everything later needs them
  const server = new ManagedServer(settings, { ...record, port: settings.port === 0 ? record.port : settings.port });
  if (server.port !== record.port) await writeServerRecord(settings.folder, { ...record, port: server.port });
  if (livePostmaster(server.dataFolder) === undefined) await endOrphans(server.dataFolder);
  return server;
}

/** What must not change, or must be known before the server can be queried. */
export interface ServerRecord {
  port: number;
  masterUsername: string;
}

function firstStart(settings: PostgresServerSettings, master: MasterLogin): Promise<PostgresServer> {
  return startOnFreePort(settings, master.username, (server) =>
    runAsAdministrator(
      server,
      masterStatements(master.username, passwordVerifier(master.password), master.databaseName),
    ),
  );
}

/** Starts a new server, on the port of its settings or any free one, and finishes it; `server.json` is written last. */
export async function startOnFreePort(
  settings: PostgresServerSettings,
  masterUsername: string,
  finish: (server: PostgresServer) => Promise<void> = () => Promise.resolve(),
): Promise<PostgresServer> {
  for (let attempt = 1; ; attempt++) {
    const record: ServerRecord = { port: settings.port === 0 ? await freePort() : settings.port, masterUsername };
    const server = new ManagedServer(settings, record);
    try {
      await server.start();
    } catch (error) {
      const mayTryAnother = settings.port === 0 && attempt < limits.portAttempts;
      if (mayTryAnother && error instanceof PostgresError && error.code === "port-taken") continue;
      throw error;
    }
    await finish(server);
    await writeServerRecord(settings.folder, record);
    return server;
  }
}

/** cp clones where the file system can, and keeps owners. Not synced: what a power failure loses is created again. */
async function copyTemplate(from: string, to: string, user: ServerUser): Promise<void> {
  await createServerFolder(to, user);
  const cloning = process.platform === "darwin" ? ["-c"] : [];
  const { code, output } = await runAsServer(user, "cp", [...cloning, "-a", `${from}/.`, to], {
    milliseconds: limits.bootstrapMilliseconds,
  });
  if (code === 0) return;
  if (output.includes("No space left on device"))
    throw new PostgresError(
      "disk-full",
      `no space left for ${to}`,
      "Free space on the disk, then create the database again.",
    );
  throw new PostgresError("start-failed", `copying the template failed: ${output.trim().split("\n")[0]}`);
}

/** Removes a server, complete or left half-made by a killed create: its processes first, then its folder. */
export async function removeServer(folder: string): Promise<void> {
  const folders = serverFolders(folder);
  await stopPostmaster({ ...folders, user: serverUser() }, "immediate");
  await rm(join(folder, "server.json"), { force: true }); // first: what a kill leaves is then not a finished server
  // A copy started by a killed process may still be adding files; it ends once its folder is gone.
  for (const path of [folder, folders.socketFolder])
    await rm(path, {
      recursive: true,
      force: true,
      maxRetries: limits.removeAttempts,
      retryDelay: limits.removeRetryMilliseconds,
    });
}

export function readServerRecord(folder: string): ServerRecord | undefined {
  if (!existsSync(join(folder, "data", "PG_VERSION"))) return undefined;
  try {
    return JSON.parse(readFileSync(join(folder, "server.json"), "utf8")) as ServerRecord;
  } catch {
    return undefined;
  }
}

export function writeServerRecord(folder: string, record: ServerRecord): Promise<void> {
  return writeRecord(join(folder, "server.json"), record);
}

/** A port that is free at this moment; PostgreSQL may still find it taken. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const listener = createListener();
    listener.on("error", reject);
    listener.listen(0, "127.0.0.1", () => {
      const address = listener.address();
      listener.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
