/** Pure: how differences inside a database are written. */
import { shortened } from "../../printable";
import { shownText } from "../../targets/shown-text";
import type { Difference } from "./differences";
import { shownCharactersMax } from "./limits";

type Written = Pick<Difference, "urn" | "desired" | "actual" | "severity"> & Partial<Difference>;

/** What a stack declares, and SQL has changed. */
export const drifted = (one: Written): Difference =>
  written({ reason: "it was changed by SQL", class: "drift", ...one });

/** What nothing declares: it has a name of its own in place of a URN. */
export const unmanaged = (one: Written): Difference =>
  written({ reason: "nothing declares it", class: "unmanaged", ...one });

const written = (one: Written & Pick<Difference, "reason" | "class">): Difference => ({
  ...{ type: "postgresql", property: null, breaks: [] },
  ...one,
  desired: shortened(one.desired, shownCharactersMax),
  actual: shortened(one.actual, shownCharactersMax),
});

/** A role's name as SQL would have it, on one line: a role may be called "PUBLIC". */
export const roleName = (name: string | null): string =>
  name === null ? "PUBLIC" : /^[a-z_][a-z0-9_$]*$/.test(name) ? name : `"${shownText(name).replaceAll('"', '""')}"`;

/** "3 tables: orders.invoice, orders.line, …", of names that may be cut off. */
export function counted(kind: string, count: number, names: readonly string[]): string {
  const more = count > names.length ? ", …" : "";
  return `${count} ${count === 1 ? kind : pluralOf(kind)}: ${names.map(shownText).join(", ")}${more}`;
}

export const pluralOf = (kind: string): string => `${kind}s`;
