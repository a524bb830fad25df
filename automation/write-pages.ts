// Part of `npm run pages`: writes the tables in docs/errors.md, docs/standard.md and docs/masking.md, the schemas
// docs/standard.schema.json, docs/command-line.schema.json and docs/masking-*.schema.json, docs/arguments.md and
// the pages in docs/admission, and removes the pages of deleted rules.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { standardSchemaText, withFloor } from "../components/standards/page";
import { argumentsPage } from "./arguments-page";
import { outputsSchemaText } from "./command-line/json/schema";
import { componentSchema } from "./component-schema";
import { withErrors } from "./errors-page";
import { profileSchemaText, subsetSchemaText, withTransformers } from "./masking/page";
import { admissionPages } from "./policy/pages";

const docs = join(__dirname, "..", "docs");
const page = join(docs, "errors.md");
writeFileSync(page, withErrors(readFileSync(page, "utf8")));

const standard = join(docs, "standard.md");
writeFileSync(standard, withFloor(readFileSync(standard, "utf8")));
writeFileSync(join(docs, "standard.schema.json"), standardSchemaText());

writeFileSync(join(docs, "arguments.md"), argumentsPage(componentSchema()));
writeFileSync(join(docs, "command-line.schema.json"), outputsSchemaText());

const masking = join(docs, "masking.md");
writeFileSync(masking, withTransformers(readFileSync(masking, "utf8")));
writeFileSync(join(docs, "masking-profile.schema.json"), profileSchemaText());
writeFileSync(join(docs, "masking-subset.schema.json"), subsetSchemaText());

const folder = join(docs, "admission");
const wanted = admissionPages();
mkdirSync(folder, { recursive: true });
for (const { file, text } of wanted) writeFileSync(join(docs, "..", file), text);
for (const name of readdirSync(folder))
  if (!wanted.some(({ file }) => basename(file) === name)) rmSync(join(folder, name));
process.stdout.write(`the table in docs/errors.md, and ${wanted.length} pages in docs/admission\n`);
