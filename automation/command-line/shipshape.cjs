#!/usr/bin/env node
// The launcher: in a checkout it runs the sources, compiled again when one of them has changed; in an installed package
// it runs what is in `dist/`.
"use strict";
const { existsSync } = require("node:fs");
const { join } = require("node:path");

const packageFolder = join(__dirname, "..", "..");
const sources = join(__dirname, "main.ts");
if (existsSync(sources)) prepareCheckout();
const { main } = require(existsSync(sources) ? sources : join(packageFolder, "dist", "command-line.cjs"));

main(process.argv.slice(2), packageFolder).then((exitCode) => {
  process.exitCode = exitCode;
});

function prepareCheckout() {
  // A fresh clone has no packages yet; a bare "Cannot find module" would not say what to do.
  if (!existsSync(join(packageFolder, "node_modules", "esbuild"))) {
    process.stderr.write(
      `error: the packages of this checkout are not installed\nhint:  run \`npm ci\` in ${packageFolder}; \`npm run demo\` and \`npm test\` do that automatically\n`,
    );
    process.exit(1);
  }
  require(join(packageFolder, "precompiled.cjs"));
}
