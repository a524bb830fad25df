/** Pure: which answers to plans count: to the plan that was shown, in time, and never by the person who asked. */
import { ShipshapeError } from "../errors";
import type { Approval, Decision, OperationRequest } from "../records";
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
 * approval-repeated.
 */
export function requireValidAnswer(
  request: Pick<OperationRequest, "id" | "requestedBy">,
  decision: Pick<Decision, "planDigest" | "expiresAt" | "isExpired" | "approvals">,
  { principal, plan, answer }: Answer,
): void {
  const { id } = request;
  if (plan.length < planDigestCharactersMin || !decision.planDigest.startsWith(plan))
    throw new ShipshapeError("plan-another", { id, given: plan, digest: decision.planDigest });
  if (decision.isExpired)
    throw new ShipshapeError("approval-too-late", {
      id,
      expiredAt: decision.expiresAt?.toISOString() ?? "an unknown time",
    });
  // Withdrawing one's own request is no conflict of interest.
  if (answer === "approved" && !areDifferentPeople(principal, request.requestedBy))
    throw new ShipshapeError("approval-own-request", { id, principal, requestedBy: request.requestedBy });
  if (decision.approvals.some((a) => personOf(a.principal) === personOf(principal)))
    throw new ShipshapeError("approval-repeated", { id, principal });
}

/**
 * The person behind a principal. People choose the session name when they assume a role, so all sessions of one role
 * count as one person. IAM Identity Center sets the name to its user's, whichever of their roles it is.
 */
export function personOf(principal: string): string {
  const [, role, name, session] = /^(arn:[^:]+:sts::\d+:assumed-role\/([^/]+))\/(.*)$/.exec(principal) ?? [];
  if (role === undefined) return principal;
  return name?.startsWith("AWSReservedSSO_") ? `Identity Center: ${session}` : role;
}

/**
 * An operating system's user may be the same person as any ARN. So may a federated user, whose name
 * the caller of GetFederationToken chooses.
 */
const areDifferentPeople = (one: string, other: string): boolean =>
  isArn(one) === isArn(other) && !isFederated(one) && !isFederated(other) && personOf(one) !== personOf(other);
const isArn = (principal: string) => principal.startsWith("arn:");
const isFederated = (principal: string) => /^arn:[^:]+:sts::\d+:federated-user\//.test(principal);

/** How many more people must approve. */
export function approvalsMissing({ people, approvals }: Pick<Decision, "people" | "approvals">): number {
  const given = new Set(approvals.filter((a) => a.answer === "approved").map((a) => personOf(a.principal)));
  return Math.max(0, people - given.size);
}

/** Whether enough people have approved. */
export const isApproved = (decision: Pick<Decision, "people" | "approvals">): boolean =>
  approvalsMissing(decision) === 0;
