import type { ControlPlaneDatabase } from "../../../automation/database";
import type { DurableClient, WorkflowState } from "../../../automation/runner/durable";
import type { Liveness } from "../../../automation/runner/liveness";
import { busyRuns } from "../../../automation/runner/runs";
import { sweeper, type Sweep } from "../../../automation/runner/sweep";
import { haveControlPlaneDatabase } from "../control-plane-database";

let database: ControlPlaneDatabase;
haveControlPlaneDatabase((made) => void ({ database } = made));

const insert = async (id: string, columns: string) => {
  await database.query(
    "insert into request (id, operation, input, requested_by, reason) values ($1, 'probe', '{\"database\": \"orders\"}', 't', 't')",
    [id],
  );
  await database.query(`insert into run (request_id, status) values ($1, 'queued')`, [id]);
  await database.query(`update run set ${columns} where request_id = $1`, [id]);
};
const idle = { hasNoStepInFlight: async () => true } as unknown as Liveness;
const noted: string[] = [];
const sweepWith = (states: (id: string) => WorkflowState, change: Partial<Sweep> = {}) =>
  sweeper({
    database: database,
    durable: { states: async () => states } as unknown as DurableClient,
    handOver: async () => undefined,
    startCleanUp: async (id, workflow) => void noted.push(`clean up ${id} as ${workflow}`),
    lost: async ({ requestId }, { code }) => void noted.push(`${code} ${requestId}`),
    unapproved: async ({ requestId, planDigest }) => void noted.push(`${requestId} was not approved: ${planDigest}`),
    overdue: async (id, { code }) => void noted.push(`${code} ${id}`),
    stuck: async (id, { code }) => void noted.push(`${code} ${id}`),
    seal: async () => undefined,
    forget: async () => undefined,
    fillPlaces: () => Promise.resolve(),
    outlived: async (_, id, { code }) => void noted.push(`${code} ${id}`),
    ...change,
  });
beforeEach(async () => {
  noted.length = 0;
  await database.query("delete from throwaway");
  await database.query("delete from decision");
  await database.query("delete from run");
  await database.query("delete from request");
});

test("the sweep cleans up, then seals what every ended run owes, and nothing for the others", async () => {
  await insert("cancelled", "status = 'cancelled', finished_at = now(), clean_up = 'pending'");
  await insert("sealed", "status = 'cancelled', finished_at = now(), verdict_sealed_at = now()");
  await insert("running", "status = 'running'");
  const sweep = sweepWith((id) => (id === "running" ? "alive" : "absent"), {
    seal: async (id) => void noted.push(`seal ${id}`),
  });
  await sweep(idle);
  expect(noted).toEqual(["clean up cancelled as cancelled-clean-up", "seal cancelled"]);
});

test("the sweep reaches a lost run behind any number of live ones", async () => {
  await database.query(
    "insert into request (id, operation, input, requested_by, reason) select 'r' || lpad(i::text, 4, '0'), 'probe', '{}', 't', 't' from generate_series(1, 501) i",
  );
  await database.query("insert into run (request_id, status) select id, 'queued' from request");
  const sweep = sweepWith((id) => (id.startsWith("r0501") ? "lost" : "alive"));
  for (const found of [[], [], ["run-lost r0501"], ["run-lost r0501"]]) {
    await sweep(idle);
    expect(noted).toEqual(found);
  }
  expect(await busyRuns(database)).toBe(501);
});

/** Two runs that wait for people, one of them for too long. */
async function insertWaiting(): Promise<void> {
  await insert("waiting", "status = 'waiting'");
  await insert("too-late", "status = 'waiting', preparation = 2");
  for (const [id, preparation, expiry] of [
    ["waiting", 1, "1 hour"],
    ["too-late", 1, "1 hour"],
    ["too-late", 2, "-1 second"],
  ] as const)
    await database.query(
      "insert into decision (request_id, preparation, status, plan_digest, rules, decided_by, expires_at) values ($1::text, $2::int, 'needs-approval', $1 || '-' || $2, '[]', 't', now() + $3::interval)",
      [id, preparation, expiry],
    );
}

test("a run is lost only if neither its preparation nor its run is alive, and not while it waits for people", async () => {
  await insert("preparing", "status = 'running', preparation = 2");
  await insert("run", "status = 'running'");
  await insertWaiting();
  await insert("lost", "status = 'running', preparation = 2");
  await sweepWith((id) =>
    ["preparing-prepare-2", "run-carry-out", "lost", "lost-carry-out"].includes(id) ? "alive" : "done",
  )(idle);
  expect(noted).toEqual(["run-lost lost", "too-late was not approved: too-late-2"]);
  expect(await busyRuns(database)).toBe(3);
});

test("if one run cannot be handled, the sweep handles the others and reports it", async () => {
  for (const id of ["a", "b", "c"]) await insert(id, "status = 'running'");
  const lost = async ({ requestId: id }: { requestId: string }) => {
    if (id === "a") throw new Error("a cannot be recorded");
    noted.push(id);
  };
  await expect(sweepWith(() => "absent", { lost })(idle)).rejects.toMatchObject({
    errors: [{ message: "a cannot be recorded" }],
  });
  expect(noted).toEqual(["b", "c"]);
});

test("if one kind of run cannot be handled, the sweep continues with the others", async () => {
  await insert("late", "status = 'running'");
  await insert("x", "status = 'failed', finished_at = now(), clean_up = 'pending', verdict_sealed_at = now()");
  await database.query(
    "insert into throwaway (request_id, identifier, stack, status, expires_at) values ('late', 'd', 's', 'registered', now() - interval '1 second')",
  );
  const fails = async () => {
    throw new Error("cannot be recorded");
  };
  const sweep = sweepWith((id) => (id.startsWith("x-") ? "absent" : "lost"), { overdue: fails, lost: fails });
  await expect(sweep(idle)).rejects.toMatchObject({
    errors: [{ message: "cannot be recorded" }, { message: "cannot be recorded" }],
  });
  expect(noted).toEqual(["clean up x as x-clean-up"]);
});

const over = "status = 'succeeded', finished_at = now(), clean_up = 'pending'";
test.each<[string, WorkflowState, WorkflowState, number, string[]]>([
  ["is left to a run that is alive", "alive", "absent", 1, []],
  ["is left alone while it continues", "done", "alive", 1, []],
  ["is started if the run ended without it", "lost", "absent", 1, ["clean up x as x-clean-up"]],
  ["is started again under its own number", "lost", "absent", 2, ["clean up x as x-clean-up-2"]],
  [
    "that a human requested again is started although the run is alive",
    "alive",
    "absent",
    2,
    ["clean up x as x-clean-up-2"],
  ],
  ["that was lost too often is stuck", "lost", "lost", 3, ["clean-up-lost x"]],
])("a clean-up %s", async (_, carriedOut, cleanUp, attempt, found) => {
  await insert("x", `${over}, clean_up_attempt = ${attempt}`);
  await sweepWith((id) => (id === "x-carry-out" ? carriedOut : cleanUp))(idle);
  expect(noted).toEqual(found);
});

test("a lost clean-up is set to run again, once", async () => {
  await insert("x", over);
  await sweepWith(() => "lost")(idle);
  expect(noted).toEqual([]);
  expect(await database.query("select clean_up, clean_up_attempt from run")).toEqual([
    { clean_up: "pending", clean_up_attempt: 2 },
  ]);
});

test("nothing is cleaned up while a step of the run is in flight", async () => {
  await insert("x", over);
  await sweepWith(() => "absent")({ hasNoStepInFlight: async () => false } as unknown as Liveness);
  expect(noted).toEqual([]);
});

test("a run is busy while a worker has work to do for it, not while it waits for a person", async () => {
  await insert("queued", "status = 'queued'");
  await insert("running", "status = 'running'");
  await insert("cleaning", over);
  await insertWaiting();
  await insert("unsealed", "status = 'failed', finished_at = now(), clean_up = 'done'");
  await insert("over", "status = 'failed', finished_at = now(), clean_up = 'stuck', verdict_sealed_at = now()");
  expect(await busyRuns(database)).toBe(4);
});

test("a run whose throwaway has expired is ended, and no other", async () => {
  await insert("late", "status = 'running'");
  await insert("early", "status = 'running'");
  await database.query(
    `insert into throwaway (request_id, identifier, stack, status, expires_at) values
     ('late', 'd-late', 's', 'registered', now() - interval '1 second'), ('early', 'd-early', 's', 'registered', now() + interval '1 hour')`,
  );
  await sweepWith(() => "alive")(idle);
  expect(noted).toEqual(["run-overdue late"]);
});

test.each([
  [1, 6, true],
  [1, 4, false],
  [2, 11, true],
  [2, 9, false],
  [30, 61, true],
  [30, 59, false],
])("a clean-up that is stuck after attempt %d is retried after %d minutes: %s", async (attempt, minutes, again) => {
  await insert(
    "s",
    `status = 'failed', finished_at = now(), clean_up = 'stuck', clean_up_attempt = ${attempt}, clean_up_changed_at = now() - interval '${minutes} minutes'`,
  );
  const sweep = sweepWith(() => "absent");
  await sweep(idle);
  await sweep(idle);
  const wanted = attempt + 1;
  expect([...new Set(noted)]).toEqual(again ? [`clean up s as s-clean-up-${wanted}`] : []);
});

test("a throwaway that outlives its run and expires is reported once, whatever its clean-up is doing", async () => {
  for (const [id, columns, status, age] of [
    ["pending", "status = 'failed', finished_at = now(), clean_up = 'pending'", "registered", "1 hour"],
    ["stuck", "status = 'failed', finished_at = now(), clean_up = 'stuck'", "registered", "1 hour"],
    ["removed", "status = 'failed', finished_at = now(), clean_up = 'done'", "removed", "1 hour"],
    ["young", "status = 'failed', finished_at = now(), clean_up = 'stuck'", "registered", "-1 hour"],
  ] as const) {
    await insert(id, columns);
    await database.query(
      "insert into throwaway (request_id, identifier, stack, status, expires_at) values ($1, $1, 's', $2, now() - $3::interval)",
      [id, status, age],
    );
  }
  const sweep = sweepWith(() => "alive");
  await sweep(idle);
  await sweep(idle);
  expect(noted.sort()).toEqual(["throwaway-outlived pending", "throwaway-outlived stuck"]);
});
