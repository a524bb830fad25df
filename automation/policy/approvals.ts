/** Pure: which answers to plans count: to the plan that was shown, in time, by those who may. */
import { ShipshapeError } from "../errors";
import { areDifferentPeople, areSamePerson, namesPrincipal, principalOf } from "../principals";
import type { Approval, ApprovalNeeded, Decision, OperationRequest } from "../records";
import { planDigestCharactersMin } from "./limits";

export interface Answer {
  principal: string;
  answer: Approval["answer"];
  comment: string;
  /** The digest of the plan that was shown, or its first characters. */
  plan: string;
}

/**
 * Pure: refuses an answer that must not count. Errors: plan-another, approval-too-late, approval-own-request,
 * approval-repeated, approval-of-others.
 */
export function requireValidAnswer(
  request: Pick<OperationRequest, "id" | "requestedBy">,
  decision: Pick<Decision, "planDigest" | "expiresAt" | "isExpired" | "approvals" | "needed">,
  { principal, plan, answer }: Answer,
): void {
  const { id, requestedBy } = request;
  if (plan.length < planDigestCharactersMin || !decision.planDigest.startsWith(plan))
    throw new ShipshapeError("plan-another", { id, given: plan, digest: decision.planDigest });
  if (decision.isExpired)
    throw new ShipshapeError("approval-too-late", {
      id,
      expiredAt: decision.expiresAt?.toISOString() ?? "an unknown time",
    });
  // Withdrawing one's own request is no conflict of interest.
  const withdraws = answer === "rejected" && areSamePerson(principal, requestedBy);
  if (answer === "approved" && !areDifferentPeople(principal, requestedBy))
    throw new ShipshapeError("approval-own-request", { id, principal, requestedBy });
  if (!withdraws && !decision.needed.some((one) => canGive(one, principal)))
    throw new ShipshapeError("approval-of-others", { id, principal, who: whoMay(decision.needed) });
  if (decision.approvals.some((a) => areSamePerson(a.principal, principal)))
    throw new ShipshapeError("approval-repeated", { id, principal });
}

const canGive = ({ principals }: ApprovalNeeded, principal: string): boolean =>
  principals === null || namesPrincipal(principals, principal);

/** Who can approve, in words. */
export const whoMay = (needed: readonly ApprovalNeeded[]): string => needed.map(neededText).join("; ");

export const neededText = ({ by, people, principals }: ApprovalNeeded): string =>
  `${personCount(people)} ${by}${principals === null ? "" : `: ${principals.join(", ") || "nobody"}`}`;

export const personCount = (count: number): string => (count === 1 ? "1 person" : `${count} people`);

/**
 * What is still needed, each with the number of people. A person who could give several of the approvals gives one: the
 * people are assigned so that as many as possible are given.
 */
export function approvalsMissing({ needed, approvals }: Pick<Decision, "needed" | "approvals">): ApprovalNeeded[] {
  const places = needed.flatMap((one) => Array.from({ length: one.people }, () => one));
  const people = new Map(
    approvals.filter((a) => a.answer === "approved").map((a) => [principalOf(a.principal).person, a.principal]),
  );
  const takenBy = new Map<number, string>();
  /** Finds a place for the person, moving others to other places if it must (augmenting paths). */
  const place = (principal: string, tried: Set<number>): boolean =>
    places.some((one, at) => {
      if (tried.has(at) || !canGive(one, principal)) return false;
      tried.add(at);
      const other = takenBy.get(at);
      if (other !== undefined && !place(other, tried)) return false;
      takenBy.set(at, principal);
      return true;
    });
  for (const principal of people.values()) place(principal, new Set());
  const open = places.filter((_, at) => !takenBy.has(at));
  return needed
    .map((one) => ({ ...one, people: open.filter((other) => other === one).length }))
    .filter(({ people: count }) => count > 0);
}

/** Whether everyone whose approval is needed has given it. */
export const isApproved = (decision: Pick<Decision, "needed" | "approvals">): boolean =>
  approvalsMissing(decision).length === 0;
