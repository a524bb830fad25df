/** A train of a whole fleet on a simulated clock: its plan and its run are real, databases, people and time are not. */
import { builtIn } from "../../../../components/standards/built-in";
import { identityOf } from "../../../../automation/fleet-records";
import { planTrain, type TrainCandidate, type TrainPlan } from "../../../../automation/operations/ringed-patch/plan";
import { ringedPatchRequest } from "../../../../automation/operations/ringed-patch/request";
import { ringedPatch } from "../../../../automation/operations/ringed-patch/ringed-patch";
import type { RingedPatchSteps } from "../../../../automation/operations/ringed-patch/steps";
import { secondsUntilOpen } from "../../../../automation/operations/ringed-patch/windows";
import type { ChildEnd } from "../../../../automation/records";
import type { RunStep } from "../../../../automation/runner/operation";
import type { RingState } from "../../../../automation/train-records";

/** In accounts and Regions of 400, as a large company has them: nine of ten in production. */
export const fleetOf = (count: number): TrainCandidate[] =>
  Array.from({ length: count }, (_, at): TrainCandidate => {
    const name = `d${String(at).padStart(5, "0")}`;
    const place = { account: String(123_456_789_000 + Math.floor(at / 400)), region: "eu-central-1" };
    const tags = {
      tier: ["bronze", "silver", "gold"][at % 3]!,
      environment: at % 10 === 0 ? "staging" : "production",
      ...{ service: name, owner: `team-${at % 200}` },
    };
    const known = { identifier: name, resourceId: `db-${name}`, arn: `arn:${name}`, ...place };
    return { ...known, from: "17.9", stack: `shipshape/database.${name}`, obstacles: [], tags };
  });

export const planOf = (databases: TrainCandidate[], more: object = {}): TrainPlan =>
  planTrain(
    ringedPatchRequest.parse({ to: "17.10", fleet: true, bakeMinutes: 24 * 60, ...more }),
    { databases, unreachable: [], located: true, today: "2026-11-27" },
    builtIn,
  );

export interface Chances {
  failed: number;
  inconclusive: number;
  seed: number;
}

export interface SimulatedTrain {
  hours: number;
  patched: number;
  skipped: number;
  halts: number;
  states: RingState[];
  /** The most that were under way at once. */
  underWayMax: number;
  /** Snapshots of patches in one account and Region, which stay. */
  snapshotsMax: number;
  /** What a train must never do, in words. */
  broken: string[];
}

/** A patch takes 6 to 20 minutes; people come two hours after a halt, skip what has failed, and resume. */
export async function runTrain(plan: TrainPlan, { failed, inconclusive, seed }: Chances): Promise<SimulatedTrain> {
  const next = random(seed);
  const began = Date.parse("2026-11-30T00:00:00Z");
  let now = began;
  const states = new Map<number, { state: RingState; since: number }>(
    plan.rings.map(({ number }) => [number, { state: "waiting", since: now }]),
  );
  const set = (ring: number, state: RingState) => void states.set(ring, { state, since: now });
  const stateOf = (ring: number) => states.get(ring)!.state;
  const ringOf = new Map(plan.rings.flatMap((ring) => ring.databases.map((one) => [one.identifier, ring] as const)));
  const snapshots = new Map<string, number>();
  const skipped = new Set<string>();
  const patched = new Set<string>();
  const unwell = new Map<number, Set<string>>();
  let underWay: { name: string; endsAt: number }[] = [];
  const result = { halts: 0, underWayMax: 0, broken: [] as string[] };

  const halt = (ring: number) => {
    set(ring, "halted");
    result.halts++;
  };
  const steps = {
    open: () => Promise.resolve(),
    begin: (_: string, ring: number) => {
      const isNext = plan.rings.every(({ number }) => number >= ring || stateOf(number) === "promoted");
      if (stateOf(ring) === "waiting" && isNext) set(ring, "patching");
      return Promise.resolve(stateOf(ring));
    },
    wanted: (_: string, ring: number) =>
      Promise.resolve(
        plan.rings[ring - 1]!.databases.filter(({ identifier }) => !skipped.has(identifier)).map(identityOf),
      ),
    mayBegin: (_: string, ring: number, window: string | null) =>
      Promise.resolve({ state: stateOf(ring), opensInSeconds: secondsUntilOpen(window, new Date(now)) }),
    bake: (_: string, ring: number) => {
      if (stateOf(ring) === "patching") set(ring, "baking");
      return Promise.resolve(stateOf(ring));
    },
    look: (_: string, ring: number) =>
      Promise.resolve({ state: stateOf(ring), seconds: (now - states.get(ring)!.since) / 1000 }),
    probe: () => Promise.resolve([{ name: "all", verdict: "pass", explanation: "as asked" }]),
    conclude: (_: string, ring: number, { verdict }: { verdict: string }) => {
      if (verdict === "pass" && stateOf(ring) === "baking") set(ring, "promoted");
      else halt(ring);
      return Promise.resolve(stateOf(ring));
    },
    read: () => Promise.resolve({ rings: [], decisions: [], databases: [] }),
    sealed: () => Promise.resolve([]),
  } as unknown as RingedPatchSteps;

  const request = (name: string) => {
    const ring = ringOf.get(name)!;
    const earlier = plan.rings.filter(({ number }) => number < ring.number);
    if (stateOf(ring.number) !== "patching") result.broken.push(`${name} begins in a ring that is not under way`);
    if (earlier.some(({ number }) => stateOf(number) !== "promoted"))
      result.broken.push(`${name} begins before its ring`);
    if (patched.has(name)) result.broken.push(`${name} is patched twice`);
    underWay.push({ name, endsAt: now + (6 + next() * 14) * 60_000 });
    if (underWay.length > ring.atOnce) result.broken.push(`${underWay.length} at once in ring ${ring.number}`);
    result.underWayMax = Math.max(result.underWayMax, underWay.length);
    const place = plan.rings[ring.number - 1]!.databases.find(({ identifier }) => identifier === name)!.account;
    snapshots.set(place, (snapshots.get(place) ?? 0) + 1);
    return Promise.resolve(name);
  };
  const childEnd = (): Promise<ChildEnd> => {
    underWay = underWay.sort((one, other) => one.endsAt - other.endsAt);
    const { name, endsAt } = underWay.shift()!;
    now = Math.max(now, endsAt);
    const { number } = ringOf.get(name)!;
    const chance = next();
    const verdict = chance < failed ? "fail" : chance < failed + inconclusive ? "inconclusive" : "pass";
    if (verdict === "pass") patched.add(name);
    else unwell.set(number, (unwell.get(number) ?? new Set()).add(name));
    return Promise.resolve({ requestId: name, status: "succeeded", verdict });
  };
  const waitFor = (_: string, seconds: number) => {
    const halted = plan.rings.find(({ number }) => stateOf(number) === "halted");
    if (!halted) {
      now += seconds * 1000;
      return Promise.resolve(undefined);
    }
    now += 2 * 3_600_000;
    for (const name of unwell.get(halted.number) ?? []) skipped.add(name);
    set(halted.number, "patching");
    return Promise.resolve({ sentBy: "ben", content: "resume" });
  };
  const step: RunStep = Object.assign(
    <T>(_: string, __: unknown, work: (signal: AbortSignal, progress: () => void) => Promise<T>) =>
      work(new AbortController().signal, () => undefined),
    {
      requestId: "train",
      keyed: () => step,
      sleep: () => Promise.reject(new Error("not used here")),
      child: (_: string, { database }: { database: string }) => request(database),
      ...{ childEnd, waitFor },
    },
  ) as unknown as RunStep;
  await ringedPatch(steps, builtIn).run(plan, step);
  return {
    ...result,
    hours: (now - began) / 3_600_000,
    patched: patched.size,
    skipped: skipped.size,
    states: plan.rings.map(({ number }) => stateOf(number)),
    snapshotsMax: Math.max(...snapshots.values()),
  };
}

function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
