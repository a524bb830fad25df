import { z } from "zod";
import { hashedMask, unfitText, wordOf } from "../mask-parts";
import type { Transformer } from "../transformer";
import { Vocabulary } from "../vocabulary";

const parameters = z.strictObject({
  part: z.enum(["full", "first", "last"], { error: () => "give full, first or last" }).default("full"),
});
type Parameters = z.infer<typeof parameters>;

/** `Brezla Skivrodre`: 4,096 first names and 262,144 last names, all invented. */
const lengthOf = ({ part }: Parameters) => ({ first: 6, last: 9, full: 16 })[part];

export const name: Transformer<Parameters> = {
  name: "name",
  title: "an invented name of a person: first, last or both; names that differ in case or blanks only get the same",
  parameters,
  example: { part: "last" },
  fits: (column, given) => unfitText(column, lengthOf(given)),
  uniqueness: () => "lossy",
  escapes: false,
  prepare(context, given) {
    const firsts = new Vocabulary(2, context.sourceWords);
    const lasts = new Vocabulary(3, context.sourceWords);
    return hashedMask(context, "folded", lengthOf(given), (hashes, from, out, at) => {
      if (given.part !== "last") at = firsts.write(wordOf(hashes, from), true, out, at);
      if (given.part === "full") out[at++] = 0x20;
      return given.part === "first" ? at : lasts.write(wordOf(hashes, from + 4), true, out, at);
    });
  },
};
