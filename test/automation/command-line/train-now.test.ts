import { trainNow, type TrainNow, type WatchedPlan } from "../../../automation/command-line/train-now";
import type { Run, StepRecord } from "../../../automation/records";
import type { RingState, Train } from "../../../automation/train-records";

const id = "261128020000-0a1b2c3d";
const at = (time: string) => new Date(`2026-11-28T${time}Z`);
const plan = { rings: [1, 2].map((number) => ({ number, bakeSeconds: 3600, databases: [] })) };
const workers = [{ id: "w", silentSeconds: 0 }];

const run = (more: Partial<Omit<Run, "plan">> & { plan?: WatchedPlan } = {}): Run =>
  ({ requestId: id, status: "running", planDigest: "abcdef0123456789", steps: {}, plan, ...more }) as unknown as Run;

const child = (name: string, step: string, more: Partial<Run> = {}): Run =>
  ({
    ...run(),
    ...{ requestId: `${id}-${name}`, target: `${name}-development` },
    steps: { [step]: { status: "running", attempts: 1, startedAt: "2026-11-28T03:10:00Z", worker: "w" } },
    ...more,
  }) as Run;

/** The first ring is promoted, the second in this state since 03:00; it has two databases. */
function train(state: RingState, turns: (string | null)[] = [null, null]): Train {
  const since = at("03:00:00");
  return {
    rings: [
      { number: 1, state: "promoted", since, seconds: 0 },
      { number: 2, state, since, seconds: 0 },
    ],
    decisions: [],
    databases: turns.map((turnOf, of) => ({ identity: `db-${of}`, ring: 2, turnOf, waiver: null })),
  };
}

const said = (more: Partial<TrainNow>) =>
  trainNow({ run: run(), train: train("patching"), children: [], workers, now: at("03:15:00"), ...more });

test("a ring that is watched says until when, and what decides then", () => {
  expect(said({ train: train("baking") })).toEqual([
    "ring 2 is watched until 2026-11-28 04:00 UTC (45 minutes); then its health gate decides",
  ]);
  expect(
    said({ train: train("baking"), now: at("03:59:01"), run: run({ plan: { ...plan, comparesLoad: true } }) }),
  ).toEqual([
    "ring 2 is watched until 2026-11-28 04:00 UTC (59 s); then its health gate decides, which compares its load with that before, too",
  ]);
});

describe("once its time is over", () => {
  const compares = { ...plan, comparesLoad: true };
  const compared = (when: string): Record<string, StepRecord> => ({
    "compare the load since: warm (ring 2, attempt 1)": { status: "done", attempts: 1, startedAt: when },
  });

  test("load that was worse is watched a second time, and that is said", () => {
    const now = at("04:01:00");
    const steps = compared("2026-11-28T04:00:10Z");
    const [line] = said({ train: train("baking"), now, run: run({ steps, plan: compares }) });
    expect(line).toContain("They are watched again until 2026-11-28 04:55 UTC (54 minutes)");
    // A comparison of an attempt before this one says nothing.
    const earlier = compared("2026-11-28T02:30:00Z");
    const [other] = said({ train: train("baking"), now, run: run({ steps: earlier, plan: compares }) });
    expect(other).toBe("ring 2 was watched, and its health gate is asked");
  });

  test("a gate that does not come to an answer shows its step and attempt, and that its worker has ended", () => {
    const step: StepRecord = { status: "running", attempts: 2, startedAt: "2026-11-28T04:00:10Z", worker: "gone" };
    const steps = { "ask whether they are well (ring 2, attempt 1)": step };
    expect(said({ train: train("baking"), now: at("04:20:00"), run: run({ steps }) })).toEqual([
      "ring 2 was watched, and its health gate is asked: ask whether they are well (ring 2, attempt 1), attempt 2",
      "worker gone has ended in this step; another one continues it",
    ]);
  });
});

test("a ring that is patched says the step of each patch, and how many have not begun", () => {
  const children = [
    child("cart", "take a snapshot"),
    child("orders", "x", { finishedAt: at("03:09:00"), verdict: "pass" }),
  ];
  expect(said({ children, train: train("patching", [`${id}-orders`, null, null]) })).toEqual([
    "ring 2 is being patched: 1 under way, 1 not begun",
    "cart-development: take a snapshot, since 2026-11-28 03:10 UTC",
  ]);
});

test("a closed window, an approval, a pause and a missing worker are named: each keeps a train where it is", () => {
  const closed = { ...plan, window: "sat:05:00-sat:06:00" };
  expect(said({ run: run({ plan: closed }) })).toEqual([
    "ring 2 is being patched: 0 under way, 2 not begun",
    "no patch begins before the window sat:05:00-sat:06:00 opens, at 2026-11-28 05:00 UTC",
  ]);
  expect(said({ run: run({ status: "waiting" }) })[0]).toContain(`npx shipshape approve ${id} --plan abcdef012345`);
  const asks = child("cart", "x", { status: "waiting" });
  expect(said({ children: [asks] }).at(-1)).toMatch(/^cart-development: it waits for approval/);
  expect(said({ run: run({ heldAt: at("03:00:00") }) }).at(-1)).toContain("paused");
  expect(said({ workers: [] }).at(-1)).toContain("no worker is alive");
});

test("a halted ring says how long it waits for people, and which patches still end", () => {
  const children = [child("cart", "bring the stack up"), child("orders", "take a snapshot")];
  const halted = train("halted", [`${id}-cart`, null]);
  expect(said({ children, train: halted })).toEqual([
    "ring 2 waits for people, until 2026-12-12 03:00 UTC at most; then the train ends",
    "cart-development: bring the stack up, since 2026-11-28 03:10 UTC; it is patched to its end",
    "orders-development: take a snapshot, since 2026-11-28 03:10 UTC; it does not get its turn",
  ]);
  // People alone decide then: a worker is not what it waits for.
  expect(said({ train: halted, workers: [] })).toHaveLength(1);
});

test("a train that has ended waits for nothing", () => {
  expect(said({ run: run({ finishedAt: at("03:00:00") }) })).toEqual([]);
});
