/** What `npm run mutants` changes, and which tests must notice. */
export interface Area {
  name: string;
  /** The sources, as globs. */
  sources: string[];
  /** The tests that run against each mutant, as globs. */
  tests: string[];
  /** The share of the source lines whose mutants are tried. @default 1: all of them */
  share?: number;
}

/** Draws the sampled lines; the same seed draws the same mutants of the same sources. */
export const seed = 20261126;

/** The minimum share of mutants that must be noticed, in per cent. */
export const killedPercentMin = 80;

export const areas: Area[] = [
  {
    name: "evidence",
    sources: ["automation/evidence/*.ts"],
    tests: ["test/automation/evidence/*.test.ts"],
    share: 0.2,
  },
  {
    name: "operations",
    sources: ["automation/operations/**/*.ts"],
    tests: ["test/automation/operations/**/*.test.ts"],
    share: 0.4,
  },
  {
    name: "policy",
    sources: ["automation/policy/**/*.ts"],
    tests: ["test/automation/policy/**/*.test.ts"],
  },
  {
    name: "observability",
    sources: ["automation/observability/*.ts"],
    tests: ["test/automation/observability/*.test.ts"],
  },
  {
    name: "runner",
    sources: ["automation/runner/*.ts", "automation/lifecycle.ts"],
    tests: ["test/automation/runner/*.test.ts", "test/automation/lifecycle*.test.ts"],
    share: 0.2, // most of it runs on a real PostgreSQL, some ten seconds a mutant
  },
];
