/** The restore drill: order and branches; steps.ts has what each step does, verify.ts how it is judged. */
import type { Operation } from "../../runner/operation";
import type { OperationContext } from "../operation-context";
import { adoptionStep, proofStep, quickStep, readingStep, removalStep } from "./limits";
import { drillStillHolds, planRestoreDrill, recoveryTarget, type ObservedSource, type RestoreDrillPlan } from "./plan";
import { restoreDrillDescription, type RestoreDrillRequest } from "./request";
import type { RestoreDrillSteps } from "./steps";
import { verifyRestoreDrill, type RestoreDrillOutcome } from "./verify";

const nothingYet: RestoreDrillOutcome = {
  phases: [],
  notRestorable: null,
  recoveryTarget: null,
  markers: null,
  restore: null,
  found: null,
};

export const open = async (context: OperationContext) =>
  restoreDrill((await import("./steps")).restoreDrillSteps(context));

export const restoreDrill = (
  steps: RestoreDrillSteps,
): Operation<RestoreDrillRequest, ObservedSource, RestoreDrillPlan, RestoreDrillOutcome> => ({
  ...restoreDrillDescription,

  observe: (request, step) => step("look at the source", quickStep, () => steps.observe(request.database)),
  plan: planRestoreDrill,
  stillHolds: drillStillHolds,

  async run(plan, step) {
    const { backupRetentionDays, latestRestorableTime, observedAt } = plan.source;
    if (backupRetentionDays === 0)
      return {
        ...nothingYet,
        notRestorable: { at: observedAt, reason: "automated backups are switched off: nothing can be restored" },
      };
    if (latestRestorableTime === null)
      return {
        ...nothingYet,
        notRestorable: { at: observedAt, reason: "no automated backup is complete: nothing can be restored" },
      };

    // The first step also returns the time it began, from which the drill is measured.
    const beganAt = await step("register the throwaway", quickStep, () => steps.register(step.requestId, plan));
    const before = await step("write the marker before the target", quickStep, () =>
      steps.writeMarker(plan, step.requestId),
    );
    const source = await step("take the source's inventory", readingStep, () => steps.sourceInventory(plan));
    const target = recoveryTarget(before.committedAt, plan.markerGapSeconds);
    const later = await step("write the marker after the target", quickStep, () =>
      steps.writeMarkerAfter(plan, step.requestId, target),
    );
    const sourceAfter = await step("take the source's inventory again", readingStep, () => steps.sourceInventory(plan));
    const waiting = { attemptsMax: 3, timeoutSeconds: plan.restorableWaitSeconds + 60 };
    const waited = await step("wait until both markers are restorable", waiting, (signal) =>
      steps.waitUntilRestorable(plan, later.after.committedAt, signal),
    );
    const base = { ...nothingYet, recoveryTarget: target, markers: { before, ...later } };
    if ("reason" in waited)
      return {
        ...base,
        notRestorable: waited,
        phases: [{ name: "bracket the target", beganAt, endedAt: waited.at }],
      };

    // The restore is requested when the wait ends: its duration counts from there.
    const { askedAt } = waited;
    const bracketed = { name: "bracket the target", beganAt, endedAt: askedAt };
    const restoring = { attemptsMax: 3, timeoutSeconds: plan.throwaway.createTimeoutMinutes * 60 };
    const restored = await step("restore into isolation", restoring, (signal) => steps.restore(plan, target, signal));
    if (!restored.succeeded)
      return {
        ...base,
        phases: [bracketed, { name: "restore", beganAt: askedAt, endedAt: restored.failedAt }],
        restore: { ...restored, askedAt },
      };

    // The resource id of the throwaway's database, which from here on is a copy of real data.
    const copy = restored.resourceId;
    await step("prove the copy has no backups", quickStep, () => steps.requireIsolation(plan, copy));
    const { endpoint } = await step("adopt the copy into its stack", adoptionStep, (signal) =>
      steps.adopt(plan, signal),
    );
    const firstQueryAt = await step("run the first query", { attemptsMax: 5, timeoutSeconds: 120 }, () =>
      steps.firstQuery(plan, copy),
    );
    const markers = await step("look for the markers", quickStep, () => steps.readMarkers(plan, copy, step.requestId));
    const recoveryPoint = await step("read the point that was reached", quickStep, () =>
      steps.recoveryPoint(plan, copy, target),
    );
    const inventory = await step("compare the catalogs", readingStep, () => steps.restoredInventory(plan, copy));
    const verifying = { attemptsMax: 2, timeoutSeconds: plan.structure.secondsMax + 300 };
    const { verifiedAt, ...structure } = await step("verify heaps and indexes", verifying, (signal, progress) =>
      steps.verifyStructures(plan, copy, signal, progress),
    );
    return {
      ...base,
      phases: [
        bracketed,
        { name: "restore", beganAt: askedAt, endedAt: firstQueryAt },
        { name: "verify", beganAt: firstQueryAt, endedAt: verifiedAt },
      ],
      restore: { succeeded: true, askedAt, firstQueryAt, endpoint, resourceId: copy },
      found: { markers, recoveryPoint, structure, source, sourceAfter, restored: inventory },
    };
  },

  verify: verifyRestoreDrill,

  async cleanUp(plan, step) {
    await step("remove the throwaway", removalStep, (signal) => steps.removeThrowaway(plan, step.requestId, signal));
    const removed = await step("prove the throwaway gone", proofStep, () => steps.proveGone(plan));
    await step("record the removal", quickStep, () => steps.recordRemoval(step.requestId, plan));
    // Last, and never a reason for a stuck clean-up: the copy of real data is gone.
    const left = await step("remove the markers", quickStep, () => steps.removeMarkers(plan, step.requestId));
    return { removed, left };
  },
});
