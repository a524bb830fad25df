/** The extension of a masked copy: order only. */
import type { Standard } from "../../../components/standards/standard";
import type { Operation } from "../../runner/operation";
import { lookStep, quickStep, targetStep } from "../environment-refresh/limits";
import type { OperationContext } from "../operation-context";
import { extensionStillHolds, planExtension, type ObservedExtension, type RefreshExtensionPlan } from "./plan";
import { refreshExtensionDescription, type RefreshExtensionRequest } from "./request";
import type { RefreshExtensionSteps } from "./steps";
import { verifyExtension, type ExtensionOutcome } from "./verify";

export const open = async (context: OperationContext) =>
  refreshExtension((await import("./steps")).refreshExtensionSteps(context), context.standard);

export const refreshExtension = (
  steps: RefreshExtensionSteps,
  standard: Standard,
): Operation<RefreshExtensionRequest, ObservedExtension, RefreshExtensionPlan, ExtensionOutcome> => ({
  ...refreshExtensionDescription,

  observe: (request, step) => step("look at the copy and what is signed of it", lookStep, () => steps.observe(request)),
  plan: (request, observed) => planExtension(request, observed, standard),
  stillHolds: (plan, observed) => extensionStillHolds(plan, observed, standard),

  async run(plan, step) {
    await step("bring the copy up with its new end", targetStep, (signal) => steps.extend(plan, signal));
    return { seen: await step("read its tags", quickStep, () => steps.readTags(plan)) };
  },

  verify: verifyExtension,
});
