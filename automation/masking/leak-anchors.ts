/**
 * Pure: where in a text a value may be. A value counts only where a word or number begins, or anywhere if it has an @:
 * so a text is looked at there, and nowhere else.
 *
 * A value is known by the hash of its first bytes, as many as 8, 16, 32 and so on, up to its length: what begins like
 * thousands of values, such as an address of the web, is looked at further, and not compared with all of them. A value
 * with an @ is known by the 8 bytes up to it.
 */
import { randomBytes } from "node:crypto";
import { folded } from "./fingerprint";

/** Bytes of the shortest hash: no shorter value can be searched for. */
export const anchorBytes = 8;

const AT = 0x40;
const LETTER = 1;
const DIGIT = 2;
/** With what no value begins: blanks and what separates fields. */
const BLANK = 3;

/** Of each byte whether a word goes on with it; 0: anything may begin there. */
const kinds = new Uint8Array(256).fill(LETTER, 0x80);
kinds.fill(BLANK, 0, 0x21);
kinds.fill(DIGIT, 0x30, 0x3a);
kinds.fill(LETTER, 0x41, 0x5b);
kinds.fill(LETTER, 0x61, 0x7b);

const lengthBits = 10;
/** Flag of a place: the hash is of the bytes up to an @. */
const aroundAt = 1 << 24;

/** Hashes of one value, at most: of 8, 16, 32, 64, 128 and 256 bytes. */
const hashesOfValueMax = 6;
/** Hashes that wait, each with its place and the value that it is of. */
const waitingMax = 1 << 13;
/** So many are looked up at once: the processor fetches what they need from memory at the same time. */
const atOnce = 32;

/** Calls for what may be a value: where it begins, and its length. */
type Visit = (start: number, length: number) => void;

/** What was noted, for threads: its memory is shared, not copied. */
export interface SharedAnchors {
  table: Int32Array<SharedArrayBuffer>;
  bits: Uint32Array<SharedArrayBuffer>;
  firsts: Uint32Array<SharedArrayBuffer>;
  shift: number;
  beforeAt: number;
  seeds: readonly [number, number];
}

export class LeakAnchors {
  /** Pairs: a hash, and its place: how many bytes it is of, and how long the value is (0: there are longer hashes). */
  private table = sharedInts(2 << 12);
  private used = 0;
  /** One bit for each hash that a text is looked up by first. */
  private bits = sharedBits(1 << 10);
  private shift = 32 - 15;
  /** One bit for each hash of a value's first four bytes: it stays in the processor's cache, and most texts fail here. */
  private firsts = sharedBits(1 << 14);
  /** How many bytes before an @ some hash begins, as bits. */
  private beforeAt = 0;
  private readonly seeds: readonly [number, number];
  private readonly waiting = new Int32Array(3 * waitingMax);
  private waits = 0;
  /** What was fetched ahead, so that no compiler leaves it out. */
  fetched = 0;

  /** `shared`: all of it was noted, by another thread. */
  constructor(shared?: SharedAnchors) {
    const random = randomBytes(8);
    this.seeds = shared?.seeds ?? [random.readInt32LE(0), random.readInt32LE(4)];
    if (!shared) return;
    ({ table: this.table, bits: this.bits, firsts: this.firsts } = shared);
    ({ shift: this.shift, beforeAt: this.beforeAt } = shared);
  }

  share(): SharedAnchors {
    const { table, bits, firsts, shift, beforeAt, seeds } = this;
    return { table, bits, firsts, shift, beforeAt, seeds };
  }

  /** Whether those that wait have to be inserted before another value is noted. */
  get isFull(): boolean {
    return this.waits + hashesOfValueMax > waitingMax;
  }

  /** `of`: the number of a value that may prove to be known already; −1: it is new. Waits for `insertWaiting`. */
  note(bytes: Uint8Array, from: number, length: number, of: number): void {
    let sign = 0;
    while (sign < length && bytes[from + sign] !== AT) sign++;
    if (sign < length) {
      const before = Math.min(sign, anchorBytes - 1);
      this.beforeAt |= 1 << before;
      const hash = this.hash(0, bytes, from + sign - before, anchorBytes);
      return this.wait(hash, aroundAt | (sign << lengthBits) | length, of);
    }
    const first = this.mixed(this.seeds[0], wordAt(bytes, from)) >>> firstShift;
    this.firsts[first >>> 5]! |= 1 << (first & 31);
    let hash = this.hash(0, bytes, from, anchorBytes);
    let level = 1;
    for (let width = anchorBytes; length >= 2 * width; width *= 2) {
      this.wait(hash, level++ << lengthBits, of);
      hash = this.hash(hash, bytes, from + width, width);
    }
    this.wait(hash, (level << lengthBits) | length, of);
  }

  private wait(hash: number, place: number, of: number): void {
    const at = 3 * this.waits++;
    this.waiting[at] = hash;
    this.waiting[at + 1] = place;
    this.waiting[at + 2] = of;
  }

  /** Those of new values. */
  insertWaiting(isNew: Uint8Array): void {
    const { waiting } = this;
    let kept = 0;
    for (let one = 0; one < this.waits; one++) {
      const of = waiting[3 * one + 2]!;
      if (of >= 0 && isNew[of] === 0) continue;
      waiting[2 * kept] = waiting[3 * one]!;
      waiting[2 * kept++ + 1] = waiting[3 * one + 1]!;
    }
    this.waits = 0;
    for (let from = 0; from < kept; from += atOnce) {
      const to = Math.min(kept, from + atOnce);
      while ((this.used + atOnce) * 4 > this.table.length) this.grow();
      const { table, bits, shift } = this;
      const last = table.length - 1;
      let fetched = 0;
      for (let one = from; one < to; one++) {
        const hash = waiting[2 * one]!;
        fetched ^= table[slotOf(hash, last)]! ^ bits[(hash >>> shift) >>> 5]!;
      }
      this.fetched = fetched;
      for (let one = from; one < to; one++) this.insert(waiting[2 * one]!, waiting[2 * one + 1]!);
    }
  }

  search(text: Uint8Array, from: number, to: number, visit: Visit): void {
    const { bits, shift, firsts } = this;
    const [seed] = this.seeds;
    const last = to - anchorBytes;
    let before = 0;
    for (let at = from; at < to; at++) {
      const kind = kinds[text[at]!]!;
      if (kind === before && kind !== 0) continue;
      before = kind;
      if (kind === BLANK) continue;
      if (text[at] === AT) this.lookAround(text, from, to, at, visit);
      else if (at <= last) {
        const four = this.mixed(seed, wordAt(text, at));
        const first = four >>> firstShift;
        if ((firsts[first >>> 5]! & (1 << (first & 31))) === 0) continue;
        const hash = Math.imul(this.mixed(four, wordAt(text, at + 4)), 0x85ebca6b);
        const bit = hash >>> shift;
        if (bits[bit >>> 5]! & (1 << (bit & 31))) this.lookFrom(text, at, to, hash, visit);
      }
    }
  }

  private lookFrom(text: Uint8Array, at: number, to: number, hash: number, visit: Visit): void {
    const { table } = this;
    const last = table.length - 1;
    let level = 1;
    for (let width = anchorBytes; ; width *= 2, level++) {
      let goesOn = false;
      for (let slot = slotOf(hash, last); table[slot + 1] !== 0; slot = (slot + 2) & last) {
        const place = table[slot + 1]!;
        if (table[slot] !== hash || place >> lengthBits !== level) continue;
        const length = place & ((1 << lengthBits) - 1);
        if (length === 0) goesOn = true;
        else if (at + length <= to) visit(at, length);
      }
      if (!goesOn || at + 2 * width > to) return;
      hash = this.hash(hash, text, at + width, width);
    }
  }

  private lookAround(text: Uint8Array, from: number, to: number, sign: number, visit: Visit): void {
    const { table, bits, shift } = this;
    const last = table.length - 1;
    for (let before = 0; before < anchorBytes; before++) {
      const begin = sign - before;
      if ((this.beforeAt & (1 << before)) === 0 || begin < from || begin + anchorBytes > to) continue;
      const hash = this.hash(0, text, begin, anchorBytes);
      const bit = hash >>> shift;
      if ((bits[bit >>> 5]! & (1 << (bit & 31))) === 0) continue;
      for (let slot = slotOf(hash, last); table[slot + 1] !== 0; slot = (slot + 2) & last) {
        const place = table[slot + 1]!;
        if (table[slot] !== hash || (place & aroundAt) === 0) continue;
        const ahead = (place & ~aroundAt) >> lengthBits;
        const start = sign - ahead;
        const length = place & ((1 << lengthBits) - 1);
        if (Math.min(ahead, anchorBytes - 1) === before && start >= from && start + length <= to) visit(start, length);
      }
    }
  }

  /** Of so many bytes, a multiple of four, after what was hashed before. */
  private hash(state: number, bytes: Uint8Array, at: number, width: number): number {
    let hash = state ^ this.seeds[0];
    for (let end = at + width; at < end; at += 4) hash = this.mixed(hash, wordAt(bytes, at));
    return Math.imul(hash, 0x85ebca6b);
  }

  private mixed(hash: number, word: number): number {
    const mixed = Math.imul(hash ^ word, 0x9e3779b1);
    return mixed ^ (mixed >>> 15) ^ this.seeds[1];
  }

  /** Each hash at each place once. */
  private insert(hash: number, place: number): void {
    const { table } = this;
    const last = table.length - 1;
    let slot = slotOf(hash, last);
    for (; table[slot + 1] !== 0; slot = (slot + 2) & last)
      if (table[slot] === hash && table[slot + 1] === place) return;
    table[slot] = hash;
    table[slot + 1] = place;
    this.mark(hash);
    this.used++;
  }

  private mark(hash: number): void {
    const bit = hash >>> this.shift;
    this.bits[bit >>> 5]! |= 1 << (bit & 31);
  }

  private grow(): void {
    const { table } = this;
    this.table = sharedInts(table.length * 2);
    // 4 bits for each pair, of which at most half are used: with more, the bitmap leaves the processor's cache.
    this.shift = Math.max(0, 32 - Math.log2(table.length) - 2);
    this.bits = sharedBits(2 ** (32 - this.shift - 5));
    this.used = 0;
    for (let slot = 0; slot < table.length; slot += 2)
      if (table[slot + 1] !== 0) this.insert(table[slot]!, table[slot + 1]!);
  }
}

export const sharedInts = (count: number) => new Int32Array(new SharedArrayBuffer(4 * count));
const sharedBits = (words: number) => new Uint32Array(new SharedArrayBuffer(4 * words));

const firstShift = 32 - 19;

/** Four bytes; A to Z count as a to z. */
const wordAt = (bytes: Uint8Array, at: number): number =>
  folded[bytes[at]!]! |
  (folded[bytes[at + 1]!]! << 8) |
  (folded[bytes[at + 2]!]! << 16) |
  (folded[bytes[at + 3]!]! << 24);

/** The first of its two numbers; its lower bits, since the upper ones are those of the bitmap. */
const slotOf = (hash: number, last: number): number => (hash << 1) & last;
