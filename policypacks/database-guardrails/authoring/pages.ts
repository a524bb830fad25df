/** Pages about the rules, generated from them: pure, so that a test can compare the files with the output. */
import { rules } from "../rules";
import { allowedOf, defaultOf, purposeOf } from "../judging/options";
import type { Rule } from "../judging/rule";

export const generatedNote =
  "<!-- written by `npm run pages` from policypacks/database-guardrails/rules; change the rule instead -->";
const tableStart = "<!-- rules: written by `npm run pages` -->";
const tableEnd = "<!-- /rules -->";

export interface Page {
  /** Relative to the repository. */
  file: string;
  text: string;
}

/** Where a rule is from, as its page says it. */
interface Origin {
  note: string;
  /** The last line of the page. */
  sources: string;
  /** What a config is, as a phrase. */
  config: string;
}
const ours = ({ id }: Rule): Origin => ({
  note: generatedNote,
  sources: `Rule: [${id}.ts](../../policypacks/database-guardrails/rules/${id}.ts) · test: [${id}.test.ts](../../test/policypacks/rules/${id}.test.ts) · exceptions: [waivers](../guardrails.md#waivers)`,
  config: "A [config](../guardrails.md#config)",
});

/** All fully generated pages; `withTable` updates the one that also has hand-written text. */
export function pages(): Page[] {
  const own = rules.map((rule) => ({ file: `docs/policies/${rule.id}.md`, text: rulePage(rule, ours(rule)) }));
  return [...own, { file: "docs/policies/controls.md", text: controlsPage() }];
}

export function withTable(guardrails: string): string {
  const [from, to] = [guardrails.indexOf(tableStart), guardrails.indexOf(tableEnd)];
  if (from < 0 || to < from)
    throw new Error(`docs/guardrails.md must contain ${tableStart} and, below it, ${tableEnd}`);
  return `${guardrails.slice(0, from + tableStart.length)}\n\n${rulesTable()}\n\n${guardrails.slice(to)}`;
}

export function rulePage(rule: Rule, { note, sources, config }: Origin): string {
  const { id, title, why, solution, controls, properties, owner } = rule;
  const facts = [
    ["severity", `${rule.severity}: ${enforcement(rule)}`],
    ["owner", owner],
    ["serves", controls.join(", ") || "no external control"],
    ["reads", properties.map((property) => `\`${property}\``).join(", ") || "the waivers themselves"],
    ["judged", judgedOn(rule)],
    ["throwaways", rule.throwaways ? "judged too" : "not judged: they are deleted within hours"],
  ];
  return `${note}

# ${id}

${title}.

## Problem

${why}

## Solution

${solution}

## Facts

| | |
|---|---|
${facts.map(([name, value]) => `| ${name} | ${value} |`).join("\n")}
${optionsOf(rule, config)}
${sources}
`;
}

function optionsOf({ options = {} }: Rule, config: string): string {
  if (Object.keys(options).length === 0) return "";
  const rows = Object.entries(options).map(
    ([name, option]) =>
      `| \`${name}\` | ${purposeOf(option)} | ${allowedOf(option)} | ${JSON.stringify(defaultOf(option)) ?? "none"} |`,
  );
  return `
## Options

${config} may set:

| option | what it is | allowed | default |
|---|---|---|---|
${rows.join("\n")}
`;
}

const onlyInTheCloud = "by `guard --live` only";

function judgedOn(rule: Rule): string {
  const list = (types: readonly string[] = []) => types.map((type) => `\`${type.split(":").at(-1)}\``).join(", ");
  const parts = [
    ...(rule.check ? [`individually, ${rule.onlyLive ? onlyInTheCloud : "before creation"}: ${list(rule.types)}`] : []),
    ...(rule.checkInStack ? [`together with the rest of its stack: ${list(rule.typesInStack)}`] : []),
  ];
  return parts.join("; ") || "last, after all other rules";
}

function rulesTable(): string {
  const rows = rules.map(
    (rule) =>
      `| [${rule.id}](policies/${rule.id}.md) | ${rule.severity} | ${rule.title} | ${rule.controls.join(", ")} |`,
  );
  return ["| rule | severity | what it requires | serves |", "|---|---|---|---|", ...rows].join("\n");
}

function controlsPage(): string {
  const controls = [...new Set(rules.flatMap((rule) => rule.controls))].sort((one, other) =>
    one.localeCompare(other, "en", { numeric: true }),
  );
  const rows = controls.flatMap((control) =>
    rules
      .filter((rule) => rule.controls.includes(control))
      .map(
        (rule) =>
          `| ${control} | [${rule.id}](${rule.id}.md) | ${rule.properties.map((property) => `\`${property}\``).join(", ")} | [${rule.id}.test.ts](../../${testOf(rule)}) |`,
      ),
  );
  return `${generatedNote}

# Controls

External controls, the guardrail that serves each, the properties of the standard shape it reads, and the test that proves it. RDS.n, EC2.n, KMS.n and CloudWatch.n are AWS Security Hub controls; CKV ones are Checkov's.

| control | rule | property of the standard shape | test |
|---|---|---|---|
${rows.join("\n")}
`;
}

const testOf = ({ id }: Rule): string => `test/policypacks/rules/${id}.test.ts`;

function enforcement({ severity, onlyLive = false }: Rule): string {
  if (onlyLive) return "a finding, since no program can break it";
  if (severity === "critical" || severity === "high") return "stops a change";
  return severity === "medium" ? "stops a change in production, a warning elsewhere" : "a warning";
}
