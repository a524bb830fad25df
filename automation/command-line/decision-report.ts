import { admissionRules } from "../policy/rules";
import { printable } from "../printable";
import type { Decision, DecisionStatus, Judgement } from "../records";
import { wrapped, type Terminal } from "./terminal";

export type ExplainedRule = Judgement & { id: string; why: string | null; solution: string | null };

/** What each rule said, with why it exists and what to do; null for a rule that this version no longer has. */
export const explainedRules = (rules: Decision["rules"]): ExplainedRule[] =>
  rules.map((judged) => {
    const rule = admissionRules.find(({ id }) => id === judged.id);
    return { ...judged, why: rule?.why ?? null, solution: rule?.solution ?? null };
  });

/** The same for people. What to do is said only of rules that do not simply allow it. */
export function reportRules(rules: Decision["rules"], terminal: Terminal): void {
  for (const { id, verdict, reason, people, why, solution } of explainedRules(rules)) {
    const wanted = verdict === "needs-approval" ? ` by ${personCount(people ?? 1)}` : "";
    terminal.say(`\n${printable(id)}: ${decisionText(verdict, terminal)}${wanted}`);
    const parts = { reason, why, "what to do": verdict === "allowed" ? null : solution };
    for (const [label, text] of Object.entries(parts))
      if (text !== null) for (const line of wrapped(`  ${label}:`, printable(text), "    ")) terminal.say(line);
  }
}

export const personCount = (count: number): string => (count === 1 ? "1 person" : `${count} people`);

const colours = { allowed: "green", denied: "red", "needs-approval": "yellow" } as const;
export const decisionText = (status: DecisionStatus, terminal: Terminal): string =>
  terminal.style(colours[status], status);
