/** `shipshape rule …`: which rules hold here, and whether the company's own do what they claim. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { claimsOf, claimsProblem, type Claims } from "../../policypacks/database-guardrails/authoring/claims";
import { rulePage } from "../../policypacks/database-guardrails/authoring/pages";
import type { Rule } from "../../policypacks/database-guardrails/judging/rule";
import { auditedBy, type OwnRule } from "../../policypacks/database-guardrails/own-rules/own-rules";
import { todayOf } from "../../policypacks/database-guardrails/settings";
import { readStandard } from "../configuration/configuration";
import { ShipshapeError } from "../errors";
import { printable } from "../guardrails/printable";
import { rulesHere } from "../guardrails/rules-here";
import type { CommandContext } from "./command-context";
import type { Printed } from "./json/types";
import { table } from "./layout";

/** Errors: guardrails-invalid. */
export function list(options: { own?: boolean; json?: boolean }, { settings, terminal }: CommandContext): void {
  const { rules, own } = rulesHere(settings.configurationFile);
  const fileOf = (rule: Rule) => own.find((one) => one.rule === rule)?.file;
  const listed = rules.filter((rule) => !options.own || fileOf(rule) !== undefined);
  if (options.json) {
    return terminal.json(
      "rule list",
      listed.map((rule) => ruleRecord(rule, own)),
    );
  }
  if (listed.length === 0) return terminal.say("no rules of your own: shipshape.yaml names no folder of them");
  const rows = listed.map(({ id, severity, owner, title }) => [id, severity, printable(owner), printable(title)]);
  const header = ["RULE", "SEVERITY", "OWNER", "WHAT IT REQUIRES"];
  for (const line of table(header, rows, terminal.columns)) terminal.say(line);
}

function ruleRecord(rule: Rule, own: readonly OwnRule[]): Printed<"rule show"> {
  const { id, title, severity, owner, controls, properties, why, solution } = rule;
  const file = own.find((one) => one.rule === rule)?.file ?? null;
  return { id, title, severity, owner, controls, properties, why, solution, file };
}

/** Errors: guardrails-invalid, usage. */
export function show(id: string, options: { json?: boolean }, { settings, terminal }: CommandContext): void {
  const { rules, own } = rulesHere(settings.configurationFile);
  const rule = rules.find((one) => one.id === id);
  if (!rule) throw usage(`there is no rule "${id}"; \`npx shipshape rule list\` lists them`, "show");
  if (options.json) return terminal.json("rule show", ruleRecord(rule, own));
  const file = own.find((one) => one.rule === rule)?.file;
  const source = file === undefined ? "of Shipshape" : relative(process.cwd(), file);
  const page = rulePage(rule, { note: "", sources: `Rule: ${source}`, config: "A config" });
  terminal.exact(page.trim());
}

/** Tries each of the company's rules on the examples of its file. Errors: guardrails-invalid, usage. */
export function test(options: { json?: boolean }, { settings, terminal }: CommandContext): void {
  const { rules, own } = rulesHere(settings.configurationFile);
  requireOwn(own, "test");
  const standard = readStandard(settings.configurationFile);
  const common = { standard, today: todayOf(undefined), audited: auditedBy(rules) };
  const tried = own.map(({ rule, claims }) => {
    const problem = claimsProblem(claims);
    const all =
      problem === undefined
        ? claimsOf(rule, claims as Claims, common)
        : [{ text: "has examples", failure: () => problem }];
    return { rule: rule.id, claims: all.map(({ text, failure }) => ({ claim: text, failure: failure() ?? null })) };
  });
  const claims = tried.flatMap((one) => one.claims);
  const failed = claims.filter(({ failure }) => failure !== null).length;
  process.exitCode = failed === 0 ? 0 : 1;
  if (options.json) return terminal.json("rule test", tried);
  for (const { rule, claims: ofRule } of tried) {
    terminal.say(terminal.style("bold", rule));
    for (const { claim, failure } of ofRule) {
      terminal.say(
        `  ${failure === null ? terminal.style("green", "✓") : terminal.style("red", "✗")} ${printable(claim)}`,
      );
      for (const line of failure?.split("\n") ?? []) terminal.say(`      ${printable(line)}`);
    }
  }
  terminal.say(`${own.length} rules, ${claims.length} claims: ${failed === 0 ? "all hold" : `${failed} not true`}`);
}

const note = "<!-- written by `npx shipshape rule pages`; change the rule instead -->";

/** Errors: guardrails-invalid, usage. */
export function pages(folder: string, options: { json?: boolean }, { settings, terminal }: CommandContext): void {
  const { own } = rulesHere(settings.configurationFile);
  requireOwn(own, "pages");
  mkdirSync(folder, { recursive: true });
  for (const { rule, file } of own) {
    const sources = `Rule: [${rule.id}](${relative(folder, file).replaceAll("\\", "/")})`;
    writeFileSync(join(folder, `${rule.id}.md`), rulePage(rule, { note, sources, config: "A config" }));
  }
  const isWanted = (name: string) => own.some(({ rule }) => name === `${rule.id}.md`);
  // Only pages that were written like this.
  for (const name of readdirSync(folder))
    if (name.endsWith(".md") && !isWanted(name) && readFileSync(join(folder, name), "utf8").startsWith(note))
      rmSync(join(folder, name));
  if (options.json) terminal.json("rule pages", { folder, pages: own.map(({ rule }) => `${rule.id}.md`) });
  else terminal.say(`${own.length} pages in ${folder}`);
}

function requireOwn(own: readonly OwnRule[], command: string): void {
  if (own.length === 0) throw usage("shipshape.yaml names no folder of rules: guardrails.rules", command);
}

const usage = (problem: string, command: string) =>
  new ShipshapeError("usage", { problem, command: `shipshape rule ${command}` });
