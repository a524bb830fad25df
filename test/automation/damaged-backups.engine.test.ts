import { closeSync, openSync, readdirSync, readSync, rmSync, statSync, truncateSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Run } from "../../automation/records";
import { callOwn } from "../localcloud/server/own-endpoint";
import { DrillCloud, nothingLeft, type WorkerProcess } from "./drill-cloud";

// If autovacuum touched a page after the backup, its full image in the WAL would repair our damage.
const content = `create table heaped with (autovacuum_enabled = false) as select i, md5(i::text) as text from generate_series(1, 3000) i;
  create table indexed (id int primary key, name text) with (autovacuum_enabled = false); insert into indexed select i, md5(i::text) from generate_series(1, 5000) i`;

let drills: DrillCloud;
let worker: WorkerProcess | undefined;

beforeAll(async () => {
  drills = await DrillCloud.start();
  await Promise.all(["flipped", "gap", "cut"].map((name) => drills.makeSource(name, content)));
  worker = drills.startWorker();
});
afterAll(async () => {
  try {
    await worker?.end("SIGTERM");
  } finally {
    await drills?.stop();
  }
});

async function backupsFolder(name: string): Promise<string> {
  return join(drills.cloud.dataFolder, "databases", "backups", (await drills.describe(name)).DbiResourceId!);
}

async function baseBackup(name: string): Promise<string> {
  const folder = join(await backupsFolder(name), "base");
  return join(folder, readdirSync(folder)[0]!, "data");
}

async function fileOf(name: string, relation: string): Promise<string> {
  const [row] = await drills.query(name, `select pg_relation_filepath('${relation}') as path`);
  return join(await baseBackup(name), String(row!["path"]));
}

function flipByte(path: string, offset: number): void {
  const file = openSync(path, "r+");
  const byte = Buffer.alloc(1);
  readSync(file, byte, 0, 1, offset);
  writeSync(file, Buffer.from([byte[0]! ^ 0xff]), 0, 1, offset);
  closeSync(file);
}

const outcomeOf = (run: Run) => ({
  status: run.status,
  cleanUp: run.cleanUp,
  verdict: run.verdict,
  failed: run.checks.filter((c) => c.verdict !== "pass").map((c) => `${c.name}: ${c.explanation}`),
});
const failedCheck = (explanation: RegExp) => ({
  status: "succeeded",
  cleanUp: "done",
  verdict: "fail",
  failed: [expect.stringMatching(explanation) as string],
});

test("a flipped byte in a heap and one in an index fail the drill, and the check names each relation", async () => {
  flipByte(await fileOf("flipped", "heaped"), 8192 + 4000);
  flipByte(await fileOf("flipped", "indexed_pkey"), 2 * 8192 + 5000);
  const run = await drills.over(await drills.request("flipped"));
  expect(outcomeOf(run)).toEqual(
    failedCheck(
      /^heaps-and-indexes-are-sound: (?=.*\bheaped: invalid page in block 1)(?=.*\bindexed_pkey: invalid page in block 2)/,
    ),
  );
  expect(await drills.statements(run.requestId)).toEqual(["verdict", "teardown"]);
});

test("a missing WAL segment fails the drill, and the check names the segment", async () => {
  await drills.query(
    "gap",
    "create table filler as select i, repeat('x', 500) as text from generate_series(1, 10000) i",
  );
  const archive = join(await backupsFolder("gap"), "wal");
  const missing = readdirSync(archive)
    .filter((name) => /^[0-9A-F]{24}$/.test(name))
    .sort()
    .at(-3)!;
  rmSync(join(archive, missing));
  const run = await drills.over(await drills.request("gap"));
  expect(outcomeOf(run)).toEqual(failedCheck(new RegExp(`^database-recovers: .*WAL segment ${missing} is missing`)));
});

test("a truncated base backup fails the drill, and the check names the file; a second drill of the database waits for the first", async () => {
  const file = await fileOf("cut", "heaped");
  truncateSync(file, statSync(file).size - 8192);
  const ids = [await drills.request("cut"), await drills.request("cut")];
  const [first, second] = await Promise.all(ids.map((id) => drills.over(id)));
  for (const run of [first!, second!])
    expect(outcomeOf(run)).toEqual(failedCheck(/^database-recovers: .*has \d+ bytes instead of \d+/));
  // Planning only reads, so both may be planned at once.
  const times = (run: Run) =>
    Object.entries(run.steps)
      .filter(([name]) => name !== "look at the source")
      .flatMap(([, s]) => [s.startedAt, s.finishedAt ?? ""])
      .sort();
  expect(times(first!).at(-1)! <= times(second!)[0]!).toBe(true);
});

test("a throwaway that cannot be removed is shown as stuck, and a repeated clean-up removes it", async () => {
  const id = await drills.request("flipped");
  // Until then, the `up` that adopts the copy would undo the protection.
  await drills.until(
    "the copy is adopted",
    async () => (await drills.run(id)).steps["adopt the copy into its stack"]?.status === "done",
    5,
  );
  const protect = (deletionProtection: boolean) =>
    callOwn(drills.cloud, "POST", "/shipshape/change", {
      arn: `arn:aws:rds:eu-central-1:123456789012:db:drill-${id}`,
      properties: { deletionProtection },
    });
  expect((await protect(true)).status).toBe(200);
  expect(outcomeOf(await drills.over(id))).toMatchObject({ status: "succeeded", verdict: "fail", cleanUp: "stuck" });
  expect(await drills.statements(id)).toEqual(["verdict"]);
  const { findings } = JSON.parse((await drills.shipshape("status", "--json")).stdout) as {
    findings: { id: string; summary: string }[];
  };
  expect(findings).toContainEqual(
    expect.objectContaining({
      id: `${id}.clean-up`,
      summary: expect.stringMatching(/the clean-up is stuck: .*protect/i) as string,
    }),
  );

  await protect(false);
  expect(await drills.shipshape("clean-up", id, "--work")).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("clean-up done") as string,
  });
  expect(await drills.statements(id)).toEqual(["verdict", "teardown"]);
  const after = JSON.parse((await drills.shipshape("status", "--json")).stdout) as { findings: { id: string }[] };
  expect(after.findings.map((f) => f.id)).not.toContain(`${id}.clean-up`);
});

test("these drills leave nothing behind but their sources", async () => {
  await drills.until("no engine or plugin runs", () => Promise.resolve(drills.processes().length === 0), 100);
  expect(await drills.leftovers()).toEqual(nothingLeft);
});
