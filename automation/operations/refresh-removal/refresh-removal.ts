/** The removal of a masked copy: order only. */
import type { Standard } from "../../../components/standards/standard";
import { removalStepName } from "../../runner/begun-removals";
import type { Operation } from "../../runner/operation";
import { proofStep, removalStep } from "../restore-drill/limits";
import { lookStep } from "../environment-refresh/limits";
import type { OperationContext } from "../operation-context";
import { planRemoval, removalStillHolds, type ObservedCopy, type RefreshRemovalPlan } from "./plan";
import { refreshRemovalDescription, type RefreshRemovalRequest } from "./request";
import type { RefreshRemovalSteps } from "./steps";
import { verifyRemoval, type RemovalOutcome } from "./verify";

export const open = async (context: OperationContext) =>
  refreshRemoval((await import("./steps")).refreshRemovalSteps(context), context.standard);

export const refreshRemoval = (
  steps: RefreshRemovalSteps,
  standard: Standard,
): Operation<RefreshRemovalRequest, ObservedCopy, RefreshRemovalPlan, RemovalOutcome> => ({
  ...refreshRemovalDescription,

  observe: (request, step) => step("look at the copy and its stack", lookStep, () => steps.observe(request)),
  plan: (request, observed) => planRemoval(request, observed, standard),
  stillHolds: (plan, observed) => removalStillHolds(plan, observed, standard),

  async run(plan, step) {
    await step(removalStepName, removalStep, (signal) => steps.remove(plan, signal));
    return { gone: await step("prove the copy gone", proofStep, () => steps.proveGone(plan)) };
  },

  verify: verifyRemoval,
});
