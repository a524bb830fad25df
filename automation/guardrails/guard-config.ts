/**
 * The pack's config file, in the format of `pulumi --policy-pack-config`: it may raise a rule's level and set rules'
 * options.
 */
import { readFileSync } from "node:fs";
import { optionProblem } from "../../policypacks/database-guardrails/judging/options";
import type { Rule } from "../../policypacks/database-guardrails/judging/rule";
import { decodeText } from "../../components/standards/text-file";
import { readYamlMapping } from "../../components/standards/yaml-mapping";
import { reasonOf } from "../errors";
import type { Problem } from "./problem";

export interface GuardConfig {
  /** The values of each rule's options. */
  options: Record<string, Record<string, unknown>>;
  /** Rules whose violations are mandatory whatever their severity says. */
  raised: string[];
  problems: Problem[];
}

export function readGuardConfig(file: string | undefined, rules: readonly Rule[]): GuardConfig {
  const config: GuardConfig = { options: {}, raised: [], problems: [] };
  if (file === undefined) return config;
  const problem = (line: number, reason: string) =>
    void config.problems.push({ code: "pack-config-invalid", file, line, reason });
  let text: string;
  try {
    text = decodeText(readFileSync(file));
  } catch (error) {
    problem(1, reasonOf(error));
    return config;
  }
  // JSON is YAML, and this parser reports lines.
  const { values = {}, problems, lineOf } = readYamlMapping(text, "a mapping of rules");
  for (const { line, message } of problems) problem(line, message);
  for (const [rule, given] of Object.entries(values))
    takeRule(rule, given, { config, rules }, (reason) => problem(lineOf(rule), reason));
  return config;
}

function takeRule(
  rule: string,
  given: unknown,
  { config, rules }: { config: GuardConfig; rules: readonly Rule[] },
  problem: (reason: string) => void,
): void {
  const named = rule === "all" ? rules : rules.filter(({ id }) => id === rule);
  if (named.length === 0) return problem(`there is no rule "${rule}"; \`npx shipshape rule list\` lists them`);
  const settings = typeof given === "string" ? { enforcementLevel: given } : given;
  if (typeof settings !== "object" || settings === null || Array.isArray(settings))
    return problem(`${rule}: give "mandatory", or a mapping of options`);
  const { enforcementLevel, ...options } = settings as Record<string, unknown>;
  if (enforcementLevel === "mandatory") config.raised.push(...named.map(({ id }) => id));
  else if (enforcementLevel === "disabled")
    problem(`${rule}: a rule can't be disabled; allowed: mandatory. Write a waiver for what it finds`);
  else if (enforcementLevel === "advisory" && named.some(({ severity }) => severity !== "low"))
    problem(`${rule}: "advisory" would lower it; allowed: mandatory. Write a waiver for what it finds`);
  else if (enforcementLevel !== undefined && enforcementLevel !== "advisory")
    problem(`${rule}: "${String(enforcementLevel)}" is not a level; allowed: mandatory`);
  for (const [option, value] of Object.entries(options)) {
    const [reason] = named.flatMap((one) => optionProblem(one, option, value) ?? []);
    if (reason !== undefined) problem(`${rule}: ${reason}`);
    else config.options[rule] = { ...config.options[rule], [option]: value };
  }
}
