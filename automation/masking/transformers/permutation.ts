import { z } from "zod";
import { integerMask, largestIn } from "../integer-mask";
import { isInteger, isText } from "../mask-parts";
import type { ColumnFacts } from "../schema-facts";
import { shapeMask } from "../shape-mask";
import type { Transformer } from "../transformer";

const whole = z.int({ error: () => "give a whole number" });
const parameters = z
  .strictObject({
    from: whole.optional(),
    to: whole.optional(),
    keepFirst: whole.min(0).max(20).default(0),
  })
  .refine(({ from, to }) => (from === undefined) === (to === undefined), {
    error: () => "give from and to, or neither",
  })
  .refine(({ from = 0, to = 1 }) => from < to, { error: () => "from must be less than to" });
type Parameters = z.infer<typeof parameters>;

/** Digits that a number of 63 bits may not have room for. */
export const unfitNumber = ({ type, precision, declared }: ColumnFacts): string | undefined =>
  type === "numeric" && precision !== undefined && precision >= 16 && precision < 19
    ? `it masks numbers of up to 15 digits, or of 63 bits, and the column is ${declared}`
    : undefined;

export const permutation: Transformer<Parameters> = {
  name: "permutation",
  title:
    "another value of the same domain, unique by construction: whole numbers (of a range, if from and to say one), or texts of digits and letters that keep their shape",
  parameters,
  example: { from: 100000, to: 999999 },
  fits(column, { from, to, keepFirst }) {
    if (isInteger(column)) {
      if (keepFirst > 0) return "keepFirst is for texts";
      const largest = largestIn(column) ?? Number.MAX_SAFE_INTEGER;
      if (to !== undefined && (to > largest || from! < -largest))
        return `its range has numbers that no ${column.declared} has`;
      return unfitNumber(column);
    }
    if (!isText(column)) return `it permutes whole numbers and texts, and the column is ${column.declared}`;
    return from === undefined ? undefined : "from and to are for whole numbers";
  },
  uniqueness: () => "injective",
  differsInCaseOnly: (column) => !isInteger(column),
  escapes: true,
  prepare: (context, { from, to, keepFirst }) =>
    isInteger(context.column)
      ? integerMask(context, from === undefined ? undefined : { from, to: to! })
      : shapeMask(context, keepFirst),
};
