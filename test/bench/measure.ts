/** What one run took. */
export interface Taken {
  seconds: number;
  /**
   * CPU time of all processes it started. If known, ratios are computed from it, because other work on the machine
   * changes it less.
   */
  cpuSeconds?: number;
}

/** Two things timed alternately within one run, so that a slow machine slows both. */
export interface Measure {
  name: string;
  /** The descriptions of `ours` and `floor` in the table. */
  ours: string;
  floor: string;
  runs: number;
  /** What its plain numbers are. @default seconds */
  unit?: "MB";
  /** Why it cannot be taken on this machine; it is left out then. */
  missing?(): string | undefined;
  /** Prepares what both need, and returns what to time; `after` runs once at the end, whatever the outcome. */
  prepare(): Promise<{
    ours(run: number): Promise<Taken | number | void>;
    floor(run: number): Promise<Taken | number | void>;
    after(): Promise<void>;
  }>;
}

export interface Measured {
  name: string;
  ours: string;
  floor: string;
  runs: number;
  oursTook: Taken;
  floorTook: Taken;
  unit: "MB" | undefined;
  /** The median of the runs' own ratios, not the ratio of the medians. */
  ratio: number;
}

export async function take(measure: Measure, progress: (line: string) => void): Promise<Measured> {
  const { name, ours, floor, runs, unit } = measure;
  const { after, ...things } = await measure.prepare();
  const pairs: { ours: Taken; floor: Taken }[] = [];
  try {
    for (let run = 0; run < runs; run++) {
      const pair = { floor: await time(() => things.floor(run)), ours: await time(() => things.ours(run)) };
      progress(`${name} ${run + 1}/${runs}: ${took(pair.ours, unit)} against ${took(pair.floor, unit)}`);
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
    unit,
    oursTook: typical(pairs.map((pair) => pair.ours)),
    floorTook: typical(pairs.map((pair) => pair.floor)),
    ratio: median(pairs.map((pair) => compared(pair.ours) / compared(pair.floor))),
  };
}

const compared = ({ seconds, cpuSeconds }: Taken): number => cpuSeconds ?? seconds;

function typical(all: Taken[]): Taken {
  const cpu = all.flatMap(({ cpuSeconds }) => cpuSeconds ?? []);
  const seconds = median(all.map((one) => one.seconds));
  return cpu.length === all.length ? { seconds, cpuSeconds: median(cpu) } : { seconds };
}

/** "3.32 s CPU in 3.01 s", "235 ms", or "1.2 MB". */
export const took = ({ seconds, cpuSeconds }: Taken, unit?: "MB"): string =>
  unit
    ? `${seconds.toPrecision(3)} ${unit}`
    : cpuSeconds === undefined
      ? rounded(seconds)
      : `${rounded(cpuSeconds)} CPU in ${rounded(seconds)}`;

const rounded = (seconds: number): string =>
  seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(2)} s`;

/** A subject that can time itself more precisely returns its own seconds. */
async function time(thing: () => Promise<Taken | number | void>): Promise<Taken> {
  const began = performance.now();
  const own = await thing();
  if (typeof own === "object") return own;
  return { seconds: own ?? (performance.now() - began) / 1000 };
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
