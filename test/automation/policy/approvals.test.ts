import { approvalsMissing, isApproved, requireValidAnswer, type Answer } from "../../../automation/policy/approvals";
import type { Approval, ApprovalNeeded } from "../../../automation/records";

const now = new Date("2026-05-31T12:00:00Z");
const digest = "0123456789abcdef".repeat(4);
const approved = (principal: string, answer: Approval["answer"] = "approved"): Approval => ({
  principal,
  answer,
  comment: "fine",
  answeredAt: now,
});
const needed = (people: number, principals: string[] | null = null, by = "someone"): ApprovalNeeded => ({
  by,
  people,
  principals,
});
function answer(
  change: Partial<Answer> = {},
  approvals: Approval[] = [],
  isExpired = false,
  wanted: ApprovalNeeded[] = [needed(1)],
) {
  const given: Answer = { principal: "ben", answer: "approved", comment: "fine", plan: digest, ...change };
  requireValidAnswer(
    { id: "r", requestedBy: "ana" },
    { planDigest: digest, expiresAt: now, isExpired, approvals, needed: wanted },
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

test("an operating-system user approves neither its own request nor one by a name that it issued", () => {
  const own = expect.objectContaining({ code: "approval-own-request" }) as Error;
  const approve = (requestedBy: string, principal: string) => () =>
    requireValidAnswer(
      { id: "r", requestedBy },
      { planDigest: digest, expiresAt: undefined, isExpired: false, approvals: [], needed: [needed(1)] },
      { principal, answer: "approved", comment: "fine", plan: digest },
    );
  expect(approve("ana", "ana")).toThrow(own);
  expect(approve("ana", "embedded:ana/ben")).toThrow(own);
  expect(approve("embedded:ana/ben", "ana")).toThrow(own);
  expect(approve("embedded:ana/ben", "embedded:ana/ben")).toThrow(own);
  expect(approve("embedded:ana/ben", "embedded:ana/carla")()).toBeUndefined();
});

const withdrawn = ({ requestedBy, principal }: { requestedBy: string; principal: string }) =>
  requireValidAnswer(
    { id: "r", requestedBy },
    { planDigest: digest, expiresAt: undefined, isExpired: false, approvals: [], needed: [needed(1, ["os:ben"])] },
    { principal, answer: "rejected", comment: "not now", plan: digest },
  );

test("only those who can give a needed approval may approve or reject; requesters may withdraw their own request", () => {
  const others = expect.objectContaining({ code: "approval-of-others" }) as Error;
  const wanted = [needed(1, ["os:ben"]), needed(1, ["os:carla"])];
  answer({ principal: "carla" }, [], false, wanted);
  answer({ principal: "carla", answer: "rejected" }, [], false, wanted);
  answer({ principal: "ana", answer: "rejected" }, [], false, wanted);
  const sessions = { requestedBy: role("deployer", "monday"), principal: role("deployer", "tuesday") };
  expect(withdrawn(sessions)).toBeUndefined();
  expect(() => withdrawn({ ...sessions, principal: role("reader", "monday") })).toThrow(others);
  for (const given of ["approved", "rejected"] as const) {
    expect(() => answer({ principal: "dora", answer: given }, [], false, wanted)).toThrow(others);
    expect(() => answer({ principal: "dora", answer: given }, [], false, [needed(1, [])])).toThrow(others);
  }
});

test("two sessions of one role are one of the people that a plan needs", () => {
  const approvals = [approved(role("approver", "ana")), approved(role("approver", "ben"))];
  expect(isApproved({ needed: [needed(2)], approvals })).toBe(false);
  expect(() => answer({ principal: role("approver", "ben") }, approvals.slice(0, 1))).toThrow();
});

test("an answer that comes too late does not count", () => {
  expect(() => answer({}, [], true)).toThrow(expect.objectContaining({ code: "approval-too-late" }) as Error);
});

test("requesters may reject their own request", () => {
  answer({ principal: "ana", answer: "rejected" });
});

test("a plan is approved by as many different people as its decision wants, rejections not counted", () => {
  const by = (people: number, ...approvals: Approval[]) => isApproved({ needed: [needed(people)], approvals });
  expect([by(1), by(1, approved("ben")), by(2, approved("ben")), by(2, approved("ben"), approved("ben"))]).toEqual([
    false,
    true,
    false,
    false,
  ]);
  expect([by(2, approved("ben"), approved("carla")), by(1, approved("ben", "rejected"))]).toEqual([true, false]);
});

test("a person who could give two of the approvals gives one of them", () => {
  const wanted = [needed(1, ["os:ben", "os:carla"], "approver"), needed(1, ["os:ben"], "team")];
  const missing = (...people: string[]) =>
    approvalsMissing({ needed: wanted, approvals: people.map((one) => approved(one)) }).map((one) => one.by);
  expect(missing()).toEqual(["approver", "team"]);
  expect(missing("ben")).toHaveLength(1);
  expect(missing("carla")).toEqual(["team"]);
  // In either order: each is assigned to what the other cannot give.
  expect([missing("ben", "carla"), missing("carla", "ben")]).toEqual([[], []]);
  expect(missing("carla", "dora")).toEqual(["team"]);
});

test("what is missing names how many, of whom", () => {
  const wanted = [needed(3, ["os:ben", "os:carla"], "approver"), needed(1, null, "anyone")];
  const approvals = [approved("ben"), approved("dora")];
  expect(approvalsMissing({ needed: wanted, approvals })).toEqual([needed(2, ["os:ben", "os:carla"], "approver")]);
});

test("a decision that needs no approval is approved; one that nobody can give never is", () => {
  expect(isApproved({ needed: [], approvals: [] })).toBe(true);
  expect(isApproved({ needed: [needed(1, [])], approvals: [approved("ben")] })).toBe(false);
});
