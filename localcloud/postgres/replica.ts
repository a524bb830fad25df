import { randomUUID } from "node:crypto";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { removal, takeBaseBackup } from "./base-backup";
import { copyEntries, syncFolder } from "./copying";
import { limits } from "./limits";
import { poll } from "./poll";
import { PostgresError } from "./postgres-errors";
import { quoteLiteral } from "./rights";
import { passwordVerifier } from "./scram";
import { createReachableFolder, writeServerFile } from "./server-files";
import { readServerRecord, removeServer, startedAgain, startOnFreePort } from "./server-lifecycle";
import type { PostgresServer, PostgresServerSettings } from "./server-types";
import { serverUser } from "./server-user";
import { segmentsIn } from "./wal-archive";

/** The running server that a replica is copied from, and then follows. */
export interface ReplicaSource {
  server: PostgresServer;
  engineVersion: string;
  masterUsername: string;
}

/**
 * Creates a hot standby of a running server and leaves it streaming. Safe to call again after a kill at any moment:
 * like a creation it writes `server.json` last, and starts over when that is missing.
 * @param settings with `follows`; the slot that it names must exist, so that no WAL is missing in between
 * @throws PostgresError corrupt-page, disk-full, incompatible-parameters, start-failed
 */
export async function createReplica(settings: PostgresServerSettings, source: ReplicaSource): Promise<PostgresServer> {
  if (readServerRecord(settings.folder) !== undefined) return await startedAgain(settings);
  await removeServer(settings.folder);
  try {
    await createReachableFolder(settings.folder);
    // Each attempt has a folder of its own: the copy that a killed server had begun can still be writing.
    const backup = join(settings.folder, `base-${randomUUID()}`);
    const data = join(settings.folder, "data");
    await takeBaseBackup(source.server, source.engineVersion, backup);
    const segments = segmentsIn(join(backup, "wal")).map((name) => join(backup, "wal", name));
    await copyEntries(segments, join(backup, "data", "pg_wal"), { ignoreMissing: false });
    await writeServerFile({ path: join(backup, "data", "standby.signal"), content: "" }, serverUser());
    await rename(join(backup, "data"), data);
    await rm(backup, removal);
    const server = await startOnFreePort(settings, source.masterUsername);
    await syncFolder(settings.folder);
    return server;
  } catch (error) {
    await removeServer(settings.folder);
    throw error;
  }
}

/** Replicas log in to their source as this role, which can do nothing but replicate. */
export const replicationRole = "rdsrepladmin";

/** Lets replicas log in with this password, and keeps WAL for one of them. Repeating it changes nothing. */
export async function allowReplica(source: PostgresServer, password: string, slot: string): Promise<void> {
  await letReplicasLogIn(source, password);
  await keepWalFor(source, slot);
}

export async function letReplicasLogIn(source: PostgresServer, password: string): Promise<void> {
  await source.query(
    `do $$ begin
      if not exists (select from pg_roles where rolname = '${replicationRole}') then
        create role ${replicationRole} login replication;
      end if;
    end $$;
    alter role ${replicationRole} password ${quoteLiteral(passwordVerifier(password))} valid until 'infinity'`,
  );
}

/** On a standby, too: made before its promotion, it keeps what the next follower will need. */
export async function keepWalFor(source: PostgresServer, slot: string): Promise<void> {
  await source.query(
    "select pg_create_physical_replication_slot($1, true) where not exists (select from pg_replication_slots where slot_name = $1)",
    [slot],
  );
}

/** Drops the slots of replicas that are gone: each would keep WAL until the disk is full. */
export async function dropSlots(source: PostgresServer, isGone: (slot: string) => boolean): Promise<void> {
  const rows = await source.query(
    "select slot_name, active_pid from pg_replication_slots where slot_type = 'physical' and not temporary",
  );
  for (const { slot_name: slot, active_pid: walsender } of rows) {
    if (!isGone(String(slot))) continue;
    if (walsender !== null) await source.query("select pg_terminate_backend($1, 5000)", [walsender]);
    // A walsender that is ending still holds it; the next look drops it then.
    await source.query(
      "select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = $1 and not active",
      [slot],
    );
  }
}

export async function isStandby(server: PostgresServer): Promise<boolean> {
  const [row] = await server.query("select pg_is_in_recovery() as standby");
  return row?.standby === true;
}

/** Makes a standby writable, on a new timeline; one that already is stays as it is. */
export async function promote(server: PostgresServer): Promise<void> {
  if (!(await isStandby(server))) return;
  const [row] = await server.query("select pg_promote(true, $1) as promoted", [limits.promoteSeconds]);
  if (row?.promoted !== true)
    throw new PostgresError(
      "start-failed",
      `the replica was not promoted within ${limits.promoteSeconds} s`,
      "The database's log says why.",
    );
}

/** `streaming`: what its source commits arrives. `stopped`: it waits for its source. */
export async function replicationState(replica: PostgresServer): Promise<"streaming" | "stopped"> {
  const [row] = await replica.query("select status from pg_stat_wal_receiver");
  return row?.status === "streaming" ? "streaming" : "stopped";
}

/** Waits until the replica has replayed everything that its source had committed at this moment. */
export async function caughtUp(source: PostgresServer, replica: PostgresServer): Promise<void> {
  const [at] = await source.query("select pg_current_wal_lsn()::text as lsn");
  const there = await poll(limits.catchUpMilliseconds, async () => {
    const [row] = await replica.query("select pg_last_wal_replay_lsn() >= $1::pg_lsn as there", [at?.lsn]);
    return row?.there === true;
  });
  if (!there)
    throw new PostgresError(
      "start-failed",
      `the replica did not catch up with its source within ${limits.catchUpMilliseconds / 1000} s`,
      "The log of the replica says whether it can connect.",
    );
}
