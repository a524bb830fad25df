import { neededText, personCount } from "../policy/approvals";
import { admissionRules } from "../policy/rules";
import { principalOf } from "../principals";
import { printable } from "../printable";
import type { Approval, ApprovalNeeded, Decision, DecisionStatus, Judgement } from "../records";
import { wrapped } from "./layout";
import type { Terminal } from "./terminal";

export type ExplainedRule = Judgement & { id: string; why: string | null; solution: string | null };

/** What each rule said, with why it exists and what to do; null for a rule that this version no longer has. */
export const explainedRules = (rules: Decision["rules"]): ExplainedRule[] =>
  rules.map((judged) => {
    const rule = admissionRules.find(({ id }) => id === judged.id);
    return { ...judged, why: rule?.why ?? null, solution: rule?.solution ?? null };
  });

/** The same for people. What to do is said only of rules that do not simply allow it. */
export function reportRules(rules: Decision["rules"], terminal: Terminal): void {
  for (const { id, verdict, reason, approvals = [byApprover], why, solution } of explainedRules(rules)) {
    const wanted = approvals.map(({ by, people }) => ` by ${personCount(people)} (${groups[by]})`).join(" and");
    const text = `${decisionText(verdict, terminal)}${verdict === "needs-approval" ? wanted : ""}`;
    terminal.say(`\n${printable(id)}: ${text}`);
    const parts = { reason, why, "what to do": verdict === "allowed" ? null : solution };
    for (const [label, text] of Object.entries(parts))
      if (text !== null)
        for (const line of wrapped(`  ${label}:`, printable(text), "    ", terminal.columns)) terminal.say(line);
  }
}

const byApprover = { by: "approver", people: 1 } as const;
const groups = {
  approver: "role approver",
  operator: "role operator",
  "owning-team": "owning team",
  "source-owning-team": "owning team of the source",
  "target-owning-team": "owning team of the target",
} as const;

/** Whose approval is needed, a line each. */
export const neededLines = (needed: readonly ApprovalNeeded[]): string[] =>
  needed.map((one) => `  ${printable(neededText(one))}`);

/** An answer, and whether its principal proves a person. */
export function answerLine({ answer, principal, answeredAt, comment }: Approval): string {
  const { embedded } = principalOf(principal);
  const played = embedded
    ? ` (a name that ${embedded.issuedBy} issued in the embedded cloud: no proof of a person)`
    : "";
  return `${answer} by ${printable(`${principal}${played}`)} at ${answeredAt.toISOString()}: ${printable(comment)}`;
}

const colours = { allowed: "green", denied: "red", "needs-approval": "yellow" } as const;
export const decisionText = (status: DecisionStatus, terminal: Terminal): string =>
  terminal.style(colours[status], status);
