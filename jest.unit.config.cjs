const swc = [
  "@swc/jest",
  { jsc: { target: "es2022", parser: { syntax: "typescript" } }, module: { type: "commonjs" } },
];

// Tests set their own cloud and database: the user's profile, Region and hosts must not reach them or their workers.
for (const name of Object.keys(process.env)) if (/^(AWS_|PG[A-Z])/.test(name)) delete process.env[name];

/**
 * The tests of `npm run check`: those that start no process and need neither engine nor plugins.
 * @type {import('jest').Config}
 */
module.exports = {
  displayName: "unit",
  // The roots include the sources, so that `jest --watch`, `-o` and `--findRelatedTests` know what a change affects.
  roots: ["<rootDir>"],
  modulePathIgnorePatterns: [
    "<rootDir>/dist/",
    "<rootDir>/\\.shipshape/",
    "<rootDir>/coverage/",
    "<rootDir>/\\.stryker-tmp/",
  ],
  testMatch: ["<rootDir>/test/**/*.test.ts"],
  transform: { "^.+\\.ts$": swc },
  testEnvironment: "<rootDir>/test/leak-environment.cjs",
  testTimeout: 60_000,
  // What starts a server, a database or an engine is called *.cloud.test.ts or *.engine.test.ts, or is in one of these
  // folders.
  testPathIgnorePatterns: [
    "\\.(cloud|engine)\\.test\\.ts$",
    "/test/localcloud/(postgres|server)/",
    "/test/journeys/",
    "/test/bench/",
  ],
};
