/**
 * `npm run harness -- whole-train`: twelve real databases, two of them with a replica and one by blue/green, go from one
 * minor to the next in four rings, each with a client that writes all the time. A canary that is slower halts the train;
 * people ask for its way back, resume the train, halt it while no worker lives, skip two databases, and abort the train
 * of these. Nothing acknowledged may be lost.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { join } from "node:path";
import type { PatchUndoPlan } from "../../../automation/operations/patch-undo/plan";
import type { TrainPlan } from "../../../automation/operations/ringed-patch/plan";
import { TrainFleet, windowFrom } from "../operations/ringed-patch/train-fleet";
import type { Writer, WriterOptions } from "../operations/ringed-patch/writer";

/** What became of one database, and of the rows of its client. */
export interface PatchedDatabase {
  identifier: string;
  ring: number;
  how: string;
  /** The longest time that its client waited for an acknowledgement. */
  gapMilliseconds: number;
  rows: number;
  lost: number;
  /** How often RDS says that it was patched. */
  patches: number;
}

export interface WholeTrain {
  databases: PatchedDatabase[];
  rings: number[];
  /** Broken promises. */
  problems: string[];
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
const byBlueGreen = "ledger-production";

/** Enough queries that are not alike, each of which finds one row by its index. */
const load: WriterOptions = {
  prepare:
    "create table item as select id, id % 97 as of from generate_series(1, 50000) id; create index item_id on item (id); analyze item",
  // Twelve clients that pause less would be most of the load of two cores.
  pauseMilliseconds: 25,
  reads: Array.from({ length: 25 }, (_, at) => `select count(*)${", 1".repeat(at)} from item where id = ${at + 1}`),
};

export async function wholeTrain(progress: (line: string) => void): Promise<WholeTrain> {
  const began = Date.now();
  const databases = [...development, ...production].map((identifier) => ({
    ...{ identifier, extensions: ["pg_stat_statements"] },
    ...(withReplica.includes(identifier) && { replicas: 1 }),
    ...(identifier === byBlueGreen && { patchMethod: "blue-green" as const }),
  }));
  progress(`${databases.length} databases are brought up`);
  const fleet = await TrainFleet.start(databases, 3);
  const writers = new Map<string, Writer>();
  try {
    fleet.commands.env["COLUMNS"] = "80";
    fleet.waitSeconds = ringSecondsMax;
    for (const { identifier } of databases) writers.set(identifier, await fleet.writerOn(identifier, load));
    const run = new Run(fleet, progress);
    await run.firstTrain();
    await run.secondTrain();
    const patched = await run.judge(writers);
    const { problems, rings, load: said, timetables } = run;
    const seconds = (Date.now() - began) / 1000;
    return { databases: patched, rings, problems, load: said, timetables, seconds };
  } finally {
    for (const writer of writers.values()) await writer.stop();
    await fleet.stop();
  }
}

/** Each patch of a ring of five previews twice and brings its stack up twice, beside those of the others. */
const ringSecondsMax = 3600;

/** What a busy machine makes slower is looked at so often. */
const resumesMax = 10;

class Run {
  readonly problems: string[] = [];
  readonly timetables: string[] = [];
  readonly load: string[] = [];
  rings: number[] = [];
  private plan: TrainPlan["rings"] = [];
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
    this.plan = (await fleet.approve<TrainPlan>(id)).rings;
    this.rings = this.plan.map(({ databases }) => databases.length);
    this.expect("the plan has four rings", this.rings, [1, 5, 1, 5]);
    const green = this.plan.flatMap(({ databases }) => databases).filter(({ method }) => method === "blue-green");
    this.expect(
      "one is patched by blue/green",
      green.map(({ identifier }) => identifier),
      [byBlueGreen],
    );
    await fleet.ringIs(id, 1, "baking", "halted");
    await fleet.asOwner(canary, "drop index item_id");
    await fleet.ringIs(id, 1, "halted");
    this.expect("a canary that is slower halts the train", await fleet.statesOf(id), [
      ...["halted", "waiting", "waiting", "waiting"],
    ]);
    this.expect("no other database was touched", await this.patched(), [canary]);
    await this.noteLoad(id);
    await this.wayBack(id);
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

  /** Of the canary: its plan names the loss and the commands, is approved and sealed, and carries out nothing. */
  private async wayBack(id: string): Promise<void> {
    const { fleet } = this;
    const [patch] = await fleet.controlPlane.children(id);
    const about = ["--database", canary, "--patch", patch!.requestId, "--reason", "its queries are slow"];
    const undo = JSON.parse(await fleet.said("request", "patch-undo", ...about, "--json")) as { id: string };
    const { way, loss, instructions } = await fleet.approve<PatchUndoPlan>(undo.id);
    const { verdict, sealedAt } = await fleet.over(undo.id);
    const names = instructions?.includes("restore-db-instance-to-point-in-time") === true && loss.seconds > 0;
    this.expect(
      "its way back is commands that name their loss, approved and sealed",
      [way, names, verdict],
      [...["restore", true, "inconclusive"]],
    );
    this.expect(
      "which carries out nothing",
      [sealedAt !== undefined, (await fleet.versions())[canary]],
      [true, "17.10"],
    );
    this.load.push(
      `Its way back loses ${loss.seconds} s of writes by then, ${loss.rows ?? "an unknown number of"} rows at most.`,
    );
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

  async judge(writers: ReadonlyMap<string, Writer>): Promise<PatchedDatabase[]> {
    const { fleet } = this;
    const found: PatchedDatabase[] = [];
    for (const { number, databases } of this.plan)
      for (const { identifier, method } of databases) {
        const writer = writers.get(identifier)!;
        const lost = (await writer.lost()).length;
        const patches = (await fleet.patchedAt(identifier)).length;
        const withReplicas = withReplica.includes(identifier) ? ", with its replica" : "";
        const { gapMilliseconds, acknowledged } = writer;
        const how = method === "blue-green" ? "by blue/green" : `in place${withReplicas}`;
        found.push({ identifier, ring: number, how, gapMilliseconds, rows: acknowledged.length, lost, patches });
      }
    const all = found.map(({ identifier }) => identifier);
    const summed = (of: (one: PatchedDatabase) => number) =>
      Object.fromEntries(found.map((one) => [one.identifier, of(one)]));
    const none = Object.fromEntries(all.map((name) => [name, 0]));
    this.expect(
      "no acknowledged row is lost",
      summed(({ lost }) => lost),
      none,
    );
    const once = Object.fromEntries(all.map((name) => [name, name === "returns-production" ? 0 : 1]));
    this.expect(
      "none is patched twice",
      summed(({ patches }) => patches),
      once,
    );
    for (const name of withReplica)
      await this.look(`the replica of ${name} follows`, ["17.10", "replicating"], async () => {
        const replica = await fleet.instanceNow(`${name}-replica-1`);
        return [replica.EngineVersion, replica.StatusInfos?.[0]?.Status];
      });
    await this.look(`what ${byBlueGreen} was is kept`, "17.9", async () => {
      const { EngineVersion } = await fleet.instanceNow(`${byBlueGreen}-old1`);
      return EngineVersion;
    });
    for (const id of this.ids) await this.look("its order and its evidence hold", [], () => this.judgeOrder(id));
    for (const name of all) await this.look(`${name}: nothing to do`, [], () => fleet.ownersPreview(name));
    return found;
  }

  /** What cannot be looked at is a broken promise, and hides no other. */
  private async look(what: string, wanted: unknown, found: () => Promise<unknown>): Promise<void> {
    this.expect(what, await found().catch((error: unknown) => String(error)), wanted);
  }

  /** Each is patched after the ring before its own was promoted; everything is sealed, and can be verified. */
  private async judgeOrder(id: string): Promise<string[]> {
    const { fleet } = this;
    const broken: string[] = [];
    const { plan } = await fleet.controlPlane.run(id);
    const { decisions } = await fleet.controlPlane.train(id);
    for (const { number, databases } of (plan as TrainPlan).rings.slice(1)) {
      const promoted = decisions.find(({ ring, word }) => ring === number - 1 && word === "promote")?.at;
      for (const { identifier } of databases)
        for (const at of await fleet.patchedAt(identifier))
          if (promoted === undefined || at < promoted)
            broken.push(`${identifier} was patched before ring ${number - 1} was promoted`);
    }
    const children = await fleet.controlPlane.children(id);
    for (const { target, sealedAt } of children) if (!sealedAt) broken.push(`the request of ${target} is not sealed`);
    const folder = join(fleet.engine.cloud.dataFolder, `evidence-${id}`);
    await fleet.said("evidence", "export", id, "--out", folder);
    const verified = await fleet.said("evidence", "verify", folder);
    if (!verified.includes(id)) broken.push(`the evidence of ${id} does not hold: ${verified}`);
    return broken;
  }
}
