import { join } from "node:path";
import { DrillCloud, nothingLeft, type WorkerProcess } from "./drill-cloud";

let drills: DrillCloud;
let worker: WorkerProcess | undefined;

beforeAll(async () => {
  drills = await DrillCloud.start();
  await drills.makeSource(
    "orders",
    "create table item (id int primary key, name text); insert into item select i, md5(i::text) from generate_series(1, 2000) i",
  );
});
afterEach(async () => {
  await worker?.end("SIGKILL");
  worker = undefined;
});
afterAll(async () => drills?.stop());

const ended = async (id: string) => {
  const { status, verdict, cleanUp } = await drills.over(id);
  return { status, verdict, cleanUp };
};
const stepDone = async (id: string, step: string) => (await drills.run(id)).steps[step]?.status === "done";
const noProcessLeft = () => drills.until("no engine or plugin runs", () => Promise.resolve(drills.processes().length === 0), 100);

test("a good drill passes, tells its steps as they end, and leaves nothing behind", async () => {
  const { code, stdout, stderr } = await drills.shipshape("request", "restore-drill", "--database", "orders", "--reason", "monthly", "--work", "--json");
  const run = JSON.parse(stdout) as { id: string; status: string; verdict: string; checks: { name: string; verdict: string }[] };
  expect({ code, ...run, stderr }).toMatchObject({
    code: 0,
    status: "succeeded",
    verdict: "pass",
    cleanUp: "done",
    error: null,
    stderr: expect.stringMatching(/✓ restore into isolation[^]*✓ remove the markers/) as string,
  });
  expect(run.checks.map((c) => `${c.name} ${c.verdict}`)).toEqual([
    "database-recovers pass",
    "recovery-time pass",
    "recovery-exposure pass",
    "markers-bracket-target pass",
    "last-commit-meets-target pass",
    "heaps-and-indexes-are-sound pass",
    "catalog-equals-source pass",
  ]);
  expect(await drills.statements(run.id)).toEqual(["verdict", "teardown"]);
  const folder = join(drills.cloud.dataFolder, "exported");
  expect(await drills.shipshape("evidence", "export", run.id, "--out", folder)).toMatchObject({ code: 0 });
  expect(await drills.shipshape("evidence", "verify", folder)).toMatchObject({ code: 0, stdout: expect.stringContaining("the evidence holds") as string });
  await noProcessLeft();
  expect(await drills.leftovers()).toEqual(nothingLeft);
});

test("a worker killed after the markers, in mid-create, after the seal and in mid-destroy: the drill ends as it would have, of one restored database", async () => {
  const id = await drills.request("orders");
  const throwaway = `drill-${id}`;
  const killedWhen = async (moment: string, reached: () => Promise<boolean>) => {
    const killed = drills.startWorker();
    await drills.until(moment, reached, 5);
    await killed.end("SIGKILL");
    return { status: await drills.statusOf(throwaway), statements: await drills.statements(id), over: (await drills.run(id)).finishedAt !== undefined };
  };
  expect(await killedWhen("after the markers", () => stepDone(id, "write the marker after the target"))).toEqual({
    status: undefined,
    statements: [],
    over: false,
  });
  expect(await killedWhen("in mid-create", async () => (await drills.statusOf(throwaway)) === "creating")).toMatchObject({
    status: expect.any(String) as string,
    statements: [],
    over: false,
  });
  expect(await killedWhen("after the seal", async () => (await drills.statements(id)).length === 1)).toMatchObject({
    status: "available",
    statements: ["verdict"],
  });
  await killedWhen("in mid-destroy", async () => (await drills.statusOf(throwaway)) === "deleting");
  worker = drills.startWorker();
  expect(await ended(id)).toEqual({ status: "succeeded", verdict: "pass", cleanUp: "done" });
  expect(await drills.statements(id)).toEqual(["verdict", "teardown"]);
  expect(await drills.callsTaken("RestoreDBInstanceToPointInTime", throwaway)).toBe(1);
  expect(await drills.callsTaken("CreateDBInstance", throwaway)).toBe(0);
  await noProcessLeft();
  expect(await drills.leftovers()).toEqual(nothingLeft);
});

test("a drill cancelled while it restores is removed all the same, and seals that it is gone", async () => {
  const id = await drills.request("orders");
  worker = drills.startWorker();
  await drills.until("the restore is under way", async () => (await drills.statusOf(`drill-${id}`)) === "creating", 5);
  expect(await drills.shipshape("cancel", id)).toMatchObject({ code: 0, stdout: expect.stringContaining("a worker removes what it made") as string });
  expect(await ended(id)).toEqual({ status: "cancelled", verdict: undefined, cleanUp: "done" });
  expect((await drills.statements(id)).sort()).toEqual(["teardown", "verdict"]);
  expect(await drills.shipshape("cancel", id)).toMatchObject({ code: 2, stderr: expect.stringContaining("run-over") as string });
  await noProcessLeft();
  expect(await drills.leftovers()).toEqual(nothingLeft);
});
