/** The restore drill: order and branches; steps.ts has what each step does, verify.ts how it is judged. */
import type { Standard } from "../../../components/standards/standard";
import type { Operation, Step } from "../../runner/operation";
import type { OperationContext } from "../operation-context";
import {
  adoptionStep,
  assertionSecondsMax,
  evidenceStep,
  proofStep,
  quickStep,
  readingStep,
  removalStep,
} from "./limits";
import { followsStill } from "../../tier-of";
import { drillStillHolds, planRestoreDrill, recoveryTarget, type ObservedSource, type RestoreDrillPlan } from "./plan";
import { restoreDrillDescription, type RestoreDrillRequest } from "./request";
import type { RestoreDrillSteps } from "./steps";
import type { BracketingMarkers, Found, Phase, RestoreDrillOutcome, SourceAround } from "./outcome";
import { verifyRestoreDrill } from "./verify";

const nothingYet: RestoreDrillOutcome = {
  phases: [],
  notRestorable: null,
  recoveryTarget: null,
  markers: null,
  restore: null,
  found: null,
};

export const open = async (context: OperationContext) =>
  restoreDrill((await import("./steps")).restoreDrillSteps(context), context.standard);

export const restoreDrill = (
  steps: RestoreDrillSteps,
  standard: Standard,
): Operation<RestoreDrillRequest, ObservedSource, RestoreDrillPlan, RestoreDrillOutcome> => ({
  ...restoreDrillDescription,

  observe: (request, step) => step("look at the source", quickStep, () => steps.observe(request)),
  plan: (request, source, requestId) => planRestoreDrill(request, source, requestId, standard),
  stillHolds: (plan, observed) => followsStill(plan, standard) && drillStillHolds(plan, observed),

  async run(plan, step) {
    const missing = missingBackups(plan);
    if (missing) return { ...nothingYet, notRestorable: missing };

    // The first step also returns the time it began, from which the drill is measured.
    const beganAt = await step("register the throwaway", quickStep, () => steps.register(step.requestId, plan));
    const prepared = await prepare(steps, plan, step, beganAt);
    const { target, markers, phases } = prepared;
    const base = { ...nothingYet, recoveryTarget: target, markers, phases };
    if ("notRestorable" in prepared) return { ...base, notRestorable: prepared.notRestorable };

    // The restore is requested when the wait ends: its duration counts from there.
    const { askedAt } = prepared;
    const restoring = { attemptsMax: 3, timeoutSeconds: plan.throwaway.createTimeoutMinutes * 60 };
    const restored = await step("restore into isolation", restoring, (signal) => steps.restore(plan, target, signal));
    if (!restored.succeeded)
      return {
        ...base,
        phases: [...phases, { name: "restore", beganAt: askedAt, endedAt: restored.failedAt }],
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
    const { found, verifiedAt } = await check(steps, plan, step, copy, prepared);
    return {
      ...base,
      phases: [
        ...phases,
        { name: "restore", beganAt: askedAt, endedAt: firstQueryAt },
        { name: "verify", beganAt: firstQueryAt, endedAt: verifiedAt },
      ],
      restore: { succeeded: true, askedAt, firstQueryAt, endpoint, resourceId: copy },
      found,
    };
  },

  verify: verifyRestoreDrill,

  async cleanUp(plan, step) {
    await step("remove the throwaway", removalStep, (signal) => steps.removeThrowaway(plan, step.requestId, signal));
    const removed = await step("prove the throwaway gone", proofStep, () => steps.proveGone(plan));
    await step("record the removal", quickStep, () => steps.recordRemoval(step.requestId, plan));
    if (plan.drilled.to !== "latest") return { removed };
    // Last, and never a reason for a stuck clean-up: the copy of real data is gone.
    const left = await step("remove the markers", quickStep, () => steps.removeMarkers(plan, step.requestId));
    return { removed, left };
  },
});

function missingBackups({ drilled, source }: RestoreDrillPlan): RestoreDrillOutcome["notRestorable"] {
  if (drilled.to === "snapshot") return null;
  const at = source.observedAt;
  if (source.backupRetentionDays === 0)
    return { at, reason: "automated backups are switched off: nothing can be restored" };
  return source.latestRestorableTime === null
    ? { at, reason: "no automated backup is complete: nothing can be restored" }
    : null;
}

/** What a restore needs: its target, which the backups reach by now, and what the source was like around it. */
type Prepared = {
  /** Null: a snapshot is restored as it is. */
  target: string | null;
  markers: BracketingMarkers | null;
  phases: Phase[];
} & ({ notRestorable: { at: string; reason: string } } | { askedAt: string; around: SourceAround | null });

async function prepare(
  steps: RestoreDrillSteps,
  plan: RestoreDrillPlan,
  step: Step,
  beganAt: string,
): Promise<Prepared> {
  const { drilled, restorableWaitSeconds } = plan;
  const waiting = { attemptsMax: 3, timeoutSeconds: restorableWaitSeconds + 60 };
  if (drilled.to === "snapshot") return { target: null, markers: null, phases: [], askedAt: beganAt, around: null };
  if (drilled.to === "time") {
    const waited = await step("wait until the target is restorable", waiting, (signal) =>
      steps.waitUntilRestorable(plan, drilled.target, signal),
    );
    const phases = [{ name: "wait for the target", beganAt, endedAt: "reason" in waited ? waited.at : waited.askedAt }];
    const base = { target: drilled.target, markers: null, phases };
    return "reason" in waited ? { ...base, notRestorable: waited } : { ...base, askedAt: waited.askedAt, around: null };
  }
  const before = await step("write the marker before the target", quickStep, () =>
    steps.writeMarker(plan, step.requestId),
  );
  const inventory = () => steps.sourceState(plan);
  const sourceBefore = await step("take the source's inventory", readingStep, inventory);
  const target = recoveryTarget(before.committedAt, plan.markerGapSeconds);
  const later = await step("write the marker after the target", quickStep, () =>
    steps.writeMarkerAfter(plan, step.requestId, target),
  );
  const sourceAfter = await step("take the source's inventory again", readingStep, inventory);
  const waited = await step("wait until both markers are restorable", waiting, (signal) =>
    steps.waitUntilRestorable(plan, later.after.committedAt, signal),
  );
  const phases = [{ name: "bracket the target", beganAt, endedAt: "reason" in waited ? waited.at : waited.askedAt }];
  const base = { target, markers: { before, ...later }, phases };
  return "reason" in waited
    ? { ...base, notRestorable: waited }
    : { ...base, askedAt: waited.askedAt, around: { before: sourceBefore, after: sourceAfter } };
}

/** Everything here reads the copy, as a role that can do nothing else; the source is asked what it must contain. */
async function check(
  steps: RestoreDrillSteps,
  plan: RestoreDrillPlan,
  step: Step,
  copy: string,
  { target, markers: written, askedAt, around }: Extract<Prepared, { askedAt: string }>,
): Promise<{ found: Found; verifiedAt: string }> {
  await step("let a reader into the copy", quickStep, () => steps.createReader(plan, copy));
  const markers =
    written && (await step("look for the markers", quickStep, () => steps.readMarkers(plan, copy, step.requestId)));
  const { recoveryPoint, witnesses } = await step("read the point that was reached", quickStep, () =>
    steps.recoveryPoint(plan, copy, { target, askedAt }, written),
  );
  const catalog = await step("compare the catalogs", readingStep, () =>
    steps.compareCatalogs(plan, copy, around, recoveryPoint),
  );
  const sequences = await step("compare the sequences", readingStep, () => steps.compareSequences(plan, copy, around));
  const before = await step("read what earlier drills checked", evidenceStep, () => steps.verifiedBefore(plan));
  const verifying = { attemptsMax: 2, timeoutSeconds: plan.structure.secondsMax + 300 };
  const { verifiedAt: readAt, ...structure } = await step("verify heaps and indexes", verifying, (signal, progress) =>
    steps.verifyStructures(plan, copy, before, signal, progress),
  );
  const found = { markers, recoveryPoint, witnesses, source: catalogsOf(around), catalog, sequences, structure };
  if (plan.source.assertions.length === 0) return { found: { ...found, assertions: {} }, verifiedAt: readAt };
  const asserting = { attemptsMax: 2, timeoutSeconds: plan.source.assertions.length * (assertionSecondsMax + 60) };
  const { verifiedAt, assertions } = await step("run the team's assertions", asserting, (signal) =>
    steps.runAssertions(plan, copy, signal),
  );
  return { found: { ...found, assertions }, verifiedAt };
}

/** Of the source's sequences only the comparison is kept: a statement is no place for ten thousand of them. */
const catalogsOf = (around: SourceAround | null): Found["source"] =>
  around && { before: catalogOf(around.before), after: catalogOf(around.after) };
const catalogOf = (state: SourceAround["before"]) => ("undecided" in state ? state : state.catalog);
