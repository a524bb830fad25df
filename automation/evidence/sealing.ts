/**
 * What is sealed about a run: the verdict, and that what it created is gone. Two statements on one subject; a drill
 * counts as fresh only with both.
 */
import type { Database } from "../database";
import { describeError } from "../errors";
import { principalOf } from "../principals";
import { failedEvidenceValidDays } from "./limits";
import type { CleanUpReport, Concluded, Decision, OperationRequest, PlanBasis, VerdictWord } from "../records";
import { STATEMENT_TYPE, type Statement } from "./envelope";
import { appendStatement, type Alongside, type Signer } from "./ledger";
import { predicateTypeOf, subjectOf, type StatementKind } from "./run-statement";

/** Every run seals one when it ends: even if it was denied or cancelled, or failed before it had a plan. */
export function sealVerdict(
  database: Database,
  signer: Signer,
  toolVersions: Record<string, string>,
  c: Concluded,
  alongside?: Alongside,
): Promise<void> {
  const { request, plan, decision, conclusion } = c;
  const body = {
    request: requestRecord(request),
    ...(c.followUpOf !== undefined && { followUpOf: c.followUpOf }),
    decision: decision ? decisionRecord(decision) : null,
    plan: plan ? { ...plan } : null,
    run: conclusion.status,
    outcome: conclusion.status === "succeeded" ? conclusion.outcome : null,
    error: conclusion.status === "succeeded" ? null : describeError(conclusion.error),
    verdict: conclusion.verdict.verdict,
    checks: conclusion.verdict.checks.map((check) => ({ ...check })),
    ...(c.begun && { begun: c.begun }),
    teardown: c.cleansUp ? "follows" : "none",
    toolVersions,
  };
  return seal(database, signer, request, plan, "verdict", body, alongside);
}

export const sealTeardown = (
  database: Database,
  signer: Signer,
  request: OperationRequest,
  plan: PlanBasis,
  report: CleanUpReport,
): Promise<void> =>
  seal(database, signer, request, plan, "teardown", { removed: report.removed, left: report.left ?? [] });

const decisionRecord = ({ status, planDigest, decidedBy, rules, needed, approvals }: Decision) => ({
  status,
  planDigest,
  decidedBy,
  rules,
  ...(needed.length > 0 && { needed }),
  ...(approvals.length > 0 && {
    // The kind says how far the name can be trusted: one of an embedded cloud proves no person.
    approvals: approvals.map((a) => ({
      ...a,
      kind: principalOf(a.principal).kind,
      answeredAt: a.answeredAt.toISOString(),
    })),
  }),
});

/** A request as sealed, and digested if there is no plan. */
const requestRecord = ({
  id,
  operation,
  version,
  input,
  requestedBy,
  reason,
  receivedAt,
  parent,
}: OperationRequest) => ({
  id,
  operation,
  version,
  input,
  requestedBy,
  reason,
  receivedAt: receivedAt.toISOString(),
  ...(parent !== undefined && { parent }),
});

function seal(
  database: Database,
  signer: Signer,
  request: OperationRequest,
  plan: PlanBasis | undefined,
  kind: StatementKind,
  body: { verdict?: VerdictWord } & Record<string, unknown>,
  alongside?: Alongside,
): Promise<void> {
  const issuedAt = new Date();
  const target = plan?.target ?? nameGiven(request);
  const expiresOn = new Date(
    issuedAt.getTime() + (plan?.evidenceValidDays ?? failedEvidenceValidDays) * 86_400_000,
  ).toISOString();
  const statement: Statement = {
    _type: STATEMENT_TYPE,
    subject: [subjectOf(request.id, plan ?? requestRecord(request))],
    predicateType: predicateTypeOf(request.operation, kind),
    predicate: {
      requestId: request.id,
      operation: request.operation,
      target,
      database: plan?.database ?? null,
      ...body,
      issuedAt: issuedAt.toISOString(),
      expiresOn,
    },
  };
  // Repeated after a kill, this appends nothing: the log has one statement of each kind for a request.
  return appendStatement(database, signer, statement, alongside);
}

const nameGiven = ({ input }: OperationRequest): string =>
  String((input as { database?: unknown } | null)?.database ?? "");
