/**
 * Pure: PostgreSQL calls values equal that COPY writes differently (`1.00` and `1`, a padded `char(n)`, citext), and
 * people write one address, phone number or name in several ways. A mask is computed over one form of all of them, so
 * that what was equal stays equal.
 */
import { ByteWriter } from "./byte-writer";
import type { ByteColumn } from "./transformer";
import type { ColumnFacts } from "./schema-facts";

/**
 * `exact`: as it is. `folded`: without case, Unicode's variants, and blanks at the ends or doubled. `digits`: digits
 * only.
 */
export type NormalForm = "exact" | "folded" | "digits";

/** Gives a column in the form; `values` itself where nothing has to change. The result is valid until the next call. */
export function normaliser(form: NormalForm, column: ColumnFacts): (values: ByteColumn) => ByteColumn {
  const writer = new ByteWriter();
  const write =
    form === "digits"
      ? writeDigits
      : form === "folded"
        ? writeFolded
        : column.ignoresCase
          ? writeLower
          : column.type === "numeric"
            ? writeNumeric
            : column.type === "bpchar"
              ? writeUnpadded
              : undefined;
  if (write === undefined) return (values) => values;
  return (values) => {
    const { bytes, start, end, count } = values;
    writer.reset(count, bytes.length);
    for (let i = 0; i < count; i++) {
      if (start[i]! < 0) {
        writer.null();
        continue;
      }
      const from = writer.at;
      // Folding can make a text longer, at most threefold.
      writer.ensure(3 * (end[i]! - start[i]!) + 4);
      writer.at = write(bytes, start[i]!, end[i]!, writer.bytes, from);
      writer.value(from);
    }
    return writer;
  };
}

type Write = (bytes: Buffer, start: number, end: number, out: Buffer, at: number) => number;

const writeDigits: Write = (bytes, start, end, out, at) => {
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    if (byte >= 0x30 && byte <= 0x39) out[at++] = byte;
    else if (byte >= 0x80) return at + out.write(digitsOf(bytes.toString("utf8", start, end)), at);
  }
  return at;
};

/** Also of other scripts. */
const digitsOf = (text: string) => text.normalize("NFKC").replace(/\D/g, "");

const writeFolded: Write = (bytes, start, end, out, at) => {
  const from = at;
  let wasBlank = true;
  for (let i = start; i < end; i++) {
    const byte = foldedBytes[bytes[i]!]!;
    if (byte >= 0x80) return from + out.write(folded(bytes.toString("utf8", start, end)), from);
    const isBlank = byte === 0x20;
    if (!isBlank || !wasBlank) out[at++] = byte;
    wasBlank = isBlank;
  }
  return at > from && out[at - 1] === 0x20 ? at - 1 : at;
};

/** Capitals as small letters, and every blank as one. */
const foldedBytes = new Uint8Array(256).map((_, byte) =>
  byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte >= 0x09 && byte <= 0x0d ? 0x20 : byte,
);

/** Blanks count: only case does not, and how an accent is written. */
const writeLower: Write = (bytes, start, end, out, at) => {
  const from = at;
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    if (byte >= 0x80) return from + out.write(bytes.toString("utf8", start, end).normalize("NFC").toLowerCase(), from);
    out[at++] = byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
  }
  return at;
};

const folded = (text: string) => text.normalize("NFKC").toLowerCase().replace(/\s+/g, " ").trim();

/** Without zeros at the end of the fraction, and without −0. */
const writeNumeric: Write = (bytes, start, end, out, at) => {
  let to = end;
  let point = start;
  while (point < end && bytes[point] !== 0x2e) point++;
  if (point < end) {
    while (bytes[to - 1] === 0x30) to--;
    if (to - 1 === point) to = point;
  }
  if (to - start === 2 && bytes[start] === 0x2d && bytes[start + 1] === 0x30) start++;
  return at + bytes.copy(out, at, start, to);
};

const writeUnpadded: Write = (bytes, start, end, out, at) => {
  while (end > start && bytes[end - 1] === 0x20) end--;
  return at + bytes.copy(out, at, start, end);
};
