/**
 * Pure: numbers that were met, by how many digits they have. Chance meets short ones often and long ones never: so each
 * length has a bound of its own, and what many numbers of nine digits explain hides no account number of twenty.
 */
import { boundOf, HitCounts, type LeakArm, type LeakReport } from "./leak-report";

/** How many different numbers of each length are searched for. */
export type LearntNumbers = (readonly [digits: number, values: number])[];

/** What was met of one length. */
export interface FoundNumbers {
  digits: number;
  lookedUp: number;
  seen: number;
  hits: LeakReport["hits"];
}

interface Length {
  /** Different numbers that are searched for. */
  values: number;
  /** Numbers of a copy that were looked up. */
  lookedUp: number;
  seen: number;
  hits: HitCounts;
}

export class LeakNumbers {
  private readonly lengths = new Map<number, Length>();

  /** `learnt`: by another thread. */
  constructor(learnt: LearntNumbers = []) {
    for (const [digits, values] of learnt) this.lengths.set(digits, { ...lengthOf(), values });
  }

  get isEmpty(): boolean {
    return this.lengths.size === 0;
  }

  learn(digits: number): void {
    const of = this.lengths.get(digits) ?? lengthOf();
    of.values++;
    this.lengths.set(digits, of);
  }

  share(): LearntNumbers {
    return [...this.lengths].map(([digits, { values }]) => [digits, values] as const);
  }

  /** A number of so many digits is looked up. False if none of that length is searched for. */
  expect(digits: number): boolean {
    const of = this.lengths.get(digits);
    if (of) of.lookedUp++;
    return of !== undefined;
  }

  hit(digits: number, place: string, column: string, arm: LeakArm): void {
    const of = this.lengths.get(digits);
    if (!of) return;
    of.seen++;
    of.hits.add(place, column, arm);
  }

  found(): FoundNumbers[] {
    return [...this.lengths].map(([digits, { lookedUp, seen, hits }]) => ({
      digits,
      lookedUp,
      seen,
      hits: hits.list(),
    }));
  }

  /** What another search met, for the same numbers. */
  include(found: readonly FoundNumbers[]): void {
    for (const { digits, lookedUp, seen, hits } of found) {
      const of = this.lengths.get(digits);
      if (!of) continue;
      of.lookedUp += lookedUp;
      of.seen += seen;
      of.hits.include(hits);
    }
  }

  chance(): LeakReport["chance"] {
    return this.sorted().map(([digits, of]) => ({
      column: `numbers of ${digits} digits`,
      expected: expectedOf(digits, of),
      seen: of.seen,
      bound: boundOf(expectedOf(digits, of)),
    }));
  }

  /** Those that chance does not explain. */
  hits(): LeakReport["hits"] {
    return this.sorted().flatMap(([digits, of]) => (of.seen > boundOf(expectedOf(digits, of)) ? of.hits.list() : []));
  }

  private sorted = (): [number, Length][] => [...this.lengths].sort(([one], [other]) => one - other);
}

const lengthOf = (): Length => ({ values: 0, lookedUp: 0, seen: 0, hits: new HitCounts() });

const expectedOf = (digits: number, { values, lookedUp }: Length): number => (lookedUp * values) / 10 ** digits;
