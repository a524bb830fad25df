import type { Preview } from "../control-plane";
import { printable } from "../printable";
import { decisionText, explainedRules, neededLines, reportRules } from "./decision-report";
import type { Terminal } from "./terminal";

/** `shipshape request <operation> --plan-only`: the exit code is 1 if the request would be denied. */
export function reportPreview(
  operation: string,
  { plan, status, needed, rules }: Preview,
  json: boolean | undefined,
  terminal: Terminal,
): void {
  if (status === "denied") process.exitCode = 1;
  if (json) {
    const decision = { status, needed, rules: explainedRules(rules) };
    return terminal.json("request", { requested: false, operation, database: plan.target, decision, plan });
  }
  terminal.say(`${terminal.style("bold", operation)} of ${printable(plan.target)}   plan only, nothing is requested`);
  terminal.say(`decision: ${decisionText(status, terminal)}${needed.length > 0 ? ", by:" : ""}`);
  for (const line of neededLines(needed)) terminal.say(line);
  reportRules(rules, terminal);
  if (plan.text !== undefined) {
    terminal.say();
    terminal.exact(plan.text);
  }
  terminal.say("\nplan:");
  terminal.exact(JSON.stringify(plan, undefined, 2));
  terminal.say("\nNothing was requested, stored or queued. A request is planned and decided again, under its own id.");
}
