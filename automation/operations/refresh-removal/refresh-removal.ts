/** The removal of a masked copy, with its instance or, of a team's own database, without: order and branches. */
import type { Standard } from "../../../components/standards/standard";
import { removalStepName } from "../../runner/begun-removals";
import type { Operation } from "../../runner/operation";
import { proofStep, removalStep } from "../restore-drill/limits";
import { lookStep } from "../environment-refresh/limits";
import type { OperationContext } from "../operation-context";
import { carryOutChange } from "../stack-changes";
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
  plan: (request, observed, requestId) => planRemoval(request, observed, requestId, standard),
  stillHolds: (plan, observed) => removalStillHolds(plan, observed, standard),

  async run(plan, step) {
    const { team } = plan.copy;
    if (team) {
      const at = await step("swap in an empty database", removalStep, (signal) =>
        steps.empty(plan, team, step.requestId, signal),
      );
      await carryOutChange(
        steps.changes,
        { change: team.change, database: plan.database },
        steps.programFor(plan.database),
        step,
      );
      return { gone: await step("prove the content gone", proofStep, () => steps.proveEmptied(plan, team, at)) };
    }
    await step(removalStepName, removalStep, (signal) => steps.remove(plan, signal));
    return { gone: await step("prove the copy gone", proofStep, () => steps.proveGone(plan)) };
  },

  verify: verifyRemoval,
});
