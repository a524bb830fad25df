import type { ControlPlaneDatabase } from "../../../automation/database";
import { ShipshapeError } from "../../../automation/errors";
import { targetDatabase } from "../../../automation/fleet-records";
import { planDigestOf } from "../../../automation/records";
import {
  busyRuns,
  cleanUpAgain,
  endRun,
  markSealed,
  nextPreparation,
  queueRun,
  readRun,
  runsToSeal,
  setCleanUp,
  setPlan,
  queuePlannedRun,
  unfinishedRuns,
  unstick,
} from "../../../automation/runner/runs";
import { latestRuns, runsAwaitingApproval } from "../../../automation/runner/run-lists";
import { goOn } from "../../../automation/runner/pauses";
import { markRemoved, overdueThrowaways, registerThrowaway } from "../../../automation/runner/throwaways";
import { stepRecorder } from "../../../automation/runner/step-recorder";
import { until } from "../../until";
import { haveControlPlaneDatabase } from "../control-plane-database";

let database: ControlPlaneDatabase;
let count = 0;
let id: string;
haveControlPlaneDatabase((made) => void ({ database } = made));
beforeEach(async () => {
  id = `request-${String(++count).padStart(3, "0")}`;
  await database.query(
    "insert into request (id, operation, input, requested_by, reason) values ($1, 'probe', '{\"database\": \"asked-for\"}', 'ana', 'a test')",
    [id],
  );
  await queueRun(database, id);
});

const run = () => readRun(database, id);
const begin = () => goOn(database, { requestId: id, operation: "probe", preparation: 1 });
const arn = "arn:aws:rds:eu-central-1:123456789012:db:orders";
const plan = {
  target: "orders",
  database: targetDatabase({ identifier: "orders", resourceId: "db-1", arn }),
  tags: {},
  evidenceValidDays: 7,
};
const failure = new ShipshapeError("run-lost", { id: "x" });

test("a new run is queued, for the requested database, with nothing else set", async () => {
  expect(await run()).toMatchObject({
    requestId: id,
    operation: "probe",
    target: "asked-for",
    status: "queued",
    cleanUp: "none",
    steps: {},
    checks: [],
  });
  expect(await run()).toMatchObject({
    plan: undefined,
    planDigest: undefined,
    verdict: undefined,
    error: undefined,
    startedAt: undefined,
    finishedAt: undefined,
  });
});

test("a request that does not exist is unknown", async () => {
  await expect(readRun(database, "absent")).rejects.toMatchObject({ code: "request-unknown" });
});

test("a run starts when it first runs, not while it waits", async () => {
  await setPlan(database, id, 1, plan, "waiting");
  expect((await run()).startedAt).toBeUndefined();
  await queuePlannedRun(database, id);
  expect(await run()).toMatchObject({ status: "queued", startedAt: undefined });
  expect(await begin()).toMatchObject({ queuedSeconds: expect.any(Number) as number });
  const { startedAt, status } = await run();
  expect([startedAt instanceof Date, status]).toEqual([true, "running"]);
  expect(await begin()).toMatchObject({ queuedSeconds: null });
  expect((await run()).startedAt).toEqual(startedAt);
});

test("a run owes its statement from its end until it is sealed, and keeps its first sealing time", async () => {
  const owed = async () => (await runsToSeal(database, "", 1000)).map(({ requestId }) => requestId);
  expect(await owed()).not.toContain(id);
  await endRun(database, id, { status: "cancelled" });
  expect(await owed()).toContain(id);
  expect(await runsToSeal(database, id, 1000)).toEqual([]);
  expect(await markSealed(database, id, "lifecycle")).toBe(false);
  expect(await owed()).toContain(id);
  expect(await markSealed(database, id, "sweep")).toBe(true);
  expect(await owed()).not.toContain(id);
  const { sealedAt } = await run();
  expect(sealedAt).toBeInstanceOf(Date);
  await markSealed(database, id, "sweep");
  expect((await run()).sealedAt).toEqual(sealedAt);
});

test("a plan is stored once, with its digest and what it waits for; only the next preparation replaces it", async () => {
  const other = { ...plan, evidenceValidDays: 1 };
  expect(await setPlan(database, id, 1, plan, "waiting")).toBe(true);
  expect(await setPlan(database, id, 1, other, "running")).toBe(false);
  expect(await setPlan(database, id, 2, other, "running")).toBe(false);
  expect(await run()).toMatchObject({ target: "orders", plan, planDigest: planDigestOf(plan), status: "waiting" });
  expect(await nextPreparation(database, id, 1)).toBe(true);
  expect(await nextPreparation(database, id, 1)).toBe(false);
  expect(await run()).toMatchObject({ plan, preparation: 2, status: "queued" });
  expect(await setPlan(database, id, 2, other, "running")).toBe(true);
  expect(await run()).toMatchObject({ plan: other, planDigest: planDigestOf(other), status: "running" });
});

test("nothing is prepared, planned or begun after the end", async () => {
  await endRun(database, id, { status: "cancelled" });
  expect([
    await setPlan(database, id, 1, plan, "waiting"),
    await nextPreparation(database, id, 1),
    await begin(),
  ]).toEqual([false, false, undefined]);
});

test("who ends a run as it was found does not end it once it has changed", async () => {
  const found = { status: "queued", preparation: 1 } as const;
  await setPlan(database, id, 1, plan, "waiting");
  expect(await endRun(database, id, { status: "failed" }, found)).toBeUndefined();
  await queuePlannedRun(database, id);
  await nextPreparation(database, id, 1);
  expect(await endRun(database, id, { status: "failed" }, found)).toBeUndefined();
  await database.query("update run set held_at = now() where request_id = $1", [id]);
  expect(await endRun(database, id, { status: "failed" }, { ...found, preparation: 2 })).toBeUndefined();
  await database.query("update run set held_at = null where request_id = $1", [id]);
  expect(await endRun(database, id, { status: "failed" }, { ...found, preparation: 2 })).toEqual({ parent: null });
  expect(await endRun(database, id, { status: "cancelled" })).toBeUndefined();
  expect((await run()).status).toBe("failed");
});

test("runs that wait for people need no worker", async () => {
  const listed = async () => (await unfinishedRuns(database, "", 1000)).map((r) => r.requestId);
  expect(await listed()).toContain(id);
  const busy = await busyRuns(database);
  await setPlan(database, id, 1, plan, "waiting");
  expect(await listed()).not.toContain(id);
  expect((await runsAwaitingApproval(database, 1000)).map((r) => r.requestId)).toEqual([id]);
  expect(await busyRuns(database)).toBe(busy - 1);
});

test("a run ends once: later records do not change it", async () => {
  const check = { name: "c", verdict: "pass" as const, explanation: "fine", figures: { n: 1 } };
  await endRun(database, id, { status: "succeeded", outcome: { rows: 3 }, verdict: "pass", checks: [check] });
  const ended = await run();
  expect(ended).toMatchObject({
    status: "succeeded",
    outcome: { rows: 3 },
    verdict: "pass",
    checks: [check],
    error: undefined,
    finishedAt: expect.any(Date) as Date,
  });
  await endRun(database, id, { status: "failed", error: failure });
  await queuePlannedRun(database, id);
  expect(await begin()).toBeUndefined();
  expect(await run()).toEqual(ended);
});

test("a failure is recorded with its code and its hint, separately from its clean-up's", async () => {
  await endRun(database, id, { status: "failed", error: failure });
  await setCleanUp(database, id, "stuck", new Error("still there"));
  const { status, cleanUp, error, cleanUpError } = await run();
  expect({ status, cleanUp, cleanUpError }).toEqual({
    status: "failed",
    cleanUp: "stuck",
    cleanUpError: { code: "unexpected", message: "still there" },
  });
  expect(error).toEqual({ code: "run-lost", message: failure.message, hint: failure.hint });
  await setCleanUp(database, id, "done");
  expect((await run()).cleanUpError).toBeUndefined();
});

test("a stuck clean-up is requested again, once for any number of requests; another one is not", async () => {
  expect(await unstick(database, id)).toBe(false);
  await setCleanUp(database, id, "stuck");
  expect((await Promise.all([1, 2, 3].map(() => unstick(database, id)))).filter(Boolean)).toHaveLength(1);
  expect((await run()).cleanUp).toBe("pending");
  const attempt = async () =>
    (await database.query<{ n: number }>("select clean_up_attempt as n from run where request_id = $1", [id]))[0]?.n;
  expect(await attempt()).toBe(2);
  await Promise.all([1, 2, 3].map(() => cleanUpAgain(database, { requestId: id, attempt: 2 })));
  expect(await attempt()).toBe(3);
});

test("the latest runs come first, no more than requested", async () => {
  expect((await latestRuns(database, 2)).map((r) => r.requestId)).toEqual([
    id,
    `request-${String(count - 1).padStart(3, "0")}`,
  ]);
});

describe("the steps of a run", () => {
  test("each attempt is counted, with its start and its result", async () => {
    const recorder = stepRecorder(database, id, "run");
    await recorder.begun("look");
    expect((await run()).steps["look"]).toEqual({
      status: "running",
      attempts: 1,
      startedAt: expect.stringMatching(/^\d{4}-.*Z$/) as string,
    });
    recorder.progressed("look", 0.25);
    await until("the share is recorded", async () => (await run()).steps["look"]?.share !== undefined);
    expect((await run()).steps["look"]).toMatchObject({ status: "running", share: 0.25 });
    await recorder.ended("look", failure);
    expect((await run()).steps["look"]).toMatchObject({ status: "failed", attempts: 1, error: failure.message });
    await recorder.begun("look");
    await recorder.ended("look", undefined);
    const again = (await run()).steps["look"];
    expect(again).toMatchObject({
      status: "done",
      attempts: 2,
      finishedAt: expect.stringMatching(/^\d{4}-.*Z$/) as string,
    });
    expect(again).not.toHaveProperty("error");
  });

  test("none begins once the run has ended, except those of its clean-up", async () => {
    await endRun(database, id, { status: "cancelled" });
    await expect(stepRecorder(database, id, "run").begun("late")).rejects.toMatchObject({ code: "run-over" });
    await stepRecorder(database, id, "clean-up").begun("remove");
    expect(Object.keys((await run()).steps)).toEqual(["remove"]);
  });
});

test("a throwaway is registered once, overdue only while its run continues, and removed once", async () => {
  const throwaway = { identifier: `drill-${id}`, stack: "s", expiresAt: "2020-01-01T00:00:00Z" };
  await registerThrowaway(database, id, throwaway);
  await registerThrowaway(database, id, { ...throwaway, expiresAt: "2030-01-01T00:00:00Z" });
  const overdue = async () => (await overdueThrowaways(database, "", 10)).map((t) => t.identifier);
  expect(await overdue()).toEqual([throwaway.identifier]);
  expect(await overdueThrowaways(database, id, 10)).toEqual([]);
  await markRemoved(database, id, throwaway.identifier);
  expect(await overdue()).toEqual([]);
  const removedAt = async () =>
    (await database.query<{ at: Date }>("select removed_at as at from throwaway where request_id = $1", [id]))[0]?.at;
  const first = await removedAt();
  expect(first).toBeInstanceOf(Date);
  await markRemoved(database, id, throwaway.identifier);
  expect(await removedAt()).toEqual(first);
  await database.query("update throwaway set status = 'registered' where request_id = $1", [id]);
  await endRun(database, id, { status: "failed", error: failure });
  expect(await overdue()).toEqual([]);
});

test("a statement that finds a row by its key is prepared, and all go on working when a migration adds a column", async () => {
  const [byKey, everyColumn] = [
    "select status from run where request_id = $1",
    "select * from run where request_id = $1",
  ];
  const rolledBack = database.transaction(async (t) => {
    const ask = async () => [await t.query(byKey, [id]), await t.query(everyColumn, [id])].map((rows) => rows.length);
    expect([await ask(), await ask()]).toEqual([
      [1, 1],
      [1, 1],
    ]);
    const prepared = await t.query<{ statement: string }>("select statement from pg_prepared_statements");
    expect(prepared.map(({ statement }) => statement)).toContain(byKey);
    await t.query("alter table run add column of_a_later_release text");
    expect(await ask()).toEqual([1, 1]);
    throw new Error("rolled back");
  });
  await expect(rolledBack).rejects.toThrow("rolled back");
});
