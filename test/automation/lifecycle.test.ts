import { z } from "zod";
import { carryOut, cleanUp, prepare, type Stages } from "../../automation/lifecycle";
import { targetDatabase } from "../../automation/fleet-records";
import { planDigestOf, verdictOf, type Decision, type PlanBasis, type Run } from "../../automation/records";
import type { AnyOperation, RunStep, Step } from "../../automation/runner/operation";

const id = "261126093000-0a1b2c3d";
const request = {
  id,
  operation: "probe",
  version: 1,
  input: { database: "orders" },
  requestedBy: "ana",
  reason: "r",
  receivedAt: new Date(),
};
const plan: PlanBasis = {
  target: "orders",
  database: targetDatabase({
    identifier: "orders",
    resourceId: "db-1",
    arn: "arn:aws:rds:eu-central-1:123456789012:db:orders",
  }),
  tags: {},
  evidenceValidDays: 7,
};
const decided = (status: Decision["status"]): Decision => ({
  requestId: id,
  preparation: 1,
  needed: [],
  expiresAt: undefined,
  isExpired: false,
  approvals: [],
  status,
  planDigest: planDigestOf(plan),
  decidedBy: "admission rules",
  rules: [
    { id: "agrees", verdict: "allowed", reason: "it is small" },
    { id: "decides", verdict: status, reason: `it is ${status}` },
  ],
});
const elsewhere = new Error("taken over by another worker");
const pass = verdictOf([{ name: "checked", verdict: "pass", explanation: "fine", figures: {} }]);

/**
 * Runs a request through fake stages; returns what was done, in order, and what was sealed and recorded at the end.
 */
function staged(
  change: { operation?: Partial<AnyOperation>; stages?: Partial<Stages>; decision?: Decision["status"] } = {},
) {
  const done: string[] = [];
  const note = (what: string) => void done.push(what);
  const operation: AnyOperation = {
    name: "probe",
    version: 1,
    owner: "t",
    title: "probe",
    examples: [],
    effect: "throwaway",
    request: z.unknown(),
    observe: async (_, step: Step) => (note(`observe${step.requestId}`), "seen"),
    plan: (input: unknown, observed: unknown) => (note(`plan ${JSON.stringify(input)} ${String(observed)}`), plan),
    run: async () => (note("run"), "outcome"),
    verify: (_, outcome) => (note(`verify ${String(outcome)}`), pass),
    cleanUp: async () => (note("clean up"), { removed: [] }) as never,
    ...change.operation,
  };
  const stages: Stages = {
    load: async () => ({ request: request as never, operation, step: stepNamed("") }),
    running: async () => (note("record running"), true),
    withRecovery: async (_, bare) => bare,
    decide: async () => (note("decide"), decided(change.decision ?? "allowed")),
    decided: async () => (note("read the plan"), { plan, decision: decided(change.decision ?? "allowed") }),
    stillAdmitted: async () => true,
    prepareAgain: async (_, preparation) => note(`prepare again after ${preparation}`),
    begun: async (_, __, cleansUp) => (note(`record begin, ${cleansUp ? "" : "not "}to be cleaned up`), true),
    sealVerdict: async ({ conclusion: c, plan: p, decision: d }) =>
      note(`seal ${c.status} ${c.verdict.verdict}, ${p ? "with" : "without"} plan, ${d ? d.status : "undecided"}`),
    finished: async (_, c) =>
      note(
        `record ${c.status}${c.status === "succeeded" ? "" : `: ${(c.error as { code?: string }).code ?? (c.error as Error).message}`}`,
      ),
    startCleanUp: async () => note("start the clean-up"),
    runOf: async () => ({ plan }) as Run,
    sealTeardown: async () => note("seal teardown"),
    cleaned: async (_, status, error) =>
      note(`record clean-up ${status}${error ? `: ${(error as Error).message}` : ""}`),
    isCancelledOrTakenOver: (error) => error === elsewhere,
    ...change.stages,
  };
  return { done, stages };
}
/** A step whose only use is to tell under which key it was used. */
const stepNamed = (key: string): RunStep =>
  ({ requestId: key, keyed: (inner: string) => stepNamed(` (${inner})`) }) as RunStep;

async function prepared(change: Parameters<typeof staged>[0] = {}, preparation = 1) {
  const { done, stages } = staged(change);
  await prepare(stages)(id, preparation);
  return done;
}
async function carriedOut(change: Parameters<typeof staged>[0] = {}, preparation = 1) {
  const { done, stages } = staged(change);
  await carryOut(stages)(id, preparation);
  return done;
}
const planned = ["record running", "observe", 'plan {"database":"orders"} seen', "decide"];
const fails = (message: string) => async () => {
  throw new Error(message);
};

describe("preparing", () => {
  test.each(["allowed", "needs-approval"] as const)("ends with the decision: %s", async (decision) => {
    expect(await prepared({ decision })).toEqual(planned);
  });

  test("a denied request does nothing, and the denial is sealed with its reasons", async () => {
    let reasons = "";
    const done = await prepared({
      decision: "denied",
      stages: { finished: async (_, c) => void (reasons = (c as { error: Error }).error.message) },
    });
    expect(done).toEqual([...planned, "seal failed inconclusive, with plan, denied"]);
    expect(reasons).toBe("the request was denied: it is denied");
  });

  test("another plan of the same request is observed under another name", async () => {
    expect((await prepared({}, 3))[1]).toBe("observe (plan 3)");
  });

  test("a request that has ended is not looked at", async () => {
    expect(await prepared({ stages: { running: async () => false } })).toEqual([]);
  });

  test.each([
    ["the world cannot be looked at", { observe: fails("no database") }],
    [
      "there can be no plan",
      {
        plan: () => {
          throw new Error("no database");
        },
      },
    ],
  ])("where %s the run fails, undecided and sealed", async (_, operation) => {
    const done = await prepared({ operation });
    expect(done.slice(-2)).toEqual(["seal failed inconclusive, without plan, undecided", "record failed: no database"]);
    expect(done).not.toContain("decide");
  });
});

test("a plan is run, judged, sealed, recorded and cleaned up, in this order", async () => {
  expect(await carriedOut()).toEqual([
    "record running",
    "read the plan",
    "record begin, to be cleaned up",
    "run",
    "verify outcome",
    "seal succeeded pass, with plan, allowed",
    "record succeeded",
    "start the clean-up",
  ]);
});

test("an operation that creates nothing has no clean-up", async () => {
  const done = await carriedOut({ operation: { cleanUp: undefined as never } });
  expect(done).toContain("record begin, not to be cleaned up");
  expect(done).not.toContain("start the clean-up");
});

describe("before a plan is run, the operation is asked whether it still holds", () => {
  test("if it does, it runs", async () => {
    const asked: unknown[] = [];
    const done = await carriedOut({ operation: { stillHolds: (...all) => (asked.push(all), true) } });
    expect(done.slice(2, 5)).toEqual(["observe (before the run)", "record begin, to be cleaned up", "run"]);
    expect(asked).toEqual([[plan, "seen"]]);
  });

  test.each([1, 4])("if it does not, it is planned again, and nothing runs: plan %d", async (preparation) => {
    const done = await carriedOut({ operation: { stillHolds: () => false } }, preparation);
    const key = preparation === 1 ? "before the run" : `before the run of plan ${preparation}`;
    expect(done.slice(2)).toEqual([`observe (${key})`, `prepare again after ${preparation}`]);
  });

  test("a plan that holds, and that the rules would not admit today, is decided on again, and nothing runs", async () => {
    const asked: unknown[] = [];
    const stillAdmitted: Stages["stillAdmitted"] = async (...all) => (asked.push(all), false);
    expect((await carriedOut({ stages: { stillAdmitted } })).slice(2)).toEqual(["prepare again after 1"]);
    expect(asked).toMatchObject([[{ id }, plan, { status: "allowed" }]]);
  });

  test("a database that is never as planned ends the request, sealed", async () => {
    expect((await carriedOut({ operation: { stillHolds: () => false } }, 5)).slice(3)).toEqual([
      "seal failed inconclusive, with plan, allowed",
      "record failed: plan-outdated",
    ]);
  });

  test("if it cannot be observed, the run fails, sealed, and nothing is cleaned up", async () => {
    const operation = { observe: fails("no database"), stillHolds: () => true };
    expect((await carriedOut({ operation })).slice(2)).toEqual([
      "seal failed inconclusive, with plan, allowed",
      "record failed: no database",
    ]);
  });
});

test("a plan that is not the decided one is not run", async () => {
  expect(await carriedOut({ stages: { decided: fails("altered") } })).toEqual([
    "record running",
    "seal failed inconclusive, without plan, undecided",
    "record failed: altered",
  ]);
});

test.each(["running", "begun"] as const)("a request that ended before it was %s does nothing more", async (moment) => {
  const done = await carriedOut({ stages: { [moment]: async () => false } });
  expect(done.filter((what) => /^(run|seal|record (failed|succeeded)|start)/.test(what))).toEqual([]);
});

test.each([
  ["whose steps fail", { run: fails("the restore failed") }],
  [
    "that cannot be judged",
    {
      verify: () => {
        throw new Error("the restore failed");
      },
    },
  ],
])("a run %s is inconclusive, sealed, and cleaned up", async (_, operation) => {
  expect((await carriedOut({ operation })).slice(-3)).toEqual([
    "seal failed inconclusive, with plan, allowed",
    "record failed: the restore failed",
    "start the clean-up",
  ]);
});

test.each([
  ["observe", prepare],
  ["run", carryOut],
] as const)("what is cancelled or taken over in %s rethrows that, and records nothing", async (verb, workflow) => {
  const { done, stages } = staged({ operation: { [verb]: () => Promise.reject(elsewhere) } });
  await expect(workflow(stages)(id, 1)).rejects.toBe(elsewhere);
  expect(done.filter((what) => /^(seal|record (failed|succeeded)|start)/.test(what))).toEqual([]);
});

describe("the clean-up", () => {
  const cleaned = async (change: Parameters<typeof staged>[0] = {}) => {
    const { done, stages } = staged(change);
    await cleanUp(stages)(id);
    return done;
  };

  test("seals what was removed, and is done", async () => {
    expect(await cleaned()).toEqual(["clean up", "seal teardown", "record clean-up done"]);
  });

  test("that fails is stuck, with the reason, and seals nothing", async () => {
    expect(await cleaned({ operation: { cleanUp: fails("still there") } })).toEqual([
      "record clean-up stuck: still there",
    ]);
  });

  test("whose seal fails is stuck too", async () => {
    expect(await cleaned({ stages: { sealTeardown: fails("no key") } })).toEqual([
      "clean up",
      "record clean-up stuck: no key",
    ]);
  });

  test("of a run without a plan, or whose operation creates nothing, does nothing", async () => {
    expect(await cleaned({ stages: { runOf: async () => ({ plan: undefined }) as Run } })).toEqual([]);
    expect(await cleaned({ operation: { cleanUp: undefined as never } })).toEqual([]);
  });

  test("that is taken over rethrows that", async () => {
    const { done, stages } = staged({ operation: { cleanUp: () => Promise.reject(elsewhere) } });
    await expect(cleanUp(stages)(id)).rejects.toBe(elsewhere);
    expect(done).toEqual([]);
  });
});
