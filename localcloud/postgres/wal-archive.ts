import { existsSync, readdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { runAsServer } from "./child-process";
import { limits } from "./limits";
import { poll } from "./poll";
import { PostgresError } from "./postgres-errors";
import { createReachableFolder, createServerFolder } from "./server-files";
import { serverUser } from "./server-user";

/**
 * An archive for a server that is started over: segments of a killed first attempt have the same names and would be in
 * its way.
 */
export async function emptyArchive(folder: string | undefined): Promise<void> {
  if (folder === undefined) return;
  await rm(folder, { recursive: true, force: true });
  await ensureArchive(folder);
}

/** Creates a folder that a server's archiver may write to. */
export async function ensureArchive(folder: string): Promise<void> {
  await createReachableFolder(dirname(folder));
  await createServerFolder(folder, serverUser());
}

/**
 * Commits a heartbeat, as RDS does, and waits until its WAL is in the archive: recovery stops before the first commit
 * later than its target, so every whole second before the heartbeat becomes a reachable target, even for an idle
 * database.
 * @returns the heartbeat's time by the database's clock
 */
export async function archiveHeartbeat(
  server: { query(sql: string, values?: unknown[], database?: string): Promise<Record<string, unknown>[]> },
  archiveFolder: string,
): Promise<Date> {
  const [row] = await server.query(heartbeat, [], "rdsadmin");
  const [switched] = await server.query("select pg_walfile_name(pg_switch_wal()) as file");
  const segment = join(archiveFolder, String(switched?.file));
  await waitForSegment(segment);
  punchHoles(segment);
  return row?.at as Date;
}

/**
 * The table is created if it is missing, without trying the insert first: an error in a new database's log would alarm
 * its owner.
 */
const heartbeat = `create table if not exists public.rds_heartbeat2 (id int primary key, value bigint);
  insert into public.rds_heartbeat2 values (1, (extract(epoch from clock_timestamp()) * 1000)::bigint)
  on conflict (id) do update set value = excluded.value returning clock_timestamp() as at`;

/**
 * A switched segment is mostly zeros; without them an idle database that is polled every second stores 8 kB each time,
 * not 1 MB.
 */
function punchHoles(segment: string): void {
  if (process.platform !== "linux") return;
  // Where the file system or the machine does not support it, the segment stays as it is.
  runAsServer(serverUser(), "fallocate", ["--dig-holes", segment], { milliseconds: limits.checkMilliseconds }).catch(
    () => undefined,
  );
}

async function waitForSegment(segment: string): Promise<void> {
  if (await poll(limits.archiveMilliseconds, () => existsSync(segment))) return;
  throw new PostgresError(
    "archiving-stalled",
    `the WAL segment ${basename(segment)} did not reach the archive within ${limits.archiveMilliseconds / 1000} s`,
    "The database's log says why the archiver fails.",
  );
}

/** Oldest first. */
export function segmentsIn(folder: string): string[] {
  return existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => segmentPattern.test(name))
        .sort()
    : [];
}

const segmentPattern = /^[0-9A-F]{24}$/;

/** Removes what no base backup needs any more, like pg_archivecleanup: everything before `oldestNeeded`. */
export async function removeSegmentsBefore(folder: string, oldestNeeded: string): Promise<void> {
  for (const name of segmentsIn(folder))
    if (name.slice(8) < oldestNeeded.slice(8)) await rm(join(folder, name), { force: true });
}

/** The first segment from `start` on that is in none of the folders: where an incomplete recovery had to end. */
export function firstMissingSegment(start: string, folders: string[]): { name: string; isGap: boolean } {
  const present = new Set(folders.flatMap(segmentsIn));
  let name = start;
  while (present.has(name)) name = nextSegment(name);
  return { name, isGap: [...present].some((other) => other.slice(0, 8) === name.slice(0, 8) && other > name) };
}

/** Segments of 1 MB: 4096 to each 4 GB of WAL. */
function nextSegment(name: string): string {
  const number = BigInt(`0x${name.slice(8, 16)}`) * segmentsPerLog + BigInt(`0x${name.slice(16)}`) + 1n;
  const hexadecimal = (value: bigint) => value.toString(16).toUpperCase().padStart(8, "0");
  return name.slice(0, 8) + hexadecimal(number / segmentsPerLog) + hexadecimal(number % segmentsPerLog);
}

const segmentsPerLog = 4096n;
