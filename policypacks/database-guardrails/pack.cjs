// Pulumi's policy host compiles TypeScript with its own compiler, types checked, at every start. tsx only strips the
// types, which takes a tenth of it.
"use strict";
require("tsx/cjs");
require("./index.ts");
