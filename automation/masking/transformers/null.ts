import { z } from "zod";
import { ByteWriter } from "../byte-writer";
import type { Transformer } from "../transformer";

const parameters = z.strictObject({});

export const nothing: Transformer<z.infer<typeof parameters>> = {
  name: "null",
  title: "NULL for all",
  parameters,
  fits: (column) => (column.notNull ? "the column is NOT NULL" : undefined),
  uniqueness: () => "lossy",
  escapes: false,
  prepare() {
    const writer = new ByteWriter();
    return ({ count }) => {
      writer.reset(count, 0);
      for (let i = 0; i < count; i++) writer.null();
      return writer;
    };
  },
};
