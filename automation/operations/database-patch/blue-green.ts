/**
 * A patch by blue/green: a copy that follows the database gets the version, and then its name. Until the switchover
 * nothing is changed, but that the stack gets the parameter group of another major; after it the stack's state follows,
 * and the old instance is kept.
 */
import { describeError } from "../../errors";
import type { PlannedChange } from "../../fleet-records";
import type { CleanUpReport } from "../../records";
import type { Step } from "../../runner/operation";
import { bringUpStep, commitStep } from "../limits";
import {
  adoptStep,
  analyzeStep,
  greenStep,
  lookStep,
  previewStep,
  proofStep,
  removalStep,
  snapshotStep,
  switchStep,
  turnStep,
} from "./limits";
import type { DatabasePatchOutcome } from "./outcome";
import type { BlueGreenPlan } from "./plan";
import type { DatabasePatchSteps } from "./steps";

export async function patchByBlueGreen(
  steps: DatabasePatchSteps,
  plan: BlueGreenPlan,
  step: Step,
): Promise<DatabasePatchOutcome> {
  const { changes, blueGreen } = steps;
  const { change } = plan;
  const { upgrade } = plan.blueGreen;
  const foresee = (when: string) => step(when, previewStep, (signal) => steps.foresee(plan, signal));
  const before = await step("look at what runs before", proofStep, (signal) => steps.look(plan, signal));
  await foresee("preview the up before the snapshot");
  const snapshot = await step("take a snapshot", snapshotStep, (signal) => steps.snapshot(plan, signal));
  await prepared();
  await step("create the green instance", greenStep, (signal) => blueGreen.create(plan, signal));
  const green = await step("verify the green instance", proofStep, (signal) => blueGreen.verify(plan, signal));
  const analyzed = await analyzedGreen();
  // That may have taken hours.
  await foresee("preview the up");
  await step("take its turn", turnStep, () => steps.takeTurn(plan, step.requestId));
  // What stops a commit has to stop it before the name has moved.
  const committed = await step("commit the change", commitStep, (signal) => changes.commit(change, signal));
  const switched = await switchOver();
  await step("record what was replaced", lookStep, () => blueGreen.record(plan, switched));
  await step("adopt it into the state", adoptStep, (signal) => blueGreen.adopt(plan, switched, signal));
  const program = steps.programOf({ ...plan.database, resourceId: switched.live.resourceId });
  await step("bring the stack up as it is declared", bringUpStep, (signal) =>
    changes.bringUp(change, committed, program, signal),
  );
  const left = await step("preview what is left to change", previewStep, (signal) => blueGreen.left(plan, signal));
  const found = await step("look at what runs afterwards", proofStep, (signal) =>
    blueGreen.look(plan, switched, signal),
  );
  return { snapshot, before, green, ...(analyzed && { analyzed }), switched, left, ...found };

  /** The stack declares the parameter group of another major, so that an `up` of its owner meanwhile changes nothing. */
  async function prepared(): Promise<void> {
    if (!upgrade) return;
    const { prepare } = upgrade;
    await step("preview the preparation", previewStep, (signal) => blueGreen.foreseePreparation(plan, signal));
    const revision = await step("commit the preparation", commitStep, (signal) => changes.commit(prepare, signal));
    const declared = steps.programOf(plan.database);
    await step("bring the stack up prepared", bringUpStep, (signal) =>
      changes.bringUp(prepare, revision, declared, signal),
    );
  }

  /** Another major begins without what the planner knows. */
  async function analyzedGreen() {
    if (!upgrade) return undefined;
    return step("analyze the green instance", analyzeStep, (signal) => blueGreen.analyze(plan, signal));
  }

  async function switchOver() {
    try {
      return await step("switch over", switchStep, (signal) => blueGreen.switchOver(plan, step.requestId, signal));
    } catch (error) {
      const isAsBefore = () =>
        step("look whether nothing was changed", lookStep, async () => (await steps.isAsBefore(plan)) === true);
      // Otherwise the next `up` of anyone would patch in place what was rolled back.
      if (committed.isOwn && (await isAsBefore()))
        await step("take the commit back", commitStep, (signal) => changes.takeBack(change, committed, signal));
      throw error;
    }
  }
}

/** Without what was made for a switchover that has not taken place; a state that has not followed one follows it now. */
export async function cleanUpBlueGreen(
  { changes, blueGreen, programOf }: DatabasePatchSteps,
  plan: BlueGreenPlan,
  step: Step,
): Promise<CleanUpReport> {
  const deployment = await step("remove the deployment", removalStep, (signal) => blueGreen.remove(plan, signal));
  const removed = await step("prove that no green instance is left", removalStep, (signal) =>
    blueGreen.proveGone(plan, deployment, signal),
  );
  const { upgrade, parameterGroup: identifier } = plan.blueGreen;
  if (!upgrade) return { removed };
  const { prepare } = upgrade;
  const group = { kind: "parameter group", identifier };
  const takeBack = (what: string, change: PlannedChange) =>
    step(what, commitStep, (signal) => blueGreen.takeBack(plan, change, signal));
  try {
    await takeBack("take the commit back", plan.change);
    const before = await takeBack("take the preparation back", prepare);
    // Nothing was prepared, or the name has moved: then it is in use.
    if (!before) return { removed };
    const program = programOf(plan.database);
    await step("bring the stack up as before", bringUpStep, (signal) =>
      changes.bringUp(prepare, before, program, signal),
    );
  } catch (error) {
    if (describeError(error).code !== "stack-config-moved") throw error;
    const reason = `the stack's config was changed since, and still declares it: take otherMajor out, and bring it up`;
    return { removed, left: [{ ...group, reason }] };
  }
  const isGone = await step("look whether the parameter group is gone", lookStep, () => blueGreen.isWithoutGroup(plan));
  return isGone
    ? { removed: [...removed, { ...group, provenGoneBy: "DescribeDBParameterGroups" }] }
    : { removed, left: [{ ...group, reason: "its stack was brought up without it, and RDS still has it" }] };
}
