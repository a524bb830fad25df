import type { ChildProcess } from "node:child_process";
import { DrillCloud, nothingLeft } from "./drill-cloud";

let drills: DrillCloud;
let workers: ChildProcess[] = [];

beforeAll(async () => {
  drills = await DrillCloud.start();
  await drills.makeSource("orders", "create table item (id int primary key, name text); insert into item select i, md5(i::text) from generate_series(1, 2000) i");
});
afterEach(async () => {
  await Promise.all(workers.map((worker) => end(worker, "SIGKILL")));
  workers = [];
});
afterAll(async () => drills?.stop());

function work(): ChildProcess {
  const worker = drills.startWorker();
  workers.push(worker);
  return worker;
}

function end(worker: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (worker.exitCode !== null || worker.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    worker.once("exit", () => resolve());
    worker.kill(signal);
  });
}

const ended = async (id: string) => {
  const { status, verdict, cleanUp } = await drills.over(id);
  return { status, verdict, cleanUp };
};
const stepDone = async (id: string, step: string) => (await drills.run(id)).steps[step]?.status === "done";
const noProcessLeft = () => drills.until("no engine or plugin runs", () => Promise.resolve(drills.processes().length === 0), 100);

test("a good drill passes, tells its steps as they end, and leaves nothing behind", async () => {
  const { code, stdout, stderr } = await drills.shipshape("request", "restore-drill", "--database", "orders", "--reason", "monthly", "--wait", "--json");
  const run = JSON.parse(stdout) as { id: string; status: string; verdict: string; checks: { name: string; verdict: string }[] };
  expect({ code, ...run, stderr }).toMatchObject({ code: 0, status: "succeeded", verdict: "pass", cleanUp: "done", error: null, stderr: expect.stringMatching(/✓ restore into isolation[^]*✓ remove the markers/) as string });
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
  await noProcessLeft();
  expect(await drills.leftovers()).toEqual(nothingLeft);
});

test("a worker killed after the markers, in mid-create, after the seal and in mid-destroy: the drill ends as it would have, of one restored database", async () => {
  const id = await drills.request("orders");
  const throwaway = `drill-${id}`;
  const killedWhen = async (moment: string, reached: () => Promise<boolean>) => {
    const worker = work();
    await drills.until(moment, reached, 5);
    await end(worker, "SIGKILL");
    return { status: await drills.statusOf(throwaway), statements: await drills.statements(id), over: (await drills.run(id)).finishedAt !== undefined };
  };
  expect(await killedWhen("after the markers", () => stepDone(id, "write the marker after the target"))).toEqual({ status: undefined, statements: [], over: false });
  expect(await killedWhen("in mid-create", async () => (await drills.statusOf(throwaway)) === "creating")).toMatchObject({ status: expect.any(String) as string, statements: [], over: false });
  expect(await killedWhen("after the seal", async () => (await drills.statements(id)).length === 1)).toMatchObject({ status: "available", statements: ["verdict"] });
  await killedWhen("in mid-destroy", async () => (await drills.statusOf(throwaway)) === "deleting");
  work();
  expect(await ended(id)).toEqual({ status: "succeeded", verdict: "pass", cleanUp: "done" });
  expect(await drills.statements(id)).toEqual(["verdict", "teardown"]);
  expect(await drills.callsTaken("RestoreDBInstanceToPointInTime", throwaway)).toBe(1);
  expect(await drills.callsTaken("CreateDBInstance", throwaway)).toBe(0);
  await noProcessLeft();
  expect(await drills.leftovers()).toEqual(nothingLeft);
});

test("a drill cancelled while it restores is removed all the same, and seals that it is gone", async () => {
  const id = await drills.request("orders");
  work();
  await drills.until("the restore is under way", async () => (await drills.statusOf(`drill-${id}`)) === "creating", 5);
  expect(await drills.shipshape("cancel", id)).toMatchObject({ code: 0, stdout: expect.stringContaining("a worker removes what it made") as string });
  expect(await ended(id)).toEqual({ status: "cancelled", verdict: undefined, cleanUp: "done" });
  expect(await drills.statements(id)).toEqual(["teardown"]);
  expect(await drills.shipshape("cancel", id)).toMatchObject({ code: 2, stderr: expect.stringContaining("run-over") as string });
  await noProcessLeft();
  expect(await drills.leftovers()).toEqual(nothingLeft);
});
