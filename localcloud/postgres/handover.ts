import { closeSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { limits } from "./limits";
import { livePostmaster } from "./processes";
import type { PostgresServer } from "./server-types";

/** What it takes to hand a database over from one server to its standby. */

/** The port that the server's process has: after an interrupted move it may be the one from before. */
export const runningPort = ({ dataFolder }: PostgresServer): number | undefined => livePostmaster(dataFolder)?.port;

/** On a standby a restartpoint: less is then left to write when it is promoted or restarted. */
export async function checkpoint(server: PostgresServer): Promise<void> {
  await server.query("checkpoint");
}

/**
 * Of a server that is to be stopped: what would be lost with it, or cannot follow. Undefined if nothing would.
 * @param ownSlots how the names of slots begin that are the cloud's
 */
export async function transactionsInTheWay(server: PostgresServer, ownSlots = ""): Promise<string | undefined> {
  const [found] = await server.query(
    `select (select count(*) from pg_prepared_xacts) as prepared,
      (select count(*) from pg_replication_slots where slot_type = 'logical'
        and ($2 = '' or not starts_with(slot_name, $2))) as logical,
      (select count(*) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()
        and backend_xid is not null and xact_start < clock_timestamp() - $1 * interval '1 second') as long`,
    [limits.longTransactionSeconds, ownSlots],
  );
  const words = { prepared: "prepared transactions", logical: "logical replication slots", long: "long writes" };
  const there = Object.entries(words).find(([name]) => Number(found?.[name]) > 0);
  return there?.[1];
}

/**
 * Whether the standby has replayed everything of its source, a running or a cleanly stopped one: waits until then, or
 * until the deadline.
 */
export async function waitUntilHasAllOf(
  source: PostgresServer,
  standby: PostgresServer,
  deadline: Date,
): Promise<boolean> {
  const isRunning = source.state() === "running";
  const [running] = isRunning ? await source.query("select pg_current_wal_lsn()::text as lsn") : [];
  // The record of the shutdown's checkpoint must be replayed itself, not only reached.
  const [target, comparison] = isRunning ? [running?.lsn, ">="] : [shutdownCheckpoint(source.dataFolder), ">"];
  for (;;) {
    const [row] = await standby.query(`select pg_last_wal_replay_lsn() ${comparison} $1::pg_lsn as there`, [target]);
    if (row?.there === true) return true;
    if (Date.now() > deadline.getTime()) return false;
    await sleep(limits.pollMilliseconds);
  }
}

/** Bytes 32 to 39 of pg_control: the last checkpoint, the same in every version in use. */
function shutdownCheckpoint(dataFolder: string): string {
  const file = openSync(join(dataFolder, "global", "pg_control"), "r");
  try {
    const header = Buffer.alloc(40);
    readSync(file, header, 0, header.length, 0);
    const lsn = header.readBigUInt64LE(32);
    return `${(lsn >> 32n).toString(16)}/${(lsn & 0xffffffffn).toString(16)}`;
  } finally {
    closeSync(file);
  }
}
