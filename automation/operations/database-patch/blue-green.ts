/**
 * A patch by blue/green: a copy that follows the database gets the version, and then its name. Until the switchover
 * nothing is changed; after it the stack's state follows, and the old instance is kept.
 */
import type { Step } from "../../runner/operation";
import { bringUpStep, commitStep } from "../limits";
import { adoptStep, greenStep, lookStep, previewStep, proofStep, snapshotStep, switchStep, turnStep } from "./limits";
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
  const foresee = (when: string) => step(when, previewStep, (signal) => steps.foresee(plan, signal));
  const before = await step("look at what runs before", proofStep, (signal) => steps.look(plan, signal));
  await foresee("preview the up before the snapshot");
  const snapshot = await step("take a snapshot", snapshotStep, (signal) => steps.snapshot(plan, signal));
  await step("create the green instance", greenStep, (signal) => blueGreen.create(plan, signal));
  const green = await step("verify the green instance", proofStep, (signal) => blueGreen.verify(plan, signal));
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
  return { snapshot, before, green, switched, left, ...found };

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
