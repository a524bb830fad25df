/** Pure: the fields of rows in COPY's text format. What else their bytes may say: leak-bytes.ts. */
import { isCanonical } from "./leak-text";

const TAB = 0x09;
const NEWLINE = 0x0a;
const BACKSLASH = 0x5c;

/** 1: a letter, 2: a digit, 0: anything else. */
export const kindOf = (byte: number): number =>
  byte >= 0x30 && byte <= 0x39 ? 2 : (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a ? 1 : byte >= 0x80 ? 1 : 0;

/** What a search sees as it is: ASCII in the form that is searched for, and nothing that COPY escaped. */
export function isPlain(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at] === BACKSLASH) return false;
  return isCanonical(bytes, from, to);
}

/** A few digits with what separates them are a date, an amount or a short number: no evidence. */
export function hasLetter(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (kindOf(bytes[at]!) === 1) return true;
  return false;
}

export const isNull = (bytes: Uint8Array, from: number, to: number): boolean =>
  to - from === 2 && bytes[from] === BACKSLASH && bytes[from + 1] === 0x4e;

export function forEachField(chunk: Uint8Array, visit: (field: number, from: number, to: number) => void): void {
  let field = 0;
  let from = 0;
  for (let at = 0; at < chunk.length; at++) {
    const byte = chunk[at];
    if (byte !== TAB && byte !== NEWLINE) continue;
    visit(field, from, at);
    from = at + 1;
    field = byte === TAB ? field + 1 : 0;
  }
}

/** Which field of its row a byte is in. */
export function fieldAt(chunk: Uint8Array, at: number): number {
  let field = 0;
  for (let one = at - 1; one >= 0 && chunk[one] !== NEWLINE; one--) if (chunk[one] === TAB) field++;
  return field;
}
