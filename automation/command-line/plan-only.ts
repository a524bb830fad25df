import type { Preview } from "../control-plane";
import { printable, printableLines } from "../printable";
import { decisionText, explainedRules, personCount, reportRules } from "./decision-report";
import type { Terminal } from "./terminal";

/** `shipshape request <operation> --plan-only`: the exit code is 1 if the request would be denied. */
export function reportPreview(
  operation: string,
  { plan, status, people, rules }: Preview,
  json: boolean | undefined,
  terminal: Terminal,
): void {
  if (status === "denied") process.exitCode = 1;
  if (json) {
    const decision = { status, people, rules: explainedRules(rules) };
    const preview = { requested: false, operation, database: plan.target, decision, plan };
    return terminal.say(JSON.stringify(preview, undefined, 2));
  }
  terminal.say(`${terminal.style("bold", operation)} of ${printable(plan.target)}   plan only, nothing is requested`);
  terminal.say(`decision: ${decisionText(status, terminal)}${people > 0 ? ` by ${personCount(people)}` : ""}`);
  reportRules(rules, terminal);
  terminal.say("\nplan:");
  terminal.say(printableLines(JSON.stringify(plan, undefined, 2)));
  terminal.say("\nNothing was requested, stored or queued. A request is planned and decided again, under its own id.");
}
