/** With which names a stack was made, by the digest that its config pins. */
import { builtIn } from "./built-in";
import { birthDigest, birthsOf, type Standard } from "./standard";

/**
 * The names of a stack with this pin; undefined if the standard no longer has those. Without a pin nothing says what
 * lives there, unless all of them are Shipshape's own.
 */
export function bornWith(standard: Standard, pinned: string | undefined): Standard["birth"] | undefined {
  if (pinned === undefined)
    return birthDigest(standard.birth) === birthDigest(builtIn.birth) ? standard.birth : undefined;
  return everyBirth(standard).find((one) => birthDigest(one) === pinned);
}

/** Shipshape's own are always known: a database made without a company's standard keeps them. */
export const everyBirth = (standard: Standard): Standard["birth"][] => [builtIn.birth, ...birthsOf(standard)];
