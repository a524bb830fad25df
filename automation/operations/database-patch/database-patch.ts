/**
 * A patch of one database. In place: its version is set in its stack, an `up` changes that alone and at once, and API
 * and server say what runs. By blue/green: see `blue-green.ts`. A train requests one for each of its databases.
 */
import type { Standard } from "../../../components/standards/standard";
import { describeError } from "../../errors";
import type { Operation } from "../../runner/operation";
import { bringUpStep } from "../limits";
import type { OperationContext } from "../operation-context";
import { carryOutChange } from "../stack-changes";
import { cleanUpBlueGreen, patchByBlueGreen } from "./blue-green";
import { lookStep, previewStep, proofStep, snapshotStep, turnStep } from "./limits";
import { patchStillHolds, planDatabasePatch, type DatabasePatchPlan, type ObservedPatch } from "./plan";
import { databasePatchDescription, type DatabasePatchRequest } from "./request";
import type { DatabasePatchSteps } from "./steps";
import type { DatabasePatchOutcome } from "./outcome";
import { verifyDatabasePatch } from "./verify";

export const open = async (context: OperationContext) =>
  databasePatch((await import("./steps")).databasePatchSteps(context), context.standard);

/** Refusals right before an `up`. */
const lastRefusals = ["patch-not-its-turn", "patch-unsettled"];

export const databasePatch = (
  steps: DatabasePatchSteps,
  standard: Standard,
): Operation<DatabasePatchRequest, ObservedPatch, DatabasePatchPlan, DatabasePatchOutcome> => ({
  ...databasePatchDescription,

  observe: (request, step) =>
    step("look at the database and its stack", lookStep, (signal) => steps.observe(request, signal)),
  plan: (request, observed, requestId) => planDatabasePatch(request, observed, requestId, standard),
  stillHolds: (plan, observed) => patchStillHolds(plan, observed, standard),

  async run(plan, step) {
    const { change } = plan;
    const look = (when: string) => step(when, proofStep, (signal) => steps.look(plan, signal));
    if (!change) return { found: await look("look at what runs") };
    const { blueGreen } = plan;
    if (blueGreen) return patchByBlueGreen(steps, { ...plan, change, blueGreen }, step);
    const changing = { ...plan, change };
    const upAs = (appliesAtOnce: boolean) => steps.programFor(plan, step.requestId, appliesAtOnce);
    // Others bring it up in their own time: nothing is a way back for that.
    if (change.reaches !== "commit") {
      const delivered = await carryOutChange(steps.changes, changing, upAs(false), step);
      return "deliveredUntil" in delivered ? delivered : { found: await look("look at what runs") };
    }
    const foresee = (when: string) => step(when, previewStep, (signal) => steps.foresee(plan, signal));
    const before = await look("look at what runs before");
    // What is refused leaves no snapshot; that may take hours, and the stack may have changed meanwhile.
    await foresee("preview the up before the snapshot");
    const snapshot = await step("take a snapshot", snapshotStep, (signal) => steps.snapshot(plan, signal));
    await foresee("preview the up");
    await step("take its turn", turnStep, () => steps.takeTurn(plan, step.requestId));
    const isRefused = async (error: unknown) =>
      lastRefusals.includes(describeError(error).code) &&
      step("look whether nothing was changed", lookStep, () => steps.isAsBefore(plan));
    const changed = await carryOutChange(steps.changes, changing, upAs(true), step, isRefused);
    // The first has patched its replicas alone, and an error there ends the run with the source as it was.
    if ("committed" in changed && plan.replicas)
      await step("bring the stack up after its replicas", bringUpStep, (signal) =>
        steps.changes.bringUp(change, changed.committed, upAs(true), signal),
      );
    // Otherwise the next `up` of the owner would show a change, and RDS would apply what it changes at once.
    if ("committed" in changed)
      await step("bring the stack up as it is declared", bringUpStep, (signal) =>
        steps.changes.bringUp(change, changed.committed, upAs(false), signal),
      );
    return { snapshot, before, found: await look("look at what runs afterwards") };
  },

  verify: verifyDatabasePatch,

  // In place nothing is made besides the snapshot, which is the way back.
  needsCleanUp: ({ change, blueGreen }) => change !== undefined && blueGreen !== undefined,

  async cleanUp(plan, step) {
    const { change, blueGreen } = plan;
    if (!change || !blueGreen) return { removed: [] };
    return cleanUpBlueGreen(steps, { ...plan, change, blueGreen }, step);
  },
});
