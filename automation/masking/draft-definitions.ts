/** Pure: what a draft proposes for the definitions that a profile has to classify. */
import { constantsOf, verdictNeededFor } from "./definitions";
import type { DefinitionRule } from "./profile";
import type { DefinitionFacts } from "./schema-facts";

/** Undefined: it needs no verdict. */
export function draftedDefinition(definition: DefinitionFacts): DefinitionRule | undefined {
  const needed = verdictNeededFor(definition);
  if (needed === undefined) return undefined;
  const { kind, text } = definition;
  if (kind === "comment") return { drop: true };
  if (kind === "subscription" || kind === "server") return { drop: true };
  const constants =
    kind === "enum" ? text.split("\n") : kind === "function" ? constantsOf(bodyOf(text)) : constantsOf(text);
  const odd = constants.filter((constant) => !isLabel(constant));
  if (kind === "setting" || odd.length > 0)
    return {
      unclassified:
        kind === "setting"
          ? needed
          : `${odd.length} of ${constants.length} constants do not look like states or formats`,
    };
  return {
    keep:
      constants.length === 0 ? "it has no constants" : "its constants look like states, names of objects or formats",
  };
}

/** The text of PL/pgSQL is one long constant of CREATE FUNCTION in dollar quotes: its own constants count. */
const bodyOf = (text: string) => text.replaceAll(/\$\w*\$/g, " ");

/**
 * A state, a key, a format, or a word of SQL: lower or upper case throughout, without what addresses and names have; or
 * a class of a program, in its module (`Ci::Build`).
 */
const isLabel = (constant: string): boolean =>
  /^[a-z][a-z_-]*$/.test(constant) ||
  /^[A-Z][A-Z_-]*$/.test(constant) ||
  /^[%YMDHISd:,. {}"[\]-]*$/.test(constant) ||
  /^[A-Z]\w*(?:::[A-Z]\w*)+$/.test(constant);
