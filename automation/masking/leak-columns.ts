/**
 * Pure: what is learnt of the columns whose values must not be found. Whether a column's few different values are words
 * that are met everywhere is known at the end only: until then the fingerprints of what has few are kept apart.
 */
import type { LeakIndex } from "./leak-index";
import type { FieldForm } from "./leak-pieces";

/** What is known of a column after its values were learnt. */
export interface LearntColumn {
  name: string;
  form: FieldForm;
  /** By its type: no value of it is evidence. */
  isShort: boolean;
  /** Its few different values are words that are met everywhere: only addresses and numbers of it are searched for. */
  lowEntropy: boolean;
  /** How often there was a value that is long enough to be searched for. */
  long: number;
}

interface SearchedColumn extends LearntColumn {
  /** Which fingerprints were seen, for an estimate of how many different values there are. */
  seen: Uint8Array;
  /** How many bits of `seen` are set. */
  marks: number;
  /** Fingerprints that are searched for unless these stay few; undefined once they are not. */
  waiting: Map<number, [high: number, low: number]> | undefined;
}

/** A column of fewer different values than this may consist of towns, states or titles. */
const wordsMax = 4096;
const seenBits = 1 << 16;
/** With so many marks there are as many different values. */
const marksOfWords = Math.ceil(seenBits * (1 - Math.exp(-wordsMax / seenBits)));

export class LeakColumns {
  readonly all: SearchedColumn[] = [];

  /** `learnt`: by another thread. */
  constructor(
    private readonly index: LeakIndex,
    learnt: readonly LearntColumn[] = [],
  ) {
    for (const one of learnt) this.all.push({ ...one, seen: new Uint8Array(0), marks: 0, waiting: undefined });
  }

  add(name: string, isShort: boolean, form: FieldForm): number {
    const counted = { long: 0, seen: new Uint8Array(seenBits / 8), marks: 0, waiting: new Map() };
    return this.all.push({ name, form, isShort, lowEntropy: false, ...counted }) - 1;
  }

  share(): LearntColumn[] {
    return this.all.map(({ name, form, isShort, lowEntropy, long }) => ({ name, form, isShort, lowEntropy, long }));
  }

  /**
   * A value of a column. `identifies`: it is searched for however often it is repeated; `digits`: how many it has, if it
   * is a number; 0: it is searched for inside of texts.
   */
  learn(column: number, bytes: Uint8Array, from: number, to: number, identifies: boolean, digits: number): void {
    const { index } = this;
    const own = this.all[column]!;
    if (!index.measure(bytes, from, to)) return;
    const { high, low } = index;
    own.long++;
    if (own.waiting) this.mark(own, column, high);
    if (own.waiting && !identifies) {
      const key = (high >>> 0) * 2 ** 20 + (low >>> 12);
      if (own.waiting.has(key)) return;
      own.waiting.set(key, [high, low]);
      if (digits === 0) index.note(bytes, from, to);
    } else if (digits > 0) index.add(high, low, column, digits);
    else index.addText(high, low, column, bytes, from, to);
  }

  private mark(own: SearchedColumn, column: number, high: number): void {
    const mark = 1 << (high & 7);
    const at = (high >>> 3) & (seenBits / 8 - 1);
    if ((own.seen[at]! & mark) !== 0) return;
    own.seen[at]! |= mark;
    if (++own.marks >= marksOfWords) this.release(own, column);
  }

  /** After all values were learnt. */
  end(): void {
    this.all.forEach((own, column) => {
      const distinct = -seenBits * Math.log((seenBits - own.marks) / seenBits);
      own.lowEntropy = own.waiting !== undefined && own.long >= 100 && distinct * 10 < own.long;
      if (!own.lowEntropy) this.release(own, column);
      own.waiting = undefined;
    });
    this.index.settle();
  }

  private release(own: SearchedColumn, column: number): void {
    for (const [high, low] of own.waiting?.values() ?? []) this.index.add(high, low, column);
    own.waiting = undefined;
  }
}
