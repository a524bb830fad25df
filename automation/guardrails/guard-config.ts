/** The pack's config file, as `pulumi --policy-pack-config` takes it: it may raise a rule's level and give rules what they need to know. */
import { readFileSync } from "node:fs";
import { isMap, LineCounter, parseDocument } from "yaml";
import type { RuleSettings } from "../../policypacks/database-guardrails/rule";
import { rules } from "../../policypacks/database-guardrails/rules";
import { reasonOf } from "../errors";
import type { Problem } from "./problem";

export interface GuardConfig {
  settings: Record<string, Partial<RuleSettings>>;
  /** Rules whose violations are mandatory whatever their severity says. */
  raised: string[];
  problems: Problem[];
}

const levels = ["advisory", "mandatory", "remediate", "disabled"];
/** What each rule may be told; the pack declares the same to Pulumi, and a test holds them equal. */
export const ruleOptions: Record<string, { option: "teams" | "ports"; of: "string" | "number" }> = {
  "require-owner-tags": { option: "teams", of: "string" },
  "forbid-open-ingress": { option: "ports", of: "number" },
};

export function readGuardConfig(file: string | undefined): GuardConfig {
  const config: GuardConfig = { settings: {}, raised: [], problems: [] };
  if (file === undefined) return config;
  const problem = (line: number, reason: string) => config.problems.push({ code: "pack-config-invalid", file, line, reason });
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    problem(1, reasonOf(error));
    return config;
  }
  const lines = new LineCounter();
  // JSON is YAML, and this parser knows the lines.
  const document = parseDocument(text, { lineCounter: lines });
  for (const { pos, message } of document.errors) problem(lines.linePos(pos[0]).line, message.split("\n")[0] ?? message);
  if (document.errors.length > 0 || !isMap(document.contents)) return config;
  for (const { key } of document.contents.items) {
    const rule = String(key);
    const line = lines.linePos((key as { range?: number[] }).range?.[0] ?? 0).line;
    takeRule(rule, (document.toJS() as Record<string, unknown>)[rule], config, (reason) => problem(line, reason));
  }
  return config;
}

function takeRule(rule: string, given: unknown, config: GuardConfig, problem: (reason: string) => void): void {
  if (rule !== "all" && !rules.some(({ id }) => id === rule)) return problem(`there is no rule "${rule}"; docs/guardrails.md lists them`);
  const { enforcementLevel, ...options } = (typeof given === "string" ? { enforcementLevel: given } : (given ?? {})) as Record<string, unknown>;
  if (enforcementLevel !== undefined && !levels.includes(String(enforcementLevel)))
    return problem(`${rule}: "${String(enforcementLevel)}" is no level; allowed: mandatory`);
  if (enforcementLevel === "disabled") return problem(`${rule}: a rule can't be disabled; allowed: mandatory. Write a waiver for what it finds`);
  if (enforcementLevel === "mandatory") config.raised.push(...(rule === "all" ? rules.map(({ id }) => id) : [rule]));
  for (const [option, value] of Object.entries(options)) {
    const known = ruleOptions[rule];
    if (known?.option !== option) problem(`${rule}: unknown option "${option}"; allowed: ${known?.option ?? "none"}`);
    else if (!Array.isArray(value) || !value.every((one) => typeof one === known.of))
      problem(`${rule}: ${option} is ${JSON.stringify(value)}; allowed: a list of ${known.of}s`);
    else config.settings[rule] = { [option]: value as never };
  }
}
