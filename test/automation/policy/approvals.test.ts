import { isApproved, requireValidAnswer, type Answer } from "../../../automation/policy/approvals";
import type { Approval } from "../../../automation/records";

const now = new Date("2026-05-31T12:00:00Z");
const digest = "0123456789abcdef".repeat(4);
const approved = (principal: string, answer: Approval["answer"] = "approved"): Approval => ({
  principal,
  answer,
  comment: "fine",
  answeredAt: now,
});
function answer(change: Partial<Answer> = {}, approvals: Approval[] = [], isExpired = false) {
  const given: Answer = { principal: "ben", answer: "approved", comment: "fine", plan: digest, ...change };
  requireValidAnswer(
    { id: "r", requestedBy: "ana" },
    { planDigest: digest, expiresAt: now, isExpired, approvals },
    given,
  );
}

test("someone else approves the plan that they were shown, by its digest or the first twelve characters", () => {
  answer();
  answer({ plan: digest.slice(0, 12) });
  answer({}, [approved("carla")]);
});

test.each<[string, Partial<Answer>, Approval[], string]>([
  ["the requester's own", { principal: "ana" }, [], "approval-own-request"],
  ["the second of the same person", {}, [approved("ben")], "approval-repeated"],
  ["a rejection after an approval", { answer: "rejected" }, [approved("ben")], "approval-repeated"],
  ["of another plan", { plan: `f${digest.slice(1)}` }, [], "plan-another"],
  ["of a plan that too few characters name", { plan: digest.slice(0, 11) }, [], "plan-another"],
  ["of a plan that nothing names", { plan: "" }, [], "plan-another"],
  ["of a longer name than the plan's", { plan: `${digest}0` }, [], "plan-another"],
])("an answer does not count: %s", (_, change, approvals, code) => {
  expect(() => answer(change, approvals)).toThrow(expect.objectContaining({ code }) as Error);
});

const role = (name: string, session: string) => `arn:aws:sts::123456789012:assumed-role/${name}/${session}`;
const sso = "AWSReservedSSO_Operator_0123456789abcdef";
test.each<[string, string, boolean]>([
  ["ana", "ben", true],
  [role("operator", "ana"), role("operator", "ben"), false], // people choose the names of their sessions
  [role("operator", "ana"), role("approver", "ana"), true],
  [role(sso, "ana@example.com"), role(sso, "ben@example.com"), true],
  [role(sso, "ana@example.com"), role(sso, "ana@example.com"), false],
  ["arn:aws:iam::123456789012:user/ana", "arn:aws:iam::123456789012:user/ben", true],
  ["arn:aws:iam::123456789012:user/ana", "arn:aws:iam::210987654321:user/ana", true],
  ["ana", "arn:aws:iam::123456789012:user/ben", false],
  ["arn:aws:iam::123456789012:user/ana", "arn:aws:sts::123456789012:federated-user/ben", false],
  ["arn:aws:sts::123456789012:federated-user/ben", "arn:aws:iam::123456789012:user/ana", false],
  [role(sso, "ana@example.com"), role("AWSReservedSSO_Admin_fedcba9876543210", "ana@example.com"), false],
  [role("operator", "ana"), "ben", false],
])("a request by %s, approved by %s: counts as another person's: %s", (requestedBy, principal, counts) => {
  const approve = () =>
    requireValidAnswer(
      { id: "r", requestedBy },
      { planDigest: digest, expiresAt: undefined, isExpired: false, approvals: [] },
      { principal, answer: "approved", comment: "fine", plan: digest },
    );
  if (counts) expect(approve()).toBeUndefined();
  else expect(approve).toThrow(expect.objectContaining({ code: "approval-own-request" }) as Error);
});

test("two sessions of one role are one of the people that a plan needs", () => {
  const approvals = [approved(role("approver", "ana")), approved(role("approver", "ben"))];
  expect(isApproved({ people: 2, approvals })).toBe(false);
  expect(() => answer({ principal: role("approver", "ben") }, approvals.slice(0, 1))).toThrow();
});

test("an answer that comes too late does not count", () => {
  expect(() => answer({}, [], true)).toThrow(expect.objectContaining({ code: "approval-too-late" }) as Error);
});

test("requesters may reject their own request", () => {
  answer({ principal: "ana", answer: "rejected" });
});

test("a plan is approved by as many different people as its decision wants, rejections not counted", () => {
  const by = (people: number, ...approvals: Approval[]) => isApproved({ people, approvals });
  expect([by(1), by(1, approved("ben")), by(2, approved("ben")), by(2, approved("ben"), approved("ben"))]).toEqual([
    false,
    true,
    false,
    false,
  ]);
  expect([by(2, approved("ben"), approved("carla")), by(1, approved("ben", "rejected"))]).toEqual([true, false]);
});
