import { randomBytes } from "node:crypto";
import type { Autoname } from "../adapter/resource";
import type { PropertyValues } from "../adapter/wire";

/**
 * The name to use: the program's, else one made from its prefix. The adapter has already generated one where neither is
 * given.
 */
export const nameFrom = (inputs: PropertyValues): string =>
  inputs.name ?? uniqueName(inputs.namePrefix ?? "terraform-");

/**
 * Upstream's form: prefix, time, counter. 26 characters after the prefix, so that prefixes of equal length stay
 * sortable.
 */
export function uniqueName(prefix: string): string {
  const time = new Date().toISOString().replace(/\D/g, "").padEnd(18, "0");
  return `${prefix}${time}${randomBytes(4).toString("hex")}`;
}

export const autoname = (maxLength: number, transform?: (name: string) => string): Autoname => ({
  property: "name",
  maxLength,
  unless: ["namePrefix"],
  ...(transform ? { transform } : {}),
});
