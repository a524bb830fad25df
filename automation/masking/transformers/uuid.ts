import { z } from "zod";
import { hashedMask, unfitText } from "../mask-parts";
import type { Transformer } from "../transformer";

const characters = 36;
const hex = Buffer.from("0123456789abcdef");

/** A random uuid's form (RFC 9562, version 4), of the hash's other 122 bits. */
export function writeUuid(hashes: Buffer, from: number, out: Buffer, at: number): number {
  for (let i = 0; i < 16; i++) {
    if (i === 4 || i === 6 || i === 8 || i === 10) out[at++] = 0x2d;
    let byte = hashes[from + i]!;
    if (i === 6) byte = (byte & 0x0f) | 0x40;
    if (i === 8) byte = (byte & 0x3f) | 0x80;
    out[at++] = hex[byte >> 4]!;
    out[at++] = hex[byte & 15]!;
  }
  return at;
}

const parameters = z.strictObject({});

export const uuid: Transformer<z.infer<typeof parameters>> = {
  name: "uuid",
  title: "another uuid, in a column of that type or in a text",
  parameters,
  fits: (column) => (column.type === "uuid" ? undefined : unfitText(column, characters)),
  uniqueness: () => "collision-free-in-practice",
  escapes: false,
  prepare: (context) => hashedMask(context, "exact", characters, writeUuid),
};
