/**
 * Pure: the masks of words that were met lately. A few thousand words are most of what people write, so looking one up
 * saves its hash. A word is compared whole, so what is found is what its hash would give. The memory is bounded, belongs
 * to one mask, and ends with the thread that copies.
 */
import { wordMasksKept } from "./limits";

/** A longer word is hashed each time. */
export const wordBytesMax = 16;

const WORDS = wordBytesMax / 4;
const shift = 32 - Math.log2(wordMasksKept);

export class WordMasks {
  /** The word in lower case, as four numbers, with zeros behind it. */
  private readonly words = new Int32Array(wordMasksKept * WORDS);
  /** Its mask in lower case. */
  private readonly masks = new Uint8Array(wordMasksKept * wordBytesMax);
  /** The chunk in which a place was last used: until that chunk is written, nothing takes its place. */
  private readonly usedIn = new Int32Array(wordMasksKept);
  private chunk = 0;

  beginChunk(): void {
    this.chunk++;
  }

  /**
   * Where a word of ASCII letters or digits is; with a place that is `claimed`, its mask is still to be set; −1: it has
   * to be masked without a place.
   */
  find(bytes: Buffer, from: number, to: number): number {
    if (to - from > wordBytesMax) return -1;
    const { words, usedIn } = this;
    const a = lowerWord(bytes, from, to);
    const b = lowerWord(bytes, from + 4, to);
    const c = lowerWord(bytes, from + 8, to);
    const d = lowerWord(bytes, from + 12, to);
    const mixed = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c ^ (d << 7), 0xc2b2ae35);
    const place = Math.imul(mixed ^ (mixed >>> 15), 0x9e3779b1) >>> shift;
    const at = place * WORDS;
    if (words[at] !== a || words[at + 1] !== b || words[at + 2] !== c || words[at + 3] !== d) {
      if (usedIn[place] === this.chunk) return -1;
      words[at] = a;
      words[at + 1] = b;
      words[at + 2] = c;
      words[at + 3] = d;
      usedIn[place] = this.chunk;
      return claimed(place);
    }
    usedIn[place] = this.chunk;
    return place;
  }

  /** Writes the mask of a place with the capitals of the word; returns where the next byte goes. */
  write(place: number, bytes: Buffer, from: number, to: number, out: Buffer, at: number): number {
    const { masks } = this;
    let mask = place * wordBytesMax;
    for (let i = from; i < to; i++) out[at++] = masks[mask++]! - (~bytes[i]! & smallBit);
    return at;
  }

  set(place: number, byte: number, mask: number): void {
    this.masks[place * wordBytesMax + byte] = mask;
  }
}

/** A place whose mask is not known yet, told apart from the others; and back. */
const claimed = (place: number): number => -2 - place;
export const placeOf = (found: number): number => (found < 0 ? -2 - found : found);

/** The bit that a small letter has and its capital has not; digits have it, too. */
const smallBit = 0x20;

/** Four letters in lower case or digits, as many of them as there are before the end. */
function lowerWord(bytes: Buffer, at: number, to: number): number {
  if (at + 4 <= to)
    return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24) | 0x20202020;
  let word = 0;
  for (let i = 0; at + i < to; i++) word |= (bytes[at + i]! | smallBit) << (8 * i);
  return word;
}
