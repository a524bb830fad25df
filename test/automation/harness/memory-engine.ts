/**
 * A durable engine in memory: workflows whose steps are recorded once they have ended, in processes that can be killed
 * at any of them. A killed process never continues: whatever it was doing waits for an answer that does not come. The
 * next process runs each workflow from its beginning, and steps that have a record return it.
 */
import type { Step, StepSettings, Work } from "../../../automation/runner/operation";

/** `in`: after the step's effect and before its record. `after`: after its record. */
export type Disturbance =
  | "kill before"
  | "kill in"
  | "kill after"
  | "repeat"
  | "time out"
  | "fail before"
  | "fail in"
  | "cancel before"
  | "cancel in"
  | "expire before"
  | "expire in";

export interface Fault {
  workflow: string;
  step: string;
  disturbance: Disturbance;
}

/** What cancelling and expiring do, as the control plane does it. */
export interface FromOutside {
  cancel(): void;
  expire(): void;
}

type WorkflowState = "absent" | "alive" | "done" | "lost";
type Entry = { name: string } & ({ value: unknown } | { error: unknown });

interface Workflow {
  id: string;
  work: () => Promise<void>;
  journal: Entry[];
  state: WorkflowState;
  isCancelled: boolean;
  /** In the process of today. */
  running: Promise<void> | undefined;
  position: number;
}

export class MemoryEngine {
  readonly cancelled = new Error("the workflow was cancelled");
  /** Each step that was taken, as `<workflow>: <step>`, and how often its work was done. */
  readonly taken = new Map<string, number>();
  /** The step under way. */
  current = "";
  /** Whether the fault has happened. */
  hasFaulted = false;
  outside: FromOutside = { cancel: () => undefined, expire: () => undefined };
  private readonly workflows = new Map<string, Workflow>();
  private endProcess: () => void = () => undefined;

  constructor(private readonly fault?: Fault) {}

  /** Begins a workflow, once. */
  begin(id: string, work: () => Promise<void>): void {
    if (this.workflows.has(id)) return;
    const begun = { id, work, journal: [], isCancelled: false, running: undefined, position: 0 };
    this.workflows.set(id, { ...begun, state: "alive" });
  }

  stateOf = (id: string): WorkflowState => this.workflows.get(id)?.state ?? "absent";

  /** Ends a workflow before its next step. */
  cancel(id: string): void {
    const workflow = this.workflows.get(id);
    if (workflow?.state === "alive") workflow.isCancelled = true;
  }

  /** One process after another, until every workflow has ended. */
  async drain(): Promise<void> {
    for (let alive = this.alive(); alive.length > 0; alive = this.alive()) {
      for (const workflow of alive) Object.assign(workflow, { running: undefined, position: 0 });
      const killed = new Promise<void>((resolve) => (this.endProcess = resolve));
      const all = async () => {
        for (const { id } of alive) await this.ended(id);
      };
      await Promise.race([killed, all()]);
    }
  }

  /** Waits, in the process of today, until the workflow has ended. */
  ended(id: string): Promise<void> {
    const workflow = this.workflows.get(id)!;
    workflow.running ??= workflow.work().then(
      () => void (workflow.state = "done"),
      () => void (workflow.state = "lost"),
    );
    return workflow.running;
  }

  /** Kills the process of today. */
  kill(): Promise<never> {
    this.endProcess();
    return new Promise(() => undefined);
  }

  /** The steps of a workflow, as `stepsOf` of the runner has them. */
  stepsOf(requestId: string, workflowId: string): Step {
    const used = new Set<string>();
    const steps = (key?: string): Step =>
      Object.assign(
        <T>(name: string, settings: StepSettings, work: Work<T>) => {
          const full = key === undefined ? name : `${name} (${key})`;
          if (used.has(full)) throw new Error(`${full} has already run`);
          used.add(full);
          return this.step(workflowId, full, settings.attemptsMax, work);
        },
        { requestId, keyed: (inner: string) => steps(inner), sleep: () => Promise.resolve() },
      );
    return steps();
  }

  async step<T>(workflowId: string, name: string, attemptsMax: number, work: Work<T>): Promise<T> {
    const workflow = this.workflows.get(workflowId)!;
    const recorded = workflow.journal[workflow.position++];
    if (recorded) return replayed(recorded, name) as T;
    if (workflow.isCancelled) throw this.cancelled;
    const disturbance = this.disturbanceOf(workflowId, name);
    this.current = name;
    if (disturbance === "kill before") await this.kill();
    this.interfere(workflow, disturbance, "before");
    const entry = await this.attempted(`${workflowId}: ${name}`, name, attemptsMax, work, disturbance);
    if (disturbance === "kill in") await this.kill();
    this.interfere(workflow, disturbance, "in");
    workflow.journal.push(entry);
    if (disturbance === "kill after") await this.kill();
    return replayed(entry, name) as T;
  }

  /** Once: a step that is repeated is not disturbed again. */
  private disturbanceOf(workflow: string, step: string): Disturbance | undefined {
    if (this.hasFaulted || this.fault?.workflow !== workflow || this.fault.step !== step) return undefined;
    this.hasFaulted = true;
    return this.fault.disturbance;
  }

  /** The step in flight at a cancel is not recorded. */
  private interfere(workflow: Workflow, disturbance: Disturbance | undefined, moment: "before" | "in"): void {
    if (disturbance === `cancel ${moment}`) this.outside.cancel();
    if (disturbance === `expire ${moment}`) this.outside.expire();
    if (workflow.isCancelled) throw this.cancelled;
  }

  private async attempted<T>(
    key: string,
    name: string,
    attemptsMax: number,
    work: Work<T>,
    disturbance: Disturbance | undefined,
  ): Promise<Entry> {
    const once = async (signal: AbortSignal) => {
      this.taken.set(key, (this.taken.get(key) ?? 0) + 1);
      return work(signal, () => undefined);
    };
    const failed: Entry = { name, error: new Error(`made to fail: ${name}`) };
    if (disturbance === "fail before") return failed;
    if (disturbance === "repeat") await once(new AbortController().signal);
    const limit = new AbortController();
    // What has timed out goes on, beside the next attempt.
    const late = disturbance === "time out" ? once(limit.signal).catch(() => undefined) : undefined;
    limit.abort(new Error("out of time"));
    for (let attempt = 1; ; attempt++) {
      try {
        const value = await once(new AbortController().signal);
        await late;
        return disturbance === "fail in" ? failed : { name, value: structuredClone(value) };
      } catch (error) {
        if (attempt >= attemptsMax) return { name, error };
      }
    }
  }

  private alive = () => [...this.workflows.values()].filter(({ state }) => state === "alive");
}

/** What a step's record says. A workflow that is run again takes the same steps. */
function replayed(entry: Entry, name: string): unknown {
  if (entry.name !== name) throw new Error(`${entry.name} is recorded where now ${name} runs`);
  if ("error" in entry) throw entry.error;
  return entry.value;
}
