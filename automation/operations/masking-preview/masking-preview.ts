/**
 * A masking preview: order and branches. The rows themselves are read by the command of the person who looks at them
 * (`shown-rows.ts`), while this run waits: no value passes through the control plane.
 */
import type { Standard } from "../../../components/standards/standard";
import type { Operation } from "../../runner/operation";
import type { OperationContext } from "../operation-context";
import { adoptionStep, proofStep, removalStep } from "../restore-drill/limits";
import { lookStep, quickStep, restoreStep } from "./limits";
import { expiring, planPreview, previewStillHolds, type MaskingPreviewPlan, type ObservedPreview } from "./plan";
import { maskingPreviewDescription, type MaskingPreviewRequest } from "./request";
import { endTopic, readyStep } from "./showing";
import type { MaskingPreviewSteps } from "./steps";
import { verifyPreview, type PreviewOutcome } from "./verify";

export const open = async (context: OperationContext) =>
  maskingPreview((await import("./steps")).maskingPreviewSteps(context), context.standard);

export const maskingPreview = (
  steps: MaskingPreviewSteps,
  standard: Standard,
): Operation<MaskingPreviewRequest, ObservedPreview, MaskingPreviewPlan, PreviewOutcome> => ({
  ...maskingPreviewDescription,

  observe: (request, step) => step("look at the source", lookStep, () => steps.observe(request)),
  plan: (request, observed, requestId) => planPreview(request, observed, requestId, standard),
  stillHolds: (plan, observed) => previewStillHolds(plan, observed, standard),

  async run(approved, step) {
    const expiresAt = await step("register the throwaway", quickStep, () => steps.register(step.requestId, approved));
    const plan = expiring(approved, expiresAt);
    const point = await step("choose the recovery point", quickStep, () => steps.chooseRecoveryPoint(plan));
    if ("reason" in point) return { unrestorable: point.reason, recoveryPoint: null };
    const recoveryPoint = point.latest;
    const restored = await step("restore into isolation", restoreStep, (signal) =>
      steps.restore(plan, recoveryPoint, signal),
    );
    if (!restored.succeeded) return { unrestorable: restored.reason, recoveryPoint };

    // From here on there is a copy of real data, which only workers and the requester's command can reach.
    const copy = restored.resourceId;
    await step("prove the copy has no backups", quickStep, () => steps.requireIsolation(plan, copy));
    await step("adopt the copy into its stack", adoptionStep, (signal) => steps.adopt(plan, signal));
    await step(readyStep, quickStep, () => steps.createReader(plan, copy));
    await step.waitFor(endTopic, plan.hours * 3600);
    return { unrestorable: null, recoveryPoint };
  },

  verify: verifyPreview,

  async cleanUp(plan, step) {
    await step("remove the throwaway", removalStep, (signal) => steps.removeThrowaway(plan, step.requestId, signal));
    const removed = await step("prove the throwaway gone", proofStep, () => steps.proveGone(plan));
    await step("record the removal", quickStep, () => steps.recordRemoval(step.requestId, plan));
    // Here, and not in the run: a run that was cancelled has shown rows, too, and after its end none are shown.
    const left = await step("read who was shown rows", quickStep, () => steps.readShowings(step.requestId));
    return { removed, left };
  },
});
