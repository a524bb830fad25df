import { z } from "zod";
import { ByteWriter } from "../byte-writer";
import { isText } from "../mask-parts";
import type { Transformer } from "../transformer";

const parameters = z.strictObject({
  value: z.union([z.string().max(1000), z.number(), z.boolean()], {
    error: () => "give a text, a number or a boolean",
  }),
  /** NULL becomes the value, too. */
  nulls: z.boolean().default(false),
});

export const constant: Transformer<z.infer<typeof parameters>> = {
  name: "constant",
  title: "the same value for all; NULL stays NULL, unless nulls is true",
  parameters,
  example: { value: "not in this copy" },
  fits(column, { value }) {
    const text = String(value);
    if (column.labels && !column.labels.includes(text)) return `${column.declared} has no such label`;
    if (column.maxLength !== undefined && [...text].length > column.maxLength)
      return `the value has ${[...text].length} characters, and the column has ${column.maxLength}`;
    if (typeof value === "string" && text === "" && !isText(column)) return `no ${column.declared} is empty`;
    return undefined;
  },
  uniqueness: () => "lossy",
  escapes: true,
  prepare(_context, { value, nulls }) {
    const bytes = Buffer.from(String(value));
    const writer = new ByteWriter();
    return ({ start, count }) => {
      writer.reset(count, bytes.length);
      // Every value is the same bytes, which are there once.
      writer.at = bytes.copy(writer.bytes);
      for (let i = 0; i < count; i++)
        if (start[i]! < 0 && !nulls) writer.null();
        else writer.value(0);
      return writer;
    };
  },
};
