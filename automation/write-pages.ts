// Part of `npm run pages`: writes the table in docs/errors.md.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withErrors } from "./errors-page";

const page = join(__dirname, "..", "docs", "errors.md");
writeFileSync(page, withErrors(readFileSync(page, "utf8")));
process.stdout.write("the table in docs/errors.md\n");
