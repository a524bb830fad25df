// Pulumi's policy host compiles TypeScript with its own compiler, with type checks, at every start.
"use strict";
require("../../precompiled.cjs");
require("./index.ts");
