// Runs about several databases: they make child requests and wait, and workers come and go meanwhile. The operation is
// toy-coordination.ts; its children wait for approval: each has a decision of its own.
import { join } from "node:path";
import type { ControlPlane } from "../../automation/control-plane";
import { coordinationOf } from "../../automation/coordination";
import { claimOf } from "../../automation/evidence/envelope";
import { lookForMessage } from "../../automation/runner/messages";
import type { AnyOperation } from "../../automation/runner/operation";
import { until } from "../until";
import { toyCoordination } from "./operations/toy-coordination";
import { toyOperation } from "./operations/toy-operation";
import { ProbedControlPlane, type RunningProcess, unused } from "./probe";

let probed: ProbedControlPlane;
let controlPlane: ControlPlane;
const operations = async () => [toyCoordination, toyOperation] as unknown as AnyOperation[];
beforeAll(async () => {
  probed = await ProbedControlPlane.start();
  controlPlane = await probed.client(operations);
});
afterAll(() => probed?.stop());

/** A worker with both operations, which is killed at that moment (disturbed.ts). */
const worker = (moment: string, ...words: string[]): RunningProcess =>
  probed.command([
    ...["--import", "tsx", join(__dirname, "harness/killed-command.ts")],
    ...["label-all", moment, "worker", ...words],
  ]);
async function stopped(one: RunningProcess): Promise<void> {
  one.kill("SIGTERM");
  const { code, stderr } = await one.ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringMatching(/rror/) as string });
}
async function killed(moment: string): Promise<void> {
  const { signal, stderr } = await worker(moment).ended;
  expect({ moment, signal, stderr }).toEqual({ moment, signal: "SIGKILL", stderr: expect.any(String) as string });
}
const by = { requestedBy: "ana", reason: "as agreed" };
const request = (databases: string, more: object = {}) =>
  controlPlane.submit("label-all", { databases, labelText: "paid", ...more }, by);
const isUnderWay = async (id: string, step: string) => (await controlPlane.run(id)).steps[step]?.status === "running";
/** The child number n, once it is there and waits for approval. */
async function waitingChild(id: string, n: number): Promise<string> {
  await until(`child ${n} of ${id} waits`, async () => (await controlPlane.children(id))[n - 1]?.status === "waiting");
  return (await controlPlane.children(id))[n - 1]!.requestId;
}
async function approve(id: string): Promise<void> {
  const { planDigest = "" } = await controlPlane.run(id);
  await controlPlane.approve(id, { principal: "ben", plan: planDigest, comment: "fine" });
}
const over = (id: string) =>
  until(`${id} is over`, async () => {
    const run = await controlPlane.run(id);
    return run.finishedAt !== undefined && run.sealedAt !== undefined;
  });
const goOn = (id: string) => controlPlane.send(id, "go on", { sentBy: "ops", content: null });
async function statementOf(id: string): Promise<{ request: object; verdict: string }> {
  const [row, ...more] = await probed.database.query<{ envelope: string }>(
    "select envelope from evidence where request_id = $1",
    [id],
  );
  expect(more).toEqual([]);
  return claimOf(row!.envelope).predicate as unknown as { request: object; verdict: string };
}
const labels = () => probed.database.query("select target, text from label order by target");

test("a child is a request of its own: by the parent's requester, for its reason, with a decision and a statement of its own", async () => {
  const id = await request("orders,ledger");
  const working = worker("");
  const first = await waitingChild(id, 1);
  expect(await controlPlane.request(first)).toMatchObject({ ...by, operation: "label", parent: id });
  expect(await labels()).toEqual([]);
  await approve(first);
  await until("it waits for a message", () => isUnderWay(id, "wait for go on"));
  expect(await labels()).toEqual([{ target: "orders", text: "black: paid" }]);
  expect(await controlPlane.children(id)).toHaveLength(1);
  await goOn(id);
  const second = await waitingChild(id, 2);
  await approve(second);
  await over(id);
  await stopped(working);

  const end = { status: "succeeded", verdict: "pass" };
  expect(await controlPlane.run(id)).toMatchObject({
    ...end,
    outcome: {
      goneOn: "ops",
      ends: [
        { requestId: first, ...end },
        { requestId: second, ...end },
      ],
    },
  });
  expect((await statementOf(first)).request).toMatchObject({ parent: id, requestedBy: "ana" });
  expect((await statementOf(id)).request).not.toHaveProperty("parent");

  const shown = (await probed.shipshape("show", id).ended).stdout;
  expect(shown).toMatch(
    new RegExp(`CHILD +OPERATION +DATABASE +RUN +VERDICT\n${first} +label +orders +succeeded +pass`),
  );
  const child = JSON.parse((await probed.shipshape("show", first, "--json").ended).stdout) as object;
  expect(child).toMatchObject({ parent: id, children: [] });
  expect((await probed.shipshape("explain", first).ended).stdout).toContain(`requested by the run of ${id}`);
});

test("killed at each worst moment, it requests each child once, and loses no end and no message", async () => {
  const id = await request("payments,billing");
  await killed("in request label (payments)"); // the child is stored, and the step that made it is not
  expect(await controlPlane.children(id)).toHaveLength(1);
  await killed("in wait for a child (1)"); // the wait is stored
  const working = worker("");
  await approve(await waitingChild(id, 1));
  await until("the first child's end is known", () => isUnderWay(id, "wait for go on"));
  await goOn(id);
  const second = await waitingChild(id, 2);
  await until("it waits for the second", () => isUnderWay(id, "wait for a child (2)"));
  working.kill("SIGKILL");
  await working.ended;
  // The child ends while nobody waits; then the wait has taken its end, and has not recorded that.
  await controlPlane.reject(second, {
    principal: "ben",
    plan: (await controlPlane.run(second)).planDigest!,
    comment: "not today",
  });
  await killed("in wait for a child (2)");
  const { code } = await worker("", "--until-idle").ended;
  expect(code).toBe(0);
  const run = await controlPlane.run(id);
  expect(run).toMatchObject({ status: "succeeded", verdict: "inconclusive" });
  expect(run.outcome).toMatchObject({
    goneOn: "ops",
    ends: [{ verdict: "pass" }, { requestId: second, status: "failed" }],
  });
  expect(await controlPlane.children(id)).toHaveLength(2);
  expect([run.steps["request label (payments)"]?.attempts, run.steps["request label (billing)"]?.attempts]).toEqual([
    2, 1,
  ]);
  for (const one of [id, ...(await controlPlane.children(id)).map((c) => c.requestId)]) await statementOf(one);
});

test("runs that wait hold none of a worker's places, and a worker that stops leaves them to the next one", async () => {
  const parents = await Promise.all(Array.from({ length: 6 }, () => request("orders,ledger")));
  const first = worker("");
  for (const id of parents) await until(`${id} waits`, () => isUnderWay(id, "wait for a child (1)"));
  const alone = await controlPlane.submit("label", { database: "orders", labelText: "sold" }, by);
  await until("a request of a database is planned", async () => (await controlPlane.run(alone)).status === "waiting");
  await approve(alone);
  await over(alone);
  await stopped(first);

  const second = worker("");
  const attempts = async (id: string) => (await controlPlane.run(id)).steps["wait for a child (1)"]?.attempts;
  for (const id of parents) await until(`${id} is continued`, async () => (await attempts(id)) === 2);
  // The cancel of a parent ends its wait, and its children.
  for (const id of parents) {
    const child = await waitingChild(id, 1);
    await controlPlane.cancel(id, "ana");
    expect(await controlPlane.run(child)).toMatchObject({ status: "cancelled", error: { code: "run-cancelled" } });
    for (const one of [id, child]) {
      await over(one);
      expect(await statementOf(one)).toMatchObject({ run: "cancelled", verdict: "inconclusive" });
    }
  }
  await until("nothing is carried out any more", async () => {
    const alive = "select from dbos.workflow_status where status in ('ENQUEUED', 'PENDING')";
    return (await probed.database.query(alive)).length === 0;
  });
  await stopped(second);
});

test("a wait ends when its time is over, counted from its first look", async () => {
  const id = await request("orders,ledger", { waitSeconds: 2 });
  await killed("in wait for a child (1)");
  const { code } = await worker("", "--until-idle").ended;
  expect(code).toBe(0);
  expect(await controlPlane.run(id)).toMatchObject({
    status: "succeeded",
    verdict: "inconclusive",
    outcome: { ends: [null] },
  });
  const [waited] = await probed.database.query<{ seconds: number }>(
    "select count(*)::int as seconds from wait where request_id = $1 and message_id is null",
    [id],
  );
  expect(waited).toEqual({ seconds: 2 });
});

test("a message is taken once, in the order of sending; one for a run that has ended is refused", async () => {
  const id = await request("orders,ledger");
  for (const content of ["first", "second"]) await controlPlane.send(id, "go on", { sentBy: "ops", content });
  const look = (name: string) => lookForMessage(probed.database, { requestId: id, name, topic: "go on", seconds: 60 });
  const contents = [await look("a"), await look("b"), await look("a"), await look("b")];
  expect(contents).toMatchObject(["first", "second", "first", "second"].map((content) => ({ found: { content } })));
  expect(await look("c")).toEqual({ secondsLeft: expect.any(Number) as number });
  await controlPlane.cancel(id, "ana");
  await expect(goOn(id)).rejects.toMatchObject({ code: "run-over" });
  await expect(look("c")).rejects.toMatchObject({ code: "run-over" });
  await expect(goOn("unknown")).rejects.toMatchObject({ code: "request-unknown" });
});

test.each([
  ["has a database to itself", { database: {}, target: "orders" }, {}, "it has the database orders to itself"],
  ["is a child itself", { target: "all" }, { parent: "another" }, "it is a child itself"],
])("a run that %s makes no child request", async (_, plan, more, reason) => {
  const id = await request("orders,ledger");
  await probed.database.query("update run set plan = $2 where request_id = $1", [id, JSON.stringify(plan)]);
  const own = { ...(await controlPlane.request(id)), ...more };
  const coordination = coordinationOf(controlPlane.database, unused as never, unused, own);
  const refused = { code: "coordination-refused", message: expect.stringContaining(reason) as string };
  await expect(coordination.child("", "label", {})).rejects.toMatchObject(refused);
  await controlPlane.cancel(id, "ana");
});
