/**
 * The way back of a patch, approved for itself: a version that never came to run is taken out of the stack again; for
 * one that runs, people get instructions, with what they lose.
 */
import type { Standard } from "../../../components/standards/standard";
import type { Operation } from "../../runner/operation";
import type { OperationContext } from "../operation-context";
import { carryOutChange } from "../stack-changes";
import { lookStep, previewStep, proofStep } from "./limits";
import { planUndo, undoStillHolds, type ObservedUndo, type PatchUndoPlan } from "./plan";
import { patchUndoDescription, type PatchUndoRequest } from "./request";
import type { PatchUndoSteps } from "./steps";
import { verifyUndo, type PatchUndoOutcome } from "./verify";

export const open = async (context: OperationContext) =>
  patchUndo((await import("./steps")).patchUndoSteps(context), context.standard);

export const patchUndo = (
  steps: PatchUndoSteps,
  standard: Standard,
): Operation<PatchUndoRequest, ObservedUndo, PatchUndoPlan, PatchUndoOutcome> => ({
  ...patchUndoDescription,

  observe: (request, step) =>
    step("look at the patch, the database and its stack", lookStep, (signal) => steps.observe(request, signal)),
  plan: (request, observed, requestId) => planUndo(request, observed, requestId, standard),
  stillHolds: (plan, observed) => undoStillHolds(plan, observed, standard),

  async run(plan, step) {
    const look = () => step("look at what runs", proofStep, (signal) => steps.look(plan, signal));
    const { change } = plan;
    // What loses anything is for people, who have the instructions with the plan.
    if (!change) return { found: await look() };
    if (change.reaches === "commit")
      await step("preview the up", previewStep, (signal) => steps.foresee(plan, change, signal));
    const changed = await carryOutChange(steps.changes, { ...plan, change }, steps.programFor(plan), step);
    return "deliveredUntil" in changed ? changed : { found: await look() };
  },

  verify: verifyUndo,
});
