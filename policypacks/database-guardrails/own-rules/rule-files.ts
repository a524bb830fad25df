/**
 * Which files of a company's folder are rules, and what they say as plain JavaScript. Their code runs with all rights of
 * the command that loads it, like a Pulumi program.
 */
import { readdirSync, statSync } from "node:fs";
import { basename, join, relative } from "node:path";
import type * as Esbuild from "esbuild";
import { ruleId } from "../judging/rule-problems";
import { rules } from "../rules";
import { GuardrailsInvalid, type GuardrailsProblem } from "./guardrails-invalid";
import { ownRulesMax } from "./limits";

interface RuleFile {
  id: string;
  file: string;
}
/** Plain data, so that a worker thread can get it. */
export interface CompiledRule extends RuleFile {
  text: string;
}

const program = /\.[cm]?[jt]s$/;
/** Declarations and tests lie beside rules. */
const beside = /\.(d|test|spec)\.[cm]?[jt]s$/;

/** The rules of a folder by their file names; none is loaded. Throws GuardrailsInvalid. */
export function ownRuleFiles(folder: string | undefined): RuleFile[] {
  if (folder === undefined) return [];
  let names: string[];
  try {
    names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => !name.includes("node_modules"));
  } catch (error) {
    throw new GuardrailsInvalid([{ file: folder, reason: `cannot read this folder: ${(error as Error).message}` }]);
  }
  const files = names
    .filter((name) => program.test(name) && !beside.test(name))
    .sort()
    .map((name) => ({ id: basename(name).replace(program, ""), file: join(folder, name) }));
  const rulesIn = files.filter(({ file }) => relative(folder, file) === basename(file));
  const problems = [
    ...files.flatMap((one) => misplaced(one, rulesIn)),
    ...[folder, ...files.map(({ file }) => file)].flatMap(openToEveryone),
    ...(rulesIn.length === 0 ? [{ file: folder, reason: "contains no rule, such as require-service-account.ts" }] : []),
    ...(rulesIn.length > ownRulesMax
      ? [{ file: folder, reason: `contains ${rulesIn.length} rules; allowed: ${ownRulesMax} at most` }]
      : []),
  ];
  if (problems.length > 0) throw new GuardrailsInvalid(problems);
  return rulesIn;
}

/** A rule that is not where rules are looked for would never be applied, and nothing would say so. */
function misplaced(given: RuleFile, rulesIn: readonly RuleFile[]): GuardrailsProblem[] {
  const { id, file } = given;
  const problem = (reason: string) => [{ file, reason }];
  if (!rulesIn.includes(given))
    return ruleId.test(id) ? problem("a rule must be directly in the folder; move it there, or rename it") : [];
  if (!ruleId.test(id))
    return problem(
      `"${id}" is not the name of a rule: it starts with require-, forbid- or prefer-, in lower case; what rules share goes into a subfolder`,
    );
  if (rules.some((rule) => rule.id === id)) return problem(`${id} is a rule of Shipshape; give yours another name`);
  const first = rulesIn.find((other) => other.id === id);
  return first === given ? [] : problem(`${basename(first?.file ?? "")} has the same name`);
}

/** All who can write there would decide what the next preview runs. Windows reports no such right. */
function openToEveryone(path: string): GuardrailsProblem[] {
  if (process.platform === "win32") return [];
  const { mode } = statSync(path);
  return mode & 0o002 ? [{ file: path, reason: "everyone on this machine can change it: `chmod o-w` it" }] : [];
}

/** Each with what it imports from its own folder. Throws GuardrailsInvalid. */
export function compileOwnRules(folder: string | undefined): CompiledRule[] {
  const files = ownRuleFiles(folder);
  if (files.length === 0 || folder === undefined) return [];
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- only who has rules of their own loads it
  const { buildSync } = require("esbuild") as typeof Esbuild;
  const outputs = files.map(({ file }) => {
    try {
      const { outputFiles } = buildSync({
        entryPoints: [file],
        bundle: true,
        packages: "external",
        platform: "node",
        target: "node20",
        format: "cjs",
        write: false,
        logLevel: "silent",
        tsconfigRaw: {},
      });
      return outputFiles[0]?.text ?? "";
    } catch (error) {
      return (error as Partial<Esbuild.BuildFailure>).errors ?? [];
    }
  });
  const problems = outputs.flatMap((output, at) =>
    typeof output === "string"
      ? []
      : output.map(({ text, location }) => ({ file: files[at]?.file ?? "", line: location?.line, reason: text })),
  );
  if (problems.length > 0) throw new GuardrailsInvalid(problems);
  return files.map((one, at) => ({ ...one, text: String(outputs[at]) }));
}
