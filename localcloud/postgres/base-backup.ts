import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { open, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Client } from "pg";
import { type ServerLocation, connectAsAdministrator } from "./administrator";
import { type BackupManifest, checkManifest, readManifest, writeManifest } from "./backup-manifest";
import { awaitBoth, copyEntries, syncFolder } from "./copying";
import { verifyPages } from "./page-verification";
import { createReachableFolder, createServerFolder, writeServerFile } from "./server-files";
import { serverUser } from "./server-user";

/**
 * Copies a running server's files and verifies every page meanwhile. The backup has another name until it is complete
 * and on disk, so a kill at any moment leaves a complete backup or none. Called again for a finished one, it only
 * returns its manifest.
 * @throws PostgresError corrupt-page, disk-full
 */
export async function takeBaseBackup(
  server: ServerLocation,
  engineVersion: string,
  target: string,
): Promise<BackupManifest> {
  return buildBackup(target, async (folder) => {
    const client = await connectAsAdministrator(server);
    try {
      // Keeps the segments it needs from being recycled meanwhile; the slot is dropped with this connection.
      await client.query(
        "select pg_create_physical_replication_slot('rdsadmin_backup_' || pg_backend_pid(), true, true)",
      );
      await client.query("select pg_backup_start('shipshape', true)");
      await awaitBoth(verifyPages(server), copyData(server.dataFolder, join(folder, "data")));
      const { label, stopWal, stoppedAt } = await stopBackup(client);
      const startWal = /START WAL LOCATION: \S+ \(file ([0-9A-F]{24})\)/.exec(label)?.[1] ?? stopWal;
      await writeServerFile({ path: join(folder, "data", "backup_label"), content: label }, serverUser());
      await copyWal(join(server.dataFolder, "pg_wal"), join(folder, "wal"), startWal, stopWal);
      return { mode: "online", engineVersion, startWal, stopWal, stoppedAt };
    } finally {
      await client.end();
    }
  });
}

/** A copy of a server that was shut down cleanly: its files are consistent as they are. */
export async function takeColdBackup(
  dataFolder: string,
  engineVersion: string,
  target: string,
): Promise<BackupManifest> {
  return buildBackup(target, async (folder) => {
    await copyEntries([`${dataFolder}/.`], join(folder, "data"), { ignoreMissing: false });
    return { mode: "cold", engineVersion, stoppedAt: new Date().toISOString() };
  });
}

/** Copies another backup's files after checking that they are complete. */
export async function takeCopy(source: string, target: string): Promise<BackupManifest> {
  const { mode, engineVersion, startWal, stopWal, stoppedAt } = await checkManifest(source);
  return buildBackup(target, async (folder) => {
    await copyEntries([join(source, "data"), join(source, "wal")], folder, { ignoreMissing: false });
    return {
      mode,
      engineVersion,
      stoppedAt,
      ...(startWal === undefined ? {} : { startWal }),
      ...(stopWal === undefined ? {} : { stopWal }),
    };
  });
}

async function buildBackup(
  target: string,
  build: (folder: string) => Promise<Parameters<typeof writeManifest>[1]>,
): Promise<BackupManifest> {
  const done = await readManifest(target);
  if (done !== undefined) return done;
  await createReachableFolder(dirname(target));
  await removeLeftovers(target);
  // A copy can outlive this process and keep writing, so each attempt uses its own folder until it is complete.
  const partial = `${target}-${randomUUID()}.partial`;
  try {
    for (const folder of [partial, join(partial, "data"), join(partial, "wal")])
      await createServerFolder(folder, serverUser());
    const facts = await build(partial);
    await syncFolder(partial);
    const manifest = await writeManifest(partial, facts);
    await rename(partial, target);
    const parent = await open(dirname(target), "r");
    await parent.sync();
    await parent.close();
    return manifest;
  } catch (error) {
    await rm(partial, removal);
    throw error;
  }
}

async function removeLeftovers(target: string): Promise<void> {
  const isLeftover = (name: string) =>
    name === basename(target) || (name.startsWith(`${basename(target)}-`) && name.endsWith(".partial"));
  for (const name of await readdir(dirname(target)))
    if (isLeftover(name)) await rm(join(dirname(target), name), removal);
}

async function copyData(from: string, to: string): Promise<void> {
  const entries = (await readdir(from)).filter((name) => !recreatedFolders.includes(name) && !leftOut.test(name));
  await copyEntries(
    entries.map((name) => join(from, name)),
    to,
    { ignoreMissing: true },
  );
  for (const folder of recreatedFolders)
    if (existsSync(join(from, folder))) await createServerFolder(join(to, folder), serverUser());
  for (const folder of ["archive_status", "summaries"])
    if (existsSync(join(from, "pg_wal", folder))) await createServerFolder(join(to, "pg_wal", folder), serverUser());
}

/**
 * What a base backup omits, like PostgreSQL's own: files only of use to the running server
 * (src/backend/backup/basebackup.c).
 */
const recreatedFolders = [
  "pg_wal",
  "pg_replslot",
  "pg_dynshmem",
  "pg_notify",
  "pg_serial",
  "pg_snapshots",
  "pg_stat_tmp",
  "pg_subtrans",
];

/** The copy that a killed server had begun may still be writing: it ends within seconds. */
export const removal = { recursive: true, force: true, maxRetries: 20, retryDelay: 50 };

const leftOut = /^(postmaster\.(pid|opts)|backup_label.*|tablespace_map.*|current_logfiles.*|.*\.partial)$/;

async function stopBackup(client: Client): Promise<{ label: string; stopWal: string; stoppedAt: string }> {
  // Does not wait for the archive, as PostgreSQL would check only once a second. One byte back: a location may be just
  // past the end of its segment.
  const {
    rows: [row],
  } = await client.query(
    "select labelfile, pg_walfile_name(lsn - 1) as stop_wal, clock_timestamp() as stopped_at from pg_backup_stop(false)",
  );
  return {
    label: row.labelfile as string,
    stopWal: row.stop_wal as string,
    stoppedAt: (row.stopped_at as Date).toISOString(),
  };
}

async function copyWal(from: string, to: string, first: string, last: string): Promise<void> {
  const segments = (await readdir(from)).filter((name) => /^[0-9A-F]{24}$/.test(name) && name >= first && name <= last);
  await copyEntries(
    segments.map((name) => join(from, name)),
    to,
    { ignoreMissing: false },
  );
}
