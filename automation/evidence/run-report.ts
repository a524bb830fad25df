/**
 * What a report says about one run: a function of signed statements alone, so that a verifier can compute it again. The
 * JSON and the HTML are written from it, and both carry its digest.
 */
import { createHash } from "node:crypto";
import { canonicalJson, type VerdictWord } from "../records";
import type { RunStatement, TeardownPredicate, VerdictPredicate } from "./run-statement";

export interface ReportedStatement {
  run: RunStatement;
  envelope: string;
}

/** What one drill measured, and what its plan held it to; null where it got no figure. */
export interface Recovery {
  requestId: string;
  issuedAt: string;
  verdict: VerdictWord;
  rtoAchievedSeconds: number | null;
  rtoSeconds: number | null;
  rpoAchievedSeconds: number | null;
  rpoSeconds: number | null;
}

export interface RunReport {
  requestId: string;
  operation: string;
  target: string;
  database: VerdictPredicate["database"];
  source: { engineVersion: string | null; tier: string | null; environment: string | null };
  verdict: VerdictWord;
  run: VerdictPredicate["run"];
  error: { code: string; message: string } | null;
  issuedAt: string;
  expiresOn: string;
  request: { requestedBy: string; reason: string; receivedAt: string; parent?: string };
  followUpOf?: string;
  decision: {
    status: string;
    decidedBy: string;
    rules: { id: string; verdict: string | null; reason: string }[];
    approvals: { principal: string; answer: string; comment: string; answeredAt: string }[];
  } | null;
  /** SHA-256 of the plan's canonical JSON; null if there was no plan. */
  planDigest: string | null;
  phases: { name: string; beganAt: string; endedAt: string; seconds: number }[];
  checks: { name: string; verdict: VerdictWord; explanation: string; figures: Record<string, unknown> }[];
  /** Of this run and of earlier ones of the same database, oldest first. Empty if the operation measures none. */
  recoveries: Recovery[];
  teardown: { issuedAt: string; removed: TeardownPredicate["removed"]; left: unknown[] } | "follows" | "none";
  toolVersions: Record<string, string>;
  statements: { id: string; envelopeSha256: string }[];
}

/** Throws a plain Error if there is no verdict among the statements. */
export function runReportOf(statements: ReportedStatement[], earlier: ReportedStatement[]): RunReport {
  const verdict = statements.find(({ run }) => run.kind === "verdict")?.run;
  const teardown = statements.find(({ run }) => run.kind === "teardown")?.run;
  if (verdict?.kind !== "verdict") throw new Error("there is no verdict to report");
  const { subject, predicate: p } = verdict;
  return {
    requestId: p.requestId,
    operation: p.operation,
    target: p.target,
    database: p.database,
    source: sourceOf(p),
    verdict: p.verdict,
    run: p.run,
    error: p.error && { code: p.error.code, message: p.error.message },
    issuedAt: p.issuedAt,
    expiresOn: p.expiresOn,
    request: requestOf(p.request),
    ...(p.followUpOf !== undefined && { followUpOf: p.followUpOf }),
    decision: p.decision && {
      status: p.decision.status,
      decidedBy: p.decision.decidedBy,
      rules: p.decision.rules.map(({ id, verdict = null, reason }) => ({ id, verdict, reason })),
      approvals: (p.decision.approvals ?? []).map(({ principal, answer, comment, answeredAt }) => ({
        principal,
        answer,
        comment,
        answeredAt,
      })),
    },
    planDigest: p.plan ? subject.digest.sha256 : null,
    phases: phasesOf(p.outcome),
    checks: p.checks.map(({ name, verdict: word, explanation, figures }) => ({
      name,
      verdict: word,
      explanation,
      figures,
    })),
    recoveries: recoveriesOf([...earlier.map(({ run }) => run), verdict]),
    teardown:
      teardown?.kind === "teardown"
        ? {
            issuedAt: teardown.predicate.issuedAt,
            removed: teardown.predicate.removed.map(({ kind, identifier, provenGoneBy }) => ({
              kind,
              identifier,
              provenGoneBy,
            })),
            left: teardown.predicate.left,
          }
        : p.teardown,
    toolVersions: p.toolVersions,
    statements: statements.map(({ run, envelope }) => ({
      id: run.id,
      envelopeSha256: createHash("sha256").update(envelope).digest("hex"),
    })),
  };
}

/** SHA-256 of what a report says, as canonical JSON: the same in each form it is written in. */
export const reportDigest = (report: object): string =>
  createHash("sha256").update(canonicalJson(report)).digest("hex");

export const reportJson = (report: object): string =>
  `${JSON.stringify({ digest: { sha256: reportDigest(report) }, report }, undefined, 2)}\n`;

function sourceOf({ plan }: VerdictPredicate): RunReport["source"] {
  const source = (plan?.["source"] ?? {}) as { engineVersion?: unknown; tags?: Record<string, unknown> };
  const heldTo = plan?.heldTo;
  const known = (value: unknown) => (typeof value === "string" ? value : null);
  return {
    engineVersion: known(source.engineVersion),
    tier: known(heldTo?.tier ?? source.tags?.["tier"]),
    environment: known(heldTo?.environment ?? source.tags?.["environment"]),
  };
}

function phasesOf(outcome: unknown): RunReport["phases"] {
  const { phases } = (outcome ?? {}) as { phases?: unknown };
  return (Array.isArray(phases) ? (phases as unknown[]) : []).map((phase) => {
    const [name, beganAt, endedAt] = (["name", "beganAt", "endedAt"] as const).map((field) =>
      String((phase as Record<string, unknown> | null)?.[field]),
    ) as [string, string, string];
    const milliseconds = Date.parse(endedAt) - Date.parse(beganAt);
    return { name, beganAt, endedAt, seconds: Number.isFinite(milliseconds) ? milliseconds / 1000 : 0 };
  });
}

/** What those of the verdicts measured that had a recovery time to meet. */
export function recoveriesOf(runs: RunStatement[]): Recovery[] {
  return runs.flatMap((run): Recovery[] => {
    if (run.kind !== "verdict") return [];
    const figures = Object.assign({}, ...run.predicate.checks.map((check) => check.figures)) as Record<string, unknown>;
    const figure = (name: string) => (typeof figures[name] === "number" ? figures[name] : null);
    if (figure("rtoSeconds") === null) return [];
    const { requestId, issuedAt, verdict } = run.predicate;
    return [
      {
        requestId,
        issuedAt,
        verdict,
        rtoAchievedSeconds: figure("rtoAchievedSeconds"),
        rtoSeconds: figure("rtoSeconds"),
        rpoAchievedSeconds: figure("rpoAchievedSeconds"),
        rpoSeconds: figure("rpoSeconds"),
      },
    ];
  });
}

const requestOf = ({ requestedBy, reason, receivedAt, parent }: VerdictPredicate["request"]): RunReport["request"] => ({
  requestedBy,
  reason,
  receivedAt,
  ...(parent !== undefined && { parent }),
});
