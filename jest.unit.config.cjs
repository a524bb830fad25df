const { globalSetup: _, ...config } = require("./jest.config.js");

/**
 * The tests of `npm run check`: those that start no process and need neither engine nor plugins.
 * @type {import('jest').Config}
 */
module.exports = {
  ...config,
  // Whatever starts a server, a database or an engine is called *.cloud.test.ts or *.engine.test.ts, or stands in these folders.
  testPathIgnorePatterns: ["\\.(cloud|engine)\\.test\\.ts$", "/test/localcloud/(postgres|server)/", "/test/journeys/", "/test/bench/"],
};
