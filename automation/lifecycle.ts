/**
 * The three durable workflows that every request goes through. They show how the control plane works: *prepare* ends
 * with a decision, *carry out* begins with one, and neither waits for a person. *Clean up* removes what a run created.
 */
import { ShipshapeError } from "./errors";
import { preparationsMax } from "./limits";
import type { CleanUpReport, Concluded, Conclusion, Decision, OperationRequest, PlanBasis, Run } from "./records";
import type { AnyOperation, RunStep, Step } from "./runner/operation";

/**
 * What the stages do for the lifecycle. Only `control-plane.ts` knows which stage does it. Each is durable and safe to
 * repeat.
 */
export interface Stages {
  load(
    requestId: string,
    part: "prepare" | "run" | "clean-up",
  ): Promise<{ request: OperationRequest; operation: AnyOperation; step: RunStep }>;
  /**
   * Records that a preparation or its run goes on. False if it must not: the run has ended or has another plan by now, or
   * its operation is paused. Then it is held, and the end of the pause enqueues another preparation.
   */
  running(request: OperationRequest, preparation: number): Promise<boolean>;
  /**
   * The plan of an operation that changes its database, with what is known about the recovery of that now; any other plan
   * as it is.
   */
  withRecovery(operation: AnyOperation, plan: PlanBasis, step: Step): Promise<PlanBasis>;
  /**
   * Decides by the admission rules of `policy/rules.ts`. One transaction stores the plan with its decision and, if
   * it is allowed, enqueues *carry out*. If people must approve, the last approval does that.
   */
  decide(request: OperationRequest, plan: PlanBasis, preparation: number): Promise<Decision>;
  /** The plan that was allowed or approved. Errors: plan-altered. */
  decided(requestId: string, preparation: number): Promise<{ plan: PlanBasis; decision: Decision }>;
  /** Whether the rules would want nothing more of a plan now than they did then. */
  stillAdmitted(request: OperationRequest, plan: PlanBasis, then: Decision): Promise<boolean>;
  /** The plan no longer fits what was observed, or the rules: one transaction enqueues the next preparation. */
  prepareAgain(request: OperationRequest, preparation: number): Promise<void>;
  /**
   * From here on the run may create something; whether it needs a clean-up is recorded first. False as `running` is:
   * much can have happened while the database was observed.
   */
  begun(request: OperationRequest, preparation: number, cleansUp: boolean): Promise<boolean>;
  sealVerdict(run: Concluded): Promise<void>;
  finished(requestId: string, conclusion: Conclusion): Promise<void>;
  /**
   * Starts the clean-up as a separate workflow and waits for it: a cancelled run must not cancel its clean-up.
   */
  startCleanUp(request: OperationRequest): Promise<void>;
  runOf(requestId: string): Promise<Run>;
  sealTeardown(request: OperationRequest, plan: PlanBasis, report: CleanUpReport): Promise<void>;
  cleaned(requestId: string, status: "done" | "stuck", error?: unknown): Promise<void>;
  isCancelledOrTakenOver(error: unknown): boolean;
}

/** Observes, plans, decides, and ends. `preparation` counts the plans of one request, from 1. */
export const prepare =
  (stages: Stages) =>
  async (requestId: string, preparation: number): Promise<void> => {
    const { request, operation, step } = await stages.load(requestId, "prepare");
    if (!(await stages.running(request, preparation))) return;
    const observing = preparation === 1 ? step : step.keyed(`plan ${preparation}`);
    const planned = await attempt(stages, async () => {
      const observed: unknown = await operation.observe(request.input, observing);
      return stages.withRecovery(operation, operation.plan(request.input, observed, requestId), observing);
    });
    if ("failure" in planned) return end(stages, { request, conclusion: planned.failure });
    const decision = await stages.decide(request, planned.value, preparation);
    if (decision.status === "denied") {
      const denied = new ShipshapeError("request-denied", { reasons: reasons(decision) });
      await end(stages, { request, plan: planned.value, decision, conclusion: failure(denied) });
    }
  };

/** Runs the plan that was decided, unless it no longer holds; judges it, seals the verdict, and cleans up. */
export const carryOut =
  (stages: Stages) =>
  async (requestId: string, preparation: number): Promise<void> => {
    const { request, operation, step } = await stages.load(requestId, "run");
    if (!(await stages.running(request, preparation))) return;
    const decided = await attempt(stages, () => stages.decided(requestId, preparation));
    if ("failure" in decided) return end(stages, { request, conclusion: decided.failure });
    const known = { request, ...decided.value };
    const observing = step.keyed(preparation === 1 ? "before the run" : `before the run of plan ${preparation}`);
    const holds = await attempt(stages, async () => {
      if (!(await stillHolds(operation, request, known.plan, observing))) return false;
      const plan = await stages.withRecovery(operation, known.plan, observing);
      return stages.stillAdmitted(request, plan, known.decision);
    });
    if ("failure" in holds) return end(stages, { ...known, conclusion: holds.failure });
    if (!holds.value) {
      if (preparation < preparationsMax) return stages.prepareAgain(request, preparation);
      const outdated = new ShipshapeError("plan-outdated", { id: requestId, plans: preparationsMax });
      return end(stages, { ...known, conclusion: failure(outdated) });
    }
    const cleansUp = operation.cleanUp !== undefined && (operation.needsCleanUp?.(known.plan) ?? true);
    if (!(await stages.begun(request, preparation, cleansUp))) return;
    const ran = await attempt(stages, async (): Promise<Conclusion> => {
      const outcome: unknown = await operation.run(known.plan, step);
      return { status: "succeeded", outcome, verdict: operation.verify(known.plan, outcome) };
    });
    await end(stages, { ...known, cleansUp, conclusion: "failure" in ran ? ran.failure : ran.value });
    if (cleansUp) await stages.startCleanUp(request);
  };

/** The clean-up of one run, whatever its outcome. A failure is `stuck` and shown to a human, never silent. */
export const cleanUp =
  (stages: Stages) =>
  async (requestId: string): Promise<void> => {
    const { request, operation, step } = await stages.load(requestId, "clean-up");
    const { plan } = await stages.runOf(requestId);
    if (!plan || !operation.cleanUp) return;
    try {
      const report = await operation.cleanUp(plan, step);
      await stages.sealTeardown(request, plan, report);
      await stages.cleaned(requestId, "done");
    } catch (error) {
      if (stages.isCancelledOrTakenOver(error)) throw error;
      await stages.cleaned(requestId, "stuck", error);
    }
  };

/** Every run seals a statement when it ends, however early. */
async function end(stages: Stages, run: Partial<Concluded> & Pick<Concluded, "request" | "conclusion">): Promise<void> {
  await stages.sealVerdict({ plan: undefined, decision: undefined, cleansUp: false, ...run });
  await stages.finished(run.request.id, run.conclusion);
}

/** An error is a conclusion too: it is sealed, and whatever the run created is still cleaned up. */
async function attempt<T>(stages: Stages, work: () => Promise<T>): Promise<{ value: T } | { failure: Conclusion }> {
  try {
    return { value: await work() };
  } catch (error) {
    if (stages.isCancelledOrTakenOver(error)) throw error;
    return { failure: failure(error) };
  }
}

async function stillHolds(
  operation: AnyOperation,
  request: OperationRequest,
  plan: PlanBasis,
  step: Step,
): Promise<boolean> {
  return !operation.stillHolds || operation.stillHolds(plan, await operation.observe(request.input, step));
}

const reasons = (d: Decision) =>
  d.rules
    .filter((r) => r.verdict === d.status)
    .map((r) => r.reason)
    .join("; ");
const failure = (error: unknown): Conclusion => ({
  status: "failed",
  error,
  verdict: { verdict: "inconclusive", checks: [] },
});
