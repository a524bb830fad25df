/** What is counted of the load of a database: PostgreSQL's own counters at one moment. */
export interface LoadSample {
  /** By the id of each query: how often it ran, and for how many milliseconds altogether. Null: it is not counted. */
  statements: Record<string, readonly [calls: number, milliseconds: number]> | null;
  commits: number;
  rollbacks: number;
}

/** One that could not be taken, and why. */
export type TakenSample = LoadSample | { failure: string };

/**
 * before: of the patch. warm: when the first minutes are over, in which a cache is filled. end: of the watch. second: of
 * a second look, at what seemed slower.
 */
export const sampleMoments = ["before", "warm", "end", "second"] as const;
export type SampleMoment = (typeof sampleMoments)[number];
