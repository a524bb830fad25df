import { z } from "zod";
import { writeNumber } from "../integer-mask";
import { hashedMask, isText, unfitText, wordOf, writeBytes } from "../mask-parts";
import { shapeMask } from "../shape-mask";
import type { Transformer } from "../transformer";
import { Vocabulary } from "../vocabulary";

const parameters = z.strictObject({
  part: z
    .enum(["full", "street", "city", "postal-code"], { error: () => "give full, street, city or postal-code" })
    .default("full"),
});
type Parameters = z.infer<typeof parameters>;

const street = Buffer.from(" Street");
const streetLength = 3 + 1 + 9 + street.length;
const lengthOf = ({ part }: Parameters) =>
  ({ full: streetLength + 2 + 9, street: streetLength, city: 9, "postal-code": 0 })[part];

export const address: Transformer<Parameters> = {
  name: "address",
  title: "an invented address: `17 Brezlatvo Street, Skivrodre`, or a part of one; a postal code keeps its shape",
  parameters,
  example: { part: "city" },
  fits(column, given) {
    if (given.part !== "postal-code") return unfitText(column, lengthOf(given));
    return isText(column) ? undefined : `it writes text, and the column is ${column.declared}`;
  },
  uniqueness: (_, { part }) => (part === "postal-code" ? "injective" : "lossy"),
  differsInCaseOnly: (_, { part }) => part === "postal-code",
  escapes: true,
  prepare(context, given) {
    if (given.part === "postal-code") return shapeMask(context);
    const words = new Vocabulary(3, context.sourceWords);
    return hashedMask(context, "folded", lengthOf(given), (hashes, from, out, at) => {
      if (given.part !== "city") {
        at = writeNumber(1 + (hashes.readUInt16LE(from + 8) % 999), out, at);
        out[at++] = 0x20;
        at = words.write(wordOf(hashes, from), true, out, at);
        at = writeBytes(street, out, at);
      }
      if (given.part === "full") {
        out[at++] = 0x2c;
        out[at++] = 0x20;
      }
      return given.part === "street" ? at : words.write(wordOf(hashes, from + 4), true, out, at);
    });
  },
};
