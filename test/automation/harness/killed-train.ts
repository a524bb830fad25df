/**
 * `npm run harness -- killed-train`: a train of six real databases in four rings, of which a worker is killed before and
 * in each step of the train and of its patches; then at random moments until it has ended. None may be patched twice,
 * none lost, and no ring may begin before the one before it is promoted.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { TrainPlan } from "../../../automation/operations/ringed-patch/plan";
import { pulumiProcesses } from "../drill-traces";
import { databasePatchOrder } from "../operations/database-patch/order-of-steps";
import { ringedPatchOrder } from "../operations/ringed-patch/order-of-steps";
import { TrainFleet, windowFrom } from "../operations/ringed-patch/train-fleet";
import type { Writer } from "../operations/ringed-patch/writer";
import type { Trial } from "./real-trials";

type Patching = "ringed-patch" | "database-patch";

export interface KilledTrain {
  /** By the operation whose step it is. */
  trials: Record<Patching, Trial[]>;
  randomKills: number;
  /** Broken promises of the whole. */
  problems: string[];
  seconds: number;
}

const databases = [
  ...["billing-development", "cart-development", "orders-development"],
  ...["accounts-production", "ledger-production", "stock-production"],
];
const withReplica = "cart-development";

/** A step without its key: which database or ring it is about is left to the train. */
const nameOf = (step: string): string => step.replace(/ \((?!before the run).*\)$/, "");
export const killedSteps: Record<Patching, string[]> = {
  "ringed-patch": [...new Set(Object.values(ringedPatchOrder[1]!["a canary"]!).flat().map(nameOf))],
  "database-patch": [
    ...Object.values(databasePatchOrder[1]!["a stack of our own"]!).flat(),
    "bring the stack up after its replicas",
  ],
};

const trainSteps = ringedPatchOrder[1]!["a canary"]!;
/** Its last worker is killed in these: what comes after the last ring. */
const endSteps = [...trainSteps.run.slice(-2), ...trainSteps.cleanUp].map(nameOf);
const firstEnd = endSteps[0]!;
const patchSteps = killedSteps["database-patch"];
const beforeTurn = patchSteps.indexOf("commit the change");

/** In the order in which a train reaches them first; those of a patch are met by its canary, and by a later ring. */
const order: [Patching, string[]][] = [
  ["ringed-patch", killedSteps["ringed-patch"].slice(1, 6)],
  ["database-patch", patchSteps.slice(0, beforeTurn)],
  ["ringed-patch", killedSteps["ringed-patch"].slice(6).filter((step) => !endSteps.includes(step))],
  ["database-patch", patchSteps.slice(beforeTurn, beforeTurn + 2)],
  ["database-patch", ["bring the stack up after its replicas"]],
  ["database-patch", patchSteps.slice(beforeTurn + 2, -1)],
];

/** `isChosen`: the steps at which workers are killed. */
export async function killedTrain(
  progress: (line: string) => void,
  isChosen: (step: string) => boolean = () => true,
): Promise<KilledTrain> {
  const began = Date.now();
  progress(`${databases.length} databases are brought up`);
  const fleet = await TrainFleet.start(
    databases.map((identifier) => ({ identifier, ...(identifier === withReplica && { replicas: 1 }) })),
    3,
  );
  const writers = new Map<string, Writer>();
  try {
    fleet.waitSeconds = killSecondsMax;
    for (const identifier of databases)
      writers.set(identifier, await fleet.writerOn(identifier, { pauseMilliseconds: 25 }));
    const run = new Run(fleet, progress, isChosen);
    await run.whole();
    await run.judge(writers);
    const { trials, randomKills, problems } = run;
    return { trials, randomKills, problems, seconds: (Date.now() - began) / 1000 };
  } finally {
    for (const writer of writers.values()) await writer.stop();
    await fleet.stop();
  }
}

class Run {
  readonly trials: KilledTrain["trials"] = { "ringed-patch": [], "database-patch": [] };
  readonly problems: string[] = [];
  randomKills = 0;
  private id = "";

  constructor(
    private readonly fleet: TrainFleet,
    private readonly progress: (line: string) => void,
    private readonly isChosen: (step: string) => boolean,
  ) {}

  async whole(): Promise<void> {
    const { fleet } = this;
    const words = ["--to", "17.10", "--fleet", "--bake-minutes", "0.2", "--window", windowFrom(-1)];
    this.id = await fleet.requested(...words, "--reason", "fixes of the quarter");
    await this.killedAt("ringed-patch", killedSteps["ringed-patch"][0]!);
    const planner = fleet.commands.shipshape("", "worker");
    await fleet.approve<TrainPlan>(this.id);
    planner.kill("SIGKILL");
    await planner.ended;
    for (const [operation, steps] of order) for (const step of steps) await this.killedAt(operation, step);
    await this.haltedWithoutWorker();
    await this.atRandom();
    for (const step of endSteps) await this.killedAt("ringed-patch", step);
    const worker = fleet.commands.shipshape("", "worker");
    const { status, verdict } = await fleet.over(this.id);
    await fleet.cleanedUp(this.id);
    worker.kill("SIGTERM");
    await worker.ended;
    if (status !== "succeeded" || verdict !== "pass") this.problems.push(`the train ended as ${status}, ${verdict}`);
  }

  /** A worker dies before the step, and another after its effect and before its record. */
  private async killedAt(operation: Patching, step: string): Promise<void> {
    if (!this.isChosen(step)) return;
    const began = Date.now();
    const problems: string[] = [];
    for (const when of ["before", "in"]) {
      const worker = this.fleet.commands.of(operation).shipshape(`${when} ${step}*`, "worker");
      const end = await Promise.race([worker.ended, atMost(killSecondsMax * 1000)]);
      if (end?.signal === "SIGKILL") continue;
      problems.push(`no worker was killed ${when} it: ${end ? end.stderr : "it was not reached"}`);
      worker.kill("SIGKILL");
      await worker.ended;
    }
    this.trials[operation].push({ step, way: "kill", problems, seconds: (Date.now() - began) / 1000 });
    this.progress(`${problems.length === 0 ? "✓" : "✗"} ${operation}, killed at "${step}"`);
    problems.forEach(this.progress);
  }

  /** While no worker lives, people halt it: a worker that comes then begins nothing. */
  private async haltedWithoutWorker(): Promise<void> {
    const { fleet, id } = this;
    const { number } = (await fleet.controlPlane.train(id)).rings.find(({ state }) => state !== "promoted")!;
    const turns = async () => (await fleet.controlPlane.train(id)).databases.filter(({ turnOf }) => turnOf !== null);
    await fleet.said("train", "halt", id, "--reason", "a look");
    const before = (await turns()).length;
    const worker = fleet.commands.shipshape("", "worker");
    await sleep(20_000);
    worker.kill("SIGKILL");
    await worker.ended;
    const state = (await fleet.statesOf(id))[number - 1];
    if (state !== "halted" || (await turns()).length !== before)
      this.problems.push(`halted while no worker lived, ring ${number} is ${state}, and took a turn`);
    await fleet.said("train", "resume", id, "--reason", "looked at");
    this.progress("✓ halted while no worker lived, it stayed so");
  }

  /** Until the last ring is promoted: at any moment, in mid-bake too. The last worker is left alone. */
  private async atRandom(): Promise<void> {
    const { fleet, id } = this;
    const isDone = async () => (await fleet.statesOf(id)).every((state) => state === "promoted");
    while (!(await isDone())) {
      // The last steps are left for the end: a worker that waits for the train to end would come past them.
      const worker = fleet.commands.of("ringed-patch").shipshape(`before ${firstEnd}*`, "worker");
      // A step of a minute is never done if its worker always lives for less.
      const isLast = this.randomKills >= randomKillsMax;
      const pause = isLast ? killSecondsMax * 1000 : 5000 + Math.random() * 90_000;
      const how = await Promise.race([worker.ended, atMost(pause)]);
      if (how) break;
      worker.kill("SIGKILL");
      await worker.ended;
      this.randomKills++;
      const states = await fleet.statesOf(id);
      this.progress(`killed after ${Math.round(pause / 1000)} s: ${states.join(", ")}`);
      const ring = states.indexOf("halted");
      if (ring === -1) continue;
      const found = (await fleet.controlPlane.train(id)).decisions.at(-1)?.gate?.found;
      this.problems.push(`ring ${ring + 1} was halted: ${JSON.stringify(found)}`);
      await fleet.said("train", "resume", id, "--reason", "to go on");
    }
  }

  async judge(writers: ReadonlyMap<string, Writer>): Promise<void> {
    const { fleet, id, problems } = this;
    const { plan } = await fleet.controlPlane.run(id);
    const { decisions } = await fleet.controlPlane.train(id);
    const { rings } = plan as TrainPlan;
    const sizes = rings.map(({ databases: together }) => together.length);
    if (sizes.join() !== "1,2,1,2") problems.push(`its rings were ${sizes.join()}`);
    for (const { number, databases: together } of rings)
      for (const { identifier } of together) {
        const times = await fleet.patchedAt(identifier);
        if (times.length !== 1) problems.push(`${identifier} was patched ${times.length} times`);
        const promoted = decisions.find(({ ring, word }) => ring === number - 1 && word === "promote")?.at;
        if (number > 1 && (!promoted || times.some((at) => at < promoted)))
          problems.push(`${identifier} was patched before ring ${number - 1} was promoted`);
      }
    const replica = await fleet.instanceNow(`${withReplica}-replica-1`);
    const follows = [replica.EngineVersion, replica.StatusInfos?.[0]?.Status].join();
    if (follows !== "17.10,replicating") problems.push(`the replica is ${follows}`);
    for (const [name, version] of Object.entries(await fleet.versions()))
      if (version !== "17.10") problems.push(`${name} runs ${version}`);
    for (const { target, verdict, sealedAt } of await fleet.controlPlane.children(id))
      if (verdict !== "pass" || !sealedAt)
        problems.push(`the request of ${target} ended as ${verdict}, sealed ${sealedAt}`);
    for (const [name, writer] of writers) {
      const lost = await writer.lost();
      if (lost.length > 0) problems.push(`${name} lost ${lost.length} acknowledged rows`);
      const next = await fleet.ownersPreview(name);
      if (next.length > 0) problems.push(`the next up of ${name} would ${next.join(", ")}`);
    }
    const snapshots = await fleet.snapshots();
    if (snapshots.length > 0) problems.push(`snapshots are left of ${snapshots.join(", ")}`);
    const left = pulumiProcesses(fleet.engine.cloud.dataFolder);
    if (left.length > 0) problems.push(`left behind: ${left.join("; ")}`);
  }
}

/** Where it is not waited for any more, it does not keep the process. */
const atMost = (milliseconds: number) => sleep(milliseconds, undefined, { ref: false });

/** A step is reached within minutes, on a busy machine too. */
const killSecondsMax = 1800;

/** So many at random moments, and then it must come to its end. */
const randomKillsMax = 6;
