import { z } from "zod";
import { ByteWriter } from "../byte-writer";
import { ColumnHash } from "../column-hash";
import { isText } from "../mask-parts";
import type { Mask, MaskContext, Transformer } from "../transformer";

const parameters = z.strictObject({});

export const freeText: Transformer<z.infer<typeof parameters>> = {
  name: "free-text",
  title:
    "a text of invented words: every word and number is replaced by one of the same length, blanks and punctuation stay; nobody can tell names from other words for certain, so none is kept",
  parameters,
  fits: (column) => (isText(column) ? undefined : `it masks texts, and the column is ${column.declared}`),
  uniqueness: () => "lossy",
  escapes: true,
  prepare: (context) => scrubbed(context),
};

const LETTER = 1;
const DIGIT = 2;
/** Letters of ASCII, everything beyond it (letters of most languages, in UTF-8), digits; 0 for what stays. */
const kinds = new Uint8Array(256);
for (let byte = 0; byte < 256; byte++)
  if (byte >= 0x80 || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a)) kinds[byte] = LETTER;
  else if (byte >= 0x30 && byte <= 0x39) kinds[byte] = DIGIT;

const consonants = Buffer.from("bdfgklmnprstvz");
const vowels = Buffer.from("aeio");

/** Each word by its hash, in lower case: the same word becomes the same, wherever it is. */
export function scrubbed({ key }: MaskContext): Mask {
  const hash = new ColumnHash(key);
  const writer = new ByteWriter();
  const words = new ByteWriter();
  return ({ bytes, start, end, count }) => {
    const folded = foldedCopy(bytes, start, end, count);
    words.reset(0, 0);
    for (let i = 0; i < count; i++) if (start[i]! >= 0) addWords(bytes, start[i]!, end[i]!, words);
    const hashes = hash.of({ bytes: folded, start: words.start, end: words.end, count: words.count });
    writer.reset(count, bytes.length);
    let word = 0;
    for (let i = 0; i < count; i++) {
      if (start[i]! < 0) {
        writer.null();
        continue;
      }
      writer.ensure(end[i]! - start[i]!);
      const from = writer.at;
      let at = start[i]!;
      while (at < end[i]!) {
        if (kinds[bytes[at]!] === 0) {
          writer.bytes[writer.at++] = bytes[at++]!;
          continue;
        }
        const to = words.end[word]!;
        writer.at = writeWord(bytes, at, to, hashes, word * 16, writer.bytes, writer.at);
        at = to;
        word++;
      }
      writer.value(from);
    }
    return writer;
  };
}

function foldedCopy(bytes: Buffer, start: Int32Array, end: Int32Array, count: number): Buffer {
  const folded = Buffer.allocUnsafe(bytes.length);
  for (let i = 0; i < count; i++)
    for (let at = start[i]!; at >= 0 && at < end[i]!; at++) {
      const byte = bytes[at]!;
      folded[at] = byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
    }
  return folded;
}

/** Notes where each run of letters or of digits is. */
function addWords(bytes: Buffer, start: number, end: number, words: ByteWriter): void {
  for (let at = start; at < end;) {
    const kind = kinds[bytes[at]!]!;
    const from = at;
    while (at < end && kinds[bytes[at]!] === kind) at++;
    if (kind !== 0) words.note(from, at);
  }
}

/** As many characters as the word has, a capital where it has one: any length that the column allows still fits. */
function writeWord(
  bytes: Buffer,
  start: number,
  end: number,
  hashes: Buffer,
  hash: number,
  out: Buffer,
  at: number,
): number {
  const isNumber = kinds[bytes[start]!] === DIGIT;
  let place = 0;
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    if ((byte & 0xc0) === 0x80) continue; // not the first byte of its character
    // Another letter at each place of a word longer than its hash, too.
    const number = hashes[hash + (place % 16)]! + Math.floor(place / 16) * 7;
    if (isNumber) out[at++] = 0x30 + (number % 10);
    else {
      const letter = place % 2 === 0 ? consonants[number % consonants.length]! : vowels[number % vowels.length]!;
      out[at++] = byte >= 0x41 && byte <= 0x5a ? letter - 0x20 : letter;
    }
    place++;
  }
  return at;
}
