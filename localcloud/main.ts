import { rmSync } from "node:fs";
import type { Server } from "node:http";
import { join } from "node:path";
import { ensureAccessKey } from "./access/access-keys";
import { closedDataFolder } from "./access/data-folder";
import { ensureAuthority } from "./postgres/certificates";
import { FolderTakenError, folderTakenExitCode, takeFolder } from "./server/storage/data-folder-lock";
import { Accounts } from "./server/accounts";
import { ControlPlaneDatabase } from "./server/control-plane-database";
import { serveHttp } from "./server/wire/http";
import { listenOnLastPort } from "./server/wire/listener";
import { log } from "./server/log";
import { writeDurably } from "./server/storage/store";
import { endpoints } from "./server/endpoints";
import { readSettings } from "./settings";

/**
 * The embedded cloud's server process: locks its data folder, resumes unfinished operations, listens, and shuts down
 * cleanly.
 */
async function main(): Promise<void> {
  // Files created without an explicit mode are readable only by us too.
  process.umask(0o077);
  const given = readSettings();
  const settings = { ...given, dataFolder: closedDataFolder(given.dataFolder) };
  await takeFolder(settings.dataFolder);
  // Before the first database: clients' environments name this file from now on, and Node warns at every start while it
  // is missing.
  await ensureAuthority(join(settings.dataFolder, "ca"));
  ensureAccessKey(settings.dataFolder);
  const accounts = new Accounts(settings);
  const cloud = accounts.owner;
  const controlPlane = new ControlPlaneDatabase(cloud);
  const server = serveHttp(accounts, endpoints);
  const { port, reason: portReason } = await listenOnLastPort(server, settings.port, cloud.store);
  await Promise.all([accounts.begin(), controlPlane.begin()]);

  const whereabouts = join(settings.dataFolder, "localcloud.json");
  const stop = once(() => end(accounts, controlPlane, server, whereabouts));
  cloud.requestStop = stop;
  process.on("SIGTERM", stop).on("SIGINT", stop);

  const url = `http://127.0.0.1:${port}`;
  const databasesFolder = cloud.instances.servers.databasesFolder;
  // Written once everything answers: a reader may call at once. Readable only by us (0600), as the URL holds a
  // password.
  writeDurably(
    whereabouts,
    JSON.stringify({
      pid: process.pid,
      port,
      portReason,
      url,
      startedAt: new Date().toISOString(),
      databasesFolder,
      controlPlaneUrl: controlPlane.url,
    }),
  );
  log(`listening on ${url}, data in ${settings.dataFolder}`);
  if (portReason) log(portReason);
  if (cloud.instances.servers.folderReason) log(cloud.instances.servers.folderReason);
}

/** No new calls, then no databases, then no process: nothing listens afterwards. */
async function end(
  accounts: Accounts,
  controlPlane: ControlPlaneDatabase,
  server: Server,
  whereabouts: string,
): Promise<void> {
  log("stopping");
  rmSync(whereabouts, { force: true });
  server.close();
  await Promise.all([accounts.close(), controlPlane.close()]);
  server.closeAllConnections();
  log("stopped");
  process.exit(0);
}

function once(action: () => Promise<void>): () => void {
  let begun: Promise<void> | undefined;
  return () => {
    begun ??= action().catch(failed);
  };
}

function failed(error: unknown): void {
  // The user who started it reads this line; a stack trace would only be noise.
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error instanceof FolderTakenError ? folderTakenExitCode : 1);
}

main().catch(failed);
