/** The repair of drift: the stack is brought up as it is committed, and a drift detection says what that has done. */
import type { Standard } from "../../../components/standards/standard";
import type { Operation, RunStep, Step } from "../../runner/operation";
import { comparedIn } from "../drift-detection/compared";
import { driftDetection } from "../drift-detection/drift-detection";
import type { OneDatabase } from "../drift-detection/request";
import type { DriftDetectionSteps } from "../drift-detection/steps";
import { differencesIn } from "../drift-detection/verify";
import type { OperationContext } from "../operation-context";
import { carryOutChange } from "../stack-changes";
import { deliverStep } from "../limits";
import { changesFromDifferences, changesOf, isAhead, targetsOf } from "./changes";
import { lookStep, previewStep } from "./limits";
import {
  askedOf,
  planDriftRepair,
  repairStillHolds,
  waitingOf,
  type DriftRepairPlan,
  type ObservedDrift,
} from "./plan";
import { driftRepairDescription, namesIn, type DriftRepairRequest } from "./request";
import type { DriftRepairSteps } from "./steps";
import { verifyRepair, type RepairOutcome } from "./verify";

export const open = async (context: OperationContext) =>
  driftRepair(
    (await import("./steps")).driftRepairSteps(context),
    (await import("../drift-detection/steps")).driftDetectionSteps(context),
    context.standard,
  );

const foreseeAll = "preview the up that puts it back";
const foreseePart = "preview the up of the part that was asked for";

export const driftRepair = (
  steps: DriftRepairSteps,
  detecting: DriftDetectionSteps,
  standard: Standard,
): Operation<DriftRepairRequest, ObservedDrift, DriftRepairPlan, RepairOutcome> => {
  const detection = driftDetection(detecting, standard);
  const look = async (asked: OneDatabase, step: Step) => {
    const plan = detection.plan(asked, await detection.observe(asked, step), step.requestId);
    const stack = await step("look at the config of its stack", lookStep, () => steps.look(plan.database));
    // Of one database: it neither has children nor waits.
    const outcome = await detection.run(plan, step as RunStep);
    const differences = differencesIn(plan, outcome);
    const foresee = (name: string, targets: string[]) =>
      step(name, previewStep, (signal) => steps.foresee(stack, differences.some(isAhead), targets, signal));
    return { found: { detection: { plan, outcome }, stack }, differences, foresee };
  };
  const observe = async (asked: OneDatabase, names: string[] | undefined, step: Step): Promise<ObservedDrift> => {
    const { found, differences, foresee } = await look(asked, step);
    const whole = await foresee(foreseeAll, []);
    if (!names) return { ...found, up: whole };
    const all = whole ? changesOf(whole) : changesFromDifferences(differences, found.detection.outcome.now);
    const targets = targetsOf(names, all);
    const up = whole && targets.length > 0 ? await foresee(foreseePart, targets) : whole;
    return { ...found, up, part: { targets, whole } };
  };
  /** What another `up` of the same resources would do: others may still differ where only a part was asked for. */
  const lookAgain = async ({ asked, change }: DriftRepairPlan, step: Step): Promise<ObservedDrift> => {
    const { found, foresee } = await look(asked, step);
    return { ...found, up: await foresee(foreseeAll, change.targets ?? []) };
  };
  return {
    ...driftRepairDescription,

    observe: (request, step) => observe(askedOf(request), namesIn(request), step),
    plan: (request, observed, requestId) => planDriftRepair(request, observed, requestId, standard),
    stillHolds: (plan, observed) => repairStillHolds(plan, observed, standard),

    async run(plan, step) {
      const changed = await carryOutChange(steps.changes, plan, steps.programFor(plan), step);
      if ("deliveredUntil" in changed) return changed;
      // By the stack as it is now: the `up` may have brought up more than what had drifted.
      const found = await lookAgain(plan, step.keyed("afterwards"));
      const expected = waitingOf(plan, found);
      if (expected.length === 0) return { ...changed, ...found };
      // Nothing waits for the window but a row: the fleet shows it one day.
      const later = { ...plan.change, expected };
      const waitsUntil = await step("expect what waits", deliverStep, () =>
        steps.changes.deliver(later, plan.database),
      );
      return { ...changed, ...found, waitsUntil };
    },

    verify: verifyRepair,
    // What a detection would: the findings of what is gone are closed by the repair.
    compared: (_, outcome) =>
      "deliveredUntil" in outcome
        ? { databases: [], isTold: false }
        : comparedIn(outcome.detection.plan, outcome.detection.outcome),
  };
};
