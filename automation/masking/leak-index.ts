/**
 * Pure: the values that must not be found, as fingerprints. Nothing here can be turned back into a value: the key is
 * random, and ends with the process. `leak-anchors.ts` says where in a text one may be; there the whole value is
 * compared by its fingerprint. All of it is typed arrays: some 50 bytes for each value.
 */
import { randomBytes } from "node:crypto";
import { Fingerprint } from "./fingerprint";
import { anchorBytes, LeakAnchors, sharedInts, type SharedAnchors } from "./leak-anchors";

/** Of a longer value, these first bytes are searched for: a part of it is evidence enough. */
export const valueBytesMax = 256;

/** Values that wait: few enough to stay in the processor's cache. */
const waitingMax = 2048;
/** So many are looked up at once: the processor fetches what they need from memory at the same time. */
const atOnce = 32;

const startOf = (high: number, low: number): number => high ^ ((low << 7) | (low >>> 25));

/** What was added, for threads: its memory is shared, not copied. */
export interface SharedIndex {
  key: Uint8Array;
  entries: Int32Array<SharedArrayBuffer>;
  values: number;
  anchors: SharedAnchors;
}

export class LeakIndex {
  private readonly key: Buffer;
  private readonly hash: Fingerprint;
  private readonly anchors: LeakAnchors;
  /** Threes: a fingerprint, and its column + 1. */
  private entries = sharedInts(3 << 12);
  /** So many are searched for. */
  values = 0;
  /** The fingerprint of what was measured last. */
  high = 0;
  low = 0;
  /** Fours: a fingerprint, its column, its digits. */
  private readonly waiting = new Int32Array(4 * waitingMax);
  private waits = 0;
  private readonly isNew = new Uint8Array(waitingMax);
  /** What was fetched ahead, so that no compiler leaves it out. */
  fetched = 0;

  /** `newNumber` is called for each number that was not known before; `shared`: another thread added everything. */
  constructor(
    private readonly newNumber: (digits: number) => void = () => undefined,
    shared?: SharedIndex,
  ) {
    this.key = shared ? Buffer.from(shared.key) : randomBytes(8);
    this.hash = new Fingerprint(this.key);
    this.anchors = new LeakAnchors(shared?.anchors);
    if (shared) ({ entries: this.entries, values: this.values } = shared);
  }

  /** Of what was settled. Nothing may be added afterwards, here or there. */
  share(): SharedIndex {
    const { key, entries, values, anchors } = this;
    return { key, entries, values, anchors: anchors.share() };
  }

  /** Takes the fingerprint of a value. False if it is too short to be searched for. */
  measure(bytes: Uint8Array, from: number, to: number): boolean {
    const length = Math.min(to - from, valueBytesMax);
    if (length < anchorBytes) return false;
    this.hash.digest(bytes, from, length);
    this.high = this.hash.high;
    this.low = this.hash.low;
    return true;
  }

  /** Where in a text it may be. Only `add` makes that a hit. */
  note(bytes: Uint8Array, from: number, to: number): void {
    if (this.anchors.isFull) this.settle();
    this.anchors.note(bytes, from, Math.min(to - from, valueBytesMax), -1);
  }

  /**
   * A fingerprint is searched for. `column` says where a hit is from: the first that has it. Of a number, how many
   * `digits` it has. It waits for others: in tables of hundreds of megabytes each look-up waits for memory, and many
   * can wait at once.
   */
  add(high: number, low: number, column: number, digits = 0): void {
    if (this.waits === waitingMax || this.anchors.isFull) this.settle();
    const at = 4 * this.waits++;
    this.waiting[at] = high;
    this.waiting[at + 1] = low;
    this.waiting[at + 2] = column;
    this.waiting[at + 3] = digits;
  }

  /** The same, and where in a text it may be, unless it is known already. */
  addText(high: number, low: number, column: number, bytes: Uint8Array, from: number, to: number): void {
    this.add(high, low, column);
    this.anchors.note(bytes, from, Math.min(to - from, valueBytesMax), this.waits - 1);
  }

  /** Adds what waits. */
  settle(): void {
    const { waiting, isNew } = this;
    for (let from = 0; from < this.waits; from += atOnce) {
      const to = Math.min(this.waits, from + atOnce);
      while ((this.values + atOnce) * 6 > this.entries.length) this.grow();
      const { entries } = this;
      const last = entries.length / 3 - 1;
      let fetched = 0;
      for (let one = from; one < to; one++)
        fetched ^= entries[3 * (startOf(waiting[4 * one]!, waiting[4 * one + 1]!) & last) + 2]!;
      this.fetched = fetched;
      for (let one = from; one < to; one++) isNew[one] = this.insert(4 * one) ? 1 : 0;
    }
    this.waits = 0;
    this.anchors.insertWaiting(isNew);
  }

  /** False if it was there before. */
  private insert(at: number): boolean {
    const { entries, waiting } = this;
    const [high, low] = [waiting[at]!, waiting[at + 1]!];
    const slot = this.slot(high, low);
    if (entries[slot + 2] !== 0) return false;
    entries[slot] = high;
    entries[slot + 1] = low;
    entries[slot + 2] = waiting[at + 2]! + 1;
    this.values++;
    const digits = waiting[at + 3]!;
    if (digits > 0) this.newNumber(digits);
    return true;
  }

  /** The column of a value that is exactly these bytes; undefined if none is. */
  columnOf(bytes: Uint8Array, from: number, to: number): number | undefined {
    if (to - from > valueBytesMax || !this.measure(bytes, from, to)) return undefined;
    const column = this.entries[this.slot(this.high, this.low) + 2]!;
    return column === 0 ? undefined : column - 1;
  }

  /** Calls `found` for each value in the text: where it begins, its length, its column. Once for each position. */
  search(
    text: Uint8Array,
    from: number,
    to: number,
    found: (at: number, length: number, column: number) => void,
  ): void {
    if (this.waits > 0) this.settle();
    if (this.values === 0) return;
    this.anchors.search(text, from, to, (start, length) => {
      const column = this.columnOf(text, start, start + length);
      if (column !== undefined) found(start, length, column);
    });
  }

  private slot(high: number, low: number): number {
    const { entries } = this;
    const count = entries.length / 3;
    let slot = startOf(high, low) & (count - 1);
    while (entries[3 * slot + 2] !== 0 && (entries[3 * slot] !== high || entries[3 * slot + 1] !== low))
      slot = (slot + 1) & (count - 1);
    return 3 * slot;
  }

  private grow(): void {
    const { entries } = this;
    this.entries = sharedInts(entries.length * 2);
    for (let at = 0; at < entries.length; at += 3) {
      if (entries[at + 2] === 0) continue;
      const slot = this.slot(entries[at]!, entries[at + 1]!);
      this.entries[slot] = entries[at]!;
      this.entries[slot + 1] = entries[at + 1]!;
      this.entries[slot + 2] = entries[at + 2]!;
    }
  }
}
