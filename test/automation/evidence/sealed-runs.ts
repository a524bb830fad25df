import type { Database } from "../../../automation/database";
import type { Signer } from "../../../automation/evidence/ledger";
import { sealTeardown, sealVerdict } from "../../../automation/evidence/sealing";
import { targetDatabase } from "../../../automation/fleet-records";
import type { Concluded, OperationRequest, PlanBasis, VerdictWord } from "../../../automation/records";

export const databaseCalled = (identifier: string, resourceId = `db-${identifier.toUpperCase()}`) =>
  targetDatabase({ identifier, resourceId, arn: `arn:aws:rds:eu-central-1:123456789012:db:${identifier}` });

export function requestOf(id: string, more: Partial<OperationRequest> = {}): OperationRequest {
  const receivedAt = new Date("2026-05-31T00:00:00Z");
  return {
    id,
    operation: "restore-drill",
    version: 1,
    input: { database: "orders" },
    requestedBy: "an auditor",
    reason: "a test",
    receivedAt,
    ...more,
  };
}

export const planOf = (identifier = "orders", resourceId?: string): PlanBasis => ({
  target: identifier,
  database: databaseCalled(identifier, resourceId),
  tags: {},
  evidenceValidDays: 30,
});

export function concluded(id: string, verdict: VerdictWord = "pass", more: Partial<Concluded> = {}): Concluded {
  const check = {
    name: "database-recovers",
    verdict,
    explanation: "the restored database accepts queries",
    figures: { recoveryTarget: "then" },
  };
  return {
    request: requestOf(id),
    plan: planOf(),
    decision: {
      requestId: id,
      preparation: 1,
      status: "allowed",
      planDigest: "ab",
      rules: [{ id: "require-reason", verdict: "allowed", reason: "there is one" }],
      decidedBy: "admission rules",
      needed: [],
      expiresAt: undefined,
      isExpired: false,
      approvals: [],
    },
    conclusion: { status: "succeeded", outcome: { phases: [] }, verdict: { verdict, checks: [check] } },
    cleansUp: true,
    ...more,
  };
}

export const removed = {
  removed: [{ kind: "database", identifier: "drill-1", provenGoneBy: "DescribeDBInstances: DBInstanceNotFound" }],
};

/** Seals a run as its lifecycle does; stores the request if it is missing. */
export async function sealRun(
  database: Database,
  signer: Signer,
  c: Concluded,
  kinds: ("verdict" | "teardown")[] = ["verdict", "teardown"],
): Promise<void> {
  const { request, plan } = c;
  await database.query(
    "insert into request (id, operation, input, requested_by, reason, received_at) values ($1, $2, $3, $4, $5, $6) on conflict do nothing",
    [
      request.id,
      request.operation,
      JSON.stringify(request.input),
      request.requestedBy,
      request.reason,
      request.receivedAt,
    ],
  );
  if (kinds.includes("verdict")) await sealVerdict(database, signer, { shipshape: "0.0.0" }, c);
  if (kinds.includes("teardown") && plan) await sealTeardown(database, signer, request, plan, removed);
}
