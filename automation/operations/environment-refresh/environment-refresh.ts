/** A refresh: order and branches; steps.ts and copy-steps.ts have what each step does, verify.ts how it is judged. */
import type { Standard } from "../../../components/standards/standard";
import { copyStepName } from "../../copy-records";
import type { Operation, RunStep, Step } from "../../runner/operation";
import type { OperationContext } from "../operation-context";
import { carryOutChange } from "../stack-changes";
import { proofStep, removalStep } from "../restore-drill/limits";
import { adoptionStep } from "../restore-drill/limits";
import type { EarlierPlan } from "./earlier-steps";
import {
  copyStep,
  handOverStepName,
  lookStep,
  quickStep,
  readingStep,
  restoredTargetStep,
  restoreStep,
  targetStep,
} from "./limits";
import type { RefreshOutcome } from "./outcome";
import { planRefresh, refreshStillHolds, staged, type EnvironmentRefreshPlan, type ObservedRefresh } from "./plan";
import { environmentRefreshDescription, type EnvironmentRefreshRequest } from "./request";
import type { EnvironmentRefreshSteps } from "./steps";
import { isClean, isWhole, leakLasts, verifyRefresh } from "./verify";
import { isAsSearched } from "./verify-earlier";

const nothingYet: RefreshOutcome = {
  notRestorable: null,
  recoveryPoint: null,
  restore: null,
  target: null,
  copied: null,
  validation: null,
  disarmed: null,
  leaks: null,
  handedOver: null,
};

export const open = async (context: OperationContext) =>
  environmentRefresh((await import("./steps")).environmentRefreshSteps(context), context.standard);

export const environmentRefresh = (
  steps: EnvironmentRefreshSteps,
  standard: Standard,
): Operation<EnvironmentRefreshRequest, ObservedRefresh, EnvironmentRefreshPlan, RefreshOutcome> => ({
  ...environmentRefreshDescription,

  observe: (request, step) =>
    step("look at the source, the profile and the target", lookStep, () => steps.observe(request)),
  plan: (request, observed, requestId) => planRefresh(request, observed, requestId, standard),
  stillHolds: (plan, observed) => refreshStillHolds(plan, observed, standard),

  async run(approved, step) {
    if (isOfEarlier(approved)) return runOfEarlier(steps, approved, step);
    const expiresAt = await step("register the throwaway", quickStep, () => steps.register(step.requestId, approved));
    const plan = staged(approved, expiresAt);
    const point = await step("choose the recovery point", quickStep, () => steps.chooseRecoveryPoint(plan));
    if ("reason" in point) return { ...nothingYet, notRestorable: point };
    const { recoveryPoint } = point;
    const restore = await step("restore into isolation", restoreStep, (signal) =>
      steps.restore(plan, recoveryPoint, signal),
    );
    if (!restore.succeeded) return { ...nothingYet, recoveryPoint, restore };

    // From here on there is a copy of real data, which only this run can reach.
    const staging = restore.resourceId;
    await step("prove the copy has no backups", quickStep, () => steps.requireIsolation(plan, staging));
    await step("adopt the copy into its stack", adoptionStep, (signal) => steps.adopt(plan, signal));
    await step("let a reader into the copy", quickStep, () => steps.createReader(plan, staging));
    const hiding = await step("prove the schema is the one that was approved", lookStep, () =>
      steps.requireApprovedSchema(plan, staging),
    );

    const { existing, team } = plan.copy;
    const target =
      existing ?? (await step("bring the target up", targetStep, (signal) => steps.bringTargetUp(plan, signal)));
    const { record, figures } = await step(copyStepName, copyStep, (signal) =>
      steps.copy(plan, { staging, target: target.resourceId, hiding }, signal),
    );
    const both = { staging, target: target.resourceId, record };
    const validation = await step("validate the copy", readingStep, () => steps.validate(plan, both));
    const base = { ...nothingYet, recoveryPoint, restore, target, copied: figures, validation };
    if (!isWhole(validation)) return base;
    const disarmed = await step("disarm the copy", readingStep, () => steps.disarm(plan, both));
    const leaks = await step("search for leaks", readingStep, (signal) => steps.searchForLeaks(plan, both, signal));
    if (!isClean(leaks)) return { ...base, disarmed, leaks };
    const handedOver = await step(handOverStepName, targetStep, (signal) =>
      steps.handOver(plan, both, step.requestId, signal),
    );
    if (existing && team)
      await carryOutChange(
        steps.changes,
        { change: team.change, database: existing },
        steps.programFor(existing),
        step,
      );
    else if (existing) await step("tag the target", targetStep, (signal) => steps.bringTargetUp(plan, signal));
    return { ...base, disarmed, leaks, handedOver };
  },

  verify: verifyRefresh,
  outlasts: leakLasts,

  async cleanUp(plan, step) {
    const throwaways = isOfEarlier(plan)
      ? await step("remove the snapshot", removalStep, (signal) => steps.removeSnapshot(plan, step.requestId, signal))
      : await removeStaging(steps, plan, step);
    // What was found with real values goes whole; else what is not handed over; what is handed over stays.
    const end = await step("decide on the target", lookStep, (signal) =>
      steps.decideOnTarget(plan, step.requestId, signal),
    );
    const unfinished = await step("remove what was not handed over", removalStep, (signal) =>
      steps.endTarget(plan, step.requestId, end, signal),
    );
    await step("record the removal", quickStep, () => steps.recordRemoval(step.requestId, plan));
    return { removed: [...throwaways, ...unfinished] };
  },
});

const isOfEarlier = (plan: EnvironmentRefreshPlan): plan is EarlierPlan => plan.earlier !== undefined;

/** Nothing is restored from the source: the target is restored from a snapshot of a copy that was masked before. */
async function runOfEarlier(
  steps: EnvironmentRefreshSteps,
  approved: EarlierPlan,
  step: RunStep,
): Promise<RefreshOutcome> {
  const expiresAt = await step("register the throwaway", quickStep, () => steps.register(step.requestId, approved));
  const plan = { ...staged(approved, expiresAt), earlier: approved.earlier };
  await step("take a snapshot of the earlier copy", restoreStep, (signal) =>
    steps.takeSnapshot(plan, step.requestId, signal),
  );
  const target = await step("restore the target", restoredTargetStep, (signal) =>
    steps.bringTargetUp(plan, signal, { restores: true }),
  );
  const compared = await step("compare it with what was searched", readingStep, () => steps.compare(plan, target));
  const base = { ...nothingYet, recoveryPoint: plan.earlier.dataFrom, target, compared };
  if (!isAsSearched(plan.earlier, compared)) return base;
  const handedOver = await step(handOverStepName, targetStep, (signal) =>
    steps.openToClients(plan, target, step.requestId, signal),
  );
  return { ...base, handedOver };
}

async function removeStaging(steps: EnvironmentRefreshSteps, plan: EnvironmentRefreshPlan, step: Step) {
  await step("remove the throwaway", removalStep, (signal) => steps.removeThrowaway(plan, step.requestId, signal));
  return step("prove the throwaway gone", proofStep, () => steps.proveGone(plan));
}
