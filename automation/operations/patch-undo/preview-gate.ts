/** Pure: what an `up` may do when a version is taken back that never came to run: say so in the state, or nothing. */
import { ShipshapeError } from "../../errors";
import type { PlannedStep } from "../../runner/planned-steps";
import { otherChanges, shownChanges } from "../database-patch/preview-gate";
import { instanceType } from "../drift-detection/differences";

/** Errors: undo-wider. */
export function requireOnlyTakenBack(
  steps: readonly PlannedStep[],
  { identifier, stack, from, to }: { identifier: string; stack: string; from: string; to: string },
): void {
  const isOurs = (one: PlannedStep) => one.type === instanceType && String(one.new["identifier"]) === identifier;
  const wider = otherChanges(steps, isOurs);
  for (const one of steps.filter((step) => step.op === "update" && isOurs(step))) {
    const version = String(one.new["engineVersion"]);
    if (one.changes.includes("engineVersion") && version !== from) wider.push(`the version would be ${version}`);
  }
  if (wider.length > 0) throw new ShipshapeError("undo-wider", { stack, version: to, changes: shownChanges(wider) });
}
