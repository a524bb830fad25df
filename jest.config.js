const swc = ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } }, module: { type: "commonjs" } }];

/** @type {import('jest').Config} */
module.exports = {
  roots: ["<rootDir>/test"],
  testMatch: ["**/*.test.ts"],
  transform: { "^.+\\.ts$": swc },
  testTimeout: 900_000, // several times "pulumi up" on a busy machine; what is slow is measured by benchmarks, never asserted
  maxWorkers: 2, // every worker runs databases and engines of its own
  globalSetup: "<rootDir>/test/global-setup.ts",
  reporters: ["default", "<rootDir>/test/closing-line.cjs"],
};
