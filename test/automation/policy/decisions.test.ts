import { decide } from "../../../automation/policy/decisions";
import type { AdmissionRule } from "../../../automation/policy/rule";
import { admissionRules } from "../../../automation/policy/rules";
import type { ApprovalWanted, Decision, Effect, Judgement } from "../../../automation/records";
import type { Access } from "../../../automation/policy/roles";
import { facts, plan } from "./facts";

test.each<[Effect, Decision["status"], number]>([
  ["reads", "allowed", 0],
  ["throwaway", "allowed", 0],
  ["changes", "needs-approval", 1],
])(
  "an operation that %s is %s, for %d people to approve, and the decision names every rule",
  (effect, status, people) => {
    const decided = decide(facts(effect));
    expect(decided).toMatchObject({ status });
    expect(decided.needed.map((one) => one.people)).toEqual(people === 0 ? [] : [people]);
    expect(decided.rules.map(({ id }) => id)).toEqual(admissionRules.map(({ id }) => id));
  },
);

test("a denied request still gets the verdict of every rule", () => {
  const { status, needed, rules } = decide(facts("changes", { request: { input: {}, reason: " " } }));
  expect({ status, needed }).toEqual({ status: "denied", needed: [] });
  expect(rules.flatMap(({ id, verdict }) => (verdict === "allowed" ? [] : [[id, verdict]]))).toEqual([
    ["require-approval-of-changes", "needs-approval"],
    ["require-reason", "denied"],
  ]);
  expect(rules).toHaveLength(admissionRules.length);
});

const rule = (judgement: Judgement): AdmissionRule => ({
  id: judgement.verdict,
  why: "",
  solution: "",
  owner: "",
  judge: () => judgement,
});

test("a decision keeps of each rule its id and what it said", () => {
  const approvals: ApprovalWanted[] = [{ by: "operator", people: 2 }];
  expect(decide(facts("reads"), [rule({ verdict: "needs-approval", reason: "r", approvals })])).toEqual({
    status: "needs-approval",
    needed: [{ by: "other than the requester", people: 2, principals: null }],
    rules: [{ id: "needs-approval", verdict: "needs-approval", reason: "r", approvals }],
  });
});

test("a rule is given the request, the operation, the plan, who asks, and when", () => {
  const given = facts("reads");
  const seen: unknown[] = [];
  decide(given, [
    { ...rule({ verdict: "allowed", reason: "r" }), judge: (f) => (seen.push(f), { verdict: "allowed", reason: "r" }) },
  ]);
  expect(seen).toEqual([given]);
});

test("the strictest verdict wins, whatever the order of the rules", () => {
  const statusOf = (...verdicts: Decision["status"][]) =>
    decide(
      facts("reads"),
      verdicts.map((verdict) => rule({ verdict, reason: verdict })),
    ).status;
  expect(statusOf("allowed", "needs-approval", "denied")).toBe("denied");
  expect(statusOf("denied", "needs-approval")).toBe("denied");
  expect(statusOf("needs-approval", "allowed")).toBe("needs-approval");
  expect(statusOf("allowed", "allowed")).toBe("allowed");
});

const roles = { requester: ["everyone"], operator: ["os:otto"], approver: ["os:ben", "os:carla"], auditor: [] };
const teams = { "team-orders": ["os:dora"] };
const wanting = (...approvals: ApprovalWanted[]) => rule({ verdict: "needs-approval", reason: "r", approvals });
const neededOf = (access: Access, tags: Record<string, string>, ...rules: AdmissionRule[]) =>
  decide(facts("reads", { access, plan: { ...plan, tags } }), rules).needed;
const owned = { owner: "team-orders" };

test("a rule that does not say whose approval it wants, wants that of one approver", () => {
  const unsaid = rule({ verdict: "needs-approval", reason: "r" });
  expect(neededOf({ roles, teams }, owned, unsaid)).toEqual([
    { by: "with the role approver", people: 1, principals: ["os:ben", "os:carla"] },
  ]);
});

test("a decision names those who can approve: the people with a role, or of the team that owns the database", () => {
  const wanted = wanting({ by: "owning-team", people: 1 }, { by: "operator", people: 2 });
  expect(neededOf({ roles, teams }, owned, wanted)).toEqual([
    { by: "of the team team-orders", people: 1, principals: ["os:dora"] },
    { by: "with the role operator", people: 2, principals: ["os:otto"] },
  ]);
});

test("what two rules want of the same people, as many as the one wants that wants more; nothing of a denied plan", () => {
  const [one, two] = [wanting({ by: "approver", people: 1 }), wanting({ by: "approver", people: 2 })];
  const denying = rule({ verdict: "denied", reason: "r" });
  expect(neededOf({ roles }, owned, two, one)).toMatchObject([{ by: "with the role approver", people: 2 }]);
  expect(neededOf({ roles }, owned, one, wanting({ by: "operator", people: 1 }))).toHaveLength(2);
  expect(neededOf({ roles }, owned, two, denying)).toEqual([]);
});

test.each<[string, Record<string, string>]>([
  ["that the file does not name", { owner: "team-ledger" }],
  ["that has the name of what every object has", { owner: "constructor" }],
  ["that no tag names", {}],
])("in place of an owning team %s the approvers approve", (_, tags) => {
  expect(neededOf({ roles, teams }, tags, wanting({ by: "owning-team", people: 1 }))).toEqual([
    {
      by: expect.stringMatching(/^with the role approver, as shipshape.yaml names no team/) as string,
      people: 1,
      principals: roles.approver,
    },
  ]);
});

test("without roles everyone but the requester can approve, as many as a rule wants", () => {
  const wanted = wanting({ by: "operator", people: 1 }, { by: "approver", people: 2 });
  expect(neededOf({}, owned, wanted)).toEqual([{ by: "other than the requester", people: 2, principals: null }]);
});
