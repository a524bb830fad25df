import { z } from "zod";
import { hashedMask, unfitText, wordOf, writeBytes } from "../mask-parts";
import type { Transformer } from "../transformer";
import { Vocabulary } from "../vocabulary";

const parameters = z.strictObject({});
const ending = Buffer.from(" Ltd");
const longLength = 6 + 1 + 9 + ending.length;
const shortLength = 9;

export const company: Transformer<z.infer<typeof parameters>> = {
  name: "company",
  title: "an invented name of a company",
  parameters,
  fits: (column) => unfitText(column, shortLength),
  uniqueness: () => "lossy",
  escapes: false,
  prepare(context) {
    const firsts = new Vocabulary(2, context.sourceWords);
    const seconds = new Vocabulary(3, context.sourceWords);
    const isLong = (context.column.maxLength ?? longLength) >= longLength;
    return hashedMask(context, "folded", longLength, (hashes, from, out, at) => {
      if (!isLong) return seconds.write(wordOf(hashes, from), true, out, at);
      at = firsts.write(wordOf(hashes, from + 4), true, out, at);
      out[at++] = 0x20;
      at = seconds.write(wordOf(hashes, from), true, out, at);
      return writeBytes(ending, out, at);
    });
  },
};
