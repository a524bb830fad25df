import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { admissionPages } from "../../../automation/policy/pages";
import { admissionRules } from "../../../automation/policy/rules";

const root = join(__dirname, "../../..");
const ids = admissionRules.map(({ id }) => id);
const filesOf = (folder: string, ending: string) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith(ending))
    .map((name) => basename(name, ending))
    .sort();

test("one rule, one file, one test, one page", () => {
  expect(ids).toEqual(filesOf("automation/policy/rules", ".ts"));
  expect(filesOf("test/automation/policy/rules", ".test.ts")).toEqual(ids);
  expect(filesOf("docs/admission", ".md")).toEqual(ids);
});

test("a rule's name starts with a verb, and the rule says why it exists, what to do, and whose it is", () => {
  for (const { id, why, solution, owner } of admissionRules) {
    expect(id).toMatch(/^(require|forbid|prefer)-[a-z0-9-]+$/);
    expect([why.length > 60, solution.length > 20, owner]).toEqual([true, true, expect.stringMatching(/^team-/)]);
  }
});

test.each(admissionPages())("$file matches the rules (npm run pages)", ({ file, text }) => {
  expect(existsSync(join(root, file)) ? readFileSync(join(root, file), "utf8") : "missing").toBe(text);
});
