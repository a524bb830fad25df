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
import { table } from "./layout";

/** Errors: guardrails-invalid. */
export function list(options: { own?: boolean; json?: boolean }, { settings, terminal }: CommandContext): void {
  const { rules, own } = rulesHere(settings.configurationFile);
  const fileOf = (rule: Rule) => own.find((one) => one.rule === rule)?.file;
  const listed = rules.filter((rule) => !options.own || fileOf(rule) !== undefined);
  if (options.json) {
    const shown = listed.map((rule) => {
      const { id, title, severity, owner, controls, properties, why, solution } = rule;
      return { id, title, severity, owner, controls, properties, why, solution, file: fileOf(rule) ?? null };
    });
    return terminal.json(shown);
  }
  if (listed.length === 0) return terminal.say("no rules of your own: shipshape.yaml names no folder of them");
  const rows = listed.map(({ id, severity, owner, title }) => [id, severity, printable(owner), printable(title)]);
  const header = ["RULE", "SEVERITY", "OWNER", "WHAT IT REQUIRES"];
  for (const line of table(header, rows, terminal.columns)) terminal.say(line);
}

/** Errors: guardrails-invalid, usage. */
export function show(id: string, { settings, terminal }: CommandContext): void {
  const { rules, own } = rulesHere(settings.configurationFile);
  const rule = rules.find((one) => one.id === id);
  if (!rule) throw usage(`there is no rule "${id}"; \`npx shipshape rule list\` lists them`, "show");
  const file = own.find((one) => one.rule === rule)?.file;
  const source = file === undefined ? "of Shipshape" : relative(process.cwd(), file);
  const page = rulePage(rule, { note: "", sources: `Rule: ${source}`, config: "A config" });
  terminal.exact(page.trim());
}

/** Tries each of the company's rules on the examples of its file. Errors: guardrails-invalid, usage. */
export function test({ settings, terminal }: CommandContext): void {
  const { rules, own } = rulesHere(settings.configurationFile);
  requireOwn(own, "test");
  const standard = readStandard(settings.configurationFile);
  const common = { standard, today: todayOf(undefined), audited: auditedBy(rules) };
  let [tried, failed] = [0, 0];
  const say = (text: string, failure: string | undefined) => {
    tried += 1;
    if (failure === undefined) return terminal.say(`  ${terminal.style("green", "✓")} ${printable(text)}`);
    failed += 1;
    terminal.say(`  ${terminal.style("red", "✗")} ${printable(text)}`);
    for (const line of failure.split("\n")) terminal.say(`      ${printable(line)}`);
  };
  for (const { rule, claims } of own) {
    terminal.say(terminal.style("bold", rule.id));
    const problem = claimsProblem(claims);
    if (problem !== undefined) say("has examples", problem);
    else for (const { text, failure } of claimsOf(rule, claims as Claims, common)) say(text, failure());
  }
  terminal.say(`${own.length} rules, ${tried} claims: ${failed === 0 ? "all hold" : `${failed} not true`}`);
  process.exitCode = failed === 0 ? 0 : 1;
}

const note = "<!-- written by `npx shipshape rule pages`; change the rule instead -->";

/** Errors: guardrails-invalid, usage. */
export function pages(folder: string, { settings, terminal }: CommandContext): void {
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
  terminal.say(`${own.length} pages in ${folder}`);
}

function requireOwn(own: readonly OwnRule[], command: string): void {
  if (own.length === 0) throw usage("shipshape.yaml names no folder of rules: guardrails.rules", command);
}

const usage = (problem: string, command: string) =>
  new ShipshapeError("usage", { problem, command: `shipshape rule ${command}` });
