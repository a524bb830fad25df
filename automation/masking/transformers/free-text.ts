import { z } from "zod";
import { ByteWriter } from "../byte-writer";
import { ColumnHash } from "../column-hash";
import { folded } from "../fingerprint";
import { isText } from "../mask-parts";
import type { Mask, MaskContext, Transformer } from "../transformer";
import { placeOf, WordMasks } from "../word-masks";

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
  const words = new WordsOfChunk();
  return ({ bytes, start, end, count }) => {
    words.clear();
    for (let i = 0; i < count; i++) if (start[i]! >= 0) words.addAll(bytes, start[i]!, end[i]!);
    words.hash(hash);
    writer.reset(count, bytes.length);
    let word = 0;
    for (let i = 0; i < count; i++) {
      if (start[i]! < 0) {
        writer.null();
        continue;
      }
      writer.ensure(end[i]! - start[i]!);
      const from = writer.at;
      const out = writer.bytes;
      let at = from;
      for (let read = start[i]!; read < end[i]!;)
        if (kinds[bytes[read]!] === 0) out[at++] = bytes[read++]!;
        else {
          at = words.write(word, bytes, read, out, at);
          read = words.end[word++]!;
        }
      writer.at = at;
      writer.value(from);
    }
    return writer;
  };
}

/** The words of a chunk's texts, in their order: each has a mask that is known, or a hash. */
class WordsOfChunk {
  end = new Int32Array(1024);
  /** Where its mask is, or −1 − the number of its hash. */
  private at = new Int32Array(1024);
  private count = 0;
  private readonly known = new WordMasks();
  /** Those that are hashed, in lower case, and the places that wait for their masks; −1: none does. */
  private readonly unknown = new ByteWriter();
  private places: number[] = [];
  private hashes: Buffer = Buffer.alloc(0);

  clear(): void {
    this.count = 0;
    this.known.beginChunk();
    this.unknown.reset(0, 0);
    this.places = [];
  }

  /** Each run of letters or of digits. */
  addAll(bytes: Buffer, start: number, end: number): void {
    for (let at = start; at < end;) {
      const kind = kinds[bytes[at]!]!;
      const from = at;
      let all = 0;
      while (at < end && kinds[bytes[at]!] === kind) all |= bytes[at++]!;
      if (kind !== 0) this.add(bytes, from, at, all < 0x80);
    }
  }

  hash(hash: ColumnHash): void {
    this.hashes = hash.of(this.unknown);
    this.places.forEach((place, number) => {
      if (place < 0) return;
      const { bytes, start, end } = this.unknown;
      const isNumber = kinds[bytes[start[number]!]!] === DIGIT;
      for (let byte = 0; byte < end[number]! - start[number]!; byte++)
        this.known.set(place, byte, maskOf(isNumber, byte, this.hashes[number * 16 + byte]!));
    });
  }

  write(word: number, bytes: Buffer, from: number, out: Buffer, at: number): number {
    const place = this.at[word]!;
    if (place >= 0) return this.known.write(place, bytes, from, this.end[word]!, out, at);
    return writeWord(bytes, from, this.end[word]!, this.hashes, (-1 - place) * 16, out, at);
  }

  private add(bytes: Buffer, from: number, to: number, isAscii: boolean): void {
    if (this.count === this.at.length) this.grow();
    const found = isAscii ? this.known.find(bytes, from, to) : -1;
    if (found < 0) {
      this.places.push(found === -1 ? -1 : placeOf(found));
      this.addUnknown(bytes, from, to);
    }
    this.at[this.count] = found === -1 ? -this.places.length : placeOf(found);
    this.end[this.count++] = to;
  }

  private addUnknown(bytes: Buffer, from: number, to: number): void {
    const { unknown } = this;
    unknown.ensure(to - from);
    const start = unknown.at;
    for (let i = from; i < to; i++) unknown.bytes[unknown.at++] = folded[bytes[i]!]!;
    unknown.note(start, unknown.at);
  }

  private grow(): void {
    for (const name of ["at", "end"] as const) {
      const larger = new Int32Array(this[name].length * 2);
      larger.set(this[name]);
      this[name] = larger;
    }
  }
}

const maskOf = (isNumber: boolean, place: number, number: number): number =>
  isNumber
    ? 0x30 + (number % 10)
    : place % 2 === 0
      ? consonants[number % consonants.length]!
      : vowels[number % vowels.length]!;

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
    const mask = maskOf(isNumber, place++, number);
    out[at++] = byte >= 0x41 && byte <= 0x5a ? mask - 0x20 : mask;
  }
  return at;
}
