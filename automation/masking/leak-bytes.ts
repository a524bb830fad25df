/** Pure: what the bytes of a field may say besides what they show, found without making a string of most of them. */
import { digitsMin } from "./leak-text";

const SPECIAL = 1;
const TOKEN = 2;
const DIGIT = 4;
const SEPARATOR = 8;

/** What each byte may be a part of. */
const kinds = new Uint8Array(256);
const mark = (characters: string, kind: number) => {
  for (const one of characters) kinds[one.charCodeAt(0)]! |= kind;
};
kinds.fill(SPECIAL, 0x80);
mark("\\%&", SPECIAL);
const base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
mark(`${base64}+/-_`, TOKEN);
mark("0123456789", DIGIT);
mark(" ().+/-", SEPARATOR);

/** The six bits that a character of an encoded text stands for, in both alphabets. */
const sextets = new Uint8Array(256);
[..."+/"].forEach((one, at) => (sextets[one.charCodeAt(0)] = 62 + at));
[..."-_"].forEach((one, at) => (sextets[one.charCodeAt(0)] = 62 + at));
[...base64].forEach((one, at) => (sextets[one.charCodeAt(0)] = at));

/** An encoded text has so many characters, or it is not looked at: leak-text.ts. */
const tokenMin = 16;

/** Whether a field has to be decoded, or only looked at for long numbers. */
export function needsDecoding(chunk: Uint8Array, from: number, to: number): "nothing" | "digits" | "all" {
  let run = 0;
  let digits = 0;
  let before = 0;
  for (let at = from; at < to; at++) {
    const byte = chunk[at]!;
    const kind = kinds[byte]!;
    if ((kind & TOKEN) !== 0) {
      run++;
      digits += (kind & DIGIT) >> 2;
    } else {
      if ((kind & SPECIAL) !== 0 || (byte === 0x20 && before === 0x20)) return "all";
      if (run >= tokenMin && mayEncodeText(chunk, at - run, at)) return "all";
      run = 0;
    }
    before = byte;
  }
  if (run >= tokenMin && mayEncodeText(chunk, to - run, to)) return "all";
  return digits >= digitsMin ? "digits" : "nothing";
}

/**
 * False only of what leak-text.ts would not take for a text: its decoded bytes have so many control characters and
 * sequences that are not UTF-8 that it is none, counted low.
 */
function mayEncodeText(chunk: Uint8Array, from: number, to: number): boolean {
  const length = ((to - from) * 6) >> 3;
  let odd = 0;
  let missing = 0;
  let bits = 0;
  let word = 0;
  for (let at = from; at < to; at++) {
    word = ((word << 6) | sextets[chunk[at]!]!) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    const byte = (word >> bits) & 0xff;
    if (byte >= 0x80 && byte < 0xc0) {
      if (missing > 0) missing--;
      else odd++;
      continue;
    }
    if (missing > 0) odd++;
    missing = 0;
    if (byte < 0x80) odd += byte < 0x08 || (byte >= 0x0e && byte < 0x20) ? 1 : 0;
    else if (byte < 0xc2 || byte > 0xf4) odd++;
    else missing = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    if (odd * 8 > length) return false;
  }
  return odd * 8 <= length;
}

/** A number of a field, without what separates its digits, in a buffer of its own. */
export class Digits {
  readonly bytes: Buffer;
  private readonly first: number;
  private end: number;

  /** `prefix` is before the digits of each number. */
  constructor(prefix: string, digitsMax: number) {
    this.first = this.end = Buffer.byteLength(prefix);
    this.bytes = Buffer.alloc(this.first + digitsMax);
    this.bytes.write(prefix);
  }

  /** How many digits there are; those behind the buffer's end are counted only. */
  get count(): number {
    return this.end - this.first;
  }

  /** Calls `found` for each number that is long enough: digits, and what people put between them. */
  forEachRun(chunk: Uint8Array, from: number, to: number, found: () => void): void {
    for (let at = from; at < to; at++) {
      if ((kinds[chunk[at]!]! & DIGIT) === 0) continue;
      const begin = at;
      while (at < to && (kinds[chunk[at]!]! & (DIGIT | SEPARATOR)) !== 0) at++;
      this.take(chunk, begin, at);
      if (this.count >= digitsMin) found();
    }
  }

  /** Whether the field is one such number, of a phone, a card or an account, and nothing else. */
  isNumber(chunk: Uint8Array, from: number, to: number): boolean {
    const sign = chunk[from];
    const begin = sign === 0x2b || sign === 0x28 ? from + 1 : from;
    if (begin >= to || (kinds[chunk[begin]!]! & DIGIT) === 0) return false;
    for (let at = begin; at < to; at++) if ((kinds[chunk[at]!]! & (DIGIT | SEPARATOR)) === 0) return false;
    this.take(chunk, begin, to);
    return this.count >= digitsMin;
  }

  private take(chunk: Uint8Array, from: number, to: number): void {
    this.end = this.first;
    for (let at = from; at < to; at++) if ((kinds[chunk[at]!]! & DIGIT) !== 0) this.bytes[this.end++] = chunk[at]!;
  }
}
