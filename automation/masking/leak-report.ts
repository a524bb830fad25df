/** Pure: what a leak scan says. It names places and columns, and contains no value. */

/** By which of them a value was found. */
export type LeakArm = "value" | "definition" | "raw" | "position";

export interface LeakReport {
  searched: { values: number; columns: number; definitions: number; bytes: number; rawFiles: "read" | "not reachable" };
  /** Columns whose values are no evidence when they are found: these are compared by position only. */
  leftOut: { column: string; reason: "short" | "low-entropy" | "kept" }[];
  /** Where values can be met that nobody copied: how many, and how many are too many. */
  chance: { column: string; expected: number; seen: number; bound: number }[];
  hits: { place: string; column: string; arm: LeakArm; count: number }[];
}

/** More than this many are no chance, if so many are to be expected: chance exceeds it once in a thousand scans. */
export function boundOf(expected: number): number {
  if (expected > 100) return Math.ceil(expected + 3.1 * Math.sqrt(expected));
  // Poisson's: how probable each count is, until what is left is improbable enough.
  let probability = Math.exp(-expected);
  let left = 1 - probability;
  let bound = 0;
  while (left > 1e-3) {
    probability *= expected / ++bound;
    left -= probability;
  }
  return bound;
}

/** Counts by place and column. */
export class HitCounts {
  private readonly counts = new Map<string, { place: string; column: string; arm: LeakArm; count: number }>();

  add(place: string, column: string, arm: LeakArm, count = 1): void {
    const key = JSON.stringify([place, column, arm]);
    const known = this.counts.get(key);
    if (known) known.count += count;
    else this.counts.set(key, { place, column, arm, count });
  }

  include(hits: LeakReport["hits"]): void {
    for (const { place, column, arm, count } of hits) this.add(place, column, arm, count);
  }

  /** In the same order, whichever was met first. */
  list(): LeakReport["hits"] {
    const key = ({ place, column, arm }: LeakReport["hits"][number]) => JSON.stringify([place, column, arm]);
    return [...this.counts.values()].sort(
      (one, other) => other.count - one.count || (key(one) < key(other) ? -1 : key(one) > key(other) ? 1 : 0),
    );
  }
}
