/** Pure: what an `up` may do in a patch: change the version of the one instance, and nothing else. */
import { ShipshapeError } from "../../errors";
import type { PlannedStep } from "../../runner/planned-steps";
import { instanceType } from "../drift-detection/differences";
import { shortName } from "../drift-detection/known-differences";
import { namedMax } from "./limits";

/** `applyImmediately` is sent with it, and says when. */
const allowed = new Set(["engineVersion", "applyImmediately"]);

/** Errors: patch-wider. */
export function requireOnlyVersion(
  steps: readonly PlannedStep[],
  { identifier, stack, to }: { identifier: string; stack: string; to: string },
): void {
  const isOurs = (one: PlannedStep) => one.type === instanceType && one.new["identifier"] === identifier;
  const wider = steps.flatMap((one): string[] => {
    const name = shortName(one.urn);
    if (one.op !== "update") return [`${one.op} of ${name}`];
    if (!isOurs(one)) return [`${name}: ${one.changes.join(", ")}`];
    const outside = one.drifted ?? [];
    return [
      ...one.changes.filter((path) => !allowed.has(path)).map((path) => `${name}.${path}`),
      ...outside.filter((path) => allowed.has(path)).map((path) => `${name}.${path}, changed outside`),
    ];
  });
  const version = steps.find(isOurs)?.new["engineVersion"];
  if (version !== to) wider.push(`the version would be ${String(version ?? "as it is")}, not ${to}`);
  if (wider.length === 0) return;
  const more = wider.length > namedMax ? ` and ${wider.length - namedMax} more` : "";
  throw new ShipshapeError("patch-wider", {
    ...{ identifier, stack },
    changes: `${wider.slice(0, namedMax).join("; ")}${more}`,
  });
}
