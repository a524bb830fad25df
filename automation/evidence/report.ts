/**
 * The readable report of a request's statements: the same facts as the signed envelopes; only those are the evidence.
 * It is a function of the signed content alone, so that a verifier can regenerate and compare it.
 */
import { createHash } from "node:crypto";
import { printableMarkdown as text } from "../printable";
import type { ReportedStatement } from "./run-report";
import type { TeardownPredicate, VerdictPredicate } from "./run-statement";

export const reportOf = (statements: ReportedStatement[]): string => statements.map(sectionOf).join("\n");

function sectionOf({ run, envelope }: ReportedStatement): string {
  const { predicate: p, kind } = run;
  const title = `# ${kind === "verdict" ? "Verdict" : "Teardown"}: ${text(p.operation)} of ${text(p.target)}`;
  const lines = kind === "verdict" ? verdictLines(run.predicate) : teardownLines(run.predicate);
  const facts: [string, string][] = [
    ["database", text(p.target)],
    ...(p.database
      ? databaseFacts(p.database)
      : ([["resource id", "unknown: the run ended before it found the database"]] as [string, string][])),
    ...(kind === "verdict" ? requestFacts(run.predicate) : []),
    ["subject", `${text(run.subject.name)}, SHA-256 ${run.subject.digest.sha256}`],
    ["statement", `${text(run.id)}, envelope SHA-256 ${createHash("sha256").update(envelope).digest("hex")}`],
    ["issued", p.issuedAt],
    ["expires", p.expiresOn],
  ];
  return [
    title,
    "",
    ...lines.before,
    "",
    "| fact | |",
    "|---|---|",
    ...facts.map(([name, value]) => `| ${name} | ${value} |`),
    "",
    ...lines.after,
    "",
  ].join("\n");
}

const databaseFacts = (d: NonNullable<VerdictPredicate["database"]>): [string, string][] => [
  ["resource id", text(d.resourceId)],
  ["ARN", text(d.arn)],
  ["account, Region", `${text(d.account)}, ${text(d.region)}`],
];

function requestFacts(p: VerdictPredicate): [string, string][] {
  const source = (p.plan?.["source"] ?? {}) as { engineVersion?: unknown; tags?: Record<string, unknown> };
  const heldTo = p.plan?.heldTo;
  const known: [string, unknown][] = [
    ["engine version", source.engineVersion],
    ["tier", heldTo?.tier ?? source.tags?.["tier"]],
    ["environment", heldTo?.environment ?? source.tags?.["environment"]],
    ["standard", heldTo && `${heldTo.standard.name} ${heldTo.standard.version}, SHA-256 ${heldTo.standard.digest}`],
  ];
  return [
    ...known.flatMap(([name, value]): [string, string][] => (typeof value === "string" ? [[name, text(value)]] : [])),
    ["requested by", `${text(p.request.requestedBy)} at ${text(p.request.receivedAt)}`],
    ["reason", text(p.request.reason)],
    ...(p.followUpOf === undefined ? [] : ([["follow-up of finding", text(p.followUpOf)]] as [string, string][])),
    [
      "decision",
      p.decision
        ? `${text(p.decision.status)}, by ${text(p.decision.decidedBy)} (${p.decision.rules.map((r) => text(r.id)).join(", ")})`
        : "none: the run ended before one was made",
    ],
    ["run", p.run],
  ];
}

/** What the verdict means, for readers who read nothing else. */
export const meaningOf = {
  pass: "every check passed when it was issued; valid until it expires",
  fail: "at least one check failed",
  inconclusive: "it could not be decided: nothing is proven either way",
} as const;

function verdictLines(p: VerdictPredicate): { before: string[]; after: string[] } {
  const phases = (p.outcome as { phases?: unknown } | null)?.phases;
  return {
    before: [
      `**${p.verdict}**: ${meaningOf[p.verdict]}.`,
      ...(p.error ? ["", `The run ended early: ${text(p.error.message)} (${text(p.error.code)})`] : []),
    ],
    after: [
      ...(p.checks.length === 0
        ? ["Nothing was checked."]
        : ["| check | verdict | result | figures |", "|---|---|---|---|", ...p.checks.map(checkLine)]),
      "",
      ...(Array.isArray(phases) ? phases.map(phaseLine) : []),
    ],
  };
}

function checkLine(c: VerdictPredicate["checks"][number]): string {
  const figures = Object.entries(c.figures).map(([name, value]) => `${text(name)} ${text(String(value))}`);
  return `| ${text(c.name)} | ${c.verdict} | ${text(c.explanation)} | ${figures.join(", ")} |`;
}

function phaseLine(phase: unknown): string {
  const { name, beganAt, endedAt } = phase as { name?: unknown; beganAt?: unknown; endedAt?: unknown };
  const seconds = (Date.parse(String(endedAt)) - Date.parse(String(beganAt))) / 1000;
  return `- ${text(String(name))}: ${seconds.toFixed(1)} s (${text(String(beganAt))} to ${text(String(endedAt))})`;
}

const teardownLines = (p: TeardownPredicate) => ({
  before: [
    p.left.length > 0
      ? "Not everything that the run created is gone."
      : p.removed.length === 0
        ? "The run had left nothing to remove."
        : "Everything that the run created is gone.",
  ],
  after: [
    ...p.removed.map((r) => `- ${text(r.kind)} ${text(r.identifier)} is gone: ${text(r.provenGoneBy)}`),
    ...p.left.map((l) => `- left: ${text(JSON.stringify(l))}`),
  ],
});
