import { unfit } from "../mask-parts";
import { nestedMask, nestedRule, piecewise, splitArray, unfitNested, type Lookup, type NestedRule } from "../nested";
import type { ColumnFacts } from "../schema-facts";
import type { Transformer } from "../transformer";

export const array = (lookup: Lookup): Transformer<NestedRule> => ({
  name: "array",
  title: "each element of an array, by another transformer; NULL and the number of elements stay",
  parameters: nestedRule,
  example: { use: "email" },
  fits(column, rule) {
    if (!column.type.startsWith("_")) return `it masks arrays, and the column is ${column.declared}`;
    return unfitNested(rule, elementOf(column), lookup);
  },
  uniqueness: () => "lossy",
  leaves: true,
  escapes: true,
  prepare: (context, rule) =>
    piecewise(
      [nestedMask(rule, elementOf(context.column), context, lookup)],
      (text) => {
        const pieces = splitArray(text);
        if (pieces === undefined) throw unfit(context.column, "a value is no array");
        return pieces;
      },
      (masked) => (masked === null ? "NULL" : `"${masked.replaceAll(/["\\]/g, String.raw`\$&`)}"`),
    ),
});

const elementOf = (column: ColumnFacts): ColumnFacts => ({
  ...column,
  type: column.type.slice(1),
  declared: column.declared.replace(/(\[\])+$/, ""),
  notNull: false,
});
