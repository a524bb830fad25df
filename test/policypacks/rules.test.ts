import { builtIn } from "../../components/standards/built-in";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { newRule } from "../../policypacks/database-guardrails/authoring/new-rule";
import { pages, withTable } from "../../policypacks/database-guardrails/authoring/pages";
import { allowedOf, optionProblem, purposeOf, settingsOf } from "../../policypacks/database-guardrails/judging/options";
import { auditedProperties, rules } from "../../policypacks/database-guardrails/rules";
import { today } from "./fixtures";

const root = join(__dirname, "../..");
const read = (file: string) => readFileSync(join(root, file), "utf8");
const ids = rules.map(({ id }) => id);
const filesOf = (folder: string, ending: string) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith(ending))
    .map((name) => basename(name, ending))
    .sort();

describe("one rule, one file, one test, one page", () => {
  test("the list contains exactly the rules in the folder, under their file names", () => {
    expect(ids).toEqual(filesOf("policypacks/database-guardrails/rules", ".ts"));
  });

  test("each rule has a test with the same name", () => {
    expect(filesOf("test/policypacks/rules", ".test.ts")).toEqual(ids);
  });

  test("a rule's name starts with a verb, and the rule says why it exists and what to do", () => {
    for (const { id, title, why, solution, owner } of rules) {
      expect(id).toMatch(/^(require|forbid|prefer)-[a-z0-9-]+$/);
      expect(title).not.toMatch(/\.$/);
      expect([why.length > 60, solution.length > 20, owner]).toEqual([true, true, expect.stringMatching(/^team-/)]);
    }
  });

  test("a rule lists resource types for exactly the checks that it has", () => {
    const inconsistent = rules.filter(
      (rule) =>
        (rule.check === undefined) !== (rule.types === undefined) ||
        (rule.checkInStack === undefined) !== (rule.typesInStack === undefined),
    );
    expect(inconsistent.map(({ id }) => id)).toEqual([]);
  });

  test("an option says what it is for and what is allowed, and a rule works without any config", () => {
    for (const rule of rules) {
      for (const option of Object.values(rule.options ?? {}))
        expect([purposeOf(option), allowedOf(option)]).not.toContain("");
      expect(settingsOf(rule, { standard: builtIn, today, audited: auditedProperties })).toMatchObject({ today });
      expect(optionProblem(rule, "colour", "red")).toContain('unknown option "colour"');
    }
  });
});

describe("pages", () => {
  test.each(pages())("$file matches the rules (npm run pages)", ({ file, text }) => {
    expect(existsSync(join(root, file)) ? read(file) : "missing").toBe(text);
  });

  test("no deleted rule has a page", () => {
    expect(filesOf("docs/policies", ".md")).toEqual([...ids, "controls"].sort());
  });

  test("the table in docs/guardrails.md matches the rules (npm run pages)", () => {
    expect(read("docs/guardrails.md")).toBe(withTable(read("docs/guardrails.md")));
  });
});

test("a new rule comes with a test, and is added to the sorted list", () => {
  const files = newRule("require-new-thing", read("policypacks/database-guardrails/rules.ts"));
  expect(files.map(({ file }) => file)).toEqual([
    "policypacks/database-guardrails/rules/require-new-thing.ts",
    "test/policypacks/rules/require-new-thing.test.ts",
    "policypacks/database-guardrails/rules.ts",
  ]);
  const list = files[2]?.text ?? "";
  const imported = [...list.matchAll(/"\.\/rules\/([^"]+)"/g)].map(([, id]) => id);
  expect(imported).toEqual([...ids, "require-new-thing"].sort());
  expect([...list.matchAll(/^ {2}(\w+),$/gm)]).toHaveLength(ids.length + 1);
});
