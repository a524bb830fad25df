/**
 * A patch that is rehearsed: a copy is restored into isolation and patched while a client watches it; then it is
 * removed. A train reads the signed statement, for all databases that are like this one.
 */
import type { Standard } from "../../../components/standards/standard";
import type { Operation } from "../../runner/operation";
import type { OperationContext } from "../operation-context";
import { adoptionStep, proofStep, removalStep } from "../restore-drill/limits";
import { lookStep, quickStep, upgradeStep } from "./limits";
import { planRehearsal, rehearsalStillHolds, type ObservedRehearsal, type PatchRehearsalPlan } from "./plan";
import { patchRehearsalDescription, type PatchRehearsalRequest } from "./request";
import type { PatchRehearsalSteps } from "./steps";
import { verifyRehearsal, type PatchRehearsalOutcome } from "./verify";

export const open = async (context: OperationContext) =>
  patchRehearsal((await import("./steps")).patchRehearsalSteps(context), context.standard);

export const patchRehearsal = (
  steps: PatchRehearsalSteps,
  standard: Standard,
): Operation<PatchRehearsalRequest, ObservedRehearsal, PatchRehearsalPlan, PatchRehearsalOutcome> => ({
  ...patchRehearsalDescription,

  observe: (request, step) => step("look at the source and its stack", lookStep, () => steps.observe(request)),
  plan: (request, observed, requestId) => planRehearsal(request, observed, requestId, standard),
  stillHolds: (plan, observed) => rehearsalStillHolds(plan, observed, standard),

  async run(plan, step) {
    await step("register the throwaway", quickStep, () => steps.register(step.requestId, plan));
    const restoring = { attemptsMax: 3, timeoutSeconds: plan.throwaway.createTimeoutMinutes * 60 };
    const restored = await step("restore into isolation", restoring, (signal) => steps.restore(plan, signal));
    if (!restored.succeeded) return { notRestored: restored.reason, downtimeSeconds: null };
    const copy = restored.resourceId;
    await step("prove the copy has no backups", quickStep, () => steps.requireIsolation(plan, copy));
    await step("adopt the copy into its stack", adoptionStep, (signal) => steps.adopt(plan, signal));
    const before = await step("look at what runs before", quickStep, () => steps.look(plan, copy));
    const { downtimeSeconds } = await step("patch the copy while a client watches it", upgradeStep, (signal) =>
      steps.upgrade(plan, copy, signal),
    );
    return {
      before,
      downtimeSeconds,
      found: await step("look at what runs afterwards", quickStep, () => steps.look(plan, copy)),
    };
  },

  verify: verifyRehearsal,

  async cleanUp(plan, step) {
    await step("remove the throwaway", removalStep, (signal) => steps.removeThrowaway(plan, step.requestId, signal));
    const removed = await step("prove the throwaway gone", proofStep, () => steps.proveGone(plan));
    await step("record the removal", quickStep, () => steps.recordRemoval(step.requestId, plan));
    return { removed };
  },
});
