import { z } from "zod";
import { ByteWriter } from "../byte-writer";
import { isText } from "../mask-parts";
import type { Transformer } from "../transformer";

const characters = z
  .int({ error: () => "give a whole number" })
  .min(0)
  .max(20);
const parameters = z
  .strictObject({
    keepFirst: characters.default(0),
    keepLast: characters.default(0),
    sign: z
      .string()
      .regex(/^[!-~]$/, { error: () => "give one character of ASCII" })
      .default("*"),
  })
  .refine(({ keepFirst, keepLast }) => keepFirst + keepLast > 0, { error: () => "give keepFirst or keepLast" });

export const partial: Transformer<z.infer<typeof parameters>> = {
  name: "partial",
  title:
    "the first or last characters, the others as `*`: **what stays is real**; a value of fewer than twice as many characters keeps none",
  parameters,
  example: { keepLast: 4 },
  fits: (column) => (isText(column) ? undefined : `it writes text, and the column is ${column.declared}`),
  uniqueness: () => "lossy",
  leaves: true,
  escapes: true,
  prepare(_context, { keepFirst, keepLast, sign }) {
    const writer = new ByteWriter();
    const byte = sign.charCodeAt(0);
    return ({ bytes, start, end, count }) => {
      writer.reset(count, bytes.length);
      for (let i = 0; i < count; i++) {
        if (start[i]! < 0) {
          writer.null();
          continue;
        }
        const from = writer.at;
        writer.ensure(end[i]! - start[i]!);
        let length = 0;
        for (let at = start[i]!; at < end[i]!; at++) if (isFirst(bytes[at]!)) length++;
        const keeps = length >= 2 * (keepFirst + keepLast);
        for (let at = start[i]!, place = -1; at < end[i]!; at++) {
          if (isFirst(bytes[at]!)) place++;
          if (keeps && (place < keepFirst || place >= length - keepLast)) writer.bytes[writer.at++] = bytes[at]!;
          else if (isFirst(bytes[at]!)) writer.bytes[writer.at++] = byte;
        }
        writer.value(from);
      }
      return writer;
    };
  },
};

/** Of a character in UTF-8. */
const isFirst = (byte: number) => (byte & 0xc0) !== 0x80;
