/**
 * A patch by blue/green: a copy that follows the database gets the version, and then its name. Until the switchover
 * nothing is changed, but that the stack gets the parameter group of another major; after it the stack's state follows,
 * and the old instance is kept.
 */
import { describeError } from "../../errors";
import type { CleanUpReport } from "../../records";
import type { Step } from "../../runner/operation";
import { majorOf } from "../../version-records";
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
  const analyzed = await analyzedGreen();
  // That may have taken hours.
  const green = await step("verify the green instance", proofStep, (signal) => blueGreen.verify(plan, signal));
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
    await step("bring the stack up prepared", bringUpStep, (signal) =>
      changes.bringUp(prepare, revision, blueGreen.preparing(plan), signal),
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
  const taken = await step("take the commits back", commitStep, (signal) => blueGreen.takeBack(plan, signal));
  const { upgrade, parameterGroup } = plan.blueGreen;
  if (taken === "changed since") {
    const [kind, identifier] = ["config", plan.change.stack];
    return { removed, left: [{ kind, identifier, reason: stillDeclared(plan) }] };
  }
  // Nothing was prepared, or the name has moved: then the group is in use.
  if (!upgrade || taken === "nothing") return { removed };
  try {
    await step("preview the up as before", previewStep, (signal) => blueGreen.foreseeRemoval(plan, signal));
  } catch (error) {
    const { code, message } = describeError(error);
    if (code !== "patch-wider") throw error;
    const reason = `its stack does not declare it any more, but ${message}: bring the stack up`;
    return { removed, left: [{ kind: "parameter group", identifier: parameterGroup, reason }] };
  }
  const program = programOf(plan.database);
  await step("bring the stack up as before", bringUpStep, (signal) =>
    changes.bringUp(upgrade.prepare, { revision: "HEAD" }, program, signal),
  );
  const group = await step("prove the parameter group gone", removalStep, () => blueGreen.removeGroup(plan));
  return { ...group, removed: [...removed, ...group.removed] };
}

const stillDeclared = ({ from, to, blueGreen }: BlueGreenPlan): string =>
  blueGreen.upgrade
    ? `it was changed since, and still declares PostgreSQL ${majorOf(to)}: let it say postgresMajor ${majorOf(from)} and engineVersion "${from}", take otherMajor out, and bring it up`
    : `it was changed since, and still declares ${to}, which the next \`up\` brings in place: let it say engineVersion "${from}", or bring it up`;
