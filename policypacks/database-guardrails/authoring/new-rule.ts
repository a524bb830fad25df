import type { Page } from "./pages";

/** A rule that requires one property of a database. It runs as written; every text in it is a placeholder. */
export function newRule(id: string, rulesFile: string): Page[] {
  const name = id.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  return [
    { file: `policypacks/database-guardrails/rules/${id}.ts`, text: ruleText(id, name) },
    { file: `test/policypacks/rules/${id}.test.ts`, text: testText(id, name) },
    { file: "policypacks/database-guardrails/rules.ts", text: withRule(rulesFile, id, name) },
  ];
}

const ruleText = (id: string, name: string) => `import { defineRule } from "../judging/rule";
import { databases } from "../vocabulary/types";

export const ${name} = defineRule({
  id: "${id}",
  title: "What is true when the rule is met, in one line",
  severity: "low",
  owner: "team-platform",
  controls: [],
  properties: ["multiAz"],
  why: "The risk, in the words of someone on call.",
  solution: "Which property to set, and to what value.",
  types: databases,
  *check(database) {
    const found = database.boolean("multiAz");
    if (!found) yield { property: "multiAz", found, allowed: "true", change: "set multiAz to true" };
  },
});
`;

const testText = (
  id: string,
  name: string,
) => `import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { ${name} } from "../../../policypacks/database-guardrails/rules/${id}";
import { claims, database } from "../fixtures";

claims(${name}, {
  passes: { "a compliant database": database() },
  fails: {
    "a non-compliant one": [database({ multiAz: false }), "multiAz is false"],
    "no value": [database({ multiAz: undefined }), "not set"],
    "a value of the wrong type": [database({ multiAz: "perhaps" }), "true or false"],
  },
  undecided: { "an unknown value": database({ multiAz: unknown }) },
});
`;

/** Keeps the list and its imports sorted by name. */
function withRule(rulesFile: string, id: string, name: string): string {
  const imports = [...rulesFile.matchAll(/^import \{ \w+ \} from "\.\/rules\/.*$/gm)].map(([line]) => line);
  const names = [...rulesFile.matchAll(/^ {2}(\w+),$/gm)].map(([, found = ""]) => found);
  const sortedImports = [...imports, `import { ${name} } from "./rules/${id}";`].sort((one, other) =>
    compare(one.split('"')[1] ?? "", other.split('"')[1] ?? ""),
  );
  const firstImport = imports[0] ?? "";
  const lastImport = imports.at(-1) ?? "";
  const head = rulesFile.slice(0, rulesFile.indexOf(firstImport));
  const middle = rulesFile.slice(
    rulesFile.indexOf(lastImport) + lastImport.length,
    rulesFile.indexOf(`  ${names[0]},`),
  );
  const tail = rulesFile.slice(rulesFile.indexOf("\n];"));
  const order = sortedImports.map((line) => /\{ (\w+) \}/.exec(line)?.[1] ?? "");
  return `${head}${sortedImports.join("\n")}${middle}${order.map((one) => `  ${one},`).join("\n")}${tail}`;
}

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
