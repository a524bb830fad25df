/** Pure: would keys still hold after masking? The part of the check that looks at several columns at once. */
import { keyClasses, rootOf, ruleOf } from "./key-classes";
import { isInteger, isText } from "./mask-parts";
import type { MaskingProfile, ProfileProblem, Rule } from "./profile";
import { columnId, type ColumnFacts, type SchemaFacts, type UniqueFacts } from "./schema-facts";
import type { Transformer, Uniqueness } from "./transformer";

export function checkKeys(
  profile: MaskingProfile,
  facts: SchemaFacts,
  transformers: readonly Transformer[],
): ProfileProblem[] {
  const columns = new Map(facts.tables.flatMap((table) => table.columns.map((column) => [columnId(column), column])));
  const root = rootOf(facts);
  return [
    ...facts.uniques
      .filter(({ table }) => root(table) === table)
      .flatMap((unique) => uniqueProblems(unique, profile, columns, transformers)),
    ...classProblems(profile, facts, columns, transformers),
    ...emptiedProblems(profile, facts),
    ...virtualKeyProblems(profile, columns),
  ];
}

/** Rows that were different in the columns of a key have to stay so. */
function uniqueProblems(
  unique: UniqueFacts,
  profile: MaskingProfile,
  columns: ReadonlyMap<string, ColumnFacts>,
  transformers: readonly Transformer[],
): ProfileProblem[] {
  const { table, name, parts, exclusion } = unique;
  return parts.flatMap(({ column, expression, columns: read = [] }) =>
    (column ? [column] : read).flatMap((one): ProfileProblem[] => {
      const place = columnId({ table, name: one });
      const rule = ruleOf(profile, place);
      if (!rule || !("use" in rule)) return [];
      if (exclusion)
        return [{ place, reason: `the exclusion constraint ${name} compares its values: only keep leaves it whole` }];
      // In an index that is no primary key, any number of rows may have NULL.
      if (rule.use === "null") return [];
      const uniqueness = uniquenessOf(rule, columns.get(place), transformers);
      if (uniqueness !== "lossy") return expressionProblems(unique, expression, place, rule, columns, transformers);
      const what = expression ? `${expression} is unique` : "its values are unique";
      return [{ place, reason: `${what} (${name}), and ${rule.use} gives different values the same mask` }];
    }),
  );
}

/** Different masks have to stay different in what an index makes of them, too. */
function expressionProblems(
  { name }: UniqueFacts,
  expression: string | undefined,
  place: string,
  rule: Extract<Rule, { use: string }>,
  columns: ReadonlyMap<string, ColumnFacts>,
  transformers: readonly Transformer[],
): ProfileProblem[] {
  if (expression === undefined) return [];
  if (!plainExpression.test(expression))
    return [{ place, reason: `${expression} is unique (${name}), and may be the same of different masks` }];
  const transformer = transformers.find((one) => one.name === rule.use);
  const column = columns.get(place);
  const differsInCase =
    column && transformer?.differsInCaseOnly?.(column, transformer.parameters.parse(rule.with ?? {}));
  return differsInCase && /\b(lower|upper)\(/i.test(expression)
    ? [{ place, reason: `${expression} is unique (${name}), and masks by ${rule.use} may differ in case only` }]
    : [];
}

/** Columns, texts and what joins them: different values of a column make different texts, but for case. */
const plainExpression =
  /^(?:\b(?:lower|upper|btrim|ltrim|rtrim|coalesce|concat)\(|"(?:[^"]|"")*"(?!\()|[a-z_][\w$]*(?!\()\b|'(?:[^']|'')*'|::(?:text|character varying|citext|bpchar)|\|\||[(),\s])+$/i;

function uniquenessOf(
  rule: Extract<Rule, { use: string }>,
  column: ColumnFacts | undefined,
  transformers: readonly Transformer[],
): Uniqueness | undefined {
  const transformer = transformers.find(({ name }) => name === rule.use);
  const parsed = transformer?.parameters.safeParse(rule.with ?? {});
  return column && parsed?.success ? transformer?.uniqueness(column, parsed.data) : undefined;
}

/** Both sides of a key get the same mask, or both are kept. */
function classProblems(
  profile: MaskingProfile,
  facts: SchemaFacts,
  columns: ReadonlyMap<string, ColumnFacts>,
  transformers: readonly Transformer[],
): ProfileProblem[] {
  return keyClasses(facts, profile).flatMap(({ columns: members, said }): ProfileProblem[] => {
    const ruled = members.flatMap((place) => {
      const rule = ruleOf(profile, place);
      return rule && !("unclassified" in rule) ? [{ place, rule }] : [];
    });
    const [first] = ruled;
    if (!first) return [];
    if (said.length > 1)
      return [{ place: first.place, reason: `keys join it with columns of other classes: ${said.join(", ")}` }];
    const meaning = (rule: Rule) => ("use" in rule ? JSON.stringify([rule.use, rule.with ?? {}]) : "keep");
    const differing = ruled.filter(({ rule }) => meaning(rule) !== meaning(first.rule));
    const facing = ruled.flatMap(({ place }) => columns.get(place) ?? []);
    const kinds = new Set(facing.map(kindOf));
    const transformer = transformers.find(({ name }) => "use" in first.rule && name === first.rule.use);
    if (transformer?.needs === "order" || transformer?.needs === "row-number")
      return [
        {
          place: first.place,
          reason: `keys join it with other columns, and ${transformer.name} masks the same value differently`,
        },
      ];
    return [
      ...differing.map(({ place }) => ({
        place,
        reason: `a ${said.length > 0 ? "class or " : ""}key joins it with ${first.place}, which gets another mask: rows would no longer be found`,
      })),
      ...(kinds.size > 1 && "use" in first.rule
        ? [{ place: first.place, reason: `keys join columns of different kinds: ${[...kinds].join(", ")}` }]
        : []),
    ];
  });
}

const kindOf = (column: ColumnFacts): string =>
  isInteger(column) ? "whole numbers" : isText(column) ? "texts" : column.type;

/** A table without rows that another refers to. */
const emptiedProblems = ({ tables }: MaskingProfile, { foreignKeys }: SchemaFacts): ProfileProblem[] =>
  foreignKeys
    .filter(({ table, references }) => tables[references.table]?.empty && !tables[table]?.empty)
    .filter(({ table, columns }) => !columns.some((column) => isNulled(tables[table]?.columns?.[column])))
    .map(({ table, name, references }) => ({
      place: table,
      reason: `its key ${name} refers to ${references.table}, of which no row is copied: say empty: true here too, or use: "null" for the key's columns`,
    }));

const isNulled = (rule: Rule | undefined) => rule !== undefined && "use" in rule && rule.use === "null";

function virtualKeyProblems(
  { virtualKeys }: MaskingProfile,
  columns: ReadonlyMap<string, ColumnFacts>,
): ProfileProblem[] {
  return virtualKeys.flatMap((key, i): ProfileProblem[] => {
    const place = `virtualKeys.${i}`;
    const unknown = [...key.columns, ...key.references].filter((column) => !columns.has(column));
    if (unknown.length > 0) return [{ place, reason: `the schema has no column ${unknown.join(", ")}` }];
    if (key.columns.length !== key.references.length)
      return [{ place, reason: `it has ${key.columns.length} columns, and refers to ${key.references.length}` }];
    return [];
  });
}
