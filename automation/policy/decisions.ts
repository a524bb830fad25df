/**
 * The policy stage: a request and its plan are admitted, denied, or held for people's approval.
 *
 * Every rule is evaluated, so that the decision names all its reasons. What an operation does to databases decides, not
 * its name: one that only reads, or creates only throwaways, is allowed for everyone who may request it; one that
 * changes a database waits for a person.
 */
import type { Database } from "../database";
import { approvalWaitSeconds } from "../limits";
import {
  planDigestOf,
  type Approval,
  type Decision,
  type Effect,
  type Judgement,
  type OperationRequest,
  type PlanBasis,
} from "../records";
import { approvalsOf } from "./approvals";

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
  changes: (operation) => ({ verdict: "needs-approval", reason: `${operation} changes a database`, people: 1 }),
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

/** Pure: the strictest verdict of all rules, and the most people that one of them wants. */
export function decide(
  request: Pick<OperationRequest, "operation" | "reason">,
  effect: Effect,
  asked = admissionRules,
): Pick<Decision, "status" | "rules" | "people"> {
  const rules = asked.map((rule) => ({ id: rule.id, ...rule.judge(request, effect) }));
  const verdicts = rules.map((r) => r.verdict);
  if (verdicts.includes("denied")) return { status: "denied", rules, people: 0 };
  if (!verdicts.includes("needs-approval")) return { status: "allowed", rules, people: 0 };
  const wanted = rules.map((r) => (r.verdict === "needs-approval" ? (r.people ?? 1) : 0));
  return { status: "needs-approval", rules, people: Math.max(...wanted) };
}

/** Decides once on each plan of a request: repeated after a crash, it returns the stored decision. */
export async function admit(
  database: Database,
  request: OperationRequest,
  preparation: number,
  plan: PlanBasis,
  effect: Effect,
): Promise<Decision> {
  const { status, rules, people } = decide(request, effect);
  await database.query(
    `insert into decision (request_id, preparation, status, plan_digest, rules, people, decided_by, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, case when $3 = 'needs-approval' then clock_timestamp() + $8 * interval '1 second' end)
     on conflict (request_id, preparation) do nothing`,
    [
      request.id,
      preparation,
      status,
      planDigestOf(plan),
      JSON.stringify(rules),
      people,
      "admission rules",
      approvalWaitSeconds,
    ],
  );
  return readDecision(database, request.id, preparation) as Promise<Decision>;
}

/**
 * The decision on one plan of a request.
 * @default its latest
 */
export async function readDecision(
  database: Database,
  requestId: string,
  preparation?: number,
): Promise<Decision | undefined> {
  const [row] = await database.query<Omit<Decision, "approvals" | "expiresAt"> & { expiresAt: Date | null }>(
    `select request_id as "requestId", preparation, status, plan_digest as "planDigest", rules, decided_by as "decidedBy",
       people, expires_at as "expiresAt"
     from decision where request_id = $1 and preparation = coalesce($2, preparation) order by preparation desc limit 1`,
    [requestId, preparation ?? null],
  );
  if (!row) return undefined;
  const approvals: Approval[] = await approvalsOf(database, requestId, row.planDigest);
  return { ...row, expiresAt: row.expiresAt ?? undefined, approvals };
}
