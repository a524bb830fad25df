/** The restore drill, as order and branches; what each step does stands in steps.ts, what it comes to in verify.ts. */
import type { Operation } from "../../runner/operation";
import { planRestoreDrill, recoveryTarget, type ObservedSource, type RestoreDrillPlan } from "./plan";
import { restoreDrillRequest, type RestoreDrillRequest } from "./request";
import type { RestoreDrillSteps } from "./steps";
import { verifyRestoreDrill, type RestoreDrillOutcome } from "./verify";

const quick = { attemptsMax: 3, timeoutSeconds: 60 };
const reading = { attemptsMax: 3, timeoutSeconds: 300 };

export const restoreDrill = (steps: RestoreDrillSteps): Operation<RestoreDrillRequest, ObservedSource, RestoreDrillPlan, RestoreDrillOutcome> => ({
  name: "restore-drill",
  owner: "platform",
  effect: "throwaway",
  request: restoreDrillRequest,

  observe: (request, step) => step("look at the source", quick, () => steps.observe(request.database)),
  plan: planRestoreDrill,

  async run(plan, step) {
    const bracketBegan = await step("register the throwaway", quick, () => steps.register(step.requestId, plan));
    const before = await step("write the marker before the target", quick, () => steps.writeMarker(plan, step.requestId, "before"));
    const source = await step("take the source's inventory", reading, () => steps.sourceInventory(plan));
    const target = recoveryTarget(before.committedAt, plan.markerGapSeconds);
    const after = await step("write the marker after the target", quick, () => steps.writeMarkerAfter(plan, step.requestId, target));
    const sourceAfter = await step("take the source's inventory again", reading, () => steps.sourceInventory(plan));
    const askedAt = await step("wait until both markers are restorable", { attemptsMax: 3, timeoutSeconds: 1800 }, (signal) =>
      steps.waitUntilRestorable(plan, after.committedAt, signal),
    );

    const restored = await step("restore into isolation", { attemptsMax: 3, timeoutSeconds: plan.throwaway.createTimeoutMinutes * 60 }, (signal) =>
      steps.restore(plan, target, signal),
    );
    const base = { recoveryTarget: target, markers: { before, after } };
    const bracketed = { name: "bracket the target", beganAt: bracketBegan, endedAt: askedAt };
    if (!restored.succeeded)
      return {
        ...base,
        phases: [bracketed, { name: "restore", beganAt: askedAt, endedAt: restored.failedAt }],
        restore: { ...restored, askedAt },
        found: null,
      };

    const firstQueryAt = await step("ask the first query", { attemptsMax: 5, timeoutSeconds: 120 }, () => steps.firstQuery(plan));
    const foundMarkers = await step("look for the markers", quick, () => steps.readMarkers(plan, step.requestId));
    const recoveryPoint = await step("read the point that was reached", quick, () => steps.recoveryPoint(plan, target));
    const inventory = await step("compare the catalogs", reading, () => steps.compareCatalogs(plan, source));
    const { verifiedAt, ...structure } = await step("verify heaps and indexes", { attemptsMax: 2, timeoutSeconds: plan.structure.secondsMax + 600 }, () =>
      steps.verifyStructures(plan),
    );
    return {
      ...base,
      phases: [bracketed, { name: "restore", beganAt: askedAt, endedAt: firstQueryAt }, { name: "verify", beganAt: firstQueryAt, endedAt: verifiedAt }],
      restore: { succeeded: true, askedAt, firstQueryAt, endpoint: restored.endpoint, resourceId: restored.resourceId },
      found: { markers: foundMarkers, recoveryPoint, structure, source, sourceAfter, ...inventory },
    };
  },

  verify: verifyRestoreDrill,

  async cleanUp(plan, step) {
    await step("remove the throwaway", { attemptsMax: 3, timeoutSeconds: 3600 }, (signal) => steps.removeThrowaway(plan, signal));
    const proof = await step("prove the throwaway gone", { attemptsMax: 5, timeoutSeconds: 300 }, () => steps.proveGone(plan));
    await step("record the removal", quick, () => steps.recordRemoval(step.requestId, plan));
    await step("remove the markers", quick, () => steps.removeMarkers(plan, step.requestId));
    return { removed: proof };
  },
});
