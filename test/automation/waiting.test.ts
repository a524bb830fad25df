import { ShipshapeError } from "../../automation/errors";
import { watch } from "../../automation/command-line/waiting";
import { planDigestOf, type PlanBasis } from "../../automation/records";
import type { Database } from "../../automation/database";
import type { WorkerRecord } from "../../automation/records";
import { readRun } from "../../automation/runner/runs";

const id = "261126093000-0a1b2c3d";
const running = {
  request_id: id,
  operation: "probe",
  input: { database: "orders" },
  status: "running",
  clean_up: "none",
  steps: {},
  finished_at: null,
};
const over = {
  ...running,
  status: "succeeded",
  finished_at: new Date(),
  verdict_sealed_at: new Date(),
  verdict: "pass",
};
const unreachable = new ShipshapeError("control-plane-unreachable", { address: "db/control", reason: "refused" });
const never = () => new Promise<never>(() => {});

/** Watches a control plane that gives these answers, one after another, and then keeps repeating the last. */
async function watched(
  answers: (object | Error)[],
  workers: WorkerRecord[] = [{ id: "w", silentSeconds: 0 }],
  timeouts = { worker: 60, controlPlane: 60 },
  interruption = never,
) {
  const output: string[] = [];
  const live = new Set<string>();
  const query = async () => {
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer instanceof Error) throw answer;
    return [answer];
  };
  const plane = { run: () => readRun({ query } as unknown as Database, id), workers: async () => workers };
  const run = await watch(
    plane,
    id,
    false,
    interruption,
    {
      progress: (line) => void output.push(line.trim()),
      live: (line) => void live.add(line.trim().replace(/\d+ s$/, "n s")),
    },
    timeouts,
  ).catch((error: unknown) => error);
  return { run, output, live: [...live] };
}

test("the wait ends with the run, and reports each step once as it ends", async () => {
  const step = {
    status: "done",
    attempts: 1,
    startedAt: "2026-11-26T09:30:00.000Z",
    finishedAt: "2026-11-26T09:30:01.000Z",
  };
  const { run, output } = await watched([
    running,
    { ...running, steps: { look: step } },
    { ...over, steps: { look: step } },
  ]);
  expect(run).toMatchObject({ status: "succeeded", verdict: "pass" });
  expect(output).toEqual(["✓ look  1.0 s"]);
});

/** A run that is in a step which began that long ago. */
const inStep = (more: object, secondsAgo: number) => {
  const startedAt = new Date(Date.now() - secondsAgo * 1000).toISOString();
  return { ...running, steps: { verify: { status: "running", attempts: 1, startedAt, worker: "w", ...more } } };
};

test("a step that takes long is reported, with the share that is done and the time in it", async () => {
  const { output, live } = await watched([
    inStep({}, 60),
    inStep({ share: 0.05 }, 61),
    inStep({ share: 0.419 }, 62),
    inStep({ share: 0.42 }, 63),
    over,
  ]);
  expect(output).toEqual(["… verify", "… verify  40 %"]);
  expect(live).toEqual(["… verify  n s", "… verify  5 %  n s", "… verify  41 %  n s", "… verify  42 %  n s", ""]);
});

test("a silent worker shows as silent, and one that has ended as ended", async () => {
  const silent = await watched([inStep({ share: 0.3 }, 5), over], [{ id: "w", silentSeconds: 21.4 }]);
  expect(silent.output.at(-1)).toBe("worker w has been silent; after 60 s another one continues its runs");
  expect(silent.live[0]).toContain("worker w has been silent for 21 s");
  const ended = await watched([inStep({}, 5), over], [{ id: "another", silentSeconds: 0 }]);
  expect(ended.live[0]).toBe("worker w has ended in this step; another one continues it");
  const busy = await watched([inStep({}, 5), over], [{ id: "w", silentSeconds: 4 }]);
  expect(busy.live[0]).toBe("… verify  n s");
});

test("a run whose clean-up is pending is not over", async () => {
  const { run } = await watched([
    { ...over, clean_up: "pending" },
    { ...over, clean_up: "done" },
  ]);
  expect(run).toMatchObject({ cleanUp: "done" });
});

test("without a worker the wait says what to do, continues for a while, and then gives up with a code", async () => {
  const { run, output } = await watched([running], [], { worker: 0.4, controlPlane: 60 });
  expect(output).toEqual(["no worker is alive: start one (`npx shipshape worker`), or use --work"]);
  expect(run).toMatchObject({
    code: "worker-missing",
    message: expect.stringContaining(id) as string,
    hint: expect.stringContaining(`show ${id}`) as string,
  });
});

test("a brief outage of the control plane does not end the wait", async () => {
  const { run, output } = await watched([unreachable, over]);
  expect(output).toEqual(["the control plane does not answer; retrying"]);
  expect(run).toMatchObject({ status: "succeeded" });
});

test("a long outage of the control plane ends the wait with its code", async () => {
  expect((await watched([unreachable], undefined, { worker: 60, controlPlane: 0.5 })).run).toBe(unreachable);
});

test("any other error ends the wait at once", async () => {
  const unknown = new ShipshapeError("request-unknown", { id });
  expect(await watched([unknown])).toMatchObject({ run: unknown, output: [] });
});

test("an interrupted wait says that the request continues and how to follow it", async () => {
  const { run } = await watched([running], undefined, undefined, () => Promise.resolve(true) as Promise<never>);
  expect(run).toMatchObject({
    code: "wait-interrupted",
    exitCode: 130,
    hint: expect.stringContaining(`npx shipshape show ${id}`) as string,
  });
});

test("a run that waits for people needs no worker, and the wait says how to approve it", async () => {
  const digest = planDigestOf({ target: "orders" } as PlanBasis);
  const waiting = { ...running, status: "waiting", plan: { target: "orders" } };
  const answers = Array.from({ length: 5 }, () => waiting);
  const { run, output } = await watched([...answers, over], [], { worker: 0, controlPlane: 60 });
  expect(run).toMatchObject({ verdict: "pass" });
  expect(output).toEqual([
    expect.stringContaining(`npx shipshape approve ${id} --plan ${digest.slice(0, 12)} --comment`) as string,
  ]);
});
