import type { ControlPlaneDatabase } from "../../automation/database";
import { claimOf } from "../../automation/evidence/envelope";
import type { Run } from "../../automation/records";
import { readRun } from "../../automation/runner/runs";
import { ProbedControlPlane } from "./probe";

let probed: ProbedControlPlane;
let database: ControlPlaneDatabase;

beforeAll(async () => {
  probed = await ProbedControlPlane.start();
  database = probed.database;
});
afterAll(() => probed?.stop());

/** Runs a worker process until it ends; resolves to its request and to the signal that ended it. */
async function work(killAt: string, requestId?: string) {
  const { stdout, stderr, signal } = await probed.worker(killAt, requestId).ended;
  return { id: stdout, errors: stderr, signal };
}

const statements = async (id: string) =>
  (await database.query<{ id: string }>("select id from evidence where request_id = $1 order by log_index", [id])).map(
    (r) => r.id,
  );
const effects = async () =>
  (await database.query<{ moment: string }>("delete from effect returning moment")).map((r) => r.moment).sort();
const over = (run: Run) => ({ status: run.status, cleanUp: run.cleanUp, verdict: run.verdict });

test("an operation passes all stages: each step once, a verdict, both statements", async () => {
  const { id, errors } = await work("");
  expect({ id, errors }).toMatchObject({ id: expect.stringMatching(/^\d{12}-[0-9a-f]{8}$/) });
  expect(over(await readRun(database, id))).toEqual({ status: "succeeded", cleanUp: "done", verdict: "pass" });
  expect(await statements(id)).toEqual([`${id}.verdict`, `${id}.teardown`]);
  expect(await effects()).toEqual(["first", "observe", "remove", "second"]);
});

/** At-least-once: a step killed after its effect but before its record runs again, and only that step. */
const moments = ["after observe", "before first", "after second", "after remove"];
test.each(moments)(
  "after a worker is killed %s, the next one finishes the run and repeats only that step",
  async (moment) => {
    const killed = await work(moment);
    expect(killed.signal).toBe("SIGKILL");
    const { errors } = await work("", killed.id);
    expect({ errors, ...over(await readRun(database, killed.id)) }).toMatchObject({
      status: "succeeded",
      cleanUp: "done",
      verdict: "pass",
    });
    expect(await statements(killed.id)).toEqual([`${killed.id}.verdict`, `${killed.id}.teardown`]);
    const repeated = moment.startsWith("after ") ? [moment.slice("after ".length)] : [];
    expect(await effects()).toEqual(["first", "observe", "remove", "second", ...repeated].sort());
  },
);

describe("the next worker sweeps up a run that no worker carries out", () => {
  /** Leaves a run as a worker that was killed at that moment would, with its workflows changed by this statement. */
  async function left(killedAt: string, workflows: string): Promise<string> {
    const { id, signal } = await work(killedAt);
    expect(signal).toBe("SIGKILL");
    await database.query(`update dbos.workflow_status set ${workflows} where workflow_uuid like $1 || '%'`, [id]);
    return id;
  }
  const findings = async (id: string) =>
    (
      await database.query<{ id: string }>("select id from finding where request_id = $1 and answered_at is null", [id])
    ).map((f) => f.id);
  const outcomeOf = async (id: string) => {
    const run = await readRun(database, id);
    return { ...over(run), error: run.error?.code, cleanUpError: run.cleanUpError?.code };
  };
  afterEach(effects);

  test("a run that killed one worker after another is recorded as failed, shown, and cleaned up", async () => {
    const id = await left("after first", "status = 'MAX_RECOVERY_ATTEMPTS_EXCEEDED'");
    await work("", id);
    expect(await outcomeOf(id)).toEqual({
      status: "failed",
      cleanUp: "done",
      verdict: undefined,
      error: "run-lost",
      cleanUpError: undefined,
    });
    expect((await statements(id)).sort()).toEqual([`${id}.teardown`, `${id}.verdict`]);
    expect(await findings(id)).toEqual([`${id}.verdict`]);
  });

  test("a clean-up whose workflow failed is restarted from the beginning", async () => {
    const id = await left("after remove", "status = 'ERROR'");
    await work("", id);
    expect(await outcomeOf(id)).toMatchObject({ status: "succeeded", cleanUp: "done", verdict: "pass" });
    expect(await statements(id)).toEqual([`${id}.verdict`, `${id}.teardown`]);
  });

  test("a clean-up that was lost after its last automatic start is shown as stuck; it is retried, and an expired copy is reported", async () => {
    const id = await left("after remove", "status = 'MAX_RECOVERY_ATTEMPTS_EXCEEDED'");
    await database.query(
      "update dbos.workflow_status set workflow_uuid = workflow_uuid || '-3' where workflow_uuid = $1",
      [`${id}-clean-up`],
    );
    await database.query("update run set clean_up_attempt = 3 where request_id = $1", [id]);
    await work("", id);
    expect(await outcomeOf(id)).toMatchObject({
      status: "succeeded",
      cleanUp: "stuck",
      verdict: "pass",
      cleanUpError: "clean-up-lost",
    });
    expect(await findings(id)).toEqual([`${id}.clean-up`]);

    // Time passes: the cause may have ended, and the copy that it should have removed has expired.
    await database.query("update run set clean_up_changed_at = now() - interval '2 hours' where request_id = $1", [id]);
    await database.query(
      "insert into throwaway (request_id, identifier, stack, status, expires_at) values ($1, 'outlived', 'none', 'registered', now() - interval '1 hour')",
      [id],
    );
    await work("never, until cleaned up", id);
    expect(await outcomeOf(id)).toMatchObject({ status: "succeeded", cleanUp: "done", verdict: "pass" });
    expect(await statements(id)).toEqual([`${id}.verdict`, `${id}.teardown`]);
    expect(await findings(id)).toEqual([]);
    const [answered] = await database.query<{ summary: string }>("select summary from finding where id = $1", [
      `${id}.clean-up`,
    ]);
    expect(answered?.summary).toContain("the throwaway outlived of request");
  });

  test("a run whose throwaway has expired is ended and cleaned up", async () => {
    const id = await left("after first", "application_version = 'of a release that no worker runs'");
    await database.query(
      "insert into throwaway (request_id, identifier, stack, status, expires_at) values ($1, 'overdue', 'none', 'registered', now() - interval '1 hour')",
      [id],
    );
    await work("", id);
    expect(await outcomeOf(id)).toMatchObject({ status: "cancelled", cleanUp: "done", error: "run-overdue" });
    expect(await findings(id)).toEqual([`${id}.verdict`]);
  });
});

test.each(["first", "second"])(
  "a run that was cancelled in its step %s is sealed as cancelled, once, whatever it has found",
  async (step) => {
    const { id, errors } = await work(`end in ${step}`);
    expect({ errors, ...over(await readRun(database, id)) }).toEqual({
      errors: "",
      status: "cancelled",
      cleanUp: "done",
      verdict: undefined,
    });
    expect((await statements(id)).sort()).toEqual([`${id}.teardown`, `${id}.verdict`]);
    const [sealed] = await database.query<{ envelope: string }>(
      "select envelope from evidence where request_id = $1 and kind = 'verdict'",
      [id],
    );
    expect(claimOf(sealed!.envelope).predicate).toMatchObject({ run: "cancelled", verdict: "inconclusive" });
    await effects();
  },
);

test("a pass in a table row is not sealed: only the lifecycle that reached a verdict seals it", async () => {
  const { id } = await work("");
  await database.query(
    "insert into request (id, operation, input, requested_by, reason) select 'forged', operation, input, requested_by, reason from request where id = $1",
    [id],
  );
  await database.query(
    `insert into run (request_id, status, verdict, checks, plan, plan_digest, outcome, finished_at)
     select 'forged', status, verdict, checks, plan, plan_digest, outcome, finished_at from run where request_id = $1`,
    [id],
  );
  await work("", "forged");
  const [sealed] = await database.query<{ envelope: string }>(
    "select envelope from evidence where request_id = 'forged'",
  );
  const { predicate } = claimOf(sealed!.envelope);
  expect(predicate).toMatchObject({ run: "failed", verdict: "inconclusive", checks: [], error: { code: "run-lost" } });
  await effects();
});

test("a step with a name already in use is refused, not merged with the first", async () => {
  const { id } = await work("a name twice");
  const run = await readRun(database, id);
  expect(run.status).toBe("failed");
  expect(run.error).toMatchObject({
    code: "step-repeated",
    message: expect.stringContaining('the step "first" of request') as string,
  });
  expect(run.steps["first"]?.attempts).toBe(1);
  await effects();
});

test("a week after a run that owes nothing, what the durable engine keeps of it is removed, and nothing else", async () => {
  const [ended, stuck, recent] = [(await work("")).id, (await work("")).id, (await work("")).id];
  await database.query(
    "update run set clean_up = 'stuck', clean_up_changed_at = now(), clean_up_attempt = 4 where request_id = $1",
    [stuck],
  );
  await database.query(
    "update dbos.workflow_status set completed_at = completed_at - 8 * 86400000 where workflow_uuid like $1 || '%' or workflow_uuid like $2 || '%'",
    [ended, stuck],
  );
  const tables = ["workflow_status", "workflow_input", "workflow_output", "operation_outputs"];
  const kept = async (id: string) =>
    Promise.all(
      tables.map((table) => database.query(`select * from dbos.${table} where workflow_uuid like $1 || '%'`, [id])),
    );
  const records = async () =>
    Promise.all(
      ["request", "decision", "run", "evidence", "evidence_checkpoint"].map((table) =>
        database.query(`select * from ${table} order by 1, 2`),
      ),
    );
  const before = { stuck: await kept(stuck), recent: await kept(recent), records: await records() };
  expect((await kept(ended)).map((rows) => rows.length > 0)).toEqual([true, true, true, true]);
  expect((await work("", ended)).errors).toBe("");
  expect(await kept(ended)).toEqual([[], [], [], []]);
  expect({ stuck: await kept(stuck), recent: await kept(recent), records: await records() }).toEqual(before);
  await effects();
});
