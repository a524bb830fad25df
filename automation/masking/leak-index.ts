/**
 * Pure: the values that must not be found, as fingerprints, and where to look for them in a text. Nothing here can be
 * turned back into a value: the key is random, and ends with the process.
 *
 * Every value is found by its anchor: those 8 of its bytes that are rarest among a sample of the values. A text is
 * searched by the hash of each 8 bytes of it, which rolls on with one step a byte; where a bitmap and a table know that
 * hash, the whole value is compared by its fingerprint. All of it is typed arrays: some 40 bytes for each value.
 */
import { randomBytes } from "node:crypto";
import { folded, Fingerprint } from "./fingerprint";

/** Bytes of an anchor: no shorter value can be searched for. */
export const anchorBytes = 8;

/** Of a longer value, these first bytes are searched for: a part of it is evidence enough. */
export const valueBytesMax = 256;

/** They fit a processor's cache: with more, each count would wait for memory, and the sample needs no more. */
const GRAM_COUNTERS = 1 << 21;

/** So many values are all in the sample of which bytes are frequent, of further ones each 32nd. */
const sampledWhole = 1 << 18;

const rotate = (word: number, by: number): number => (word << by) | (word >>> (32 - by));

export class LeakIndex {
  readonly hash: Fingerprint;
  /** A random word for each byte, the same for both cases of a letter, and the same turned as far as an anchor is long. */
  private readonly words = new Int32Array(256);
  private readonly leaving: Int32Array;

  /** Fingerprint → column + 1. */
  private high = new Int32Array(1 << 12);
  private low = new Int32Array(1 << 12);
  private column = new Uint16Array(1 << 12);
  /** So many are searched for. */
  values = 0;
  private sampled = 0;

  private counts: Uint16Array | undefined = new Uint16Array(GRAM_COUNTERS);
  private bits = new Uint32Array(1 << 10);
  private shift = 32 - 15;
  private grams = new Int32Array(1 << 12);
  /** Where in the value the anchor is, and how long the value is; 0: unused. */
  private places = new Int32Array(1 << 12);

  constructor() {
    this.hash = new Fingerprint(randomBytes(8));
    const random = randomBytes(1024);
    for (let byte = 0; byte < 256; byte++) this.words[byte] = random.readInt32LE(4 * folded[byte]!);
    this.leaving = this.words.map((word) => rotate(word, anchorBytes));
  }

  /** First pass: which bytes are frequent. False if it is too short. `hash` has its fingerprint then. */
  sample(bytes: Uint8Array, from: number, to: number): boolean {
    const length = Math.min(to - from, valueBytesMax);
    if (length < anchorBytes) return false;
    this.hash.digest(bytes, from, length);
    if (this.sampled++ < sampledWhole || (this.hash.low & 31) === 0) this.count(bytes, from, length);
    return true;
  }

  /** Second pass: it is searched for. False if it was known, or is too short. `column` says where a hit is from. */
  add(bytes: Uint8Array, from: number, to: number, column: number): boolean {
    const length = Math.min(to - from, valueBytesMax);
    if (length < anchorBytes) return false;
    this.hash.digest(bytes, from, length);
    const slot = this.slot(this.hash.high, this.hash.low);
    if (this.column[slot] !== 0) return false;
    this.high[slot] = this.hash.high;
    this.low[slot] = this.hash.low;
    this.column[slot] = column + 1;
    const { at, gram } = this.rarest(bytes, from, length);
    this.note(gram, (at << 16) | length);
    if (++this.values * 2 > this.column.length) this.grow();
    return true;
  }

  /** The column of a value that is exactly these bytes; undefined if none is. */
  columnOf(bytes: Uint8Array, from: number, to: number): number | undefined {
    if (to - from < anchorBytes || to - from > valueBytesMax) return undefined;
    this.hash.digest(bytes, from, to - from);
    const column = this.column[this.slot(this.hash.high, this.hash.low)]!;
    return column === 0 ? undefined : column - 1;
  }

  /** After the passes. What was only needed to find anchors is freed. */
  finish(): void {
    this.counts = undefined;
  }

  get memoryBytes(): number {
    const arrays = [this.high, this.low, this.column, this.bits, this.grams, this.places];
    return arrays.reduce((sum, one) => sum + one.byteLength, 0);
  }

  /** Calls `found` for each value in the text: where it begins, its length, its column. Once for each position. */
  search(
    text: Uint8Array,
    from: number,
    to: number,
    found: (at: number, length: number, column: number) => void,
  ): void {
    const { words, leaving, bits, shift } = this;
    if (to - from < anchorBytes || this.values === 0) return;
    let hash = 0;
    for (let at = from; at < from + anchorBytes; at++) hash = rotate(hash, 1) ^ words[text[at]!]!;
    for (let at = from; ; at++) {
      const bit = Math.imul(hash, 0x9e3779b1) >>> shift;
      if (bits[bit >>> 5]! & (1 << (bit & 31))) this.look(text, from, to, at, hash, found);
      const next = at + anchorBytes;
      if (next >= to) return;
      hash = rotate(hash, 1) ^ leaving[text[at]!]! ^ words[text[next]!]!;
    }
  }

  private look(
    text: Uint8Array,
    from: number,
    to: number,
    at: number,
    gram: number,
    found: (at: number, length: number, column: number) => void,
  ): void {
    const { grams, places } = this;
    const last = places.length - 1;
    for (let slot = Math.imul(gram, 0x85ebca6b) & last; places[slot] !== 0; slot = (slot + 1) & last) {
      if (grams[slot] !== gram) continue;
      const start = at - (places[slot]! >>> 16);
      const length = places[slot]! & 0xffff;
      if (start < from || start + length > to) continue;
      this.hash.digest(text, start, length);
      const column = this.column[this.slot(this.hash.high, this.hash.low)]!;
      if (column !== 0) found(start, length, column - 1);
    }
  }

  private slot(high: number, low: number): number {
    const last = this.column.length - 1;
    let slot = (high ^ rotate(low, 7)) & last;
    while (this.column[slot] !== 0 && (this.high[slot] !== high || this.low[slot] !== low)) slot = (slot + 1) & last;
    return slot;
  }

  private grow(): void {
    const { high, low, column, grams, places } = this;
    const size = column.length * 2;
    this.high = new Int32Array(size);
    this.low = new Int32Array(size);
    this.column = new Uint16Array(size);
    column.forEach((of, at) => {
      if (of === 0) return;
      const slot = this.slot(high[at]!, low[at]!);
      this.high[slot] = high[at]!;
      this.low[slot] = low[at]!;
      this.column[slot] = of;
    });
    // 8 bits for each slot, of which at most half are used: with more, the bitmap leaves the processor's cache.
    this.shift = Math.max(0, 32 - Math.log2(size) - 3);
    this.bits = new Uint32Array(2 ** (32 - this.shift - 5));
    this.grams = new Int32Array(size);
    this.places = new Int32Array(size);
    places.forEach((place, at) => {
      if (place !== 0) this.note(grams[at]!, place);
    });
  }

  private gramAt(bytes: Uint8Array, at: number): number {
    let hash = 0;
    for (let one = at; one < at + anchorBytes; one++) hash = rotate(hash, 1) ^ this.words[bytes[one]!]!;
    return hash;
  }

  private count(bytes: Uint8Array, from: number, length: number): void {
    const { words, leaving } = this;
    const counts = this.counts!;
    let hash = this.gramAt(bytes, from);
    for (let at = from; ; at++) {
      const counter = hash & (GRAM_COUNTERS - 1);
      if (counts[counter]! < 0xffff) counts[counter]!++;
      const next = at + anchorBytes;
      if (next >= from + length) return;
      hash = rotate(hash, 1) ^ leaving[bytes[at]!]! ^ words[bytes[next]!]!;
    }
  }

  /** Where in the value, and what its hash is. */
  private rarest(bytes: Uint8Array, from: number, length: number): { at: number; gram: number } {
    const { words, leaving } = this;
    const counts = this.counts!;
    let hash = this.gramAt(bytes, from);
    let best = Infinity;
    let found = { at: 0, gram: hash };
    for (let at = from; ; at++) {
      const count = counts[hash & (GRAM_COUNTERS - 1)]!;
      if (count < best) {
        best = count;
        found = { at: at - from, gram: hash };
      }
      const next = at + anchorBytes;
      if (next >= from + length) return found;
      hash = rotate(hash, 1) ^ leaving[bytes[at]!]! ^ words[bytes[next]!]!;
    }
  }

  /** Each anchor at each place once: thousands of values with the same would make a text with it slow. */
  private note(gram: number, place: number): void {
    const bit = Math.imul(gram, 0x9e3779b1) >>> this.shift;
    this.bits[bit >>> 5]! |= 1 << (bit & 31);
    const last = this.places.length - 1;
    let slot = Math.imul(gram, 0x85ebca6b) & last;
    while (this.places[slot] !== 0 && (this.grams[slot] !== gram || this.places[slot] !== place))
      slot = (slot + 1) & last;
    this.grams[slot] = gram;
    this.places[slot] = place;
  }
}
