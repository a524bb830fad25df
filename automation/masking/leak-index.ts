/**
 * Pure: the values that must not be found, as fingerprints. Nothing here can be turned back into a value: the key is
 * random, and ends with the process. `leak-anchors.ts` says where in a text one may be; there the whole value is
 * compared by its fingerprint. All of it is typed arrays: some 50 bytes for each value.
 */
import { randomBytes } from "node:crypto";
import { Fingerprint } from "./fingerprint";
import { anchorBytes, LeakAnchors } from "./leak-anchors";

/** Of a longer value, these first bytes are searched for: a part of it is evidence enough. */
export const valueBytesMax = 256;

const rotate = (word: number, by: number): number => (word << by) | (word >>> (32 - by));

export class LeakIndex {
  private readonly hash = new Fingerprint(randomBytes(8));
  private readonly anchors = new LeakAnchors();
  /** Threes: a fingerprint, and its column + 1. */
  private entries = new Int32Array(3 << 12);
  /** So many are searched for. */
  values = 0;
  /** The fingerprint of what was measured last. */
  high = 0;
  low = 0;

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
    this.anchors.note(bytes, from, Math.min(to - from, valueBytesMax));
  }

  /** A fingerprint is searched for. False if it was before. `column` says where a hit is from. */
  add(high: number, low: number, column: number): boolean {
    const { entries } = this;
    const slot = this.slot(high, low);
    if (entries[slot + 2] !== 0) return false;
    entries[slot] = high;
    entries[slot + 1] = low;
    entries[slot + 2] = column + 1;
    if (++this.values * 6 > entries.length) this.grow();
    return true;
  }

  /** The column of a value that is exactly these bytes; undefined if none is. */
  columnOf(bytes: Uint8Array, from: number, to: number): number | undefined {
    if (to - from > valueBytesMax || !this.measure(bytes, from, to)) return undefined;
    const column = this.entries[this.slot(this.high, this.low) + 2]!;
    return column === 0 ? undefined : column - 1;
  }

  get memoryBytes(): number {
    return this.entries.byteLength + this.anchors.memoryBytes;
  }

  /** Calls `found` for each value in the text: where it begins, its length, its column. Once for each position. */
  search(
    text: Uint8Array,
    from: number,
    to: number,
    found: (at: number, length: number, column: number) => void,
  ): void {
    if (this.values === 0) return;
    this.anchors.search(text, from, to, (start, length) => {
      const column = this.columnOf(text, start, start + length);
      if (column !== undefined) found(start, length, column);
    });
  }

  private slot(high: number, low: number): number {
    const { entries } = this;
    const count = entries.length / 3;
    let slot = (high ^ rotate(low, 7)) & (count - 1);
    while (entries[3 * slot + 2] !== 0 && (entries[3 * slot] !== high || entries[3 * slot + 1] !== low))
      slot = (slot + 1) & (count - 1);
    return 3 * slot;
  }

  private grow(): void {
    const { entries } = this;
    this.entries = new Int32Array(entries.length * 2);
    for (let at = 0; at < entries.length; at += 3) {
      if (entries[at + 2] === 0) continue;
      const slot = this.slot(entries[at]!, entries[at + 1]!);
      this.entries[slot] = entries[at]!;
      this.entries[slot + 1] = entries[at + 1]!;
      this.entries[slot + 2] = entries[at + 2]!;
    }
  }
}
