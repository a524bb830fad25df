/** Pure: what an `up` may do when a version is taken back that never came to run: say so in the state, or nothing. */
import { ShipshapeError } from "../../errors";
import type { PlannedStep } from "../../runner/planned-steps";
import { instanceType } from "../drift-detection/differences";
import { shortName } from "../drift-detection/known-differences";
import { namedMax } from "./limits";

const allowed = new Set(["engineVersion", "applyImmediately"]);

/** Errors: undo-wider. */
export function requireOnlyTakenBack(
  steps: readonly PlannedStep[],
  { identifier, stack, from, to }: { identifier: string; stack: string; from: string; to: string },
): void {
  const wider = steps.flatMap((one): string[] => {
    const name = shortName(one.urn);
    if (one.op !== "update") return [`${one.op} of ${name}`];
    const isOurs = one.type === instanceType && String(one.new["identifier"]) === identifier;
    if (!isOurs) return [`${name}: ${one.changes.join(", ")}`];
    const version = String(one.new["engineVersion"]);
    return [
      ...one.changes.filter((path) => !allowed.has(path)).map((path) => `${name}.${path}`),
      ...(one.changes.includes("engineVersion") && version !== from ? [`the version would be ${version}`] : []),
    ];
  });
  if (wider.length === 0) return;
  const more = wider.length > namedMax ? ` and ${wider.length - namedMax} more` : "";
  const changes = `${wider.slice(0, namedMax).join("; ")}${more}`;
  throw new ShipshapeError("undo-wider", { stack, version: to, changes });
}
