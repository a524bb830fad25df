/** Loads a company's compiled rules, and checks them like ours. */
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { compileFunction } from "node:vm";
import type { Rule } from "../judging/rule";
import { ruleProblems } from "../judging/rule-problems";
import { rules } from "../rules";
import * as api from "./api";
import { boundedRule, reasonOf, withinSeconds } from "./bounded-rule";
import { GuardrailsInvalid } from "./guardrails-invalid";
import { loadSeconds } from "./limits";
import type { CompiledRule } from "./rule-files";

export interface OwnRule {
  rule: Rule;
  file: string;
  /** What the file exports under this name: examples, for `claimsProblem` and `claimsOf`. */
  claims: unknown;
}

const loaded = new WeakMap<readonly CompiledRule[], readonly OwnRule[]>();

/** Each is loaded once in a thread. Throws GuardrailsInvalid. */
export function ownRules(compiled: readonly CompiledRule[]): readonly OwnRule[] {
  const known = loaded.get(compiled);
  if (known) return known;
  const read = compiled.map(load);
  const problems = read.flatMap((one) => ("reasons" in one ? one.reasons.map((reason) => ({ ...one, reason })) : []));
  if (problems.length > 0) throw new GuardrailsInvalid(problems);
  const own = read.flatMap((one) => ("rule" in one ? [one] : []));
  loaded.set(compiled, own);
  return own;
}

/** Ours first, and all of them. Throws GuardrailsInvalid. */
export const rulesWith = (compiled: readonly CompiledRule[]): readonly Rule[] => [
  ...rules,
  ...ownRules(compiled).map(({ rule }) => rule),
];

/** The properties that any rule judges: forbid-hidden-drift checks that changes to them are not ignored. */
export const auditedBy = (all: readonly Rule[]): ReadonlySet<string> =>
  new Set(all.flatMap(({ properties }) => properties));

function load({ id, file, text }: CompiledRule): OwnRule | { file: string; reasons: string[] } {
  let exported: Record<string, unknown>;
  try {
    exported = withinSeconds(loadSeconds, () => run(file, text));
  } catch (error) {
    return { file, reasons: [`cannot be loaded: ${reasonOf(error)}`] };
  }
  const found = [...new Set([exported, ...Object.values(exported)])].filter(isRule);
  const [rule] = found;
  if (rule === undefined || found.length > 1)
    return { file, reasons: [`exports ${found.length} rules; export one, made with defineRule`] };
  if (rule.id !== id)
    return { file, reasons: [`its id is ${JSON.stringify(rule.id)}; give it that of its file: ${id}`] };
  const reasons = ruleProblems(rule);
  return reasons.length > 0 ? { file, reasons } : { rule: boundedRule(rule, file), file, claims: exported["claims"] };
}

const isRule = (given: unknown): given is Rule =>
  typeof given === "object" && given !== null && "id" in given && ("check" in given || "severity" in given);

function run(file: string, text: string): Record<string, unknown> {
  const require = createRequire(file);
  // Given by this very program: what the rule reads and throws is then what judging knows.
  const load = (name: string): unknown => (name === "shipshape/guardrails" ? api : require(name));
  const module = { exports: {} as Record<string, unknown> };
  const parameters = ["module", "exports", "require", "__filename", "__dirname"];
  const program = compileFunction(text, parameters, { filename: file }) as (...given: unknown[]) => void;
  program(module, module.exports, load, file, dirname(file));
  return module.exports;
}
