/** The one durable workflow that every operation goes through. It shows how the control plane works. */
import { ShipshapeError } from "./errors";
import { approvalWaitSeconds } from "./limits";
import type { CleanUpReport, Concluded, Conclusion, Decision, OperationRequest, PlanBasis, Run } from "./records";
import type { AnyOperation, Step } from "./runner/operation";

/**
 * What the stages do for the lifecycle. Only `control-plane.ts` knows which stage does it. Each is durable and safe to
 * repeat.
 */
export interface Stages {
  load(
    requestId: string,
    part: "run" | "clean-up",
  ): Promise<{ request: OperationRequest; operation: AnyOperation; step: Step }>;
  planned(requestId: string, plan: PlanBasis): Promise<void>;
  /** By the admission rules of `policy/decisions.ts`; guardrails judge resources and are not part of it. */
  admit(request: OperationRequest, plan: PlanBasis): Promise<Decision>;
  /** Waits for a person. Planned: no command approves yet, so it returns false when the wait is over. */
  approval(decision: Decision): Promise<boolean>;
  running(requestId: string): Promise<void>;
  /** From here on the run may create something; whether it needs a clean-up is recorded first. */
  begun(requestId: string, cleansUp: boolean): Promise<void>;
  sealVerdict(run: Concluded): Promise<void>;
  finished(requestId: string, conclusion: Conclusion): Promise<void>;
  /**
   * Starts the clean-up as a separate workflow and waits for it: a cancelled lifecycle must not cancel its clean-up.
   */
  startCleanUp(requestId: string): Promise<void>;
  runOf(requestId: string): Promise<Run>;
  sealTeardown(request: OperationRequest, plan: PlanBasis, report: CleanUpReport): Promise<void>;
  cleaned(requestId: string, status: "done" | "stuck", error?: unknown): Promise<void>;
  isCancelledOrTakenOver(error: unknown): boolean;
}

export const lifecycle =
  (stages: Stages) =>
  async (requestId: string): Promise<void> => {
    const { request, operation, step } = await stages.load(requestId, "run");
    await stages.running(requestId);
    /** Every run seals a statement when it ends, however early. */
    const end = async (
      conclusion: Conclusion,
      known: { plan?: PlanBasis; decision?: Decision; cleansUp?: boolean } = {},
    ) => {
      await stages.sealVerdict({
        request,
        conclusion,
        plan: known.plan,
        decision: known.decision,
        cleansUp: known.cleansUp ?? false,
      });
      await stages.finished(requestId, conclusion);
    };
    let plan: PlanBasis;
    try {
      plan = operation.plan(request.input, await operation.observe(request.input, step), requestId);
    } catch (error) {
      if (stages.isCancelledOrTakenOver(error)) throw error;
      return end(failure(error));
    }
    await stages.planned(requestId, plan);
    const decision = await stages.admit(request, plan);
    if (decision.status === "denied")
      return end(failure(new ShipshapeError("request-denied", { reasons: reasons(decision) })), { plan, decision });
    if (decision.status === "needs-approval" && !(await stages.approval(decision)))
      return end(
        failure(
          new ShipshapeError("approval-missing", {
            digest: decision.planDigest,
            waitedHours: approvalWaitSeconds / 3600,
          }),
        ),
        { plan, decision },
      );
    const cleansUp = operation.cleanUp !== undefined;
    await stages.begun(requestId, cleansUp);
    await end(await conclude(stages, operation, plan, step), { plan, decision, cleansUp });
    if (cleansUp) await stages.startCleanUp(requestId);
  };

/** Runs and judges. An error is a conclusion too: it is sealed, and whatever the run created is still cleaned up. */
async function conclude(stages: Stages, operation: AnyOperation, plan: PlanBasis, step: Step): Promise<Conclusion> {
  try {
    const outcome: unknown = await operation.run(plan, step);
    return { status: "succeeded", outcome, verdict: operation.verify(plan, outcome) };
  } catch (error) {
    if (stages.isCancelledOrTakenOver(error)) throw error;
    return failure(error);
  }
}

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
