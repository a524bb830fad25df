import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DeleteDBInstanceCommand, RestoreDBInstanceToPointInTimeCommand, type DBInstance } from "@aws-sdk/client-rds";
import { secondsBetween } from "../../automation/operations/restore-drill/plan";
import { ensureEngine } from "../../localcloud/toolchain/engine";
import { DrillCloud } from "../automation/drill-cloud";
import { instanceIsGone } from "../cloud";
import type { Measure } from "./measure";

/** About one GB: heap and a B-tree index. */
const content = `create table filler (i int primary key, text text);
  insert into filler select i, md5(i::text) || md5((i * 3)::text) from generate_series(1, 8000000) i`;

interface Drilled {
  drills: DrillCloud;
  /** Files of the base backup that drills restore. */
  backupFolder: string;
  phases(): Promise<Record<string, number>>;
  scratch: string;
}

export const drillRestore = drillMeasure(
  "restore in a drill of 1 GB",
  "from the restore request to the first query: `pulumi up`, recovery, a new master password",
  "cp -a of the base backup, sync",
  {
    ours: async ({ phases }) => (await phases())["restore"]!,
    floor: ({ backupFolder, scratch }) => Promise.resolve(copyAndSync(backupFolder, scratch)),
  },
);

export const drillVerification = drillMeasure(
  "verification in a drill of 1 GB",
  "markers, catalogs, every heap and every B-tree index against its heap",
  "reading the database's files once",
  {
    ours: async ({ phases }) => (await phases())["verify"]!,
    floor: ({ backupFolder }) => Promise.resolve(readOnce(backupFolder)),
  },
);

export const wholeDrill = drillMeasure(
  "whole drill of 1 GB",
  "from the request to the sealed teardown",
  "the database's own part of it: RestoreDBInstanceToPointInTime until available, and reading its files once",
  {
    ours: async ({ phases }) => (await phases())["total"]!,
    floor: async ({ drills, backupFolder }) => (await restoreOnce(drills)) + readOnce(backupFolder),
  },
);

function drillMeasure(
  name: string,
  ours: string,
  floor: string,
  timed: { ours(d: Drilled): Promise<number>; floor(d: Drilled): Promise<number> },
): Measure {
  return {
    name,
    ours,
    floor,
    runs: 3,
    async prepare() {
      // The Automation API looks for the engine on the PATH of its own process.
      process.env["PATH"] = [(await ensureEngine(() => undefined)).folder, process.env["PATH"]].join(delimiter);
      const drills = await DrillCloud.start();
      // otherwise autovacuum would do it after the backup, and recovery would replay all of it
      const source = await drills.makeSource("bench", content, ["vacuum (freeze, analyze) filler"]);
      const drilled: Drilled = {
        drills,
        backupFolder: baseBackupOf(drills, source),
        phases: () => drillOnce(drills),
        scratch: mkdtempSync(join(tmpdir(), "shipshape-bench-")),
      };
      return {
        ours: () => timed.ours(drilled),
        floor: () => timed.floor(drilled),
        async after() {
          rmSync(drilled.scratch, { recursive: true, force: true });
          await drills.stop();
        },
      };
    },
  };
}

function baseBackupOf(drills: DrillCloud, source: DBInstance): string {
  const base = join(drills.cloud.dataFolder, "databases", "backups", source.DbiResourceId!, "base");
  return join(base, readdirSync(base)[0]!, "data");
}

/** Seconds by phase, as the drill's own evidence has them, and in total. */
async function drillOnce(drills: DrillCloud): Promise<Record<string, number>> {
  const began = performance.now();
  const { stdout, stderr } = await drills.shipshape(
    "request",
    "restore-drill",
    "--database",
    "bench",
    "--reason",
    "a benchmark",
    "--work",
    "--json",
  );
  const total = (performance.now() - began) / 1000;
  const { id, verdict } = JSON.parse(stdout) as { id: string; verdict: string };
  if (verdict !== "pass") throw new Error(`the drill did not pass: ${stdout}${stderr}`);
  const { phases } = (await drills.run(id)).outcome as { phases: { name: string; beganAt: string; endedAt: string }[] };
  return { total, ...Object.fromEntries(phases.map((p) => [p.name, secondsBetween(p.beganAt, p.endedAt)])) };
}

async function restoreOnce(drills: DrillCloud): Promise<number> {
  const { rds } = drills.cloud;
  const began = performance.now();
  await rds.send(
    new RestoreDBInstanceToPointInTimeCommand({
      SourceDBInstanceIdentifier: "bench",
      TargetDBInstanceIdentifier: "floor",
      UseLatestRestorableTime: true,
      BackupRetentionPeriod: 0,
    }),
  );
  while ((await drills.statusOf("floor")) !== "available") await sleep(20);
  const seconds = (performance.now() - began) / 1000;
  await rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: "floor", SkipFinalSnapshot: true }));
  await instanceIsGone(drills.cloud, "floor");
  return seconds;
}

function copyAndSync(from: string, scratch: string): number {
  const began = performance.now();
  execFileSync("cp", ["-a", "--", from, scratch]);
  execFileSync("sync", ["-f", scratch]);
  const seconds = (performance.now() - began) / 1000;
  for (const name of readdirSync(scratch)) rmSync(join(scratch, name), { recursive: true });
  return seconds;
}

function readOnce(folder: string): number {
  const began = performance.now();
  execFileSync("sh", ["-c", 'find "$1" -type f -exec cat {} + > /dev/null', "sh", folder]);
  return (performance.now() - began) / 1000;
}
