import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { serverUser } from "../../localcloud/postgres/server-user";
import { fillerStatement, filledDatabase, restoreOnce, snapshot } from "./backups";
import type { Measure } from "./measure";

/** Debian's PostgreSQL that its pgBackRest supports: `apt-get install pgbackrest postgresql-15`. */
const binaries = "/usr/lib/postgresql/15/bin";
const pgbackrest = "/usr/bin/pgbackrest";

const missing = () =>
  [pgbackrest, binaries].every((path) => existsSync(path))
    ? undefined
    : "Debian's pgbackrest and postgresql-15 are not installed";

export const backupBesidePgBackRest: Measure = {
  name: "backup of 1 GB beside pgBackRest",
  ours: "CreateDBSnapshot until available",
  floor: "pgBackRest's full backup of the same table, uncompressed, two processes",
  runs: 3,
  missing,
  async prepare() {
    const { ours, peer } = await bothFilled();
    return {
      ours: (run) => snapshot(ours.cloud, `peer-${run}`, true),
      floor: () => Promise.resolve(peer.backUp()),
      after: () => Promise.all([ours.after(), peer.after()]).then(() => undefined),
    };
  },
};

export const restoreBesidePgBackRest: Measure = {
  name: "restore of 1 GB beside pgBackRest",
  ours: "RestoreDBInstanceFromDBSnapshot until available",
  floor: "pgBackRest's restore, PostgreSQL started on it and promoted",
  runs: 3,
  missing,
  async prepare() {
    const { ours, peer } = await bothFilled();
    await snapshot(ours.cloud, "bench", false);
    peer.backUp();
    return {
      ours: (run) => restoreOnce(ours.cloud, `peer-${run}`),
      floor: () => peer.restore(),
      after: () => Promise.all([ours.after(), peer.after()]).then(() => undefined),
    };
  },
};

/** What one prepared is removed if the other cannot be. */
async function bothFilled() {
  const peer = await filledPeer();
  try {
    return { peer, ours: await filledDatabase() };
  } catch (error) {
    await peer.after();
    throw error;
  }
}

/** A server of Debian's with the same table, and a repository for its backups. */
async function filledPeer() {
  const user = serverUser();
  const folder = mkdtempSync(join(tmpdir(), "shipshape-bench-peer-"));
  const at = (name: string) => join(folder, name);
  for (const path of [folder, ...["repository", "log", "lock", "spool", "socket", "restored-socket"].map(at)]) {
    mkdirSync(path, { recursive: true });
    if (user.spawnOptions.uid !== undefined) chownSync(path, user.uid, user.gid);
  }
  const run = (program: string, ...words: string[]) =>
    execFileSync(program, words, { ...user.spawnOptions, stdio: ["ignore", "pipe", "pipe"] });
  const config = at("pgbackrest.conf");
  writeFileSync(
    config,
    `[global]
repo1-path=${at("repository")}
log-path=${at("log")}
lock-path=${at("lock")}
spool-path=${at("spool")}
compress-type=none
process-max=2
start-fast=y
[bench]
pg1-path=${at("data")}
pg1-socket-path=${at("socket")}
pg1-user=bench
`,
    { mode: 0o644 },
  );
  const backrest = (...words: string[]) => run(pgbackrest, `--config=${config}`, "--stanza=bench", ...words);
  const archive = `${pgbackrest} --config=${config} --stanza=bench archive-push %p`;
  const start = (data: string, socket: string): ChildProcess =>
    spawn(join(binaries, "postgres"), ["-D", data, "-k", socket, "-c", "listen_addresses="], {
      ...user.spawnOptions,
      stdio: "ignore",
    });

  run(
    join(binaries, "initdb"),
    "-D",
    at("data"),
    "-U",
    "bench",
    "--auth=trust",
    "--data-checksums",
    "--no-instructions",
  );
  writeFileSync(
    at("data/postgresql.auto.conf"),
    `archive_mode = on\narchive_command = '${archive}'\nmax_wal_size = '4GB'\n`,
  );
  const server = start(at("data"), at("socket"));
  const after = async () => {
    await ended(server);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await answers(at("socket"));
    backrest("stanza-create");
    for (const sql of [fillerStatement, "vacuum (freeze, analyze) filler", "checkpoint"])
      await query(at("socket"), sql);
  } catch (error) {
    await after();
    throw error;
  }

  return {
    backUp: (): number => timed(() => void backrest("--type=full", "backup")),
    async restore(): Promise<number> {
      const restored = at("restored");
      const began = performance.now();
      backrest(
        `--pg1-path=${restored}`,
        "--type=immediate",
        "--target-action=promote",
        "--archive-mode=off",
        "restore",
      );
      const copy = start(restored, at("restored-socket"));
      try {
        await answers(at("restored-socket"), "select not pg_is_in_recovery() as yes");
        return (performance.now() - began) / 1000;
      } finally {
        await ended(copy);
        rmSync(restored, { recursive: true });
      }
    },
    after,
  };
}

function timed(action: () => void): number {
  const began = performance.now();
  action();
  return (performance.now() - began) / 1000;
}

async function answers(socket: string, question = "select true as yes"): Promise<void> {
  for (;;) {
    const answer = await query(socket, question).catch(() => undefined);
    if (answer?.yes === true) return;
    await sleep(20);
  }
}

async function query(socket: string, sql: string): Promise<{ yes?: boolean } | undefined> {
  const client = new Client({ host: socket, user: "bench", database: "postgres" });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query<{ yes?: boolean }>(sql)).rows[0];
  } finally {
    await client.end();
  }
}

function ended(server: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    server.once("exit", () => resolve());
    server.kill("SIGQUIT");
  });
}
