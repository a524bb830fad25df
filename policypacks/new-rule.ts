// `npm run new:rule -- require-something`: creates a rule and its test, and adds the rule to the list.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newRule } from "./database-guardrails/authoring/new-rule";

const root = join(__dirname, "..");
const [id = ""] = process.argv.slice(2);
const problem = !/^(require|forbid|prefer)-[a-z0-9]+(-[a-z0-9]+)*$/.test(id)
  ? `"${id}" is not a rule name; start with a verb: require-…, forbid-… or prefer-…, in lower case, joined by hyphens`
  : existsSync(join(root, "policypacks", "database-guardrails", "rules", `${id}.ts`))
    ? `the rule ${id} already exists`
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
