import { createHash } from "node:crypto";
import type { Autoname, CheckFailure } from "./resource";
import type { PropertyValues } from "./wire";

/**
 * The engine's naming settings: its `pulumi:autonaming` configuration, and a seed that is the same within one
 * operation.
 */
export interface Naming {
  logicalName: string;
  randomSeed: Uint8Array;
  mode?: "propose" | "enforce" | "disable";
  proposedName?: string;
}

const SUFFIX_LENGTH = 7;

/** Generates the name when the program gives none, and returns the properties it filled in. */
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
  // A generated name stays for the resource's life; a replacement is checked with empty old inputs and so gets a new
  // one.
  if (oldInputs[property] !== undefined && oldInputs.__defaults?.includes(property))
    inputs[property] = oldInputs[property];
  else if (naming.mode === "disable")
    failures.push({ property, reason: "automatic naming is disabled for this resource, please specify a name" });
  else if (naming.mode === "enforce" || naming.proposedName) inputs[property] = naming.proposedName;
  else inputs[property] = generateName(autoname, naming);
  return inputs[property] === undefined ? [] : [property];
}

function generateName(autoname: Autoname, naming: Naming): string {
  const base = autoname.transform?.(naming.logicalName) ?? naming.logicalName;
  const suffix = createHash("sha256").update(naming.randomSeed).digest("hex").slice(0, SUFFIX_LENGTH);
  return `${base.slice(0, autoname.maxLength - SUFFIX_LENGTH - 1)}-${suffix}`;
}
