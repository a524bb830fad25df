import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type BackupManifest, checkManifest, readManifest } from "./backup-manifest";
import { awaitBoth, copyEntries, syncFolder } from "./copying";
import { limits } from "./limits";
import { ManagedServer } from "./managed-server";
import { PostgresError } from "./postgres-errors";
import type { PostgresServer, PostgresServerSettings } from "./server-types";
import { createReachableFolder, createServerFolder, writeServerFile } from "./server-files";
import { freePort, readServerRecord, removeServer, startedAgain, writeServerRecord } from "./server-lifecycle";
import { chownToServerUser, serverUser } from "./server-user";
import { emptyArchive, firstMissingSegment, segmentsIn } from "./wal-archive";

/** The source of a restore. */
export interface RecoverySource {
  /** A base backup, online or cold. */
  backupFolder: string;
  /** The time to recover to, with the WAL up to it. @default when the backup was complete */
  pointInTime?: { archiveFolder: string; target: Date } | undefined;
  masterUsername: string;
}

/**
 * Creates a server from a base backup and leaves it running, its data on disk, on a new timeline. Safe to call again
 * after a kill at any moment: like a creation it writes `server.json` last, and starts over when that is missing.
 * @throws PostgresError cannot-recover, naming the file; disk-full, incompatible-parameters, binaries-missing. After a
 * failure no process or file is left.
 */
export async function restoreServer(settings: PostgresServerSettings, source: RecoverySource): Promise<PostgresServer> {
  if (readServerRecord(settings.folder) !== undefined) {
    return await startedAgain(settings);
  }
  await removeServer(settings.folder);
  await emptyArchive(settings.archiveFolder);
  try {
    const manifest = await checkedCopy(source.backupFolder, settings.folder);
    await prepareRecovery(join(settings.folder, "data"), source, manifest);
    // The copy is synced to disk while PostgreSQL replays; what PostgreSQL writes meanwhile is synced at the end.
    const [server] = await awaitBoth(recover(settings, source, manifest), syncFolder(settings.folder));
    await syncFolder(settings.folder);
    await writeServerRecord(settings.folder, { port: server.port, masterUsername: source.masterUsername });
    return server;
  } catch (error) {
    await removeServer(settings.folder);
    throw error;
  }
}

/** Checked while it is copied: an incomplete backup is rare, and its copy is removed. */
async function checkedCopy(backup: string, folder: string): Promise<BackupManifest> {
  const manifest = await readManifest(backup);
  if (manifest === undefined) return checkManifest(backup); // which reports what is missing
  const [checked] = await awaitBoth(checkManifest(backup), copyBackup(backup, folder, manifest));
  return checked;
}

async function copyBackup(backup: string, folder: string, manifest: BackupManifest): Promise<void> {
  // A copy can outlive this process and keep writing, so each attempt uses its own folder until it is complete.
  const data = join(folder, `copy-${randomUUID()}`);
  await createReachableFolder(folder);
  await createServerFolder(data, serverUser());
  await copyEntries([`${join(backup, "data")}/.`], data, { ignoreMissing: false });
  if (manifest.mode === "online")
    await copyEntries(
      segmentsIn(join(backup, "wal")).map((name) => join(backup, "wal", name)),
      join(data, "pg_wal"),
      { ignoreMissing: false },
    );
  await rename(data, join(folder, "data"));
}

/** The last file of conf.d, so that it takes precedence; removed once the restore is finished. */
const recoveryFile = "conf.d/95-recovery.conf";

async function prepareRecovery(dataFolder: string, source: RecoverySource, manifest: BackupManifest): Promise<void> {
  const user = serverUser();
  const settings: Record<string, string> = {
    // Everything is synced to disk at the end, in one call.
    fsync: "off",
    // No client can connect before the target is reached, and settings smaller than the source's are not a problem.
    hot_standby: "off",
    recovery_target_action: "promote",
    recovery_target_timeline: "current",
    ...(source.pointInTime === undefined
      ? { recovery_target: "immediate", restore_command: "false" }
      : {
          recovery_target_time: postgresTime(source.pointInTime.target),
          restore_command: `cp ${shellQuoted(source.pointInTime.archiveFolder)}/%f "%p"`,
        }),
  };
  const lines = Object.entries(manifest.mode === "online" ? settings : { fsync: "off" }).map(
    ([name, value]) => `${name} = '${value.replaceAll("\\", "\\\\").replaceAll("'", "''")}'\n`,
  );
  await writeServerFile(
    { path: join(dataFolder, recoveryFile), content: `# While this database is being restored.\n${lines.join("")}` },
    user,
  );
  if (manifest.mode === "cold") return;
  await writeFile(join(dataFolder, "recovery.signal"), "", { mode: 0o600 });
  await chownToServerUser(join(dataFolder, "recovery.signal"), user);
}

async function recover(
  settings: PostgresServerSettings,
  source: RecoverySource,
  manifest: BackupManifest,
): Promise<PostgresServer> {
  for (let attempt = 1; ; attempt++) {
    const record = {
      port: settings.port === 0 ? await freePort() : settings.port,
      masterUsername: source.masterUsername,
    };
    const server = new ManagedServer(settings, record);
    try {
      await server.start();
    } catch (error) {
      if (
        settings.port === 0 &&
        attempt < limits.portAttempts &&
        error instanceof PostgresError &&
        error.code === "port-taken"
      )
        continue;
      throw unrecoverable(error, source, manifest);
    }
    await rm(join(server.dataFolder, recoveryFile));
    await server.applyParameters(settings.parameters); // that file was in effect until now
    await server.query("checkpoint");
    return server;
  }
}

/** PostgreSQL reports that recovery ended too early, not which file was missing. */
function unrecoverable(error: unknown, source: RecoverySource, manifest: BackupManifest): unknown {
  if (!(error instanceof PostgresError) || error.code !== "start-failed") return error;
  const { pointInTime } = source;
  if (pointInTime === undefined || manifest.startWal === undefined)
    return new PostgresError("cannot-recover", `the base backup does not recover: ${error.message}`, undefined, {
      cause: error,
    });
  const { name, isGap } = firstMissingSegment(manifest.startWal, [
    pointInTime.archiveFolder,
    join(source.backupFolder, "wal"),
  ]);
  const reason = isGap ? `the WAL segment ${name} is missing from the archive` : `the archived WAL ends before ${name}`;
  const damaged = existsSync(join(pointInTime.archiveFolder, name)) ? `the WAL segment ${name} cannot be read` : reason;
  return new PostgresError(
    "cannot-recover",
    `recovery to ${pointInTime.target.toISOString()} did not reach it: ${damaged}. ${error.message}`,
    undefined,
    {
      cause: error,
    },
  );
}

/** Not ISO 8601's `T…Z`, which PostgreSQL refuses in this setting. */
function postgresTime(time: Date): string {
  return time.toISOString().replace("T", " ").replace("Z", "+00");
}

function shellQuoted(path: string): string {
  return `'${path.replaceAll("'", `'\\''`).replaceAll("%", "%%")}'`;
}
