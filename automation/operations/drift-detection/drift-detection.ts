/** Drift detection: what is read, in which order; verify.ts judges it. That of several databases is in sweep.ts. */
import type { Standard } from "../../../components/standards/standard";
import type { PlanBasis } from "../../records";
import type { AnyOperation, Operation, OperationDescription } from "../../runner/operation";
import { followsStill } from "../../tier-of";
import type { OperationContext } from "../operation-context";
import { comparedIn } from "./compared";
import { accessStep, explainStep, observeStep, previewStep, queryStep } from "./limits";
import { detectionStillHolds, planDriftDetection, type DriftDetectionPlan, type ObservedDatabase } from "./plan";
import { driftDetectionDescription, isAboutOne, type DriftDetectionRequest, type OneDatabase } from "./request";
import type { DriftDetectionSteps } from "./steps";
import { fleetDetection } from "./sweep";
import { isSweep } from "./sweep-plan";
import { beyondMissing, stackUnread } from "./unread";
import { verifyDriftDetection, type DriftDetectionOutcome } from "./verify";

export const open = async (context: OperationContext): Promise<AnyOperation> => {
  const [{ driftDetectionSteps }, { fleetSteps }] = [await import("./steps"), await import("./fleet-steps")];
  const { sharedPlugins } = await import("../../runner/shared-plugins");
  const { standard, stacks } = context;
  return either(
    driftDetection(driftDetectionSteps(context, sharedPlugins(stacks)), standard),
    fleetDetection(fleetSteps(context), standard),
  );
};

/** A request is about one database or for a sweep, and so is its plan. */
const either = (one: ReturnType<typeof driftDetection>, fleet: ReturnType<typeof fleetDetection>): AnyOperation => {
  const of = (plan: PlanBasis): AnyOperation => (isSweep(plan) ? fleet : one);
  return {
    ...driftDetectionDescription,
    observe: (request: DriftDetectionRequest, step) =>
      isAboutOne(request) ? one.observe(request, step) : fleet.observe(request, step),
    plan: (request: DriftDetectionRequest, observed, requestId) =>
      ((isAboutOne(request) ? one : fleet) as AnyOperation).plan(request, observed, requestId),
    stillHolds: (plan: PlanBasis, observed) => of(plan).stillHolds!(plan, observed),
    run: (plan: PlanBasis, step) => of(plan).run(plan, step),
    verify: (plan: PlanBasis, outcome) => of(plan).verify(plan, outcome),
    compared: (plan: PlanBasis, outcome) => of(plan).compared!(plan, outcome),
  };
};

/** Of one database. */
export const driftDetection = (
  steps: DriftDetectionSteps,
  standard: Standard,
): Operation<OneDatabase, ObservedDatabase, DriftDetectionPlan, DriftDetectionOutcome> => ({
  ...(driftDetectionDescription as OperationDescription<never>),

  observe: (request, step) =>
    step("look at the database and its stack", observeStep, () => steps.observe(request, step.requestId)),
  plan: (request, observed) => planDriftDetection(request, observed, standard),
  stillHolds: (plan, observed) => followsStill(plan, standard) && detectionStillHolds(plan, observed),

  async run(plan, step) {
    const now = await step("ask the RDS API", queryStep, () => steps.instanceNow(plan));
    const { stack } = plan;
    const { requestId } = step;
    const comparison =
      "name" in stack
        ? await step("preview a refresh of its stack", previewStep, (signal) =>
            steps.compare(plan, stack.name, now, requestId, signal),
          ).catch(stackUnread)
        : null;
    const { missing } = now;
    // Of a database that RDS does not describe, nothing else can be asked.
    const access =
      "name" in stack && !missing
        ? await step("read the access of the database", accessStep, () => steps.readAccess(plan, stack.name, requestId))
        : null;
    const beyond = missing
      ? beyondMissing(plan, missing, comparison)
      : await step("look beyond the provider", queryStep, () => steps.lookBeyond(plan, now));
    const found = { now, comparison, access, beyondProvider: beyond };
    const explanations = await step("find out who changed it, and what is waived", explainStep, (signal) =>
      steps.explain(plan, found, signal),
    );
    return { ...found, explanations };
  },

  verify: verifyDriftDetection,
  compared: comparedIn,
});
