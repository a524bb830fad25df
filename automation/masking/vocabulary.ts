/**
 * Pure: invented words, so that no fake name is a real one. A library's lists do not do: nearly half of the full names
 * drawn from one equal a real name of a large table, and a search for leaks cannot tell them from leaks.
 *
 * A word is two or three syllables of three letters each. A word that the source contains is never used: another takes
 * its place, and all other masks stay as they are.
 */

/** Sixteen onsets of two letters, four vowels: 64 syllables of three bytes. */
const onsets = ["br", "dr", "fl", "gl", "kr", "pl", "sk", "sl", "sv", "tr", "tv", "vl", "vr", "zl", "zn", "zv"];
const vowels = ["a", "e", "i", "o"];
const syllables = Buffer.from(onsets.flatMap((onset) => vowels.map((vowel) => onset + vowel)).join(""));

const numberOf = new Map(
  Array.from({ length: 64 }, (_, i) => [syllables.toString("latin1", i * 3, i * 3 + 3), i] as const),
);

const uppercase = 0x20;

export class Vocabulary {
  /** How many words there are: 64 to the power of the syllables. */
  readonly size: number;
  readonly bytes: number;
  private readonly taken = new Set<number>();

  constructor(
    readonly syllableCount: 2 | 3,
    sourceWords: ReadonlySet<string>,
  ) {
    this.size = 64 ** syllableCount;
    this.bytes = 3 * syllableCount;
    for (const word of sourceWords) {
      const number = this.find(word);
      if (number !== undefined) this.taken.add(number);
    }
  }

  /** The number of a word, whatever its case; undefined if it is none of these. */
  find(word: string): number | undefined {
    if (word.length !== this.bytes) return undefined;
    let number = 0;
    for (let i = 0; i < this.bytes; i += 3) {
      const syllable = numberOf.get(word.slice(i, i + 3).toLowerCase());
      if (syllable === undefined) return undefined;
      number = number * 64 + syllable;
    }
    return number;
  }

  /** Writes the word of a hash; returns where the next byte goes. */
  write(hash: number, isCapital: boolean, out: Buffer, at: number): number {
    // The size is a power of two.
    const last = this.size - 1;
    let number = hash & last;
    // As many steps as words of the source are words of ours, at most; a step coprime to the size meets every word.
    if (this.taken.size > 0)
      for (let tries = 0; this.taken.has(number) && tries < this.size; tries++) number = (number + 2731) & last;
    const from = at;
    for (let shift = 6 * (this.syllableCount - 1); shift >= 0; shift -= 6) {
      const syllable = ((number >> shift) & 63) * 3;
      out[at++] = syllables[syllable]!;
      out[at++] = syllables[syllable + 1]!;
      out[at++] = syllables[syllable + 2]!;
    }
    if (isCapital) out[from]! -= uppercase;
    return at;
  }
}

/** Matches the words that are made of our syllables: no other word of a source can be one of ours. */
export const inventedWord = `(?:(?:${onsets.join("|")})[${vowels.join("")}]){2,3}`;

/** The words of a text of the source, as `sourceWords` wants them. */
export const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{M}]+/gu) ?? [];

const alphabet = Buffer.from("abcdefghijklmnopqrstuvwxyz234567");

/** Writes so many characters of base 32, 5 bits each, of a hash of 16 bytes: at most 25. */
export function writeBase32(hash: Buffer, from: number, characters: number, out: Buffer, at: number): number {
  let bits = 0;
  let value = 0;
  let read = from;
  for (let i = 0; i < characters; i++) {
    if (bits < 5) {
      value = ((value & 0x1f) << 8) | hash[read++]!;
      bits += 8;
    }
    bits -= 5;
    out[at++] = alphabet[(value >> bits) & 0x1f]!;
  }
  return at;
}
