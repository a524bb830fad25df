import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CreateDBInstanceCommand, DeleteDBInstanceCommand, DescribeDBInstancesCommand } from "@aws-sdk/client-rds";
import { newestVersion } from "../../localcloud/postgres/binaries";
import { chownToServerUser, serverUser } from "../../localcloud/postgres/server-user";
import { type PostmasterLocation, startPostmaster, stopPostmaster } from "../../localcloud/postgres/postmaster";
import { type Template, template } from "../../localcloud/postgres/template";
import { type Cloud, startCloud } from "../cloud";
import type { Measure } from "./measure";

/**
 * Through the SDK until RDS reports "available", against the minimum of any implementation: a data folder and a server
 * on it.
 */
export const instanceCreation: Measure = {
  name: "creation of a DB instance",
  ours: "CreateDBInstance until available",
  floor: "copy of a template data folder, and PostgreSQL started on it",
  runs: 7,
  async prepare() {
    const cloud = await startCloud();
    const version = newestVersion("17");
    const from = await template(version);
    const folder = mkdtempSync(join(tmpdir(), "shipshape-bench-"));
    chmodSync(folder, 0o755);
    return {
      ours: (run) => createInstance(cloud, `bench-${run}`, version),
      floor: (run) => startCopy(from, join(folder, String(run))),
      async after() {
        await cloud.stop();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  },
};

async function createInstance({ rds }: Cloud, identifier: string, version: string): Promise<number> {
  const began = performance.now();
  await rds.send(
    new CreateDBInstanceCommand({
      DBInstanceIdentifier: identifier,
      Engine: "postgres",
      EngineVersion: version,
      DBInstanceClass: "db.t4g.medium",
      AllocatedStorage: 20,
      MasterUsername: "bench",
      MasterUserPassword: "bench-password",
      BackupRetentionPeriod: 0,
    }),
  );
  for (;;) {
    const { DBInstances: [instance] = [] } = await rds.send(
      new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier }),
    );
    if (instance?.DBInstanceStatus === "available") break;
    await sleep(5);
  }
  const seconds = (performance.now() - began) / 1000;
  await rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: identifier, SkipFinalSnapshot: true }));
  return seconds;
}

async function startCopy({ view, dataFolder }: Template, folder: string): Promise<number> {
  const user = serverUser();
  const location: PostmasterLocation = {
    dataFolder: join(folder, "data"),
    socketFolder: folder,
    logFolder: join(folder, "log"),
    user,
  };
  mkdirSync(join(location.logFolder, "error"), { recursive: true });
  for (const path of [folder, location.logFolder, join(location.logFolder, "error")])
    await chownToServerUser(path, user);
  const began = performance.now();
  execFileSync("cp", ["-a", "--", dataFolder, location.dataFolder]);
  writeFileSync(
    join(location.dataFolder, "conf.d", "bench.conf"),
    `listen_addresses = ''\nunix_socket_directories = '${folder}'\n`,
  );
  await startPostmaster(location, view);
  const seconds = (performance.now() - began) / 1000;
  await stopPostmaster(location, "immediate");
  return seconds;
}
