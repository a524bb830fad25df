import { z } from "zod";
import { placedMask } from "../placed-mask";
import { integerMask } from "../integer-mask";
import { hashedMask, isInteger, isText, unfitText, writeBytes } from "../mask-parts";
import type { Transformer } from "../transformer";
import { unfitNumber } from "./permutation";

const parameters = z.strictObject({
  form: z.enum(["undialable", "shape"], { error: () => "give undialable or shape" }).default("undialable"),
});
type Parameters = z.infer<typeof parameters>;

/** No country has it, and none will (ITU-T E.164 keeps +999 back): a call or message to it reaches nobody. */
const prefix = Buffer.from("+999");
const digits = 11;

export const phone: Transformer<Parameters> = {
  name: "phone",
  title:
    "a phone number: by default one of no country (+999), which nobody answers; with form: shape one that looks like the original and stays unique, and may be somebody's",
  parameters,
  example: { form: "shape" },
  fits(column, { form }) {
    if (isInteger(column)) return form === "shape" ? unfitNumber(column) : "a number has no +: say form: shape";
    if (form === "undialable") return unfitText(column, prefix.length + digits);
    return isText(column) ? undefined : `it masks texts and whole numbers, and the column is ${column.declared}`;
  },
  uniqueness: (_, { form }) => (form === "shape" ? "injective" : "lossy"),
  differsInCaseOnly: (column, { form }) => form === "shape" && !isInteger(column),
  escapes: true,
  prepare(context, { form }) {
    if (isInteger(context.column)) return integerMask(context);
    // The same number, however it is written, gets the same digits.
    if (form === "shape") return placedMask(context);
    return hashedMask(context, "digits", prefix.length + digits, (hashes, from, out, at) => {
      at = writeBytes(prefix, out, at);
      for (let i = 0; i < digits; i++) out[at++] = 0x30 + (hashes[from + i]! % 10);
      return at;
    });
  },
};
