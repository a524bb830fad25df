/**
 * The policy stage: a request and its plan are admitted, denied, or held for a person's approval.
 *
 * Every rule is asked, so that the decision names all it stands on. A drill makes nothing but a throwaway and writes nothing but two markers
 * to the schema that is Shipshape's own: it is allowed to whoever may request it.
 */
import type { Database } from "../database";
import { planDigestOf, type Decision, type OperationRequest, type PlanBasis } from "../records";

export interface AdmissionRule {
  id: string;
  judge(request: OperationRequest, plan: PlanBasis): { verdict: Decision["status"]; reason: string };
}

const admissionRules: AdmissionRule[] = [
  {
    id: "require-reason",
    judge: (request) =>
      request.reason.trim() === ""
        ? { verdict: "denied", reason: "the request gives no reason" }
        : { verdict: "allowed", reason: "the request gives a reason" },
  },
  {
    id: "allow-restore-drill",
    judge: (request) =>
      request.operation === "restore-drill"
        ? { verdict: "allowed", reason: "a restore drill changes no data: it reads a backup into an isolated throwaway that expires" }
        : { verdict: "needs-approval", reason: `${request.operation} changes a database` },
  },
];

/** Decides once: repeated after a crash, it gives the decision that was stored. */
export async function admit(database: Database, request: OperationRequest, plan: PlanBasis): Promise<Decision> {
  const rules = admissionRules.map((rule) => ({ id: rule.id, ...rule.judge(request, plan) }));
  const verdicts = rules.map((r) => r.verdict);
  const status = verdicts.includes("denied") ? "denied" : verdicts.includes("needs-approval") ? "needs-approval" : "allowed";
  await database.query(
    "insert into decision (request_id, status, plan_digest, rules, decided_by) values ($1, $2, $3, $4, $5) on conflict (request_id) do nothing",
    [request.id, status, planDigestOf(plan), JSON.stringify(rules), "admission rules"],
  );
  return readDecision(database, request.id) as Promise<Decision>;
}

export async function readDecision(database: Database, requestId: string): Promise<Decision | undefined> {
  const [row] = await database.query<{ status: Decision["status"]; plan_digest: string; rules: Decision["rules"]; decided_by: string }>(
    "select * from decision where request_id = $1",
    [requestId],
  );
  return row && { requestId, status: row.status, planDigest: row.plan_digest, rules: row.rules, decidedBy: row.decided_by };
}
