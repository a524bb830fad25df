import { z } from "zod";
import { isText } from "../mask-parts";
import { placedMask } from "../placed-mask";
import type { Transformer } from "../transformer";

const parameters = z.strictObject({});

/** Country and check digits. */
const headLength = 4;

export const iban: Transformer<z.infer<typeof parameters>> = {
  name: "iban",
  title: "an IBAN of the same country and form; right check digits stay right, and different ones stay different",
  parameters,
  fits: (column) => (isText(column) ? undefined : `it writes text, and the column is ${column.declared}`),
  uniqueness: () => "injective",
  differsInCaseOnly: () => true,
  escapes: true,
  prepare: (context) => placedMask(context, { keepFirst: headLength, finish: moveCheckDigits }),
};

const isDigit = (byte: number) => byte >= 0x30 && byte <= 0x39;

/** What does not begin like an IBAN has none. A wrong number stays as wrong as it was. */
function moveCheckDigits(masked: Buffer, source: Buffer): void {
  if (source.length <= headLength || !isDigit(source[2]!) || !isDigit(source[3]!)) return;
  const was = (source[2]! - 0x30) * 10 + source[3]! - 0x30;
  const check = (checkOf(masked) + was - checkOf(source) + 100) % 100;
  masked[2] = 0x30 + Math.floor(check / 10);
  masked[3] = 0x30 + (check % 10);
}

/** ISO 7064, MOD 97-10: two letters, two check digits, the rest. */
function checkOf(bytes: Buffer): number {
  let rest = 0;
  const add = (byte: number) => {
    if (isDigit(byte)) rest = (rest * 10 + byte - 0x30) % 97;
    else rest = (rest * 100 + ((byte & 0x1f) + 9)) % 97;
  };
  for (let i = headLength; i < bytes.length; i++) add(bytes[i]!);
  add(bytes[0]!);
  add(bytes[1]!);
  add(0x30);
  add(0x30);
  return 98 - rest;
}
