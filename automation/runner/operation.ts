/** What an operation is: two pure verbs (plan, verify) and three with effects (observe, run, clean up). */
import type { ZodType } from "zod";
import type { CleanUpReport, Effect, PlanBasis, Verdict } from "../records";

export interface StepSettings {
  /** How often the step may be tried; each attempt must be safe after any other was cut off half-way. */
  attemptsMax: number;
  /** The bound of one attempt, in seconds. */
  timeoutSeconds: number;
}

/** Runs one durable step: once it has ended, its result stands and is never computed again, whatever is killed. */
export interface Step {
  readonly requestId: string;
  <T>(name: string, settings: StepSettings, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Waits durably: a restart waits only for what is left. */
  sleep(seconds: number): Promise<void>;
}

export interface Operation<
  Request = unknown,
  Observed = unknown,
  Plan extends PlanBasis = PlanBasis,
  Outcome = unknown,
> {
  readonly name: string;
  /** The team that answers for the operation. */
  readonly owner: string;
  /** Decides who must agree before it runs. */
  readonly effect: Effect;
  readonly request: ZodType<Request>;
  /** Reads what the plan needs to know of the world. */
  observe(request: Request, step: Step): Promise<Observed>;
  /** Pure: fixes every choice. What only the world can give (commit times, endpoints) the steps record. */
  plan(request: Request, observed: Observed, requestId: string): Plan;
  run(plan: Plan, step: Step): Promise<Outcome>;
  /** Pure: judges the outcome against the plan. */
  verify(plan: Plan, outcome: Outcome): Verdict;
  /**
   * Removes throwaways after success, failure or cancel; safe to repeat; runs as a workflow of its own. Resolves to
   * what it removed.
   */
  cleanUp?(plan: Plan, step: Step): Promise<CleanUpReport>;
}

// The registry holds operations of unlike types; each is only ever given its own request, plan and outcome.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyOperation = Operation<any, any, any, any>;
