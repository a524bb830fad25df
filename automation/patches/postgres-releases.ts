/**
 * The days of PostgreSQL's minor releases, from the community's announcements (postgresql.org, "News"): RDS's API does
 * not say them. One that is missing is not guessed.
 */
const releases: readonly [day: string, versions: string][] = [
  ["2025-02-20", "17.4 16.8 15.12 14.17 13.20"],
  ["2025-11-13", "18.1 17.7 16.11 15.15 14.20 13.23"],
  ["2026-02-12", "18.2 17.8 16.12 15.16 14.21"],
  // Out of cycle: it fixes regressions of the release two weeks before.
  ["2026-02-26", "18.3 17.9 16.13 15.17 14.22"],
  ["2026-05-14", "18.4 17.10 16.14 15.18 14.23"],
];

/** `YYYY-MM-DD`; undefined for a version that is not in the table. */
export const releasedOn = (version: string): string | undefined =>
  releases.find(([, versions]) => versions.split(" ").includes(version))?.[0];
