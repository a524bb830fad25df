// `npm run new:rule -- require-something`: the file of a rule, of its test, and its place in the list.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newRule } from "./database-guardrails/authoring/new-rule";

const root = join(__dirname, "..");
const [id = ""] = process.argv.slice(2);
const problem = !/^(require|forbid|prefer)-[a-z0-9]+(-[a-z0-9]+)*$/.test(id)
  ? `"${id}" is no name of a rule; give a verb first: require-…, forbid-… or prefer-…, lower case, joined by hyphens`
  : existsSync(join(root, "policypacks", "database-guardrails", "rules", `${id}.ts`))
    ? `there is a rule ${id} already`
    : undefined;

if (problem !== undefined) {
  process.stderr.write(`error: ${problem}\n`);
  process.exitCode = 2;
} else {
  const list = "policypacks/database-guardrails/rules.ts";
  for (const { file, text } of newRule(id, readFileSync(join(root, list), "utf8")))
    writeFileSync(join(root, file), text);
  process.stdout.write(
    `policypacks/database-guardrails/rules/${id}.ts\ntest/policypacks/rules/${id}.test.ts\nfill them in, then: npm run pages\n`,
  );
}
