/**
 * Pure: numbers that were met, by how many digits they have. Chance meets short ones often and long ones never: so each
 * length has a bound of its own, and what many numbers of nine digits explain hides no account number of twenty.
 */
import { boundOf, HitCounts, type LeakArm, type LeakReport } from "./leak-report";

interface Length {
  /** Different numbers that are searched for. */
  values: number;
  expected: number;
  seen: number;
  hits: HitCounts;
}

export class LeakNumbers {
  private readonly lengths = new Map<number, Length>();

  get isEmpty(): boolean {
    return this.lengths.size === 0;
  }

  learn(digits: number): void {
    const of = this.lengths.get(digits) ?? { values: 0, expected: 0, seen: 0, hits: new HitCounts() };
    of.values++;
    this.lengths.set(digits, of);
  }

  /** A number of so many digits is looked up. False if none of that length is searched for. */
  expect(digits: number): boolean {
    const of = this.lengths.get(digits);
    if (of) of.expected += of.values / 10 ** digits;
    return of !== undefined;
  }

  hit(digits: number, place: string, column: string, arm: LeakArm): void {
    const of = this.lengths.get(digits);
    if (!of) return;
    of.seen++;
    of.hits.add(place, column, arm);
  }

  chance(): LeakReport["chance"] {
    return this.sorted().map(([digits, { expected, seen }]) => ({
      column: `numbers of ${digits} digits`,
      expected,
      seen,
      bound: boundOf(expected),
    }));
  }

  /** Those that chance does not explain. */
  hits(): LeakReport["hits"] {
    return this.sorted().flatMap(([, { expected, seen, hits }]) => (seen > boundOf(expected) ? hits.list() : []));
  }

  private sorted = (): [number, Length][] => [...this.lengths].sort(([one], [other]) => one - other);
}
