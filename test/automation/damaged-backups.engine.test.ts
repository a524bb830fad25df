import {
  closeSync,
  cpSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { Run } from "../../automation/records";
import { asMaster, managedPassword } from "../localcloud/server/database-client";
import { callOwn } from "../localcloud/server/own-endpoint";
import { DrillCloud, nothingLeft, type WorkerProcess } from "./drill-cloud";

// If autovacuum touched a page after the backup, its full image in the WAL would repair our damage.
const content = `create table heaped with (autovacuum_enabled = false) as select i, md5(i::text) as text from generate_series(1, 3000) i;
  create table indexed (id int primary key, name text) with (autovacuum_enabled = false); insert into indexed select i, md5(i::text) from generate_series(1, 5000) i`;

/** The table that a drill creates, so that it changes no catalog. */
const markers = `; create table shipshape.recovery_marker (run_id text, name text, written_at timestamptz not null default clock_timestamp(),
  primary key (run_id, name)); alter table shipshape.recovery_marker owner to shipshape`;

let drills: DrillCloud;
let worker: WorkerProcess | undefined;

beforeAll(async () => {
  drills = await DrillCloud.start();
  const lost = [
    () => keepOld("stale"),
    "create role reporting",
    "create role departed",
    "create extension citext",
    "grant select on heaped to reporting",
    // Then recovery does not write these pages whole.
    "select count(*) from pg_extension, pg_class",
    "checkpoint",
  ];
  await Promise.all([
    ...["flipped", "gap", "cut", "quiet"].map((name) => drills.makeSource(name, content)),
    drills.makeSource("stale", content + markers, lost),
  ]);
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

/** Catalogs that a new extension or grant changes, each with its indexes. */
const catalogs = ["pg_extension", "pg_class"];

async function filesOf(name: string): Promise<string[]> {
  const rows = await drills.query(
    name,
    `select pg_relation_filepath(c.oid) as path from pg_class c left join pg_index i on i.indexrelid = c.oid
     where coalesce(i.indrelid, c.oid)::regclass::text = any ('{${catalogs.join()}}')`,
  );
  return rows.map((row) => String(row["path"]));
}

/** Copies the files of these catalogs as they are now. */
async function keepOld(name: string): Promise<void> {
  await drills.query(name, "select count(*) from pg_extension, pg_class");
  await drills.query(name, "checkpoint");
  const data = join(drills.cloud.dataFolder, "databases", (await drills.describe(name)).DbiResourceId!, "data");
  for (const path of await filesOf(name)) cpSync(join(data, path), join(drills.cloud.dataFolder, "old", path));
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

test("a target after the last commit is reached; if the log to it is lost, the drill fails, and the check names the segment", async () => {
  const now = async () => {
    const [row] = await drills.query("quiet", "select floor(extract(epoch from clock_timestamp()))::int as now");
    return new Date(Number(row!["now"]) * 1000).toISOString().replace(".000Z", "Z");
  };
  const at = await now();
  const reached = await drills.over(await drills.request("quiet", "--at", at));
  expect(outcomeOf(reached)).toMatchObject({ status: "succeeded", cleanUp: "done", verdict: "pass", failed: [] });

  // The segment of that moment is the first that was complete after it.
  const archive = join(await backupsFolder("quiet"), "wal");
  const last = readdirSync(archive)
    .filter((name) => /^[0-9A-F]{24}$/.test(name) && statSync(join(archive, name)).mtimeMs >= Date.parse(at))
    .sort()[0]!;
  rmSync(join(archive, last));
  const lost = await drills.over(await drills.request("quiet", "--at", at));
  expect(outcomeOf(lost)).toEqual(failedCheck(new RegExp(`^database-recovers: .*WAL segment ${last} is missing`)));
});

test("WAL that retention dropped although a restore needs it fails the drill, and the check names the segment", async () => {
  const folder = await backupsFolder("gap");
  const [base] = readdirSync(join(folder, "base"));
  const own = readdirSync(join(folder, "base", base!, "wal"))
    .sort()
    .at(-1)!;
  const needed = readdirSync(join(folder, "wal"))
    .filter((name) => /^[0-9A-F]{24}$/.test(name) && name > own)
    .sort()[0]!;
  rmSync(join(folder, "wal", needed));
  const run = await drills.over(await drills.request("gap"));
  expect(outcomeOf(run)).toEqual(failedCheck(new RegExp(`^database-recovers: .*WAL segment ${needed} is missing`)));
});

test("a backup whose catalogs are older than the rest fails the drill, and the lost extension, grant and role are named", async () => {
  const backup = await baseBackup("stale");
  // Written into the files that are there, which belong to the server's user.
  for (const path of await filesOf("stale"))
    writeFileSync(join(backup, path), readFileSync(join(drills.cloud.dataFolder, "old", path)));
  const id = await drills.request("stale");
  await drills.until("the copy is there", async () => (await drills.statusOf(`drill-${id}`)) === "available", 5);
  const password = await managedPassword(drills.cloud, await drills.describe("stale"));
  const copy = await drills.describe(`drill-${id}`);
  await asMaster(drills.cloud, copy, "drop role departed", password);
  const run = await drills.over(id);
  expect(outcomeOf(run)).toMatchObject({ status: "succeeded", cleanUp: "done", verdict: "fail" });
  const [failed, ...others] = outcomeOf(run).failed;
  expect(others).toEqual([]);
  for (const lost of [
    /^catalog-equals-source: /,
    /role departed/,
    /extension citext/,
    /privilege: table public\.heaped/,
  ])
    expect(failed).toMatch(lost);
  expect(await drills.statements(run.requestId)).toEqual(["verdict", "teardown"]);
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
