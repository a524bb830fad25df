import { openDatabase, type ControlPlaneDatabase } from "../../../automation/database";
import { ShipshapeError } from "../../../automation/errors";
import {
  carryOutId,
  DurableClient,
  isCancelledOrTakenOver,
  preparationId,
  registerWorkflows,
  requireLease,
  startWorker,
  stepsOf,
  type Worker,
  type Workflows,
} from "../../../automation/runner/durable";
import { Liveness, workersAlive } from "../../../automation/runner/liveness";
import type { Step } from "../../../automation/runner/operation";
import { until } from "../../until";
import { makeControlPlaneDatabase, type TestDatabase } from "../control-plane-database";

// Whatever is carried out here, a notification or the end of another workflow made the worker look for it.
jest.mock("../../../automation/runner/limits", () => ({
  ...jest.requireActual<object>("../../../automation/runner/limits"),
  queuePollMilliseconds: 3_600_000,
}));

// There is one DBOS and one worker per process: all tests of this file share them.
let postgres: TestDatabase;
let database: ControlPlaneDatabase;
let durable: DurableClient;
let worker: Worker;
let workflows: Workflows;
const doing: Record<string, (step: Step, id: string) => Promise<void>> = {};
const prepared: string[] = [];
const cleaned: string[] = [];
const noted: string[] = [];
let maintain: () => Promise<void> = () => Promise.resolve();

beforeAll(async () => {
  postgres = await makeControlPlaneDatabase();
  database = await openDatabase(postgres.url, requireLease);
  durable = await DurableClient.open(postgres.url, database);
  const observer = {
    begun: async (name: string) => {
      noted.push(`begin ${name}`);
      if (name === "refused") throw new ShipshapeError("run-over", { id: "r" });
      return 1;
    },
    progressed: (name: string, share: number) => void noted.push(`${name} ${share}`),
    ended: async (name: string, error: unknown) =>
      void noted.push(error === undefined ? `end ${name}` : `fail ${name}`),
  };
  workflows = registerWorkflows([{ name: "probe", version: 1 }], {
    prepare: async (id) => void prepared.push(id),
    carryOut: async (id) => doing[id]?.(stepsOf(id, observer), id),
    cleanUp: async (id) => void cleaned.push(id),
  });
  worker = await startWorker(
    { url: postgres.url, silentSecondsMax: 600, lost: (error) => void noted.push(error.code) },
    () => maintain(),
  );
});
afterAll(async () => {
  await worker?.stop();
  await durable?.close();
  await database?.close();
  await postgres?.remove();
});
beforeEach(() => {
  noted.length = 0;
  jest.spyOn(console, "error").mockImplementation(); // DBOS logs workflows that fail here, as most of these do
});

const probe = (id: string) => ({ id, operation: "probe", version: 1 });
const enqueue = (id: string, partition = id) =>
  database.transaction((_, client) => durable.enqueueRun(client, probe(id), 1, partition));
const stateOf = async (id: string) => {
  const workflow = id.includes(".") ? id : carryOutId(id, 1);
  return (await durable.states([workflow]))(workflow);
};
/** Queues that workflow, and waits until it has succeeded or failed. */
async function carryOut(id: string, work: (step: Step, id: string) => Promise<void>): Promise<unknown> {
  let failure: unknown;
  let ended = false;
  doing[id] = async (step) => {
    try {
      await work(step, id);
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      ended = true;
    }
  };
  await enqueue(id);
  await until(`${id} has ended`, async () => ended && (await stateOf(id)) !== "alive");
  return failure;
}
const once = { attemptsMax: 1, timeoutSeconds: 600 };
const thrice = { attemptsMax: 3, timeoutSeconds: 600 };

test("a queued workflow runs its steps in order, and each is recorded when it begins and ends", async () => {
  const results: string[] = [];
  const failure = await carryOut("ordinary", async (step, id) => {
    expect(step.requestId).toBe(id);
    results.push(await step("first", once, async (_, progress) => (progress(0.5), "first done")));
    results.push(await step("second", once, async () => "second done"));
  });
  expect(failure).toBeUndefined();
  expect(results).toEqual(["first done", "second done"]);
  expect(noted).toEqual(["begin first", "first 0.5", "end first", "begin second", "end second"]);
  expect([await stateOf("ordinary"), await stateOf("never queued")]).toEqual(["done", "absent"]);
});

test("a request that is rolled back leaves no workflow", async () => {
  const refused = database.transaction(async (_, client) => {
    await durable.enqueueRun(client, probe("rolled back"), 1, "p");
    throw new Error("no");
  });
  await expect(refused).rejects.toThrow("no");
  expect(await stateOf("rolled back")).toBe("absent");
});

test.each([
  ["from outside", () => new Error("the network")],
  [
    "that may be transient",
    () => new ShipshapeError("database-not-available", { identifier: "orders", status: "modifying" }),
  ],
])("a step with a failure %s is retried as often as its settings say, and then fails with it", async (kind, error) => {
  let tried = 0;
  const failure = await carryOut(`tried ${kind}`, async (step) => {
    await step("failing", { attemptsMax: 2, timeoutSeconds: 600 }, () => Promise.reject((tried++, error())));
  });
  expect(failure).toMatchObject({ message: error().message });
  expect([tried, noted]).toEqual([2, ["begin failing", "fail failing", "begin failing", "fail failing"]]);
  expect(await stateOf(`tried ${kind}`)).toBe("lost");
});

test("a step that finally succeeds has succeeded", async () => {
  let tried = 0;
  expect(
    await carryOut("at last", async (step) =>
      step("failing once", thrice, async () => (++tried === 1 ? Promise.reject(new Error("once")) : undefined)),
    ),
  ).toBeUndefined();
  expect([tried, await stateOf("at last")]).toEqual([2, "done"]);
});

test("a wrong request stays wrong, and is not retried", async () => {
  let tried = 0;
  const failure = await carryOut("wrong", async (step) => {
    await step("failing", thrice, () =>
      Promise.reject((tried++, new ShipshapeError("database-unknown", { identifier: "orders", known: "none" }))),
    );
  });
  expect([tried, failure]).toMatchObject([1, { code: "database-unknown" }]);
});

test("if the observer does not let a step begin, nothing is done", async () => {
  let done = false;
  const failure = await carryOut("refused", async (step) => step("refused", once, async () => void (done = true)));
  expect([done, failure]).toMatchObject([false, { code: "run-over" }]);
});

test("a step with a name already in use is refused, and not run", async () => {
  let runs = 0;
  const failure = await carryOut("twice", async (step) => {
    for (const _ of [1, 2]) await step("patch", once, async () => void runs++);
  });
  expect([runs, failure]).toMatchObject([1, { code: "step-repeated" }]);
});

test("an attempt that takes too long is aborted, and has failed", async () => {
  let aborted = false;
  const failure = await carryOut("slow", async (step) => {
    await step(
      "slow",
      { attemptsMax: 1, timeoutSeconds: 1 },
      (signal) =>
        new Promise<void>((_, reject) =>
          signal.addEventListener("abort", () => ((aborted = true), reject(signal.reason as Error))),
        ),
    );
  });
  expect(failure).toBeDefined();
  await until("the attempt was aborted", () => aborted);
});

test("a cancelled workflow takes no further step, and reports that it is no longer ours", async () => {
  let later = false;
  const failure = await carryOut("cancelled", async (step, id) => {
    await step("cancel it", once, () => durable.cancel(id, 1));
    await step("later", once, async () => void (later = true));
  });
  expect([later, isCancelledOrTakenOver(failure), await stateOf("cancelled")]).toEqual([false, true, "lost"]);
  expect([isCancelledOrTakenOver(new Error("any")), isCancelledOrTakenOver(undefined)]).toEqual([false, false]);
});

test("two runs on one database run one after the other", async () => {
  let release = () => {};
  const order: string[] = [];
  doing["one"] = () =>
    new Promise((resolve) => (order.push("one begins"), (release = () => (order.push("one ends"), resolve()))));
  doing["other"] = async () => void order.push("other");
  await enqueue("one", "orders");
  await until("one runs", () => order.length > 0);
  await enqueue("other", "orders");
  expect(await carryOut("of another database", async () => void order.push("another"))).toBeUndefined();
  release();
  await until("both have ended", async () => (await stateOf("other")) === "done");
  expect(order).toEqual(["one begins", "another", "one ends", "other"]);
});

test("preparations do not wait for the runs of their database, nor for each other", async () => {
  let release: (() => void) | undefined;
  doing["holding"] = () => new Promise((resolve) => (release = resolve));
  await enqueue("holding", "orders");
  await until("the run of that database has begun", () => release !== undefined);
  for (const preparation of [1, 2])
    await database.transaction((_, client) => durable.enqueuePreparation(client, probe("asked"), preparation));
  await until("both are prepared", () => prepared.length === 2);
  expect([carryOutId("asked", 2), preparationId("asked", 1), preparationId("asked", 2)]).toEqual([
    "asked-carry-out-2",
    "asked",
    "asked-prepare-2",
  ]);
  release?.();
  await until("the run has ended", async () => (await stateOf("holding")) === "done");
});

test("a step under a key is another step", async () => {
  expect(
    await carryOut("keyed", async (step) => {
      for (const one of [step, step.keyed("again")]) await one("look", once, async () => undefined);
    }),
  ).toBeUndefined();
  expect(noted).toEqual(["begin look", "end look", "begin look (again)", "end look (again)"]);
});

test("after a sleep the workflow continues", async () => {
  expect(await carryOut("asleep", async (step) => step.sleep(0.01))).toBeUndefined();
});

test("a clean-up starts once per id, and every caller waits for its end", async () => {
  await carryOut("with clean-up", async (_, id) => workflows.startCleanUp(probe(id), `${id}.clean-up`).ended);
  await workflows.startCleanUp(probe("with clean-up"), "with clean-up.clean-up").ended;
  expect(cleaned.filter((id) => id === "with clean-up")).toHaveLength(1);
  expect(await stateOf("with clean-up.clean-up")).toBe("done");
});

test("a clean-up of a version that this worker does not have is refused at once", () => {
  const old = { ...probe("old"), version: 0 };
  const start = () => workflows.startCleanUp(old, "old.clean-up");
  expect(start).toThrow(expect.objectContaining({ code: "operation-version-missing" }) as Error);
});

test("the worker is alive and may act", async () => {
  expect(await workersAlive(database)).toMatchObject([{ id: worker.id }]);
  expect(() => requireLease()).not.toThrow();
});

test("maintenance continues after a failure, and a repeated failure is reported once", async () => {
  let looks = 0;
  const warning = jest.spyOn(process, "emitWarning").mockImplementation();
  maintain = () => Promise.reject((looks++, new Error("the table is locked")));
  const again = async () => (await durable.askForMaintenance(), looks);
  await until("it failed often", async () => (await again()) >= 4);
  maintain = () => Promise.resolve(void looks++);
  const failed = looks;
  await until("it goes on", async () => (await again()) > failed + 1);
  maintain = () => Promise.resolve();
  expect(warning.mock.calls.flat().filter((line) => String(line).includes("the table is locked"))).toEqual([
    "the sweep of runs failed and will be retried: the table is locked",
  ]);
  warning.mockRestore();
});

test("runs of a dead worker are taken over, those of a live one are not", async () => {
  const ran: string[] = [];
  // As dead workers would have left them: begun, and never ended.
  for (const id of ["left by a dead one", "of a live one"]) {
    const begun = new Promise<void>((resolve) => (doing[id] = () => new Promise(() => resolve())));
    await enqueue(id);
    await begun;
    doing[id] = async () => void ran.push(id);
  }
  const live = await Liveness.open({
    notified: () => undefined,
    url: postgres.url,
    workerId: "a live one",
    silentSecondsMax: 600,
    lost: () => undefined,
  });
  const belongsTo = (id: string, owner: string) =>
    database.query("update dbos.workflow_status set executor_id = $2 where workflow_uuid = $1", [
      carryOutId(id, 1),
      owner,
    ]);
  await belongsTo("of a live one", "a live one");
  await belongsTo("left by a dead one", "a dead one");
  await until("the dead one's is taken over", () => ran.includes("left by a dead one"));
  expect(ran).toEqual(["left by a dead one"]);
  await live.close();
  await until("the live one's run is taken over once it is dead too", () => ran.includes("of a live one"));
});
