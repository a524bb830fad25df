/** The deletion of an instance that a switchover has replaced: order only. */
import type { Standard } from "../../../components/standards/standard";
import type { Operation } from "../../runner/operation";
import type { OperationContext } from "../operation-context";
import { deletionStep, lookStep, proofStep, protectionStep } from "./limits";
import { planRetirement, retirementStillHolds, type ObservedReplaced, type RetirePlan } from "./plan";
import { retireDescription, type RetireRequest } from "./request";
import type { RetireSteps } from "./steps";
import { verifyRetirement, type RetireOutcome } from "./verify";

export const open = async (context: OperationContext) =>
  retireReplacedInstance((await import("./steps")).retireSteps(context), context.standard);

export const retireReplacedInstance = (
  steps: RetireSteps,
  standard: Standard,
): Operation<RetireRequest, ObservedReplaced, RetirePlan, RetireOutcome> => ({
  ...retireDescription,

  observe: (request, step) => step("look at both instances", lookStep, () => steps.observe(request)),
  plan: (_, observed, requestId) => planRetirement(observed, requestId, standard),
  stillHolds: (plan, observed) => retirementStillHolds(plan, observed, standard),

  async run(plan, step) {
    await step("lift its protection", protectionStep, (signal) => steps.liftProtection(plan, signal));
    await step("delete it, with a last snapshot", deletionStep, (signal) => steps.remove(plan, signal));
    return { found: await step("prove it gone", proofStep, () => steps.prove(plan)) };
  },

  verify: verifyRetirement,
});
