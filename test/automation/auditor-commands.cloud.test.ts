// What auditors are given, as people type it: a published log, what is rebuilt from it, and a population report.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CreateDBInstanceCommand, DeleteDBInstanceCommand } from "@aws-sdk/client-rds";
import { createFirstKey, signerOf } from "../../automation/command-line/evidence-log";
import { openDatabase, type ControlPlaneDatabase } from "../../automation/database";
import { readSettings, type Settings } from "../../automation/settings";
import { instanceIs, instanceIsGone, startCloud, type Cloud } from "../cloud";
import { small } from "../localcloud/server/database-client";
import { until } from "../until";
import { concluded, sealRun } from "./evidence/sealed-runs";

let cloud: Cloud;
let database: ControlPlaneDatabase;
let env: Record<string, string>;
let settings: Settings;
const folder = (name: string) => join(cloud.dataFolder, name);

beforeAll(async () => {
  cloud = await startCloud();
  env = { ...cloud.env, SHIPSHAPE_DATA_FOLDER: cloud.dataFolder };
  settings = readSettings(join(__dirname, "../.."), cloud.dataFolder, env);
  database = await openDatabase(env["SHIPSHAPE_DATABASE_URL"]!);
  createFirstKey(settings);
});
afterAll(async () => {
  await database?.close();
  await cloud?.stop();
});

function start(words: string[], more: Record<string, string> = {}, before = "") {
  const program = join(__dirname, "../../automation/command-line/shipshape.cjs");
  const child = spawn("bash", ["-c", `${before}exec "$0" "$@"`, process.execPath, program, ...words], {
    env: { ...env, ...more },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) =>
    child.once("close", (code) => resolve({ code, stdout, stderr })),
  );
  return { child, ended };
}
const shipshape = (words: string[], more?: Record<string, string>, before?: string) => start(words, more, before).ended;
const failure = (code: number, error: string) => ({ code, stderr: expect.stringContaining(`[${error}]`) as string });

async function createDatabase(identifier: string): Promise<void> {
  const tags = [{ Key: "tier", Value: "silver" }, { Key: "environment", Value: "production" }]; // prettier-ignore
  await cloud.rds.send(new CreateDBInstanceCommand({ ...small, DBInstanceIdentifier: identifier, Tags: tags }));
  await instanceIs(cloud, identifier, "available");
}

describe("a published log", () => {
  const place = () => folder("published");
  const published = (kind: string) => (existsSync(join(place(), kind)) ? readdirSync(join(place(), kind)) : []);
  const to = () => ({ SHIPSHAPE_EVIDENCE_PUBLISH_TO: place() });

  test("a worker publishes what is sealed, status says how far, and a publisher that is killed is completed", async () => {
    expect(await shipshape(["evidence", "publish"])).toMatchObject(failure(2, "evidence-publication-missing"));
    for (let i = 0; i < 40; i++) await sealRun(database, await signerOf(settings), concluded(`run-${i}`));
    const { child, ended } = start(["evidence", "publish", "--to", place()]);
    await until("some statements are published", () => published("statements").length > 3, 1);
    child.kill("SIGKILL");
    await ended;
    expect((await shipshape(["worker", "--until-idle"], to())).code).toBe(0);
    expect(published("statements")).toHaveLength(80);
    expect((await shipshape(["status"])).stdout).toContain(
      `80 of 80 statements of the log are published in ${place()}`,
    );
    expect(await shipshape(["evidence", "verify", place()])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("all 80 statements are there, unaltered, under a signed head") as string,
    });
  });

  test("a place that is full or no folder holds no worker back; status says so until it works again", async () => {
    await sealRun(database, await signerOf(settings), concluded("late"));
    const full = { code: 1, stderr: expect.stringMatching(/EFBIG[^]*\[evidence-publication-unusable\]/) as string };
    expect(await shipshape(["evidence", "publish", "--to", place()], {}, "ulimit -f 0; ")).toMatchObject(full);
    expect(published("statements")).toHaveLength(80);
    writeFileSync(folder("a-file"), "");
    const elsewhere = { SHIPSHAPE_EVIDENCE_PUBLISH_TO: folder("a-file") };
    expect((await shipshape(["worker", "--until-idle"], elsewhere)).code).toBe(0);
    expect((await shipshape(["status"])).stdout).toMatch(/problem: evidence is not published in .*a-file.*ENOTDIR/);
    rmSync(folder("a-file"));
    expect((await shipshape(["worker", "--until-idle"], elsewhere)).code).toBe(0);
    expect((await shipshape(["status"])).stdout).not.toMatch(/problem: .*a-file/);
  });

  test("from it a lost log is rebuilt; a worker refuses a log that is shorter than what was published", async () => {
    expect((await shipshape(["evidence", "publish", "--to", place()])).stdout).toContain(
      "has 82 statements of the log",
    );
    const lost = { SHIPSHAPE_DATA_FOLDER: folder("replaced") };
    const key = folder("key-that-was-kept");
    writeFileSync(key, (await shipshape(["evidence", "key", "show"])).stdout);
    mkdirSync(folder("replaced"));
    for (const table of ["evidence", "evidence_node", "evidence_checkpoint", "evidence_key"])
      await database.query(`alter table ${table} disable trigger append_only`);
    await database.query("truncate evidence, evidence_node, evidence_checkpoint, evidence_key");
    const withKey = { ...lost, SHIPSHAPE_SIGNING_KEY_FILE: settings.controlPlane.signingKeyFile };
    expect(await shipshape(["worker", "--until-idle"], { ...withKey, ...to() })).toMatchObject(
      failure(1, "evidence-publication-differs"),
    );
    const restore = (...more: string[]) => shipshape(["evidence", "restore", "--from", place(), ...more], lost);
    expect(await restore()).toMatchObject(failure(2, "evidence-key-untrusted"));
    expect(await restore("--key", place())).toMatchObject(failure(2, "usage"));
    expect(await restore("--key", key)).toMatchObject({
      code: 0,
      stdout: "82 of 82 statements were restored; each is signed, and the log is whole\n",
    });
    expect((await restore("--key", key)).stdout).toBe("the log has all 82 statements that were published\n");
    expect((await shipshape(["worker", "--until-idle"], to())).code).toBe(0);
    expect((await shipshape(["status"])).stdout).not.toContain("problem:");
  });
});

test("a population has every database, also one that was deleted, and its folder verifies", async () => {
  const today = new Date().toISOString().slice(0, 10);
  const ask = (...more: string[]) => shipshape(["evidence", "population", "--from", today, "--to", today, ...more]);
  await Promise.all([createDatabase("orders"), createDatabase("ledger")]);
  const first = await ask();
  expect(first.stdout).toMatch(/^ledger +silver +\d+ d +0 +0 +0 +0 +-$/m);
  await cloud.rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: "ledger", SkipFinalSnapshot: true }));
  await instanceIsGone(cloud, "ledger");
  const { stdout } = await ask("--out", folder("audit"));
  expect(stdout).toMatch(new RegExp(`^ledger +silver .*${today}$`, "m"));
  expect(stdout).toMatch(/^orders +silver .* -$/m);
  for (const line of stdout.split("\n").slice(0, 6)) expect(line.length).toBeLessThanOrEqual(80);
  expect(await shipshape(["evidence", "verify", folder("audit")])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(
      / databases from .*: \d; drills due: .* requested by .*\n.*the evidence is valid\n$/,
    ) as string,
  });
  const json = JSON.parse(readFileSync(join(folder("audit"), "report.json"), "utf8")) as object;
  expect(json).toMatchObject({ report: { content: { unread: [] } } });
  const unreachable = { AWS_ENDPOINT_URL_RDS: "http://127.0.0.1:9" };
  const blind = await shipshape(["evidence", "population", "--from", today, "--to", today, "--json"], unreachable);
  expect(blind.stdout).toContain("the databases that the cloud has today: ");
  expect(await shipshape(["evidence", "population", "--from", "2026-01-02", "--to", "2026-01-01"])).toMatchObject(
    failure(2, "usage"),
  );
  expect(await ask("--html", "--oscal")).toMatchObject(failure(2, "usage"));
  expect((await shipshape(["evidence", "list"])).stdout).toMatch(/population/);
});
