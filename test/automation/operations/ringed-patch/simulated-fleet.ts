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
  /** In each account and Region. @default those of AWS */
  quotas?: Quotas;
}

export interface Quotas {
  snapshots: number;
  callsPerSecond: number;
}

/** RDS's default for manual snapshots. It publishes no rate: ten calls a second are an assumption. */
export const awsQuotas: Quotas = { snapshots: 100, callsPerSecond: 10 };

/** What a patch asks of RDS, assumed: at its beginning and its end, and while it waits (cloudPoll of limits.ts). */
const callsOfPatch = 60;
const waitingCallsPerSecond = 0.2;

export interface SimulatedTrain {
  hours: number;
  patched: number;
  skipped: number;
  halts: number;
  states: RingState[];
  /** The most that were under way at once. */
  underWayMax: number;
  /** Snapshots of patches in one account and Region at once. */
  snapshotsMax: number;
  /** Halts because of a snapshot that the quota did not let be made: people then delete older ones. */
  quotaHalts: number;
  /** Calls to one account and Region in its busiest minute, for each second of it, and how long patches waited for them. */
  callsPerSecondMax: number;
  throttledSeconds: number;
  /** What a train must never do, in words. */
  broken: string[];
}

/**
 * A patch takes 6 to 20 minutes; people come two hours after a halt, skip what has failed, delete the snapshots of what
 * is patched where the quota is reached, and resume.
 */
export async function runTrain(
  plan: TrainPlan,
  { failed, inconclusive, seed, quotas = awsQuotas }: Chances,
): Promise<SimulatedTrain> {
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
  const calls = new CallRates(quotas.callsPerSecond);
  const placeOf = new Map(
    plan.rings.flatMap(({ databases }) => databases.map((one) => [one.identifier, one.account] as const)),
  );
  const full = new Set<string>();
  const skipped = new Set<string>();
  const patched = new Set<string>();
  const unwell = new Map<number, Set<string>>();
  let underWay: { name: string; endsAt: number; isRefused: boolean }[] = [];
  const result = { halts: 0, quotaHalts: 0, underWayMax: 0, snapshotsMax: 0, broken: [] as string[] };

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
    noteAlarms: () => Promise.resolve([]),
    probe: () => Promise.resolve({ probes: [{ name: "all", verdict: "pass", explanation: "as asked" }], notes: [] }),
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
    const place = placeOf.get(name)!;
    const had = snapshots.get(place) ?? 0;
    const isRefused = had >= quotas.snapshots;
    if (!isRefused) snapshots.set(place, had + 1);
    result.snapshotsMax = Math.max(result.snapshotsMax, snapshots.get(place)!);
    const seconds = isRefused ? 60 : (6 + next() * 14) * 60;
    const waited = calls.taken(place, now / 1000, callsOfPatch + waitingCallsPerSecond * seconds);
    underWay.push({ name, endsAt: now + (seconds + waited) * 1000, isRefused });
    if (underWay.length > ring.atOnce) result.broken.push(`${underWay.length} at once in ring ${ring.number}`);
    result.underWayMax = Math.max(result.underWayMax, underWay.length);
    return Promise.resolve(name);
  };
  const childEnd = (): Promise<ChildEnd> => {
    underWay = underWay.sort((one, other) => one.endsAt - other.endsAt);
    const { name, endsAt, isRefused } = underWay.shift()!;
    now = Math.max(now, endsAt);
    if (isRefused) {
      full.add(placeOf.get(name)!);
      return Promise.resolve({ requestId: name, status: "failed", verdict: null });
    }
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
    if (full.size > 0) result.quotaHalts++;
    for (const place of full) snapshots.set(place, 0);
    full.clear();
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
    callsPerSecondMax: calls.busiest(),
    throttledSeconds: calls.throttledSeconds,
  };
}

/** Calls by account and minute: what is over the rate waits, as the SDK does when it is throttled. */
class CallRates {
  throttledSeconds = 0;
  private readonly minutes = new Map<string, number>();

  constructor(private readonly perSecond: number) {}

  /** Resolves to the seconds that it waits. */
  taken(place: string, atSeconds: number, count: number): number {
    let waited = 0;
    for (let left = count, minute = Math.floor(atSeconds / 60); left > 0; minute++) {
      const key = `${place} ${minute}`;
      const had = this.minutes.get(key) ?? 0;
      const taken = Math.min(left, Math.max(0, this.perSecond * 60 - had));
      this.minutes.set(key, had + taken);
      left -= taken;
      if (left > 0) waited += 60;
    }
    this.throttledSeconds += waited;
    return waited;
  }

  busiest(): number {
    let most = 0;
    for (const count of this.minutes.values()) most = Math.max(most, count);
    return most / 60;
  }
}

function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
