/**
 * The policy stage: a request and its plan are admitted, denied, or held for a person's approval.
 *
 * Every rule is evaluated, so that the decision names all its reasons. What an operation does to databases decides, not
 * its name: one that only reads, or creates only throwaways, is allowed for everyone who may request it; one that
 * changes a database waits for a person.
 */
import type { Database } from "../database";
import { planDigestOf, type Decision, type Effect, type OperationRequest, type PlanBasis } from "../records";

type Judgement = { verdict: Decision["status"]; reason: string };

export interface AdmissionRule {
  id: string;
  judge(request: Pick<OperationRequest, "operation" | "reason">, effect: Effect): Judgement;
}

const byEffect: Record<Effect, (operation: string) => Judgement> = {
  reads: (operation) => ({ verdict: "allowed", reason: `${operation} only reads` }),
  throwaway: (operation) => ({
    verdict: "allowed",
    reason: `${operation} changes no data: it creates only an isolated throwaway that expires`,
  }),
  changes: (operation) => ({ verdict: "needs-approval", reason: `${operation} changes a database` }),
};

export const admissionRules: AdmissionRule[] = [
  {
    id: "require-reason",
    judge: ({ reason }) =>
      reason.trim() === ""
        ? { verdict: "denied", reason: "the request gives no reason" }
        : { verdict: "allowed", reason: "the request gives a reason" },
  },
  { id: "require-approval-of-changes", judge: ({ operation }, effect) => byEffect[effect](operation) },
];

/** Pure: the strictest verdict of all rules. */
export function decide(
  request: Pick<OperationRequest, "operation" | "reason">,
  effect: Effect,
  asked = admissionRules,
): Pick<Decision, "status" | "rules"> {
  const rules = asked.map((rule) => ({ id: rule.id, ...rule.judge(request, effect) }));
  const verdicts = rules.map((r) => r.verdict);
  const status = verdicts.includes("denied")
    ? "denied"
    : verdicts.includes("needs-approval")
      ? "needs-approval"
      : "allowed";
  return { status, rules };
}

/** Decides once: repeated after a crash, it returns the stored decision. */
export async function admit(
  database: Database,
  request: OperationRequest,
  plan: PlanBasis,
  effect: Effect,
): Promise<Decision> {
  const { status, rules } = decide(request, effect);
  await database.query(
    "insert into decision (request_id, status, plan_digest, rules, decided_by) values ($1, $2, $3, $4, $5) on conflict (request_id) do nothing",
    [request.id, status, planDigestOf(plan), JSON.stringify(rules), "admission rules"],
  );
  return readDecision(database, request.id) as Promise<Decision>;
}

export async function readDecision(database: Database, requestId: string): Promise<Decision | undefined> {
  const [row] = await database.query<{
    status: Decision["status"];
    plan_digest: string;
    rules: Decision["rules"];
    decided_by: string;
  }>("select * from decision where request_id = $1", [requestId]);
  return (
    row && { requestId, status: row.status, planDigest: row.plan_digest, rules: row.rules, decidedBy: row.decided_by }
  );
}
