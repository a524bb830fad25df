import { z } from "zod";
import { placedMask } from "../placed-mask";
import { hashedMask, isText, unfitText } from "../mask-parts";
import type { Transformer } from "../transformer";

const parameters = z.strictObject({
  form: z.enum(["test", "permuted"], { error: () => "give test or permuted" }).default("test"),
});

/** The numbers that payment providers give out for tests begin like this. */
const prefix = Buffer.from("411111");
const length = 16;

export const card: Transformer<z.infer<typeof parameters>> = {
  name: "card",
  title:
    "a card number with a right check digit: by default of the range that payment providers use for tests; with form: permuted one of the same length that stays unique, and may be somebody's",
  parameters,
  example: { form: "permuted" },
  fits(column, { form }) {
    if (form === "test") return unfitText(column, length);
    return isText(column) ? undefined : `it writes text, and the column is ${column.declared}`;
  },
  uniqueness: (_, { form }) => (form === "permuted" ? "injective" : "lossy"),
  escapes: true,
  prepare(context, { form }) {
    // The check digit is left out of the permutation: a right one stays right, and a wrong one as wrong as it was.
    if (form === "permuted") return placedMask(context, { skipLast: 1, finish: moveCheckDigit });
    return hashedMask(context, "digits", length, (hashes, from, out, at) => {
      const start = at;
      at += prefix.copy(out, at);
      for (let i = 0; i < length - prefix.length - 1; i++) out[at++] = 0x30 + (hashes[from + i]! % 10);
      out[at++] = 0x30;
      out[at - 1] = 0x30 + checkDigit(out.subarray(start, at));
      return at;
    });
  },
};

const isDigit = (byte: number) => byte >= 0x30 && byte <= 0x39;

/** So that different numbers stay different, whether their check digits are right or not. */
function moveCheckDigit(masked: Buffer, source: Buffer): void {
  const at = source.length - 1;
  if (at < 1) return;
  const by = checkDigit(masked) - checkDigit(source);
  const [first, count] = isDigit(source[at]!) ? [0x30, 10] : source[at]! >= 0x61 ? [0x61, 26] : [0x41, 26];
  masked[at] = first + ((source[at]! - first + by + count) % count);
}

/** Luhn's, of all but the last place. */
function checkDigit(bytes: Buffer): number {
  let sum = 0;
  for (let i = bytes.length - 2, twice = true; i >= 0; i--, twice = !twice) {
    const digit = bytes[i]! - 0x30;
    sum += twice ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit;
  }
  return (10 - (sum % 10)) % 10;
}
