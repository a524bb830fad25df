import { spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase, type ControlPlaneDatabase } from "../../automation/database";
import type { Run } from "../../automation/records";
import { readRun } from "../../automation/runner/runs";
import { makeControlPlaneDatabase, type TestDatabase } from "./control-plane-database";

let postgres: TestDatabase;
let database: ControlPlaneDatabase;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "shipshape-lifecycle-"));
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, "key.pem"), generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }));
  postgres = await makeControlPlaneDatabase();
  database = await openDatabase(postgres.url);
});
afterAll(async () => {
  await database?.close();
  await postgres?.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs a worker process to its end; resolves to the request it worked on and the signal that ended it. */
function work(killAt: string, requestId?: string): Promise<{ id: string; signal: NodeJS.Signals | null; errors: string }> {
  const child = spawn(process.execPath, [
    "--import",
    "tsx",
    join(__dirname, "probe-worker.ts"),
    postgres.url,
    killAt,
    join(folder, "key.pem"),
    ...(requestId ? [requestId] : []),
  ]);
  let [output, errors] = ["", ""];
  child.stdout.on("data", (d: Buffer) => (output += d.toString()));
  child.stderr.on("data", (d: Buffer) => (errors += d.toString()));
  return new Promise((resolve) => child.on("exit", (_, signal) => resolve({ id: output.trim(), signal, errors })));
}

const statements = async (id: string) =>
  (await database.query<{ id: string }>("select id from evidence where request_id = $1 order by log_index", [id])).map((r) => r.id);
const effects = async () => (await database.query<{ moment: string }>("delete from effect returning moment")).map((r) => r.moment).sort();
const over = (run: Run) => ({ status: run.status, cleanUp: run.cleanUp, verdict: run.verdict });

test("an operation goes through all stages: each step once, a verdict, both statements", async () => {
  const { id, errors } = await work("");
  expect({ id, errors }).toMatchObject({ id: expect.stringMatching(/^\d{12}-[0-9a-f]{8}$/) });
  expect(over(await readRun(database, id))).toEqual({ status: "succeeded", cleanUp: "done", verdict: "pass" });
  expect(await statements(id)).toEqual([`${id}.verdict`, `${id}.teardown`]);
  expect(await effects()).toEqual(["first", "observe", "remove", "second"]);
});

/** At-least-once: a step killed after its effect and before its record runs again, and only that one. */
const moments = ["after observe", "before first", "after second", "after remove"];
test.each(moments)("a worker killed %s: the next one ends the run as it would have ended, repeating that step alone", async (moment) => {
  const killed = await work(moment);
  expect(killed.signal).toBe("SIGKILL");
  const { errors } = await work("", killed.id);
  expect({ errors, ...over(await readRun(database, killed.id)) }).toMatchObject({ status: "succeeded", cleanUp: "done", verdict: "pass" });
  expect(await statements(killed.id)).toEqual([`${killed.id}.verdict`, `${killed.id}.teardown`]);
  const repeated = moment.startsWith("after ") ? [moment.slice("after ".length)] : [];
  expect(await effects()).toEqual(["first", "observe", "remove", "second", ...repeated].sort());
});
