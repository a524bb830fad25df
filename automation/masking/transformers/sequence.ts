import { z } from "zod";
import { ByteWriter } from "../byte-writer";
import { largestIn, writeNumber } from "../integer-mask";
import { isInteger, unfitText } from "../mask-parts";
import type { Transformer } from "../transformer";

const parameters = z.strictObject({
  from: z
    .int({ error: () => "give a whole number" })
    .min(0)
    .default(1),
  prefix: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{0,20}$/, { error: () => "give up to 20 letters, digits, or _ . -" })
    .default(""),
});

/** Digits of the largest number that rows can have. */
const digits = 15;

export const sequence: Transformer<z.infer<typeof parameters>> = {
  name: "sequence",
  title: "the number of the row, after a prefix: unique, and says nothing of the value; not the same in two copies",
  parameters,
  example: { prefix: "user-" },
  fits(column, { prefix }) {
    if (!isInteger(column)) return unfitText(column, digits + prefix.length);
    if (prefix !== "") return "a number has no prefix";
    return (largestIn(column) ?? 2 ** 31) < 2 ** 31 - 1
      ? `a ${column.declared} has no room for the numbers of all rows`
      : undefined;
  },
  uniqueness: () => "injective",
  escapes: false,
  needs: "row-number",
  prepare(_context, { from, prefix }) {
    const head = Buffer.from(prefix);
    const writer = new ByteWriter();
    return ({ start, count }, { firstRow }) => {
      writer.reset(count, count * (head.length + digits + 1));
      for (let i = 0; i < count; i++) {
        if (start[i]! < 0) {
          writer.null();
          continue;
        }
        const at = writer.at;
        writer.at += head.copy(writer.bytes, at);
        writer.at = writeNumber(from + firstRow + i, writer.bytes, writer.at);
        writer.value(at);
      }
      return writer;
    };
  },
};
