import { createHash } from "node:crypto";
import type { Autoname, CheckFailure } from "./resource";
import type { PropertyValues } from "./wire";

/**
 * What the engine says about names: its `pulumi:autonaming` configuration, and a seed that is the same within one
 * operation.
 */
export interface Naming {
  logicalName: string;
  randomSeed: Uint8Array;
  mode?: "propose" | "enforce" | "disable";
  proposedName?: string;
}

const SUFFIX_LENGTH = 7;

/** Fills the name in when the program gives none, and returns the names of what it filled in. */
export function autonameResource(
  autoname: Autoname | undefined,
  oldInputs: PropertyValues,
  inputs: PropertyValues,
  naming: Naming,
  failures: CheckFailure[],
): string[] {
  if (!autoname || inputs[autoname.property] !== undefined) return [];
  const { property, unless = [] } = autoname;
  if (unless.some((name) => inputs[name] !== undefined)) return [];
  // A name that was made up stays for the thing's life; a replacement is checked with empty old inputs and so gets
  // another.
  if (oldInputs[property] !== undefined && oldInputs.__defaults?.includes(property))
    inputs[property] = oldInputs[property];
  else if (naming.mode === "disable")
    failures.push({ property, reason: "automatic naming is disabled for this resource, please specify a name" });
  else if (naming.mode === "enforce" || naming.proposedName) inputs[property] = naming.proposedName;
  else inputs[property] = makeUpName(autoname, naming);
  return inputs[property] === undefined ? [] : [property];
}

function makeUpName(autoname: Autoname, naming: Naming): string {
  const base = autoname.transform?.(naming.logicalName) ?? naming.logicalName;
  const suffix = createHash("sha256").update(naming.randomSeed).digest("hex").slice(0, SUFFIX_LENGTH);
  return `${base.slice(0, autoname.maxLength - SUFFIX_LENGTH - 1)}-${suffix}`;
}
