// A train's run over rings in memory: what it does when a patch fails while others of its ring are under way.
import { builtIn } from "../../../../components/standards/built-in";
import { identityOf } from "../../../../automation/fleet-records";
import type { PlannedDatabase } from "../../../../automation/operations/ringed-patch/rings";
import { planTrain, type TrainCandidate } from "../../../../automation/operations/ringed-patch/plan";
import { ringedPatchRequest } from "../../../../automation/operations/ringed-patch/request";
import { ringedPatch } from "../../../../automation/operations/ringed-patch/ringed-patch";
import type { RingedPatchSteps } from "../../../../automation/operations/ringed-patch/steps";
import { verifyTrain, type TrainOutcome, type TrainRow } from "../../../../automation/operations/ringed-patch/verify";
import type { ChildEnd } from "../../../../automation/records";
import type { RunStep } from "../../../../automation/runner/operation";
import type { GateVerdict, Probe, RingState } from "../../../../automation/train-records";

const database = (identifier: string): TrainCandidate => ({
  ...{ identifier, resourceId: `db-${identifier}`, arn: `arn:${identifier}`, account: "123456789012" },
  ...{ region: "eu-central-1", from: "17.9", stack: `shipshape/database.${identifier}`, obstacles: [] },
  tags: { tier: "bronze", environment: "development", owner: "team-orders" },
});
const planned = (bakeMinutes: number, more: object = {}) =>
  planTrain(
    ringedPatchRequest.parse({ to: "17.10", fleet: true, bakeMinutes, ...more }),
    { databases: ["a", "b", "c", "d"].map(database), unreachable: [], located: false, today: "2026-11-27" },
    builtIn,
  );
const plan = planned(0);
const decision = {
  ...{ ring: 1, word: "halt", by: "ben", reason: "a test", waiver: null, gate: null },
  at: new Date("2026-12-01T10:00:00.250Z"),
};

interface Arranged {
  plan: typeof plan;
  skipped: number[];
  /** What the comparison of a database finds, at the end of the watch and at a second look. */
  loadOf?: (identifier: string, from: string) => GateVerdict;
  /** Alarms that could not be read before the ring. */
  unread?: Probe[];
}

/**
 * The rings, and the patches that are under way; `ends` decides how each ends when it is waited for. `skipped`: the
 * rings of which people have skipped all.
 */
function trainOf(
  ends: (database: string, ring: RingState) => Pick<ChildEnd, "status" | "verdict">,
  { plan: of, skipped, loadOf, unread = [] }: Arranged = { plan, skipped: [] },
) {
  const counted: string[] = [];
  const waits: number[] = [];
  const rings = new Map<number, RingState>(plan.rings.map(({ number }) => [number, "waiting"]));
  const requested: string[] = [];
  const open: string[] = [];
  const concluded: [ring: number, verdict: string, underWay: string[]][] = [];
  const goes = (number: number, from: RingState, to: RingState) => {
    if (rings.get(number) === from) rings.set(number, to);
    return Promise.resolve(rings.get(number)!);
  };
  const steps = {
    open: () => Promise.resolve(),
    begin: (_: string, ring: number) => goes(ring, "waiting", "patching"),
    wanted: (_: string, ring: number) =>
      Promise.resolve(skipped.includes(ring) ? [] : of.rings[ring - 1]!.databases.map(identityOf)),
    mayBegin: (_: string, ring: number) => Promise.resolve({ state: rings.get(ring)!, opensInSeconds: 0 }),
    bake: (_: string, ring: number) => goes(ring, "patching", "baking"),
    look: (_: string, ring: number) => {
      // People end the train when it is halted.
      if (rings.get(ring) === "halted") rings.set(ring, "aborted");
      return Promise.resolve({ state: rings.get(ring)!, seconds: 1e9 });
    },
    noteAlarms: () => Promise.resolve(unread),
    probe: () => Promise.resolve({ probes: [], notes: [] }),
    sample: (_: string, databases: { identifier: string }[], moment: string) => {
      counted.push(`${moment}: ${databases.map(({ identifier }) => identifier).join(" ")}`);
      return Promise.resolve();
    },
    compare: (_: string, databases: PlannedDatabase[], from: string) =>
      Promise.resolve(
        databases.map((one) => {
          const verdict = loadOf!(one.identifier, from);
          const name = `${one.identifier}: query-times`;
          return { identity: identityOf(one), probes: [{ name, verdict, explanation: from }] };
        }),
      ),
    conclude: (_: string, ring: number, { verdict }: { verdict: string }) => {
      concluded.push([ring, verdict, [...open]]);
      return goes(ring, rings.get(ring)!, verdict === "pass" ? "promoted" : "halted");
    },
    read: () =>
      Promise.resolve({
        rings: [...rings].map(([number, state]) => ({ number, state, since: new Date(0), seconds: 0 })),
        ...{ decisions: [decision], databases: [] },
      }),
    sealed: () => Promise.resolve([]),
  } as unknown as RingedPatchSteps;
  const step: RunStep = Object.assign(
    <T>(_: string, __: unknown, work: (signal: AbortSignal, progress: () => void) => Promise<T>) =>
      work(new AbortController().signal, () => undefined),
    {
      requestId: "train-1",
      keyed: () => step,
      sleep: () => Promise.reject(new Error("not used here")),
      child: (_: string, { database: name }: { database: string }) => {
        requested.push(name);
        open.push(name);
        return Promise.resolve(`request of ${name}`);
      },
      childEnd: () => {
        const name = open.shift()!;
        const ring = plan.rings.find(({ databases }) => databases.some(({ identifier }) => identifier === name))!;
        return Promise.resolve({ requestId: `request of ${name}`, ...ends(name, rings.get(ring.number)!) });
      },
      waitFor: (_: string, seconds: number) => {
        waits.push(seconds);
        return Promise.resolve({ sentBy: "ben", content: "abort" });
      },
    },
  ) as unknown as RunStep;
  return { run: () => ringedPatch(steps, builtIn).run(of, step), requested, concluded, waits, counted };
}

test("a patch that fails halts its ring at once: those of it that have not taken their turn find it halted", async () => {
  const found: Record<string, RingState> = {};
  const { run, requested, concluded } = trainOf((name, ring) => {
    found[name] = ring;
    if (name === "b") return { status: "succeeded", verdict: "fail" };
    return ring === "patching" ? { status: "succeeded", verdict: "pass" } : { status: "failed", verdict: null };
  });
  const { rings, decisions } = await run();
  expect(decisions.map(({ at }) => at)).toEqual(["2026-12-01T10:00:00.250Z"]);
  expect(requested).toEqual(["a", "b", "c", "d"]);
  expect(found).toEqual({ a: "patching", b: "patching", c: "halted", d: "halted" });
  expect(concluded).toEqual([
    [1, "pass", []],
    [2, "fail", ["c", "d"]],
  ]);
  expect(rings.map(({ state }) => state)).toEqual(["promoted", "aborted"]);
});

test("a ring of which people have skipped all is not watched, and the next one is", async () => {
  const passes = () => ({ status: "succeeded", verdict: "pass" }) as const;
  const { run, requested, waits } = trainOf(passes, { plan: planned(60), skipped: [1] });
  await run();
  expect(requested).toEqual(["b", "c", "d"]);
  expect(waits).toEqual([3600]);
});

test("a ring whose alarms cannot be read is not begun: they could not be compared afterwards", async () => {
  const passes = () => ({ status: "succeeded", verdict: "pass" }) as const;
  const unread: Probe[] = [{ name: "a: alarms", verdict: "error", explanation: "AccessDenied" }];
  const { run, requested, concluded } = trainOf(passes, { plan, skipped: [], unread });
  await run();
  expect(requested).toEqual([]);
  expect(concluded).toEqual([[1, "error", []]]);
});

const comparing = async (loadOf: Arranged["loadOf"]) => {
  const passes = () => ({ status: "succeeded", verdict: "pass" }) as const;
  const train = trainOf(passes, { plan: planned(60, { compareLoad: true }), skipped: [], loadOf: loadOf! });
  await train.run();
  return train;
};

test("the load is compared once, at the end of the watch; what is worse is looked at a second time, alone", async () => {
  const { concluded, counted } = await comparing((one, from) => (one === "c" && from === "warm" ? "fail" : "pass"));
  expect(concluded.map(([ring, verdict]) => [ring, verdict])).toEqual([
    [1, "pass"],
    [2, "pass"],
  ]);
  expect(counted).toEqual([
    ...["before: a", "warm: a", "end: a"],
    ...["before: b c d", "warm: b c d", "end: b c d", "second: c"],
  ]);
});

test("what is worse twice fails, and a load that is too little to be compared promotes no ring", async () => {
  const worse = await comparing((one) => (one === "c" ? "fail" : "pass"));
  expect(worse.concluded.map(([ring, verdict]) => [ring, verdict])).toEqual([
    [1, "pass"],
    [2, "fail"],
  ]);
  const idle = await comparing(() => "inconclusive");
  expect(idle.concluded).toEqual([[1, "inconclusive", []]]);
  expect(idle.requested).toEqual(["a"]);
});

test("a database that has failed is not hidden by a waiver", () => {
  const [one] = plan.rings[0]!.databases;
  const row = (more: Partial<TrainRow>): TrainRow => {
    const { identifier, account, region, resourceId } = one!;
    const known = { identifier, account, region, resourceId, ring: 1, requestId: "r1", status: "succeeded" as const };
    return { ...known, verdict: "pass", evidence: "e", skippedBy: null, ...more };
  };
  const failing = (rows: TrainRow[]) => {
    const outcome: TrainOutcome = { rings: [{ number: 1, state: "promoted" }], decisions: [], rows, digest: "d" };
    const { verdict, checks } = verifyTrain(plan, outcome);
    return [verdict, ...checks.filter((check) => check.verdict !== "pass").map(({ name }) => name)];
  };
  expect(failing([row({})])).toEqual(["pass"]);
  expect(failing([row({ verdict: "fail", skippedBy: "w" })])).toEqual(["fail", "no-patch-failed"]);
  expect(failing([row({ verdict: null, evidence: null, skippedBy: "w" })])).toEqual([
    ...["inconclusive", "no-database-was-skipped"],
  ]);
});
