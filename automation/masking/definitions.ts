/** Pure: which definitions of a schema a profile has to classify, since they may contain a real value. */
import type { DefinitionRule } from "./profile";
import type { DefinitionFacts } from "./schema-facts";

/** Written by people for people, or code: always. */
const always: ReadonlySet<DefinitionFacts["kind"]> = new Set([
  "comment",
  "enum",
  "function",
  "setting",
  "subscription",
]);

/** Why it needs a verdict; undefined if it has nothing that could be a value. */
export function verdictNeededFor({ kind, text }: DefinitionFacts): string | undefined {
  if (always.has(kind)) return whyAlways[kind];
  if (kind === "server") return text === "" ? undefined : "its options may name hosts, and have passwords";
  const constants = constantsOf(text, kind === "partition");
  return constants.length === 0
    ? undefined
    : `it has ${constants.length} constant${constants.length === 1 ? "" : "s"} that could be a value`;
}

const whyAlways: Partial<Record<DefinitionFacts["kind"], string>> = {
  comment: "a comment may quote a value",
  enum: "labels may be names",
  function: "a body may contain values, passwords and addresses",
  setting: "settings may contain values",
  subscription: "its connection has a password",
};

/** Why a copy cannot do what a rule says; undefined if it can, as far as that can be told. */
export function unchangeable({ kind, text }: DefinitionFacts, rule: DefinitionRule): string | undefined {
  if ("keep" in rule || "unclassified" in rule) return undefined;
  if (kind === "partition") return "a key or bound of partitions says which rows each has: it can only be kept";
  if ("drop" in rule) return kind === "enum" ? "columns need its labels: replace them, one in each line" : undefined;
  if (onlyDropped.has(kind)) return "it can be kept or dropped, and not replaced";
  const labels = rule.replace.split("\n");
  if (kind === "enum" && (labels.length !== text.split("\n").length || new Set(labels).size !== labels.length))
    return `it has ${text.split("\n").length} labels: give as many different ones, one in each line`;
  return undefined;
}

const onlyDropped: ReadonlySet<DefinitionFacts["kind"]> = new Set([
  ...(["policy", "publication", "server", "setting", "subscription"] as const),
]);

const date = /^\d{4}-\d{2}-\d{2}([ T][\d:.+-]+)?$/;

/**
 * Constants of an expression that could be somebody's value: texts with a letter or with six digits, and numbers of six
 * digits. Not names of the schema's own objects; nor, in the bounds of a partition, dates.
 */
export function constantsOf(text: string, datesAllowed = false): string[] {
  const found: string[] = [];
  const rest = text.replaceAll(
    /(E?)'((?:[^']|'')*)'(::(?:regclass|regproc|regtype))?/gi,
    (_, _escape, constant: string, cast) => {
      const isHarmless = cast !== undefined || (datesAllowed && date.test(constant));
      if (!isHarmless && /\p{L}|\d.*\d.*\d.*\d.*\d.*\d/su.test(constant)) found.push(constant.replaceAll("''", "'"));
      return "''";
    },
  );
  found.push(...(rest.match(/(?<![\w.])\d{6,}(?![\w.])/g) ?? []));
  return found;
}
