/**
 * The policy stage: a request and its plan are admitted, denied, or held for people's approval.
 *
 * Every rule of `rules.ts` is evaluated, so that the decision names all its reasons.
 */
import type { Database } from "../database";
import { approvalWaitSeconds } from "../limits";
import { planDigestOf, type Approval, type Decision } from "../records";
import type { Answer } from "./approvals";
import type { AdmissionFacts } from "./rule";
import { admissionRules } from "./rules";

export type Admission = Pick<Decision, "status" | "rules" | "people">;

/** Pure: the strictest verdict of all rules, and the most people that one of them wants. */
export function decide(facts: AdmissionFacts, asked = admissionRules): Admission {
  const rules = asked.map((rule) => ({ id: rule.id, ...rule.judge(facts) }));
  const verdicts = rules.map((r) => r.verdict);
  if (verdicts.includes("denied")) return { status: "denied", rules, people: 0 };
  if (!verdicts.includes("needs-approval")) return { status: "allowed", rules, people: 0 };
  const wanted = rules.map((r) => (r.verdict === "needs-approval" ? (r.people ?? 1) : 0));
  return { status: "needs-approval", rules, people: Math.max(...wanted) };
}

/** Decides once on each plan of a request: repeated after a crash, it returns the stored decision. */
export async function admit(
  database: Database,
  requestId: string,
  preparation: number,
  facts: AdmissionFacts,
): Promise<Decision> {
  const { status, rules, people } = decide(facts);
  await database.query(
    `insert into decision (request_id, preparation, status, plan_digest, rules, people, decided_by, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, case when $3 = 'needs-approval' then clock_timestamp() + $8 * interval '1 second' end)
     on conflict (request_id, preparation) do nothing`,
    [
      requestId,
      preparation,
      status,
      planDigestOf(facts.plan),
      JSON.stringify(rules),
      people,
      "admission rules",
      approvalWaitSeconds,
    ],
  );
  return readDecision(database, requestId, preparation) as Promise<Decision>;
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
       people, expires_at as "expiresAt", coalesce(expires_at <= clock_timestamp(), false) as "isExpired"
     from decision where request_id = $1 and preparation = coalesce($2, preparation) order by preparation desc limit 1`,
    [requestId, preparation ?? null],
  );
  if (!row) return undefined;
  const approvals = await approvalsOf(database, requestId, row.planDigest);
  return { ...row, expiresAt: row.expiresAt ?? undefined, approvals };
}

export const recordAnswer = (database: Database, decision: Pick<Decision, "requestId" | "planDigest">, a: Answer) =>
  database.query(
    "insert into approval (request_id, plan_digest, principal, answer, comment) values ($1, $2, $3, $4, $5)",
    [decision.requestId, decision.planDigest, a.principal, a.answer, a.comment],
  );

const approvalsOf = (database: Database, requestId: string, planDigest: string) =>
  database.query<Approval>(
    `select principal, answer, comment, answered_at as "answeredAt" from approval
     where request_id = $1 and plan_digest = $2 order by answered_at, principal`,
    [requestId, planDigest],
  );
