/**
 * Pure: what an `up` may do in a patch: change the version of the one instance and its replicas, and nothing else. To
 * another major it may also make that one's parameter group, and give it to the instance.
 */
import { ShipshapeError } from "../../errors";
import type { PlannedStep } from "../../runner/planned-steps";
import { instanceType } from "../drift-detection/differences";
import { shortName } from "../drift-detection/known-differences";
import { namedMax } from "./limits";

/** `applyImmediately` is sent with it, and says when. */
const allowed = new Set(["engineVersion", "applyImmediately"]);
const groupType = "aws:rds/parameterGroup:ParameterGroup";

/** `newGroup`: the name of the parameter group of another major. */
interface Allowed {
  identifier: string;
  replicas?: string[];
  stack: string;
  to: string;
  newGroup?: string | undefined;
}

/** Errors: patch-wider. */
export function requireOnlyVersion(
  all: readonly PlannedStep[],
  { identifier, replicas = [], stack, to, newGroup }: Allowed,
): void {
  const steps = newGroup === undefined ? all : withoutGroup(all, identifier, newGroup);
  const unit = [identifier, ...replicas];
  const isOurs = (one: PlannedStep) => one.type === instanceType && unit.includes(String(one.new["identifier"]));
  const wider = otherChanges(steps, isOurs);
  for (const one of steps.filter((step) => step.op === "update" && isOurs(step)))
    for (const path of (one.drifted ?? []).filter((changed) => allowed.has(changed)))
      wider.push(`${shortName(one.urn)}.${path}, changed outside`);
  // The source waits for its replicas: the first `up` changes how it is applied, and not yet its version.
  const ours = steps.filter(isOurs);
  const changed = ours.filter((one) => replicas.length === 0 || one.changes.includes("engineVersion"));
  const versions = changed.map((one) => String(one.new["engineVersion"]));
  if (versions.length === 0) versions.push("as it is");
  for (const version of versions.filter((one) => one !== to)) wider.push(`the version would be ${version}, not ${to}`);
  if (wider.length > 0) throw new ShipshapeError("patch-wider", { identifier, stack, changes: shownChanges(wider) });
}

/** The `up` that prepares another major, or takes that back. Errors: patch-wider. */
export function requireOnlyGroup(
  steps: readonly PlannedStep[],
  { identifier, stack, newGroup, op }: Pick<Allowed, "identifier" | "stack"> & { newGroup: string; op: string },
): void {
  const others = steps.filter((one) => !isGroup(one, newGroup, op));
  const wider = otherChanges(others, () => false);
  if (wider.length > 0) throw new ShipshapeError("patch-wider", { identifier, stack, changes: shownChanges(wider) });
}

const isGroup = (one: PlannedStep, name: string, op: string): boolean =>
  one.op === op && one.type === groupType && (op === "delete" ? one.old : one.new)["name"] === name;

/** Without what makes the group, and gives it to the instance. */
const withoutGroup = (steps: readonly PlannedStep[], identifier: string, newGroup: string): PlannedStep[] =>
  steps
    .filter((one) => !isGroup(one, newGroup, "create"))
    .map((one) =>
      one.type === instanceType && one.new["identifier"] === identifier && one.new["parameterGroupName"] === newGroup
        ? {
            ...one,
            changes: one.changes.filter((path) => path !== "parameterGroupName" || one.drifted?.includes(path)),
          }
        : one,
    );

/** What the steps of an `up` do besides changing the version of ours. */
export const otherChanges = (steps: readonly PlannedStep[], isOurs: (step: PlannedStep) => boolean): string[] =>
  steps.flatMap((one): string[] => {
    const name = shortName(one.urn);
    if (one.op !== "update") return [`${one.op} of ${name}`];
    if (!isOurs(one)) return [`${name}: ${one.changes.join(", ")}`];
    return one.changes.filter((path) => !allowed.has(path)).map((path) => `${name}.${path}`);
  });

export function shownChanges(changes: readonly string[]): string {
  const more = changes.length > namedMax ? ` and ${changes.length - namedMax} more` : "";
  return `${changes.slice(0, namedMax).join("; ")}${more}`;
}
