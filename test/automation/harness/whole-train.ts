/**
 * `npm run harness -- whole-train`: twelve real databases, two of them with a replica, go from one minor to the next in
 * four rings, each with a client that writes all the time. A canary that is slower halts the train; people resume it,
 * halt it while no worker lives, skip two databases, and abort the train of these. Nothing acknowledged may be lost.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { join } from "node:path";
import type { TrainPlan } from "../../../automation/operations/ringed-patch/plan";
import { TrainFleet, windowFrom } from "../operations/ringed-patch/train-fleet";
import type { Writer, WriterOptions } from "../operations/ringed-patch/writer";

export interface WholeTrain {
  databases: number;
  rings: number[];
  /** Broken promises. */
  problems: string[];
  /** Rows that were acknowledged to all clients. */
  rows: number;
  /** The longest time that each client waited for an acknowledgement; null: its database was skipped. */
  gaps: Record<string, number>;
  /** What the comparison of the canary's load has said, from its halt to its promotion. */
  load: string[];
  /** `shipshape train show` at 80 columns, of the train at its end, and of the one that was aborted. */
  timetables: string[];
  seconds: number;
}

const development = ["billing", "cart", "orders", "ratings", "search", "shipping"].map((one) => `${one}-development`);
const production = ["accounts", "invoices", "ledger", "payments", "returns", "stock"].map((one) => `${one}-production`);
const canary = development[0]!;
const withReplica = ["orders-development", "stock-production"];
const skipped = ["payments-production", "returns-production"];

/** Enough queries that are not alike, each of which finds one row by its index. */
const load: WriterOptions = {
  prepare:
    "create table item as select id, id % 97 as of from generate_series(1, 50000) id; create index item_id on item (id); analyze item",
  reads: Array.from({ length: 25 }, (_, at) => `select count(*)${", 1".repeat(at)} from item where id = ${at + 1}`),
};

export async function wholeTrain(progress: (line: string) => void): Promise<WholeTrain> {
  const began = Date.now();
  const databases = [...development, ...production].map((identifier) => ({
    ...{ identifier, extensions: ["pg_stat_statements"] },
    ...(withReplica.includes(identifier) && { replicas: 1 }),
  }));
  progress(`${databases.length} databases are brought up`);
  const fleet = await TrainFleet.start(databases, 3);
  const writers = new Map<string, Writer>();
  try {
    fleet.commands.env["COLUMNS"] = "80";
    for (const { identifier } of databases) writers.set(identifier, await fleet.writerOn(identifier, load));
    const run = new Run(fleet, progress);
    await run.firstTrain();
    await run.secondTrain();
    await run.judge(writers);
    const gaps = Object.fromEntries([...writers].map(([name, { gapMilliseconds }]) => [name, gapMilliseconds]));
    const rows = [...writers.values()].reduce((sum, { acknowledged }) => sum + acknowledged.length, 0);
    const { problems, rings, load: said, timetables } = run;
    const seconds = (Date.now() - began) / 1000;
    return { databases: databases.length, rings, problems, rows, gaps, load: said, timetables, seconds };
  } finally {
    for (const writer of writers.values()) await writer.stop();
    await fleet.stop();
  }
}

/** What a busy machine makes slower is looked at so often. */
const resumesMax = 10;

class Run {
  readonly problems: string[] = [];
  readonly timetables: string[] = [];
  readonly load: string[] = [];
  rings: number[] = [];
  private readonly ids: string[] = [];

  constructor(
    private readonly fleet: TrainFleet,
    private readonly progress: (line: string) => void,
  ) {}

  private expect(what: string, found: unknown, wanted: unknown): void {
    const [is, should] = [JSON.stringify(found), JSON.stringify(wanted)];
    if (is !== should) this.problems.push(`${what}: ${is}, not ${should}`);
    this.progress(`${is === should ? "✓" : "✗"} ${what}`);
  }

  private async patched(): Promise<string[]> {
    const versions = Object.entries(await this.fleet.versions());
    return versions.filter(([, version]) => version === "17.10").map(([name]) => name);
  }

  private decide(id: string, word: string, reason: string, ...more: string[]): Promise<string> {
    return this.fleet.said("train", word, id, "--reason", reason, ...more);
  }

  async firstTrain(): Promise<void> {
    const { fleet } = this;
    const worker = fleet.commands.shipshape("", "worker");
    const words = ["--to", "17.10", "--fleet", "--compare-load", "--bake-minutes", "0.75", "--window", windowFrom(-1)];
    const id = await fleet.requested(...words, "--reason", "fixes of the quarter");
    this.ids.push(id);
    const { rings } = await fleet.approve<TrainPlan>(id);
    this.rings = rings.map(({ databases }) => databases.length);
    this.expect("the plan has four rings", this.rings, [1, 5, 1, 5]);
    await fleet.ringIs(id, 1, "baking", "halted");
    await fleet.asOwner(canary, "drop index item_id");
    await fleet.ringIs(id, 1, "halted");
    this.expect("a canary that is slower halts the train", await fleet.statesOf(id), [
      ...["halted", "waiting", "waiting", "waiting"],
    ]);
    this.expect("no other database was touched", await this.patched(), [canary]);
    await this.noteLoad(id);
    await fleet.asOwner(canary, "create index item_id on item (id)");
    await this.decide(id, "resume", "its index is back");
    await this.untilPromoted(id, 1);
    await fleet.ringIs(id, 2, "patching", "baking", "halted");
    await this.noteLoad(id);
    await this.haltWithoutWorker(id, worker);
    await fleet.ringIs(id, 2, "baking", "halted");
    fleet.commands.stop();
    this.progress("the worker was killed in mid-bake");
    fleet.commands.shipshape("", "worker");
    for (const one of skipped) await this.decide(id, "skip", "its release is on Friday", "--database", one);
    const run = await this.toItsEnd(id);
    this.expect("it ends with what people have skipped", [run.status, run.verdict], ["succeeded", "inconclusive"]);
    this.expect("every ring is promoted", await fleet.statesOf(id), Array<string>(4).fill("promoted"));
    const all = [...development, ...production].filter((one) => !skipped.includes(one));
    this.expect("all but the skipped run the new minor", await this.patched(), all);
    this.timetables.push(await fleet.said("train", "show", id));
  }

  /** The worker dies with patches under way, people halt, and a worker comes back: nothing further begins. */
  private async haltWithoutWorker(id: string, worker: ReturnType<TrainFleet["commands"]["shipshape"]>): Promise<void> {
    const { fleet } = this;
    await sleep(5000);
    worker.kill("SIGKILL");
    await worker.ended;
    // Its gate may have halted it already.
    if ((await fleet.statesOf(id))[1] !== "halted") await this.decide(id, "halt", "orders is slow");
    const turns = async () => (await fleet.controlPlane.train(id)).databases.filter(({ turnOf }) => turnOf !== null);
    const before = (await turns()).length;
    fleet.commands.shipshape("", "worker");
    await sleep(30_000);
    this.expect("halted while no worker lived, none takes its turn", (await turns()).length, before);
    this.expect("and the ring stays halted", (await fleet.statesOf(id))[1], "halted");
    await this.decide(id, "resume", "it was the network");
  }

  private async toItsEnd(id: string) {
    await this.untilPromoted(id, this.rings.length);
    return this.fleet.over(id);
  }

  /** A comparison beside other work on the machine may find a database slower: then people look, and resume. */
  private async untilPromoted(id: string, ring: number): Promise<void> {
    const { fleet, progress } = this;
    for (let resumed = 0; ; await sleep(500)) {
      const states = await fleet.statesOf(id);
      if (states[ring - 1] === "promoted") return;
      const { finishedAt, error } = await fleet.controlPlane.run(id);
      if (finishedAt) throw new Error(`it has ended: ${JSON.stringify({ states, error })}`);
      if (!states.includes("halted")) continue;
      const last = (await fleet.controlPlane.train(id)).decisions.at(-1);
      progress(`halted: ${last?.by}, ${JSON.stringify(last?.gate?.found)}`);
      if (++resumed > resumesMax) throw new Error(`it was halted ${resumed} times`);
      await this.decide(id, "resume", "looked at, and well");
    }
  }

  private async noteLoad(id: string): Promise<void> {
    const { decisions } = await this.fleet.controlPlane.train(id);
    const gates = decisions.filter(({ ring, gate }) => ring === 1 && gate);
    const { gate, word } = gates.at(-1)!;
    const found = gate!.found.map(({ name, verdict, explanation }) => `${name}: ${verdict}, ${explanation}`);
    this.load.push(`${word}: ${found.join("; ") || "every probe passed"}`);
    const isLoad = word === "promote" || gate!.found.some(({ name }) => name === `${canary}: query-times`);
    this.expect(`the load of the canary was compared (${word})`, isLoad, true);
  }

  /** Of the skipped: its canary is halted, and people abort it. */
  async secondTrain(): Promise<void> {
    const { fleet } = this;
    const words = ["--to", "17.10", "--fleet", "--bake-minutes", "5", "--window", windowFrom(-1)];
    const id = await fleet.requested(...words, "--reason", "the rest");
    this.ids.push(id);
    await fleet.approve<TrainPlan>(id);
    await fleet.ringIs(id, 1, "baking");
    await this.decide(id, "halt", "payments is slow");
    await this.decide(id, "abort", "17.10 has a regression");
    const run = await fleet.over(id);
    this.expect("an aborted train has ended", [run.status, run.verdict], ["succeeded", "inconclusive"]);
    this.expect("for good", await fleet.statesOf(id), ["aborted", "aborted"]);
    const refused = await this.decide(id, "resume", "after all").catch((error: Error) => error.message);
    this.expect("nobody resumes it", refused.includes("train-over"), true);
    this.expect("its later ring was not touched", (await fleet.versions())["returns-production"], "17.9");
    this.timetables.push(await fleet.said("train", "show", id));
  }

  async judge(writers: ReadonlyMap<string, Writer>): Promise<void> {
    const { fleet } = this;
    const lost: Record<string, number> = {};
    for (const [name, writer] of writers) lost[name] = (await writer.lost()).length;
    const none = Object.fromEntries([...writers.keys()].map((name) => [name, 0]));
    this.expect("no acknowledged row is lost", lost, none);
    const times: Record<string, number> = {};
    for (const name of writers.keys()) times[name] = (await fleet.patchedAt(name)).length;
    const once = Object.fromEntries([...writers.keys()].map((name) => [name, name === "returns-production" ? 0 : 1]));
    this.expect("none is patched twice", times, once);
    for (const name of withReplica) {
      const replica = await fleet.instanceNow(`${name}-replica-1`);
      const found = [replica.EngineVersion, replica.StatusInfos?.[0]?.Status];
      this.expect(`the replica of ${name} follows`, found, ["17.10", "replicating"]);
    }
    for (const id of this.ids) await this.judgeOrder(id);
    for (const name of writers.keys()) this.expect(`${name}: nothing to do`, await fleet.ownersPreview(name), []);
  }

  /** Each is patched after the ring before its own was promoted; everything is sealed, and can be verified. */
  private async judgeOrder(id: string): Promise<void> {
    const { fleet } = this;
    const { plan } = await fleet.controlPlane.run(id);
    const { decisions } = await fleet.controlPlane.train(id);
    for (const { number, databases } of (plan as TrainPlan).rings.slice(1)) {
      const promoted = decisions.find(({ ring, word }) => ring === number - 1 && word === "promote")?.at;
      for (const { identifier } of databases)
        for (const at of await fleet.patchedAt(identifier))
          if (promoted === undefined || at < promoted)
            this.problems.push(`${identifier} was patched before ring ${number - 1} was promoted`);
    }
    const children = await fleet.controlPlane.children(id);
    const unsealed = children.filter(({ sealedAt }) => sealedAt === undefined).map(({ target }) => target);
    this.expect("every request of a database is sealed", unsealed, []);
    const folder = join(fleet.engine.cloud.dataFolder, `evidence-${id}`);
    await fleet.said("evidence", "export", id, "--out", folder);
    this.expect("its evidence holds", (await fleet.said("evidence", "verify", folder)).includes(id), true);
  }
}
