import { z } from "zod";
import { isText } from "../mask-parts";
import { placedMask } from "../placed-mask";
import type { Transformer } from "../transformer";

const parameters = z.strictObject({});

/** Country and check digits. */
const headLength = 4;

export const iban: Transformer<z.infer<typeof parameters>> = {
  name: "iban",
  title: "an IBAN of the same country and form, with right check digits; different ones stay different",
  parameters,
  fits: (column) => (isText(column) ? undefined : `it writes text, and the column is ${column.declared}`),
  uniqueness: () => "injective",
  escapes: true,
  prepare: (context) => placedMask(context, isCharacter, { keepFirst: headLength, finish: writeCheckDigits }),
};

const isDigit = (byte: number) => byte >= 0x30 && byte <= 0x39;
const isCharacter = (byte: number) => isDigit(byte) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);

/** ISO 7064, MOD 97-10: two letters, two check digits, the rest. What does not begin so has none. */
function writeCheckDigits(bytes: Buffer, start: number, end: number): void {
  if (end - start <= headLength || !isDigit(bytes[start + 2]!) || !isDigit(bytes[start + 3]!)) return;
  let rest = 0;
  const add = (byte: number) => {
    if (isDigit(byte)) rest = (rest * 10 + byte - 0x30) % 97;
    else rest = (rest * 100 + ((byte & 0x1f) + 9)) % 97;
  };
  for (let i = start + headLength; i < end; i++) add(bytes[i]!);
  add(bytes[start]!);
  add(bytes[start + 1]!);
  add(0x30);
  add(0x30);
  const check = 98 - rest;
  bytes[start + 2] = 0x30 + Math.floor(check / 10);
  bytes[start + 3] = 0x30 + (check % 10);
}
