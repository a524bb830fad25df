import { z } from "zod";
import { NumberPermutation } from "../feistel";
import { derivedKey } from "../column-hash";
import type { Transformer } from "../transformer";

const parameters = z.strictObject({});

export const shuffle: Transformer<z.infer<typeof parameters>> = {
  name: "shuffle",
  title:
    "the values of other rows near it: **real values stay in the copy**, at other rows; only for what identifies nobody, such as a category whose distribution matters",
  parameters,
  fits: () => undefined,
  uniqueness: () => "injective",
  escapes: true,
  needs: "order",
  prepare({ key }) {
    return ({ bytes, start, end, count }, { firstRow }) => {
      const order = Float64Array.from({ length: count }, (_, i) => i);
      // Another order for each chunk: its first row is part of the key.
      new NumberPermutation(derivedKey(key, `rows from ${firstRow}`), Math.max(1, count)).permute(order, count);
      return {
        bytes,
        start: Int32Array.from(order, (row) => start[row]!),
        end: Int32Array.from(order, (row) => end[row]!),
        count,
      };
    };
  },
};
