// Pulumi's policy host would compile TypeScript with its own compiler, including type checks, at every start.
"use strict";
require("../../precompiled.cjs");
require("./index.ts");
