/** What is sealed of a run: the verdict, and that what it made is gone. Two statements on one subject; a drill counts as fresh only with both. */
import type { Database } from "../database";
import { describeError } from "../errors";
import { planDigestOf, type CleanUpReport, type Concluded, type OperationRequest, type PlanBasis } from "../records";
import { STATEMENT_TYPE, type Statement, type Subject } from "./envelope";
import { appendStatement, type EvidenceRow, type Signer } from "./ledger";

export const predicateTypeOf = (operation: string, kind: "verdict" | "teardown") => `urn:shipshape:evidence:${operation}:${kind}:v1`;

/** The subject of a run's statements: the run by its id, pinned by the digest of the plan it carried out. */
const subjectOf = (requestId: string, plan: PlanBasis): Subject => ({ name: `urn:shipshape:run:${requestId}`, digest: { sha256: planDigestOf(plan) } });

export function sealVerdict(database: Database, signer: Signer, toolVersions: Record<string, string>, c: Concluded): Promise<EvidenceRow> {
  const { request, plan, decision, conclusion } = c;
  return seal(database, signer, request, plan, "verdict", conclusion.verdict.verdict, {
    requestId: request.id,
    operation: request.operation,
    target: plan.target,
    database: plan.database,
    request: { requestedBy: request.requestedBy, reason: request.reason, receivedAt: request.receivedAt.toISOString() },
    decision: { status: decision.status, decidedBy: decision.decidedBy, rules: decision.rules },
    plan,
    outcome: conclusion.status === "succeeded" ? conclusion.outcome : null,
    error: conclusion.status === "failed" ? describeError(conclusion.error) : null,
    verdict: conclusion.verdict.verdict,
    checks: conclusion.verdict.checks,
    toolVersions,
  });
}

export function sealTeardown(database: Database, signer: Signer, request: OperationRequest, plan: PlanBasis, report: CleanUpReport): Promise<EvidenceRow> {
  return seal(database, signer, request, plan, "teardown", undefined, {
    requestId: request.id,
    operation: request.operation,
    target: plan.target,
    database: plan.database,
    removed: report.removed,
  });
}

function seal(
  database: Database,
  signer: Signer,
  request: OperationRequest,
  plan: PlanBasis,
  kind: "verdict" | "teardown",
  verdict: string | undefined,
  body: object,
): Promise<EvidenceRow> {
  const issuedAt = new Date();
  const expiresOn = new Date(issuedAt.getTime() + plan.evidenceValidDays * 86_400_000);
  const statement: Statement<object> = {
    _type: STATEMENT_TYPE,
    subject: [subjectOf(request.id, plan)],
    predicateType: predicateTypeOf(request.operation, kind),
    predicate: { ...body, issuedAt: issuedAt.toISOString(), expiresOn: expiresOn.toISOString() },
  };
  return appendStatement(database, signer, { requestId: request.id, kind, target: plan.target, verdict, statement });
}
