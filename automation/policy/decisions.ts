/**
 * The policy stage: a request and its plan are admitted, denied, or held for people's approval.
 *
 * Every rule of `rules.ts` is evaluated, so that the decision names all its reasons.
 */
import type { Database } from "../database";
import { approvalWaitSeconds } from "../limits";
import {
  canonicalJson,
  planDigestOf,
  type Approval,
  type ApprovalNeeded,
  type Decision,
  type PlanBasis,
} from "../records";
import { accessInForce } from "./access";
import type { Answer } from "./approvals";
import { changedRing, changesBefore, markBegun } from "./ring-changes";
import { neededBy } from "./roles";
import type { AdmissionFacts } from "./rule";
import { admissionRules } from "./rules";
import { knownStandards } from "./standards";

export type Admission = Pick<Decision, "status" | "rules" | "needed">;

/** Pure: the strictest verdict of all rules, and the approvals that they want. */
export function decide(facts: AdmissionFacts, asked = admissionRules): Admission {
  const rules = asked.map((rule) => ({ id: rule.id, ...rule.judge(facts) }));
  const verdicts = rules.map((r) => r.verdict);
  if (verdicts.includes("denied")) return { status: "denied", rules, needed: [] };
  if (!verdicts.includes("needs-approval")) return { status: "allowed", rules, needed: [] };
  const wanted = rules.flatMap((r) =>
    r.verdict === "needs-approval" ? (r.approvals ?? [{ by: "approver" as const, people: 1 }]) : [],
  );
  const { plan, standard } = facts;
  const owner = standard.tags.owner.key;
  const owners = {
    "owning-team": plan.tags[owner],
    "source-owning-team": plan.copies?.source.tags[owner],
    "target-owning-team": plan.copies?.replaces?.tags[owner],
  };
  return {
    status: "needs-approval",
    rules,
    needed: merged(wanted.map((one) => neededBy(facts.access, one, owners))),
  };
}

/** What two rules want of the same people is given once: by as many as the one wants that wants more. */
function merged(all: ApprovalNeeded[]): ApprovalNeeded[] {
  const most = new Map<string, ApprovalNeeded>();
  for (const one of all) if (one.people > (most.get(one.by)?.people ?? 0)) most.set(one.by, one);
  return [...most.values()];
}

/** What the rules look at, as this stage knows it now. */
export async function factsOf(
  database: Database,
  given: Pick<AdmissionFacts, "request" | "operation" | "plan" | "standard" | "principal"> & { requestId: string },
): Promise<AdmissionFacts> {
  const { requestId, ...rest } = given;
  const access = (await accessInForce(database)) ?? {};
  const earlierChanges = await changesBefore(database, requestId, changedRing(given));
  const approvedWith = await parentThatApproves(database, requestId, given.plan);
  return { ...rest, access, approvedWith, earlierChanges, standards: await knownStandards(database), now: new Date() };
}

/** The parent, if it goes on, and people have approved with its plan what this one comes to. */
async function parentThatApproves(
  database: Database,
  requestId: string,
  { approvedAs }: AdmissionFacts["plan"],
): Promise<AdmissionFacts["approvedWith"]> {
  if (approvedAs === undefined) return undefined;
  const [found] = await database.query<{ id: string; plan: PlanBasis & { window?: unknown }; digest: string }>(
    `select run.request_id as id, run.plan, run.plan_digest as digest from request join run on run.request_id = request.parent_id
       join decision on decision.request_id = run.request_id and decision.preparation = run.planned_preparation
     where request.id = $1 and run.finished_at is null and run.plan_digest = decision.plan_digest
       and decision.status <> 'denied' and decision.begun_at is not null and run.plan -> 'approves' ? $2`,
    [requestId, approvedAs],
  );
  // The digest is what people have approved: a plan that was changed since is not believed.
  if (!found || planDigestOf(found.plan) !== found.digest) return undefined;
  return { id: found.id, hasWindow: typeof found.plan.window === "string" };
}

/** Decides once on each plan of a request: repeated after a crash, it returns the stored decision. */
export async function admit(
  database: Database,
  requestId: string,
  preparation: number,
  facts: AdmissionFacts,
): Promise<Decision> {
  const { status, rules, needed } = decide(facts);
  const [made] = await database.query<Stored>(
    `insert into decision (request_id, preparation, status, plan_digest, rules, needed, decided_by, expires_at, changed_ring)
     values ($1, $2, $3, $4, $5, $6, $7, case when $3 = 'needs-approval' then clock_timestamp() + $8 * interval '1 second' end, $9)
     on conflict (request_id, preparation) do nothing returning ${columns}`,
    [
      requestId,
      preparation,
      status,
      planDigestOf(facts.plan),
      JSON.stringify(rules),
      JSON.stringify(needed),
      "admission rules",
      approvalWaitSeconds,
      changedRing(facts) ?? null,
    ],
  );
  return made ? decisionOf(made) : (readDecision(database, requestId, preparation) as Promise<Decision>);
}

const columns = `request_id as "requestId", preparation, status, plan_digest as "planDigest", rules, decided_by as "decidedBy",
  needed, expires_at as "expiresAt", coalesce(expires_at <= clock_timestamp(), false) as "isExpired",
  (select coalesce(jsonb_agg(jsonb_build_object('principal', principal, 'answer', answer, 'comment', comment,
     'answeredAt', answered_at) order by answered_at, principal), '[]')
   from approval where approval.request_id = decision.request_id and approval.plan_digest = decision.plan_digest) as approvals`;

/**
 * Whether the rules, asked again right before a plan is carried out, want nothing more than when it was decided on: days
 * may have passed since. Then it counts as a change from here on. Who may approve was fixed by the decision.
 */
export async function admitAgain(database: Database, decision: Decision, facts: AdmissionFacts): Promise<boolean> {
  const wanted = ({ id, verdict, approvals }: Decision["rules"][number]) => canonicalJson({ id, verdict, approvals });
  const then = new Set(decision.rules.map(wanted));
  if (decide(facts).rules.some((now) => now.verdict !== "allowed" && !then.has(wanted(now)))) return false;
  await markBegun(database, decision);
  return true;
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
  const [row] = await database.query<Stored>(
    `select ${columns} from decision where request_id = $1 and preparation = coalesce($2, preparation) order by preparation desc limit 1`,
    [requestId, preparation ?? null],
  );
  return row && decisionOf(row);
}

const decisionOf = (row: Stored): Decision => ({
  ...row,
  expiresAt: row.expiresAt ?? undefined,
  approvals: row.approvals.map((one) => ({ ...one, answeredAt: new Date(one.answeredAt) })),
});

type Stored = Omit<Decision, "approvals" | "expiresAt"> & {
  expiresAt: Date | null;
  approvals: (Omit<Approval, "answeredAt"> & { answeredAt: string })[];
};

export const recordAnswer = (database: Database, decision: Pick<Decision, "requestId" | "planDigest">, a: Answer) =>
  database.query(
    "insert into approval (request_id, plan_digest, principal, answer, comment) values ($1, $2, $3, $4, $5)",
    [decision.requestId, decision.planDigest, a.principal, a.answer, a.comment],
  );
