/**
 * A train: databases are patched ring by ring, each by a request of its own. A ring is watched, and its health gate
 * decides whether the next one begins. What is under way is in tables, so that people can halt it at any moment.
 */
import { createHash } from "node:crypto";
import type { Standard } from "../../../components/standards/standard";
import { identityOf } from "../../fleet-records";
import { canonicalJson, type ChildEnd } from "../../records";
import type { Operation, RunStep } from "../../runner/operation";
import type { SampleMoment } from "../../load-records";
import type { GateResult, Probe, RingState } from "../../train-records";
import type { OperationContext } from "../operation-context";
import { cleanUpReport, type RemovedSnapshots } from "./clean-up-steps";
import { gateOf } from "./health-gate";
import * as limits from "./limits";
import type { ComparedDatabase } from "./load-steps";
import { planTrain, type ObservedTrain, type TrainPlan } from "./plan";
import { ringedPatchDescription, type RingedPatchRequest } from "./request";
import type { PlannedDatabase, Ring } from "./rings";
import type { RingedPatchSteps } from "./steps";
import { rowsOf, verifyTrain, type TrainOutcome } from "./verify";

export const open = async (context: OperationContext) =>
  ringedPatch((await import("./steps")).ringedPatchSteps(context), context.standard);

export const ringedPatch = (
  steps: RingedPatchSteps,
  standard: Standard,
): Operation<RingedPatchRequest, ObservedTrain, TrainPlan, TrainOutcome> => ({
  ...ringedPatchDescription,
  observe: (request, step) => step("look at the fleet", limits.fleetStep, () => steps.observe(request)),
  plan: (request, observed) => planTrain(request, observed, standard),
  // Each database is looked at again by its own request; one that has changed ends that, and the gate says so.
  run: (plan, step) => new TrainRun(plan, step, steps).run(),
  verify: verifyTrain,

  async cleanUp(plan, step) {
    const rows = await step("forget the loads", limits.rowStep, () => steps.forgetLoads(step.requestId));
    const rings: (RemovedSnapshots & { number: number })[] = [];
    for (const ring of plan.rings) {
      const at = step.keyed(`ring ${ring.number}`);
      const found = await at("remove the snapshots of what is well", limits.snapshotsStep, (signal) =>
        steps.removeSnapshots(step.requestId, ring, signal),
      );
      rings.push({ number: ring.number, ...found });
    }
    return cleanUpReport(step.requestId, rows, rings);
  },
});

interface Watched {
  state: RingState;
  /** Of the load; none, where it is not compared. */
  probes: Probe[];
}

const isWorse = ({ probes }: ComparedDatabase): boolean => probes.some(({ verdict }) => verdict === "fail");

/** Its state, and when the window opens. */
type MayBegin = Awaited<ReturnType<RingedPatchSteps["mayBegin"]>>;

class TrainRun {
  /** The newest request of each database that has one, and how that ended. */
  private readonly requests = new Map<string, string>();
  private readonly ends = new Map<string, ChildEnd>();
  /** Waits and looks are steps: each has a name of its own. */
  private looks = 0;

  constructor(
    private readonly plan: TrainPlan,
    private readonly step: RunStep,
    private readonly steps: RingedPatchSteps,
  ) {}

  async run(): Promise<TrainOutcome> {
    const { plan, step, steps } = this;
    await step("open the train", limits.rowStep, () => steps.open(plan, step.requestId));
    for (const ring of plan.rings) if ((await this.throughRing(ring)) !== "promoted") break;
    const requestIds = [...this.requests.values()];
    const sealed = await step("read what they have sealed", limits.fleetStep, () => steps.sealed(requestIds));
    const train = await step("read the train", limits.rowStep, () => steps.read(step.requestId));
    const rows = rowsOf(plan, train, this.requests, sealed);
    const digest = createHash("sha256").update(canonicalJson(rows)).digest("hex");
    const rings = train.rings.map(({ number, state }) => ({ number, state }));
    const decisions = train.decisions.map((one) => ({ ...one, at: new Date(one.at).toISOString() }));
    return { rings, decisions, rows, digest };
  }

  /** Until it is promoted, or aborted: a halted ring waits for people, and is patched on when they resume it. */
  private async throughRing(ring: Ring): Promise<RingState> {
    const { step, steps } = this;
    const { number } = ring;
    for (let attempt = 1; attempt <= limits.attemptsMax; attempt++) {
      const at = step.keyed(`ring ${number}, attempt ${attempt}`);
      let state = await at("begin the ring", limits.rowStep, () => steps.begin(step.requestId, number));
      if (state === "patching") state = await this.patchAndWatch(ring, at);
      if (state === "halted") state = await this.untilDecided(number);
      if (state !== "patching") return state;
    }
    return "halted";
  }

  private async patchAndWatch(ring: Ring, at: RunStep): Promise<RingState> {
    const { plan, step, steps } = this;
    const left = await at("look who is left", limits.rowStep, () => steps.wanted(step.requestId, ring.number));
    const identities = new Set(left);
    const wanted = ring.databases.filter((one) => identities.has(identityOf(one)));
    if (plan.comparesLoad) await this.sample(wanted, "before", at);
    const unread = await at("note the alarms", limits.probeStep, () => steps.noteAlarms(step.requestId, wanted));
    // What cannot be compared afterwards is not begun.
    if (unread.length > 0) return this.conclude(ring, gateOf(unread), at);
    const begun = await this.patch(ring, wanted, at);
    if (begun !== "patching") return begun;
    const patched = wanted.map((one) => patchedProbe(one, this.requests, this.ends));
    const early = gateOf(patched);
    // What was not patched is not watched: people are told at once.
    if (wanted.length > 0 && early.verdict !== "pass") return this.conclude(ring, early, at);
    const watched = await this.watch(ring, wanted, at);
    if (watched.state !== "baking") return watched.state;
    const { probes, notes } = await at("ask whether they are well", limits.probeStep, () =>
      steps.probe(step.requestId, plan, wanted),
    );
    // If people have skipped all of it, nothing could be worse.
    const all = wanted.length === 0 ? [everyoneSkipped] : [...patched, ...probes, ...watched.probes];
    const gate = gateOf(all, notes);
    return this.conclude(ring, gate, at);
  }

  /**
   * Requests a patch of each, some at once. One that ends badly halts the ring at once: the others that are under way are
   * waited for, and of these none that has not taken its turn gets it.
   */
  private async patch(ring: Ring, wanted: PlannedDatabase[], at: RunStep): Promise<RingState> {
    const { plan, step } = this;
    const left = wanted.filter((one) => this.ends.get(identityOf(one))?.verdict !== "pass");
    const open = new Map<string, PlannedDatabase>();
    let state: RingState = "patching";
    while (open.size > 0 || (left.length > 0 && state === "patching")) {
      const mayAsk: boolean = left.length > 0 && open.size < ring.atOnce && state === "patching";
      const may: MayBegin | undefined = mayAsk ? await this.mayBegin(ring.number) : undefined;
      if (may) state = may.state;
      if (may?.state === "patching" && may.opensInSeconds === 0) {
        const one = left.shift()!;
        const key = `${one.identifier}, ${identityOf(one)}, ${++this.looks}`;
        const id = await step.keyed(key).child("database-patch", inputOf(plan, one));
        this.requests.set(identityOf(one), id);
        open.set(id, one);
      } else if (open.size > 0) {
        const end = await step.keyed(`${++this.looks}`).childEnd(limits.childEndSecondsMax);
        if (!end) return state; // none has ended for days: the gate says what is not patched
        const one = open.get(end.requestId);
        if (!one) continue; // of an attempt before this one
        open.delete(end.requestId);
        this.ends.set(identityOf(one), end);
        const probe = patchedProbe(one, this.requests, this.ends);
        // What was only not patched halts the ring when all of it had its turn: people decide on these at once.
        if (state === "patching" && (probe.verdict === "fail" || probe.verdict === "error"))
          state = await this.conclude(ring, gateOf([probe]), at);
      } else if (may?.state === "patching") {
        await this.waitUntilTold(Math.min(may.opensInSeconds, limits.windowWaitSecondsMax));
      }
    }
    return state;
  }

  private mayBegin(ring: number): Promise<MayBegin> {
    const { plan, step, steps } = this;
    return step.keyed(`${++this.looks}`)("look whether the next may begin", limits.rowStep, () =>
      steps.mayBegin(step.requestId, ring, plan.window),
    );
  }

  /**
   * "baking" when its time is over; if people have skipped all of it, there is nothing to watch. The load is compared
   * once, then: who looks ten times finds what is not there.
   */
  private async watch(ring: Ring, wanted: PlannedDatabase[], at: RunStep): Promise<Watched> {
    const { plan, step, steps } = this;
    const { number } = ring;
    const seconds = wanted.length === 0 ? 0 : ring.bakeSeconds;
    const warmUp = Math.min(limits.warmUpSecondsMax, seconds / 2);
    let state = await at("begin to watch", limits.rowStep, () => steps.bake(step.requestId, number));
    if (!plan.comparesLoad) return { state: await this.until(number, state, seconds), probes: [] };
    state = await this.until(number, state, warmUp);
    if (state === "baking") await this.sample(wanted, "warm", at);
    state = await this.until(number, state, seconds);
    if (state !== "baking") return { state, probes: [] };
    await this.sample(wanted, "end", at);
    const first = await this.compare(wanted, "warm", at);
    const worse = new Set(first.filter(isWorse).map(({ identity }) => identity));
    const probesOf = (found: ComparedDatabase[]) => found.flatMap(({ probes }) => probes);
    if (worse.size === 0) return { state, probes: probesOf(first) };
    // What is worse once may be so by chance: a second look decides.
    const suspects = wanted.filter((one) => worse.has(identityOf(one)));
    state = await this.until(number, state, 2 * seconds - warmUp);
    if (state !== "baking") return { state, probes: [] };
    await this.sample(suspects, "second", at);
    const second = await this.compare(suspects, "end", at);
    return { state, probes: probesOf([...first.filter((found) => !isWorse(found)), ...second]) };
  }

  /** Until it is watched for so long, or people decide otherwise. */
  private async until(ring: number, before: RingState, seconds: number): Promise<RingState> {
    let state = before;
    for (let left = seconds; state === "baking" && left > 0;) {
      await this.waitUntilTold(left);
      const seen = await this.lookAt(ring);
      state = seen.state;
      left = seconds - seen.seconds;
    }
    return state;
  }

  private sample(databases: PlannedDatabase[], moment: SampleMoment, at: RunStep): Promise<void> {
    const { step, steps } = this;
    return at(`count the load: ${moment}`, limits.probeStep, () => steps.sample(step.requestId, databases, moment));
  }

  private compare(databases: PlannedDatabase[], from: "warm" | "end", at: RunStep): Promise<ComparedDatabase[]> {
    const { step, steps } = this;
    const to = from === "warm" ? "end" : "second";
    return at(`compare the load since: ${from}`, limits.probeStep, () =>
      steps.compare(step.requestId, databases, from, to),
    );
  }

  private conclude({ number }: Ring, gate: GateResult, at: RunStep): Promise<RingState> {
    const { step, steps } = this;
    return at("let the health gate decide", limits.rowStep, () => steps.conclude(step.requestId, number, gate));
  }

  private async untilDecided(ring: number): Promise<RingState> {
    for (;;) {
      const isTold = await this.waitUntilTold(limits.haltedSecondsMax);
      const { state } = await this.lookAt(ring);
      if (state !== "halted" || !isTold) return state;
    }
  }

  private async waitUntilTold(seconds: number): Promise<boolean> {
    return (await this.step.keyed(`${++this.looks}`).waitFor("train", Math.max(1, seconds))) !== undefined;
  }

  private lookAt(ring: number) {
    const { step, steps } = this;
    return step.keyed(`${++this.looks}`)("look at the ring", limits.rowStep, () => steps.look(step.requestId, ring));
  }
}

const inputOf = ({ to, located }: TrainPlan, { identifier, account, region, method }: PlannedDatabase) => ({
  database: identifier,
  to,
  ...(method && { method }),
  ...(located && { account, region }),
});

const everyoneSkipped: Probe = {
  ...{ name: "ring", verdict: "pass", explanation: "people have skipped each of its databases" },
};

/** How the request of a database has ended, as a probe. */
function patchedProbe(
  one: PlannedDatabase,
  requests: ReadonlyMap<string, string>,
  ends: ReadonlyMap<string, ChildEnd>,
): Probe {
  const [id, end] = [requests.get(identityOf(one)), ends.get(identityOf(one))];
  const name = `${one.identifier}: is-patched`;
  if (id === undefined) return { name, verdict: "inconclusive", explanation: "it was not begun" };
  if (!end) return { name, verdict: "inconclusive", explanation: `request ${id} has not ended` };
  const verdict = end.verdict ?? "error";
  const said = end.status === "succeeded" ? `its verdict is ${verdict}` : `it ${end.status}`;
  return { name, verdict: end.status === "succeeded" ? verdict : "error", explanation: `request ${id}: ${said}` };
}
