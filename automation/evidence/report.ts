/** The readable report of a request's statements: the same facts as the signed envelopes, which alone are the evidence. */
import { createHash } from "node:crypto";
import type { Check } from "../records";
import type { Envelope, Statement } from "./envelope";
import type { EvidenceRow } from "./ledger";

/** What the report reads of a verdict's predicate. */
interface VerdictPredicate {
  operation: string;
  target: string;
  verdict: string;
  checks: Check[];
  request: { requestedBy: string; reason: string; receivedAt: string };
  decision: { status: string; decidedBy: string; rules: { id: string; reason: string }[] };
  outcome: { phases?: { name: string; beganAt: string; endedAt: string }[] } | null;
  error: { message: string } | null;
  removed?: { kind: string; identifier: string; provenGoneBy: string }[];
}

export function reportOf(rows: Pick<EvidenceRow, "id" | "kind" | "envelope">[]): string {
  return rows
    .map((row) => {
      const statement = statementOf(row.envelope) as unknown as Statement<VerdictPredicate>;
      const digest = createHash("sha256").update(row.envelope).digest("hex");
      const body =
        row.kind === "verdict"
          ? verdictLines(statement.predicate)
          : (statement.predicate.removed ?? []).map((r) => `- ${r.kind} \`${r.identifier}\` is gone: ${r.provenGoneBy}`);
      return [
        `# ${row.kind === "verdict" ? "Verdict" : "Teardown"}: ${statement.predicate.operation} of ${statement.predicate.target}`,
        "",
        `Statement \`${row.id}\`, envelope SHA-256 \`${digest}\``,
        `Issued ${statement.predicate.issuedAt}, expires ${statement.predicate.expiresOn}`,
        "",
        ...body,
        "",
      ].join("\n");
    })
    .join("\n");
}

/** The statement inside an envelope, unverified: for showing what was just read from our own log. */
export const statementOf = (envelope: string): Statement =>
  JSON.parse(Buffer.from((JSON.parse(envelope) as Envelope).payload, "base64").toString()) as Statement;

function verdictLines(p: VerdictPredicate): string[] {
  return [
    `**${p.verdict}**${p.error ? ` — ${p.error.message}` : ""}`,
    "",
    `Requested by ${p.request.requestedBy} on ${p.request.receivedAt}: ${p.request.reason}`,
    `Decision: ${p.decision.status}, by ${p.decision.decidedBy} (${p.decision.rules.map((r) => r.id).join(", ")})`,
    "",
    "| check | verdict | what was found | figures |",
    "|---|---|---|---|",
    ...p.checks.map(
      (c) =>
        `| ${c.name} | ${c.verdict} | ${c.explanation.replace(/\|/g, "\\|")} | ${Object.entries(c.figures)
          .map(([k, v]) => `${k} ${v}`)
          .join(", ")} |`,
    ),
    "",
    ...(p.outcome?.phases ?? []).map(
      (phase) => `- ${phase.name}: ${((Date.parse(phase.endedAt) - Date.parse(phase.beganAt)) / 1000).toFixed(1)} s (${phase.beganAt} to ${phase.endedAt})`,
    ),
  ];
}
