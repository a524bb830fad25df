#!/usr/bin/env node
// The launcher: in a checkout the sources run as they are (nothing stale), in an installed package the bundle of `dist/` does.
"use strict";
const { existsSync } = require("node:fs");
const { join } = require("node:path");

const packageFolder = join(__dirname, "..", "..");
const sources = join(__dirname, "main.ts");
if (existsSync(sources)) require("tsx/cjs");
const { main } = require(existsSync(sources) ? sources : join(packageFolder, "dist", "command-line.cjs"));

main(process.argv.slice(2), packageFolder).then((exitCode) => {
  process.exitCode = exitCode;
});
