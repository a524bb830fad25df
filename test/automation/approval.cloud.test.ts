// Plans that wait for people: in tables, in no workflow, and only as long as they hold.
import pg from "pg";
import type { ControlPlane } from "../../automation/control-plane";
import { claimOf } from "../../automation/evidence/envelope";
import { readDecision } from "../../automation/policy/decisions";
import type { AnyOperation } from "../../automation/runner/operation";
import { readRun } from "../../automation/runner/runs";
import { until } from "../until";
import { ProbedControlPlane } from "./probe";

let probed: ProbedControlPlane;
let controlPlane: ControlPlane;
const request = { safeParse: (data: unknown) => ({ success: true, data }) };
const known = async () =>
  ["probe", "probe-change"].map((name) => ({ name, version: 1, request }) as unknown as AnyOperation);
beforeAll(async () => {
  probed = await ProbedControlPlane.start();
  controlPlane = await probed.client(known);
});
afterAll(() => probed?.stop());
beforeEach(() => probed.database.query("drop table if exists effect, world"));

/** A worker until the request is over or waits; resolves to the request's id. */
async function worked(request: string, killAt = ""): Promise<string> {
  const { stdout, stderr, signal } = await probed.worker(killAt, request).ended;
  expect({ stderr, signal }).toEqual({ stderr: "", signal: killAt === "" ? null : "SIGKILL" });
  return stdout;
}
const run = (id: string) => readRun(probed.database, id);
const digestOf = async (id: string) => (await run(id)).planDigest!;
const approve = async (id: string, principal = "ben", plan?: string) =>
  controlPlane.approve(id, { principal, plan: plan ?? (await digestOf(id)), comment: "fine" });
async function sealed(id: string) {
  const rows = await probed.database.query<{ envelope: string }>(
    "select envelope from evidence where request_id = $1 order by log_index",
    [id],
  );
  return rows.map(({ envelope }) => claimOf(envelope).predicate as Record<string, unknown>);
}
const needTwo = (id: string) =>
  probed.database.query(`update decision set needed = jsonb_set(needed, '{0,people}', '2') where request_id = $1`, [
    id,
  ]);
const effects = async () =>
  (await probed.database.query<{ moment: string }>("select moment from effect order by at")).map((e) => e.moment);

test("a change waits for someone else, occupies no worker, runs once approved, and its statement says who approved", async () => {
  const id = await worked("change");
  expect(await run(id)).toMatchObject({ status: "waiting", cleanUp: "none", startedAt: expect.any(Date) as Date });
  const workflows = await probed.database.query(
    "select status from dbos.workflow_status where workflow_uuid like $1 || '%'",
    [id],
  );
  expect(workflows).toEqual([{ status: "SUCCESS" }]);
  await expect(approve(id, "ana")).rejects.toMatchObject({ code: "approval-own-request" });
  await expect(approve(id, "ben", "0".repeat(64))).rejects.toMatchObject({ code: "plan-another" });
  expect((await run(id)).status).toBe("waiting");

  expect(await approve(id)).toMatchObject({ approvals: [{ principal: "ben", answer: "approved", comment: "fine" }] });
  await expect(approve(id, "carla")).rejects.toMatchObject({ code: "approval-not-needed" });
  await worked(id);
  expect(await run(id)).toMatchObject({ status: "succeeded", verdict: "pass", cleanUp: "none" });
  expect(await effects()).toEqual(["first", "second"]);
  const [verdict] = await sealed(id);
  expect(verdict).toMatchObject({
    decision: { status: "needs-approval", approvals: [{ principal: "ben", answer: "approved", comment: "fine" }] },
  });
});

test("the commands show what waits, its plan and how to approve it, and approve or reject it", async () => {
  const [id, other] = [await worked("change"), await worked("change")];
  const said = async (...words: string[]) => {
    const { code, stdout, stderr } = await probed.shipshape(...words).ended;
    return { code, text: `${stdout}${stderr}` };
  };
  const digest = await digestOf(id);
  const status = await said("status");
  expect(status.text).toContain("2 to approve or reject (`npx shipshape show <id>`):");
  expect(status.text).toContain(`  ${id}  probe-change of orders, by ana: to be killed\n`);
  const shown = await said("show", id);
  expect(shown.text).toContain(`npx shipshape approve ${id} --plan ${digest.slice(0, 12)} --comment`);
  expect(shown.text).toMatch(
    new RegExp(`plan ${digest}, to be approved by 20\\S+, by:\n  1 person other than the requester\n[^]*"seen": "new"`),
  );

  expect(await said("approve", id, "--plan", "0123456789ab", "--comment", "fine")).toMatchObject({
    code: 2,
    text: expect.stringMatching(/hint: .*shipshape show .*\[plan-another\]/) as string,
  });
  expect(await said("approve", id, "--plan", digest.slice(0, 12), "--comment", " ")).toMatchObject({ code: 2 });
  expect(await said("approve", id, "--plan", digest.slice(0, 12), "--comment", "fine")).toEqual({
    code: 0,
    text: `request ${id} is approved and queued; a worker runs it (\`npx shipshape worker\`)`,
  });
  expect(await said("reject", other, "--plan", digest, "--comment", "not today")).toEqual({
    code: 0,
    text: `request ${other} is rejected: it ends without having done anything`,
  });
  expect((await said("show", id)).text).toMatch(/approved by \S+ at \S+: fine/);
  await controlPlane.cancel(id, "ana");
});

test("a comment that says nothing, or too much, answers neither a plan nor a finding, and nothing is recorded", async () => {
  const id = await worked("change");
  const plan = await digestOf(id);
  for (const comment of ["", " \u3164\u2800", "x".repeat(2001)]) {
    const refused = { code: "comment-invalid" };
    await expect(controlPlane.approve(id, { principal: "ben", plan, comment })).rejects.toMatchObject(refused);
    await expect(controlPlane.reject(id, { principal: "ben", plan, comment })).rejects.toMatchObject(refused);
    const answer = { findingId: `${id}.verdict`, status: "accepted" as const, reviewer: "ben", comment };
    await expect(controlPlane.answer(answer)).rejects.toMatchObject(refused);
  }
  expect(await controlPlane.decision(id)).toMatchObject({ approvals: [] });
  expect((await run(id)).status).toBe("waiting");
  await controlPlane.reject(id, { principal: "ben", plan, comment: "x".repeat(2000) });
  expect((await run(id)).status).toBe("failed");
});

test("two approvals at once enqueue one run", async () => {
  const id = await worked("change");
  const answers = await Promise.allSettled([approve(id, "ben"), approve(id, "carla")]);
  expect(answers.map((a) => a.status).sort()).toEqual(["fulfilled", "rejected"]);
  await worked(id);
  expect(await effects()).toEqual(["first", "second"]);
});

test("where two people are needed, one is not enough", async () => {
  const id = await worked("change");
  await needTwo(id);
  await approve(id, "ben");
  await expect(approve(id, "ben")).rejects.toMatchObject({ code: "approval-repeated" });
  expect((await run(id)).status).toBe("waiting");
  await approve(id, "carla");
  expect((await run(id)).status).toBe("queued");
  await controlPlane.cancel(id, "ana");
});

test("a rejected request does nothing, and seals why", async () => {
  const id = await worked("change");
  await controlPlane.reject(id, { principal: "ben", plan: await digestOf(id), comment: "not on a Friday" });
  await worked(id);
  expect(await run(id)).toMatchObject({ status: "failed", cleanUp: "none", error: { code: "approval-rejected" } });
  expect(await effects()).toEqual([]);
  expect(await sealed(id)).toMatchObject([
    {
      verdict: "inconclusive",
      error: { message: expect.stringContaining("not on a Friday") as string },
      decision: { approvals: [{ principal: "ben", answer: "rejected" }] },
    },
  ]);
});

test("a plan that was not approved in time ends, and can no longer be approved", async () => {
  const id = await worked("change");
  const digest = await digestOf(id);
  await probed.database.query("update decision set expires_at = now() - interval '1 second' where request_id = $1", [
    id,
  ]);
  await expect(approve(id)).rejects.toMatchObject({ code: "approval-too-late" });
  await worked(""); // any worker sweeps
  expect(await run(id)).toMatchObject({ status: "failed", error: { code: "approval-missing" } });
  await expect(approve(id, "ben", digest)).rejects.toMatchObject({ code: "approval-not-needed" });
});

test("if the world moves after the approval, the request is planned again, and the new plan needs its own approval", async () => {
  const id = await worked("change");
  const [first] = [await digestOf(id)];
  await approve(id);
  await probed.database.query("insert into world values ('moved')");
  await worked(id);
  const moved = await run(id);
  expect(moved).toMatchObject({ status: "waiting", preparation: 2, plan: { seen: "moved" } });
  expect(await effects()).toEqual([]);
  await expect(approve(id, "ben", first)).rejects.toMatchObject({ code: "plan-another" });
  expect(await readDecision(probed.database, id, 1)).toMatchObject({
    planDigest: first,
    approvals: [{ principal: "ben" }],
  });
  expect(await readDecision(probed.database, id)).toMatchObject({ preparation: 2, approvals: [] });
  await approve(id);
  await worked(id);
  expect(await run(id)).toMatchObject({ status: "succeeded", verdict: "pass" });
  expect(Object.keys((await run(id)).steps)).toEqual(
    expect.arrayContaining(["look", "look (before the run)", "look (plan 2)", "look (before the run of plan 2)"]),
  );
});

test("a plan that was altered while it waited is not carried out", async () => {
  const id = await worked("change");
  await approve(id);
  await probed.database.query(`update run set plan = plan || '{"target": "ledger"}' where request_id = $1`, [id]);
  await worked(id);
  expect(await run(id)).toMatchObject({ status: "failed", error: { code: "plan-altered" } });
  expect(await effects()).toEqual([]);
});

test("a request that is cancelled while it waits, or once it is approved, does nothing", async () => {
  const [waiting, approved] = [await worked("change"), await worked("change")];
  await approve(approved);
  for (const id of [waiting, approved]) await controlPlane.cancel(id, "ana");
  for (const id of [waiting, approved]) {
    await worked(id);
    expect(await run(id)).toMatchObject({ status: "cancelled", cleanUp: "none" });
    expect(await sealed(id)).toHaveLength(1);
  }
  expect(await effects()).toEqual([]);
});

test("a worker killed in an approved run is replaced, and the run ends as it would have", async () => {
  const id = await worked("change");
  await approve(id);
  await worked(id, "after first");
  await worked(id);
  expect(await run(id)).toMatchObject({ status: "succeeded", verdict: "pass", cleanUp: "none" });
  expect(await effects()).toEqual(["first", "first", "second"]);
});

test("a plan that is altered while it waits cannot be approved by the digest that was shown, and is not sealed", async () => {
  const id = await worked("change");
  const genuine = await digestOf(id);
  await probed.database.query(`update run set plan = plan || '{"target": "ledger"}' where request_id = $1`, [id]);
  const shown = (await probed.shipshape("show", id).ended).stdout;
  expect(shown).not.toContain(genuine.slice(0, 12));
  await expect(approve(id)).rejects.toMatchObject({ code: "plan-another" });
  await controlPlane.cancel(id, "ana");
  await worked(id);
  expect(await sealed(id)).toMatchObject([{ run: "cancelled", plan: null, decision: { planDigest: genuine } }]);
});

test("workers are told of what is queued, and of what a cancelled run leaves them to do", async () => {
  const worker = new pg.Client({ connectionString: probed.postgres.url });
  const told: string[] = [];
  worker.on("notification", ({ payload = "" }) => void told.push(payload));
  await worker.connect();
  try {
    await worker.query("listen shipshape_work");
    const by = { requestedBy: "ana", reason: "a test" };
    const id = await controlPlane.submit("probe", { database: "orders" }, by);
    await until("of the request", () => told.includes("preparations"));
    await controlPlane.cancel(id, "ana");
    await until("of the cancel", () => told.includes("maintenance"));
  } finally {
    await worker.end();
  }
});

test("a request is cancelled once, and not after its end", async () => {
  const id = await worked("change");
  await controlPlane.cancel(id, "ana");
  await expect(controlPlane.cancel(id, "ben")).rejects.toMatchObject({ code: "run-over" });
  const done = await worked("");
  await expect(controlPlane.cancel(done, "ana")).rejects.toMatchObject({ code: "run-over" });
});

describe("while an operation is paused", () => {
  const pause = (operation: string) => controlPlane.pause(operation, { principal: "ops", reason: "an incident" });
  afterEach(() => probed.database.query("delete from pause"));

  test("its requests are held, lost by no sweep, and planned again once it ends; other operations go on", async () => {
    await pause("probe-change");
    const id = await worked("change");
    expect(await run(id)).toMatchObject({ status: "queued", heldAt: expect.any(Date) as Date, plan: undefined });
    await worked(""); // another operation, and a sweep
    expect(await run(id)).toMatchObject({ status: "queued" });
    await expect(controlPlane.resume("all", "ops")).rejects.toMatchObject({ code: "pause-unknown" });
    expect(await controlPlane.resume("probe-change", "ops")).toBe(1);
    await worked(id);
    expect(await run(id)).toMatchObject({ status: "waiting", preparation: 2, heldAt: undefined });
  });

  test("an approved plan is not run; afterwards it keeps its approval if it is still the same plan", async () => {
    const id = await worked("change");
    await approve(id);
    await pause("all");
    await worked(id);
    expect(await run(id)).toMatchObject({ status: "queued", heldAt: expect.any(Date) as Date });
    expect(await effects()).toEqual([]);
    await controlPlane.resume("all", "ops");
    await worked(id);
    expect(await run(id)).toMatchObject({ status: "succeeded", verdict: "pass", preparation: 2 });
  });

  test("a pause that begins while a run observes holds it before it has done anything", async () => {
    const id = await worked("change");
    await approve(id);
    expect((await probed.worker("pause while it looks", id).ended).code).toBe(0);
    expect(await run(id)).toMatchObject({ status: "queued", heldAt: expect.any(Date) as Date });
    expect(await effects()).toEqual([]);
    await controlPlane.cancel(id, "ana");
  });

  test("two pauses of one request: it is held until both have ended", async () => {
    await pause("all");
    await pause("probe-change");
    const id = await worked("change");
    expect(await controlPlane.resume("all", "ops")).toBe(0);
    expect(await run(id)).toMatchObject({ heldAt: expect.any(Date) as Date });
    expect(await controlPlane.resume("probe-change", "ops")).toBe(1);
    await controlPlane.cancel(id, "ana");
  });

  test("a held request can be cancelled, and says that it is held", async () => {
    await pause("all");
    const id = await worked("change");
    for (const command of ["show", "explain"])
      expect((await probed.shipshape(command, id).ended).stdout).toContain("its operation is paused");
    expect((await probed.shipshape("status").ended).stdout).toMatch(/paused: all since \S+ by ops: an incident/);
    await controlPlane.cancel(id, "ana");
    expect((await probed.shipshape("show", id).ended).stdout).not.toContain("its operation is paused");
    await controlPlane.resume("all", "ops");
    await worked(id);
    expect(await run(id)).toMatchObject({ status: "cancelled" });
  });

  test("a run that was held under an earlier plan does nothing once there is another", async () => {
    const id = await worked("change");
    await approve(id);
    await pause("all");
    await worked(id);
    await controlPlane.resume("all", "ops");
    // As if its worker had been killed after it held the run, before the durable engine recorded that.
    await probed.database.query("delete from dbos.operation_outputs where workflow_uuid = $1", [`${id}-carry-out`]);
    await probed.database.query(
      "update dbos.workflow_status set status = 'PENDING', executor_id = 'dead' where workflow_uuid = $1",
      [`${id}-carry-out`],
    );
    await worked(id);
    expect(await run(id)).toMatchObject({ status: "succeeded", preparation: 2 });
    expect(await effects()).toEqual(["first", "second"]);
  });

  test("two pauses that end at the same moment free what they held", async () => {
    await pause("all");
    await pause("probe-change");
    const id = await worked("change");
    const freed = await Promise.all([controlPlane.resume("all", "ops"), controlPlane.resume("probe-change", "ops")]);
    expect(freed.reduce((sum, n) => sum + n)).toBe(1);
    expect(await run(id)).toMatchObject({ heldAt: undefined, preparation: 2 });
    await controlPlane.cancel(id, "ana");
  });
});
