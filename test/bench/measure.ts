/** Two things timed alternately within one run, so that a slow machine slows both. */
export interface Measure {
  name: string;
  /** The descriptions of `ours` and `floor` in the table. */
  ours: string;
  floor: string;
  runs: number;
  /** Why it cannot be taken on this machine; it is left out then. */
  missing?(): string | undefined;
  /** Prepares what both need, and returns what to time; `after` runs once at the end, whatever the outcome. */
  prepare(): Promise<{
    ours(run: number): Promise<number | void>;
    floor(run: number): Promise<number | void>;
    after(): Promise<void>;
  }>;
}

export interface Measured {
  name: string;
  ours: string;
  floor: string;
  runs: number;
  oursSeconds: number;
  floorSeconds: number;
  /** The median of the runs' own ratios, not the ratio of the medians. */
  ratio: number;
}

export async function take(measure: Measure, progress: (line: string) => void): Promise<Measured> {
  const { name, ours, floor, runs } = measure;
  const { after, ...things } = await measure.prepare();
  const pairs: { ours: number; floor: number }[] = [];
  try {
    for (let run = 0; run < runs; run++) {
      const pair = { floor: await time(() => things.floor(run)), ours: await time(() => things.ours(run)) };
      progress(`${name} ${run + 1}/${runs}: ${pair.ours.toFixed(3)} s against ${pair.floor.toFixed(3)} s`);
      pairs.push(pair);
    }
  } finally {
    await after();
  }
  return {
    name,
    ours,
    floor,
    runs,
    oursSeconds: median(pairs.map((pair) => pair.ours)),
    floorSeconds: median(pairs.map((pair) => pair.floor)),
    ratio: median(pairs.map((pair) => pair.ours / pair.floor)),
  };
}

/** A subject that can time itself more precisely returns its own seconds. */
async function time(thing: () => Promise<number | void>): Promise<number> {
  const began = performance.now();
  const own = await thing();
  return own ?? (performance.now() - began) / 1000;
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
