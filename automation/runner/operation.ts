/** What an operation is: two pure functions (plan, verify) and three with effects (observe, run, clean up). */
import type { ZodType } from "zod";
import type { CleanUpReport, Effect, PlanBasis, Verdict } from "../records";

export interface StepSettings {
  /** How often the step may be tried; each attempt must be safe after any other was interrupted. */
  attemptsMax: number;
  /** The time limit of one attempt, in seconds. */
  timeoutSeconds: number;
}

/** Runs one durable step: once it has ended, its result is final and never recomputed, whatever is killed. */
export interface Step {
  readonly requestId: string;
  <T>(name: string, settings: StepSettings, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Waits durably: after a restart only the remaining time. */
  sleep(seconds: number): Promise<void>;
}

export interface Operation<
  Request = unknown,
  Observed = unknown,
  Plan extends PlanBasis = PlanBasis,
  Outcome = unknown,
> {
  readonly name: string;
  /** The team responsible for the operation. */
  readonly owner: string;
  /** Decides who must approve it before it runs. */
  readonly effect: Effect;
  readonly request: ZodType<Request>;
  /** Reads what the plan depends on. */
  observe(request: Request, step: Step): Promise<Observed>;
  /** Pure: makes every choice. The steps record what only execution can provide (commit times, endpoints). */
  plan(request: Request, observed: Observed, requestId: string): Plan;
  run(plan: Plan, step: Step): Promise<Outcome>;
  /** Pure: judges the outcome against the plan. */
  verify(plan: Plan, outcome: Outcome): Verdict;
  /**
   * Removes throwaways after success, failure or cancel; safe to repeat; runs as a separate workflow. Resolves to what
   * it removed.
   */
  cleanUp?(plan: Plan, step: Step): Promise<CleanUpReport>;
}

// The registry contains operations of different types; each only ever gets its own request, plan and outcome.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyOperation = Operation<any, any, any, any>;
