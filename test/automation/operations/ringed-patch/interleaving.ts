/**
 * One train whose steps, patches and people take turns at random: its run and its tables are real, databases are not. A
 * worker that is killed forgets what it had in memory, and the next one begins the run again: what steps have recorded
 * is not repeated, as in the durable engine.
 */
import type { Database } from "../../../../automation/database";
import { identityOf } from "../../../../automation/fleet-records";
import type { TrainPlan } from "../../../../automation/operations/ringed-patch/plan";
import type { PlannedDatabase } from "../../../../automation/operations/ringed-patch/rings";
import { ringedPatch } from "../../../../automation/operations/ringed-patch/ringed-patch";
import type { RingedPatchSteps } from "../../../../automation/operations/ringed-patch/steps";
import { verifyTrain, type TrainOutcome } from "../../../../automation/operations/ringed-patch/verify";
import type { ChildEnd, VerdictWord } from "../../../../automation/records";
import type { RunStep } from "../../../../automation/runner/operation";
import { decideTrain, readTrain, takeTurn, type PersonsDecision } from "../../../../automation/runner/trains";
import type { GateVerdict, Train } from "../../../../automation/train-records";
import { builtIn } from "../../../../components/standards/built-in";

interface Patch {
  id: string;
  one: PlannedDatabase;
  /** What comes next. */
  next: "turn" | "commit" | "up" | "end";
  end?: Pick<ChildEnd, "status" | "verdict">;
  isTold: boolean;
}

class Killed extends Error {}

export class Interleaving {
  readonly reached = { killed: 0, halted: 0, resumed: 0, skipped: 0, aborted: 0, takenBack: 0, worse: 0, promoted: 0 };
  private readonly id: string;
  private readonly problems: string[] = [];
  private readonly recorded = new Map<string, unknown>();
  private readonly patches = new Map<string, Patch>();
  /** What runs, and what the stack's config declares. */
  private readonly runs = new Map<string, string>();
  private readonly declared = new Map<string, string>();
  private readonly timesPatched = new Map<string, number>();
  private readonly worseTwice = new Map<string, number>();
  private messages = 0;
  private isWatchOver = false;
  private outcome: TrainOutcome | undefined;
  private readonly next: () => number;

  constructor(
    private readonly database: Database,
    private readonly plan: TrainPlan,
    private readonly steps: RingedPatchSteps,
    seed: number,
  ) {
    this.id = `interleaved-${seed}`;
    this.next = random(seed);
  }

  async toItsEnd(): Promise<void> {
    await this.insertRequest(this.id, null);
    for (let worker = 0; this.outcome === undefined; worker++) {
      if (worker > workersMax) throw new Error("it does not come to its end");
      try {
        this.outcome = await ringedPatch(this.world(), builtIn).run(this.plan, this.step());
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
        this.reached.killed++;
        // Others act while no worker lives.
        for (let n = this.below(4); n > 0; n--) await this.something();
      }
    }
  }

  /** What a train must never do, in words. */
  async broken(): Promise<string[]> {
    const { problems, outcome } = this;
    const { rings, decisions, databases } = await readTrain(this.database, this.id);
    this.reached.promoted += decisions.filter(({ word }) => word === "promote").length;
    for (const [name, times] of this.timesPatched) if (times > 1) problems.push(`${name} was patched ${times} times`);
    for (const { id, one, end } of this.patches.values()) {
      const name = identityOf(one);
      if (!end) problems.push(`${id} has not ended`);
      // Of what was taken back, and of what was done, stack and database agree.
      if (this.runs.get(name) === this.plan.to && this.declared.get(name) !== this.plan.to)
        problems.push(`${name} runs what its stack does not declare`);
    }
    const isAborted = rings.some(({ state }) => state === "aborted");
    if (!isAborted && rings.some(({ state }) => state !== "promoted")) problems.push("it has ended before its end");
    for (const { identity, waiver, ring } of databases)
      if (rings[ring - 1]!.state === "promoted" && waiver === null && this.runs.get(identity) !== this.plan.to)
        problems.push(`${identity} was lost`);
    const { verdict } = verifyTrain(this.plan, outcome!);
    const isWhole = databases.every(({ identity }) => this.runs.get(identity) === this.plan.to);
    if (verdict === "pass" && !isWhole) problems.push("it passes, and has not patched each");
    return problems;
  }

  private below(n: number): number {
    return Math.floor(this.next() * n);
  }

  private one<T>(of: readonly T[]): T {
    return of[this.below(of.length)]!;
  }

  private insertRequest(id: string, parent: string | null): Promise<unknown[]> {
    return this.database.query(
      "insert into request (id, operation, input, requested_by, reason, parent_id) values ($1, 'x', '{}', 'ana', 'a test', $2) on conflict do nothing",
      [id, parent],
    );
  }

  /** The steps of a train, of which those that ask databases are answered here. */
  private world(): RingedPatchSteps {
    const probe = (name: string, verdict: GateVerdict) => ({ name, verdict, explanation: "as asked" });
    return {
      ...this.steps,
      look: async (id: string, ring: number) => {
        const { state } = await this.steps.look(id, ring);
        return { state, seconds: this.isWatchOver ? 1e9 : 0 };
      },
      noteAlarms: () => Promise.resolve([]),
      probe: (_, __, wanted) => {
        const runs = (one: PlannedDatabase) => this.runs.get(identityOf(one)) === this.plan.to;
        const probes = wanted.map((one) => probe(one.identifier, runs(one) ? "pass" : "fail"));
        return Promise.resolve({ probes, notes: [] });
      },
      sample: () => Promise.resolve(),
      compare: (_, wanted, from) => {
        const found = wanted.map((one) => {
          // Few runs come as far as a comparison.
          const verdict = this.one<GateVerdict>(["pass", "pass", "pass", "pass", "fail", "fail", "inconclusive"]);
          if (verdict === "fail") this.reached.worse++;
          if (verdict === "fail" && from === "end") this.worseTwice.set(identityOf(one), ringOf(this.plan, one));
          else this.worseTwice.delete(identityOf(one));
          return { identity: identityOf(one), probes: [probe(`${one.identifier}: query-times`, verdict)] };
        });
        return Promise.resolve(found);
      },
      conclude: async (id, ring, gate) => {
        const state = await this.steps.conclude(id, ring, gate);
        const isWorse = [...this.worseTwice.values()].includes(ring);
        if (state === "promoted" && isWorse) this.problems.push(`ring ${ring} is promoted, and one of it is slower`);
        return state;
      },
      sealed: (ids) =>
        Promise.resolve(
          ids.map((requestId) => {
            const { end } = this.patches.get(requestId)!;
            return { requestId, status: end!.status, verdict: end!.verdict, evidence: "0".repeat(64), reason: null };
          }),
        ),
    };
  }

  /** As the durable engine gives it: a step that has a record is not repeated, one that was killed may be. */
  private step(key = ""): RunStep {
    const durable = async <T>(name: string, work: () => Promise<T>, isOne = false): Promise<T> => {
      const full = `${name} (${key})`;
      if (this.recorded.has(full)) return this.recorded.get(full) as T;
      this.mayDie();
      if (this.below(3) === 0) await this.something();
      const result = await work();
      if (!isOne) this.mayDie();
      this.recorded.set(full, structuredClone(result));
      return result;
    };
    return Object.assign(
      <T>(name: string, _: unknown, work: (signal: AbortSignal, progress: () => void) => Promise<T>) =>
        durable(name, () => work(new AbortController().signal, () => undefined)),
      {
        requestId: this.id,
        keyed: (inner: string) => this.step(inner),
        sleep: () => Promise.reject(new Error("not used here")),
        child: (_: string, { database }: { database: string }) =>
          durable("request", () => this.requested(`${this.id}-${key}`, database)),
        // The message and its record are one transaction.
        childEnd: () => durable("child", () => this.untilChildEnds(), true),
        waitFor: () => durable("wait", () => this.untilTold(), true),
      },
    ) as unknown as RunStep;
  }

  private mayDie(): void {
    if (this.below(40) === 0) throw new Killed();
  }

  private async requested(id: string, database: string): Promise<string> {
    if (this.patches.has(id)) return id;
    await this.insertRequest(id, this.id);
    const one = this.plan.rings
      .flatMap(({ databases }) => databases)
      .find(({ identifier }) => identifier === database)!;
    this.patches.set(id, { id, one, next: "turn", isTold: false });
    return id;
  }

  private async untilChildEnds(): Promise<ChildEnd> {
    for (;;) {
      const ended = [...this.patches.values()].find(({ end, isTold }) => end && !isTold);
      if (ended) {
        ended.isTold = true;
        return { requestId: ended.id, ...ended.end! };
      }
      await this.something();
    }
  }

  private async untilTold(): Promise<unknown> {
    this.isWatchOver = false;
    const { rings } = await readTrain(this.database, this.id);
    const isHalted = rings.some(({ state }) => state === "halted");
    for (let n = isHalted ? 1000 : this.below(5); n > 0 && this.messages === 0; n--) await this.something();
    if (this.messages > 0) {
      this.messages--;
      return { sentBy: "ben", content: "a decision" };
    }
    this.isWatchOver = true;
    return undefined;
  }

  /** A patch goes on, or a person decides. */
  private something(): Promise<unknown> {
    const under = [...this.patches.values()].filter(({ end }) => !end);
    if (under.length > 0 && this.below(5) > 0) return this.goOn(this.one(under));
    return this.decide();
  }

  /** A patch does not know what its worker knew: each part looks first at what is there. */
  private async goOn(patch: Patch): Promise<void> {
    const name = identityOf(patch.one);
    const { to } = this.plan;
    const ends = (status: ChildEnd["status"], verdict: VerdictWord | null) => void (patch.end = { status, verdict });
    if (this.below(10) === 0) return; // its worker was killed before its record: the same part comes once more
    if (patch.next === "turn") {
      const train = await readTrain(this.database, this.id);
      const refused = await this.database.transaction((inside) => takeTurn(inside, patch.id, name, () => true));
      if (refused) return ends("failed", null);
      this.requireItsTurn(patch, train);
      patch.next = "commit";
    } else if (patch.next === "commit") {
      this.declared.set(name, to);
      patch.next = "up";
    } else if (patch.next === "up") {
      if (this.runs.get(name) !== to && this.below(8) === 0) {
        this.declared.set(name, "17.9"); // refused right before its `up`
        this.reached.takenBack++;
        return ends("failed", null);
      }
      if (this.runs.get(name) !== to) this.timesPatched.set(name, (this.timesPatched.get(name) ?? 0) + 1);
      this.declared.set(name, to);
      this.runs.set(name, to);
      patch.next = "end";
    } else ends("succeeded", this.one<VerdictWord>(["pass", "pass", "pass", "pass", "pass", "fail", "inconclusive"]));
  }

  private requireItsTurn({ id, one }: Patch, { rings, databases }: Train): void {
    const { identifier } = one;
    const ring = ringOf(this.plan, one);
    const early = rings.find(({ number, state }) => number < ring && state !== "promoted");
    if (early) this.problems.push(`${identifier} begins before ring ${early.number} is promoted`);
    const { turnOf, waiver } = databases.find(({ identity }) => identity === identityOf(one))!;
    const { state } = rings[ring - 1]!;
    if (turnOf !== id && (state !== "patching" || waiver))
      this.problems.push(`${identifier} begins in a ring that is ${state}`);
  }

  private async decide(): Promise<void> {
    const all = this.plan.rings.flatMap(({ databases }) => databases);
    const word = this.one<PersonsDecision["word"]>([
      ...(["halt", "halt", "resume", "resume", "resume", "resume", "resume", "resume"] as const),
      ...(["skip", ...(this.below(8) === 0 ? (["abort"] as const) : [])] as const),
    ]);
    const skipped = this.one(all);
    const waiver = { id: "w", rule: "r", resource: skipped.identifier, reason: "a test", approver: "ben" };
    const skips = { identity: identityOf(skipped), waiver: { ...waiver, expiresOn: "2027-01-01" } };
    const decision = { word, by: "ben", reason: "a test", ...(word === "skip" && { skips }) };
    const refusedOften = [
      "train-decision-idle",
      "train-over",
      "train-unknown",
      "train-database-unknown",
      "train-skips-all",
    ];
    try {
      await this.database.transaction((inside) => decideTrain(inside, this.id, decision));
    } catch (error) {
      if (!refusedOften.includes((error as { code: string }).code)) throw error;
      return;
    }
    this.messages++;
    this.reached[({ halt: "halted", resume: "resumed", skip: "skipped", abort: "aborted" } as const)[word]]++;
  }
}

const workersMax = 500;

const ringOf = ({ rings }: TrainPlan, one: PlannedDatabase): number =>
  rings.find(({ databases }) => databases.includes(one))!.number;

function random(seed: number): () => number {
  let state = seed * 7919;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
