/** Drift detection: what is read, in which order; verify.ts judges it. */
import type { Standard } from "../../../components/standards/standard";
import type { Operation } from "../../runner/operation";
import { followsStill } from "../../tier-of";
import type { OperationContext } from "../operation-context";
import { observeStep, previewStep, queryStep } from "./limits";
import { detectionStillHolds, planDriftDetection, type DriftDetectionPlan, type ObservedDatabase } from "./plan";
import { driftDetectionDescription, type DriftDetectionRequest } from "./request";
import type { DriftDetectionSteps } from "./steps";
import { verifyDriftDetection, type DriftDetectionOutcome } from "./verify";

export const open = async (context: OperationContext) =>
  driftDetection((await import("./steps")).driftDetectionSteps(context), context.standard);

export const driftDetection = (
  steps: DriftDetectionSteps,
  standard: Standard,
): Operation<DriftDetectionRequest, ObservedDatabase, DriftDetectionPlan, DriftDetectionOutcome> => ({
  ...driftDetectionDescription,

  observe: (request, step) => step("look at the database and its stack", observeStep, () => steps.observe(request)),
  plan: (request, observed) => planDriftDetection(request, observed, standard),
  stillHolds: (plan, observed) => followsStill(plan, standard) && detectionStillHolds(plan, observed),

  async run(plan, step) {
    const now = await step("ask the RDS API", queryStep, () => steps.instanceNow(plan));
    const { stack } = plan;
    const comparison =
      "name" in stack
        ? await step("preview a refresh of its stack", previewStep, (signal) =>
            steps.compare(plan, stack.name, now, signal),
          )
        : null;
    const beyond = await step("look beyond the provider", queryStep, () => steps.lookBeyond(plan, now));
    return { now, comparison, beyondProvider: beyond };
  },

  verify: verifyDriftDetection,
});
