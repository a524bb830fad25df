/** What an operation is: two pure functions (plan, verify) and three with effects (observe, run, clean up). */
import type { ZodType } from "zod";
import type { Comparison } from "../difference-records";
import type { ChildEnd, CleanUpReport, Effect, Message, PlanBasis, Verdict } from "../records";

export interface StepSettings {
  /** How often the step may be tried; each attempt must be safe after any other was interrupted. */
  attemptsMax: number;
  /** The time limit of one attempt, in seconds. */
  timeoutSeconds: number;
}

/** Says how much of a step is done, from 0 to 1, for people who watch it. May be called as often as it changes. */
export type Progress = (share: number) => void;

export type Work<T> = (signal: AbortSignal, progress: Progress) => Promise<T>;

/** Runs one durable step: once it has ended, its result is final and never recomputed, whatever is killed. */
export interface Step {
  readonly requestId: string;
  <T>(name: string, settings: StepSettings, work: Work<T>): Promise<T>;
  /** The same steps under other names, for what is done more than once in a run. */
  keyed(key: string): Step;
  /** Waits durably: after a restart only the remaining time. */
  sleep(seconds: number): Promise<void>;
}

/**
 * The steps of a run. One whose plan names no database makes a request for each, and waits; one whose plan says that it
 * waits may wait, too: such runs have a queue of their own, and hold no database. Errors of all three:
 * coordination-refused.
 */
export interface RunStep extends Step {
  keyed(key: string): RunStep;
  /**
   * Makes a child request, once: by this run's requester, for its reason, with a run, a decision and evidence of its
   * own. Resolves to its id. Errors: operation-unknown, request-invalid.
   */
  child(operation: string, input: unknown): Promise<string>;
  /** Waits for the next end of a child: each is returned once. Undefined when the time is over. */
  childEnd(seconds: number): Promise<ChildEnd | undefined>;
  /** Waits for the next message that people send on that topic. Undefined when the time is over. */
  waitFor(topic: string, seconds: number): Promise<Message | undefined>;
}

/** What an operation is and takes: all that help, forms and requests need, without the code that runs it. */
export interface OperationDescription<Request = unknown> {
  /** Lower-case words with hyphens: `shipshape request <name>`. */
  readonly name: string;
  /** What it does, for help. */
  readonly title: string;
  /** What may follow `shipshape request <name>`. Help shows them, and a test parses them. */
  readonly examples: readonly string[];
  /**
   * Raise it with each change to the order of the steps, and keep the version before it in the registry until its last
   * run has ended: a run ends with the version it began with.
   */
  readonly version: number;
  /** The team responsible for the operation. */
  readonly owner: string;
  /** Decides who must approve it before it runs. */
  readonly effect: Effect;
  /**
   * A strict object; `.meta({ description })` of each field says what it is. Its field `database` is the identifier of
   * the database that the operation is about. The flags of the command line derive from it
   * (`command-line/commands/requests.ts`).
   */
  readonly request: ZodType<Request>;
}

export interface Operation<
  Request = unknown,
  Observed = unknown,
  Plan extends PlanBasis = PlanBasis,
  Outcome = unknown,
> extends OperationDescription<Request> {
  /** Reads what the plan depends on. */
  observe(request: Request, step: Step): Promise<Observed>;
  /** Pure: makes every choice. The steps record what only execution can provide (commit times, endpoints). */
  plan(request: Request, observed: Observed, requestId: string): Plan;
  /**
   * Pure: whether a plan still fits what is observed right before it is carried out, perhaps days later. If not, the
   * request is planned and decided again.
   * @default it always does
   */
  stillHolds?(plan: Plan, observed: Observed): boolean;
  run(plan: Plan, step: RunStep): Promise<Outcome>;
  /** Pure: judges the outcome against the plan. */
  verify(plan: Plan, outcome: Outcome): Verdict;
  /**
   * Pure: how its databases differ from what is declared. Each difference is a finding of its own for as long as it is
   * so, beyond this run.
   * @default the finding is the run's verdict
   */
  compared?(plan: Plan, outcome: Outcome): Comparison;
  /**
   * Pure: whether what a run has found lasts, although a later one passes: then only people close its finding.
   * @default it does not
   */
  outlasts?(plan: Plan, outcome: Outcome): boolean;
  /**
   * Removes throwaways after success, failure or cancel; safe to repeat; runs as a separate workflow. Resolves to what
   * it removed.
   */
  cleanUp?(plan: Plan, step: Step): Promise<CleanUpReport>;
  /** Pure: whether a run of this plan may create what has to be removed. @default it may, if there is a `cleanUp` */
  needsCleanUp?(plan: Plan): boolean;
}

// The registry contains operations of different types; each only ever gets its own request, plan and outcome.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyOperation = Operation<any, any, any, any>;

/** The newest version of an operation, or the given one. Errors: operation-unknown, operation-version-missing. */
export type OperationOf = (name: string, request?: { id: string; version: number }) => Promise<AnyOperation>;
