import {
  CreateDBInstanceCommand,
  CreateDBParameterGroupCommand,
  DescribeDBInstancesCommand,
  ModifyDBInstanceCommand,
  ModifyDBParameterGroupCommand,
  ResetDBParameterGroupCommand,
} from "@aws-sdk/client-rds";
import { DescribeSecretCommand, RotateSecretCommand } from "@aws-sdk/client-secrets-manager";
import { spawn } from "node:child_process";
import { existsSync, openSync, readFileSync, readdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { instanceIs, startCloud, temporaryFolder, type Cloud } from "../../cloud";
import { asMaster, connect, managedPassword, small } from "./database-client";

/** Failures in between resolve themselves, and no requested change is lost. */

let cloud: Cloud;

beforeAll(async () => {
  cloud = await startCloud();
  await cloud.rds.send(
    new CreateDBParameterGroupCommand({
      DBParameterGroupName: "hostile",
      DBParameterGroupFamily: "postgres17",
      Description: "hostile",
    }),
  );
  await cloud.rds.send(
    new CreateDBInstanceCommand({
      ...small,
      DBInstanceIdentifier: "orders",
      DBParameterGroupName: "hostile",
      BackupRetentionPeriod: 0,
    }),
  );
  await instanceIs(cloud, "orders", "available");
});
afterAll(async () => cloud?.stop());

const describe_ = async () =>
  (await cloud.rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: "orders" }))).DBInstances![0]!;
const modify = (more: object) =>
  cloud.rds.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: "orders", ApplyImmediately: true, ...more }));
const logsIn = async (password: string) =>
  asMaster(cloud, await instanceIs(cloud, "orders", "available"), "select 1 as one", password);

/** `postmaster.pid` names it first. */
function killDatabase(resourceId: string): void {
  process.kill(
    Number(
      readFileSync(join(cloud.dataFolder, "databases", resourceId, "data", "postmaster.pid"), "utf8").split("\n")[0],
    ),
    "SIGKILL",
  );
}

test.each(["the server", "the server and the database"])(
  "a change of the master password completes when %s is killed during it",
  async (what) => {
    const password = `changed-while-killed-${what.length}`;
    await modify({ MasterUserPassword: password });
    await cloud.kill("SIGKILL");
    if (what.includes("database")) killDatabase((await recordOf("orders")).resourceId);
    await cloud.restart();
    expect(await logsIn(password)).toEqual([{ one: 1 }]);
    expect((await describe_()).PendingModifiedValues).toEqual({});
  },
);

test.each(["the server", "the server and the database"])(
  "a rotation of the master password completes when %s is killed during it",
  async (what) => {
    if (!(await describe_()).MasterUserSecret) await modify({ ManageMasterUserPassword: true });
    const before = await managedPassword(cloud, await instanceIs(cloud, "orders", "available"));
    void modify({ RotateMasterUserPassword: true }).catch(() => undefined);
    while (
      (await describe_()).MasterUserSecret?.SecretStatus !== "rotating" &&
      (await managedPassword(cloud, await describe_())) === before
    )
      await sleep(1);
    await cloud.kill("SIGKILL");
    if (what.includes("database")) killDatabase((await recordOf("orders")).resourceId);
    await cloud.restart();
    for (const deadline = Date.now() + 60_000; ; await sleep(50)) {
      const after = await managedPassword(cloud, await instanceIs(cloud, "orders", "available"));
      if (after !== before) return expect(await logsIn(after)).toEqual([{ one: 1 }]);
      if (Date.now() > deadline) throw new Error("the rotation has not ended");
    }
  },
);

test("of a concurrent rotation and change of password, the password requested last logs in", async () => {
  for (const round of [1, 2, 3]) {
    const { MasterUserSecret } = await instanceIs(cloud, "orders", "available");
    const rotated = cloud.secrets
      .send(new RotateSecretCommand({ SecretId: MasterUserSecret!.SecretArn! }))
      .catch((error: Error) => error.name);
    await modify({ ManageMasterUserPassword: false, MasterUserPassword: `asked-for-last-${round}` });
    await rotated;
    expect(await logsIn(`asked-for-last-${round}`)).toEqual([{ one: 1 }]);
    await expect(
      cloud.secrets.send(new DescribeSecretCommand({ SecretId: MasterUserSecret!.SecretArn! })),
    ).rejects.toThrow(/can't find/);
    await modify({ ManageMasterUserPassword: true });
    const managed = await instanceIs(cloud, "orders", "available");
    expect(await logsIn(await managedPassword(cloud, managed))).toEqual([{ one: 1 }]);
  }
});

test("a master that alters its own role meanwhile does not fail a rotation", async () => {
  const orders = await instanceIs(cloud, "orders", "available");
  const client = await connect(cloud, orders, await managedPassword(cloud, orders));
  let rotating = true;
  const altering = (async () => {
    while (rotating)
      await client.query(`alter role ${small.MasterUsername} set work_mem = '5MB'`).catch(() => undefined);
  })();
  for (const _round of [1, 2, 3]) {
    await modify({ RotateMasterUserPassword: true });
    await instanceIs(cloud, "orders", "available");
  }
  rotating = false;
  await altering;
  await client.end();
  expect(await logsIn(await managedPassword(cloud, orders))).toEqual([{ one: 1 }]);
});

test("a parameter group whose values block every session blocks no call, and can be reset", async () => {
  const values = {
    statement_timeout: "1",
    default_transaction_read_only: "1",
    lock_timeout: "1",
    datestyle: "German",
    transaction_timeout: "1",
  };
  const Parameters = Object.entries(values).map(([ParameterName, ParameterValue]) => ({
    ParameterName,
    ParameterValue,
    ApplyMethod: "immediate" as const,
  }));
  await cloud.rds.send(new ModifyDBParameterGroupCommand({ DBParameterGroupName: "hostile", Parameters }));
  await modify({ BackupRetentionPeriod: 1 });
  await modifiedTo("another-horse-battery");
  await cloud.rds.send(new ResetDBParameterGroupCommand({ DBParameterGroupName: "hostile", ResetAllParameters: true }));
  expect(await logsIn("another-horse-battery")).toEqual([{ one: 1 }]);
  expect((await describe_()).DBParameterGroups![0]!.ParameterApplyStatus).toBe("in-sync");
});

async function modifiedTo(password: string): Promise<void> {
  await instanceIs(cloud, "orders", "available");
  await modify({ ManageMasterUserPassword: false, MasterUserPassword: password });
  await instanceIs(cloud, "orders", "available");
}

/** The record on disk; read while no cloud runs. */
async function recordOf(identifier: string): Promise<{ resourceId: string; file: string }> {
  const folder = join(cloud.dataFolder, "cloud", "instances");
  const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
  const [found] = files.filter((name) =>
    readFileSync(join(folder, name), "utf8").includes(`"DBInstanceIdentifier": "${identifier}"`),
  );
  return { resourceId: found!.slice(0, "db-".length + 26), file: join(folder, found!) };
}

/** Every write to this file finds the disk full; only Linux has it. */
const fullDisk = "/dev/full";
(existsSync(fullDisk) ? describe : describe.skip)("a disk that is full", () => {
  test("refuses every write with that reason, loses nothing, and everything continues once there is space", async () => {
    await instanceIs(cloud, "orders", "available");
    const { file } = await recordOf("orders");
    const journals = ["events.jsonl", "calls.jsonl", "read-calls.jsonl"].map((name) =>
      join(cloud.dataFolder, "cloud", name),
    );
    for (const journal of journals) {
      renameSync(journal, `${journal}.aside`);
      symlinkSync(fullDisk, journal);
    }
    symlinkSync(fullDisk, `${file}.tmp`);
    await expect(modify({ CopyTagsToSnapshot: true })).rejects.toMatchObject({
      name: "ServiceUnavailable",
      message: expect.stringMatching(/disk of the embedded cloud is full.*free some space/),
      $metadata: { httpStatusCode: 503 },
    });
    expect(await instanceIs(cloud, "orders", "available")).toMatchObject({ CopyTagsToSnapshot: false });
    for (const journal of journals) {
      rmSync(journal);
      renameSync(`${journal}.aside`, journal);
    }
    rmSync(`${file}.tmp`, { force: true });
    await modify({ CopyTagsToSnapshot: true });
    expect(await instanceIs(cloud, "orders", "available")).toMatchObject({ CopyTagsToSnapshot: true });
  });

  test("does not end a server that cannot write its log", async () => {
    const dataFolder = temporaryFolder();
    const full = openSync(fullDisk, "w");
    const server = spawn(
      process.execPath,
      ["--import", "tsx", join(__dirname, "..", "..", "..", "localcloud", "main.ts")],
      {
        stdio: ["ignore", full, full],
        env: { ...process.env, SHIPSHAPE_DATA_FOLDER: dataFolder },
      },
    );
    const ended = new Promise((resolve) => server.once("close", resolve));
    const whereabouts = join(dataFolder, "localcloud.json");
    while (!existsSync(whereabouts) && server.exitCode === null) await sleep(50);
    expect(server.exitCode).toBeNull();
    server.kill("SIGTERM");
    expect(await ended).toBe(0);
    rmSync(dataFolder, { recursive: true });
  });
});
