#!/usr/bin/env node
// The launcher: in a checkout it runs the sources directly (nothing stale), in an installed package the bundle in
// `dist/`.
"use strict";
const { existsSync } = require("node:fs");
const { join } = require("node:path");

const packageFolder = join(__dirname, "..", "..");
const sources = join(__dirname, "main.ts");
if (existsSync(sources)) runTypeScript();
const { main } = require(existsSync(sources) ? sources : join(packageFolder, "dist", "command-line.cjs"));

main(process.argv.slice(2), packageFolder).then((exitCode) => {
  process.exitCode = exitCode;
});

/** A fresh clone has no packages yet; a bare "Cannot find module" would not say what to do. */
function runTypeScript() {
  try {
    require("tsx/cjs");
  } catch (error) {
    if (error.code !== "MODULE_NOT_FOUND") throw error;
    process.stderr.write(
      `error: the packages of this checkout are not installed\nhint:  run \`npm ci\` in ${packageFolder}; \`npm run demo\` and \`npm test\` do that automatically\n`,
    );
    process.exit(1);
  }
}
