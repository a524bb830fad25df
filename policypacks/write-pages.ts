// `npm run pages`: regenerates the pages in docs/policies and the table in docs/guardrails.md, and removes the pages
// of deleted rules.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pages, withTable } from "./database-guardrails/authoring/pages";

const root = join(__dirname, "..");
const folder = join(root, "docs", "policies");
const wanted = pages();

mkdirSync(folder, { recursive: true });
for (const { file, text } of wanted) writeFileSync(join(root, file), text);
for (const name of readdirSync(folder))
  if (!wanted.some(({ file }) => basename(file) === name)) rmSync(join(folder, name));
const guardrails = join(root, "docs", "guardrails.md");
writeFileSync(guardrails, withTable(readFileSync(guardrails, "utf8")));
process.stdout.write(`${wanted.length} pages in docs/policies, and the table in docs/guardrails.md\n`);
