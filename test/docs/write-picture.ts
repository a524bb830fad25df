// Part of `npm run pages`: draws the imports into docs/architecture.md.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { drawArchitecture, withPicture } from "./architecture-picture";

const page = join(__dirname, "../../docs/architecture.md");
writeFileSync(page, withPicture(readFileSync(page, "utf8"), drawArchitecture()));
process.stdout.write("the picture in docs/architecture.md\n");
