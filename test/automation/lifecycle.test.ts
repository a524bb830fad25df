import { z } from "zod";
import { cleanUp, lifecycle, type Stages } from "../../automation/lifecycle";
import {
  planDigestOf,
  targetDatabase,
  verdictOf,
  type Decision,
  type PlanBasis,
  type Run,
} from "../../automation/records";
import type { AnyOperation, Step } from "../../automation/runner/operation";

const id = "261126093000-0a1b2c3d";
const request = {
  id,
  operation: "probe",
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
  evidenceValidDays: 7,
};
const decided = (status: Decision["status"]): Decision => ({
  requestId: id,
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
    owner: "t",
    effect: "throwaway",
    request: z.unknown(),
    observe: async () => (note("observe"), "seen"),
    plan: (input: unknown, observed: unknown) => (note(`plan ${JSON.stringify(input)} ${String(observed)}`), plan),
    run: async () => (note("run"), "outcome"),
    verify: (_, outcome) => (note(`verify ${String(outcome)}`), pass),
    cleanUp: async () => (note("clean up"), { removed: [] }) as never,
    ...change.operation,
  };
  const stages: Stages = {
    load: async () => ({ request: request as never, operation, step: {} as Step }),
    planned: async () => note("record plan"),
    admit: async () => (note("admit"), decided(change.decision ?? "allowed")),
    approval: async () => (note("ask for approval"), true),
    running: async () => note("record running"),
    begun: async (_, cleansUp) => note(`record begin, ${cleansUp ? "to be cleaned up" : "nothing to clean up"}`),
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
async function carriedOut(change: Parameters<typeof staged>[0] = {}) {
  const { done, stages } = staged(change);
  await lifecycle(stages)(id);
  return done;
}
const observed = ["record running", "observe", 'plan {"database":"orders"} seen', "record plan", "admit"];
const fails = (message: string) => async () => {
  throw new Error(message);
};

test("an allowed request is planned, decided, run, judged, sealed, recorded and cleaned up, in this order", async () => {
  expect(await carriedOut()).toEqual([
    ...observed,
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
  expect(done).toContain("record begin, nothing to clean up");
  expect(done).not.toContain("start the clean-up");
});

test("a denied request does nothing, and the denial is sealed with its reasons", async () => {
  let reasons = "";
  const done = await carriedOut({
    decision: "denied",
    stages: { finished: async (_, c) => void (reasons = (c as { error: Error }).error.message) },
  });
  expect(done).toEqual([...observed, "seal failed inconclusive, with plan, denied"]);
  expect(reasons).toBe("the request was denied: it is denied");
});

test("a request that needs approval runs once it is approved, and not before", async () => {
  const done = await carriedOut({ decision: "needs-approval" });
  expect(done.indexOf("ask for approval")).toBe(observed.length);
  expect(done.indexOf("run")).toBeGreaterThan(observed.length);
});

test("a request that is not approved does nothing, and that is sealed", async () => {
  expect(await carriedOut({ decision: "needs-approval", stages: { approval: async () => false } })).toEqual([
    ...observed,
    "seal failed inconclusive, with plan, needs-approval",
    "record failed: approval-missing",
  ]);
});

test("an allowed request needs no approval", async () => {
  expect(await carriedOut()).not.toContain("ask for approval");
});

test.each([
  ["nothing can be observed", { observe: fails("no database") }],
  [
    "no plan is possible",
    {
      plan: () => {
        throw new Error("no database");
      },
    },
  ],
])("if %s the run fails, undecided and sealed, and nothing is cleaned up", async (_, operation) => {
  const done = await carriedOut({ operation });
  expect(done.slice(-2)).toEqual(["seal failed inconclusive, without plan, undecided", "record failed: no database"]);
  expect(done).not.toContain("admit");
  expect(done).not.toContain("start the clean-up");
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

test.each(["observe", "run"] as const)(
  "a run that is cancelled or taken over in %s rethrows that, and records nothing",
  async (verb) => {
    const { done, stages } = staged({ operation: { [verb]: () => Promise.reject(elsewhere) } });
    await expect(lifecycle(stages)(id)).rejects.toBe(elsewhere);
    expect(done.filter((what) => /^(seal|record (failed|succeeded)|start)/.test(what))).toEqual([]);
  },
);

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
