const unit = require("./jest.unit.config.cjs");

/**
 * All tests. Those that need the Pulumi engine and its plugins are a project of their own, so that naming a unit test
 * starts it at once.
 * @type {import('jest').Config}
 */
module.exports = {
  projects: [
    unit,
    {
      ...unit,
      displayName: "real",
      testPathIgnorePatterns: ["/test/bench/"],
      testRegex: unit.testPathIgnorePatterns
        .filter((pattern) => !pattern.includes("bench"))
        .map((pattern) => (pattern.endsWith("$") ? pattern : `${pattern}.*\\.test\\.ts$`)),
      testMatch: undefined,
      globalSetup: "<rootDir>/test/global-setup.ts",
    },
  ],
  testTimeout: 900_000, // several times "pulumi up" on a busy machine; what is slow is measured by benchmarks, never asserted
  maxWorkers: 3, // more than the build server has cores: engines, databases and clouds wait much of the time
  reporters: ["default", "<rootDir>/test/closing-line.cjs"],
};
