import { decide } from "../../../automation/policy/decisions";
import type { AdmissionRule } from "../../../automation/policy/rule";
import { admissionRules } from "../../../automation/policy/rules";
import type { Decision, Effect, Judgement } from "../../../automation/records";
import { facts } from "./facts";

test.each<[Effect, Decision["status"], number]>([
  ["reads", "allowed", 0],
  ["throwaway", "allowed", 0],
  ["changes", "needs-approval", 1],
])(
  "an operation that %s is %s, for %d people to approve, and the decision names every rule",
  (effect, status, people) => {
    const decided = decide(facts(effect));
    expect(decided).toMatchObject({ status, people });
    expect(decided.rules.map(({ id }) => id)).toEqual(admissionRules.map(({ id }) => id));
  },
);

test("a denied request still gets the verdict of every rule", () => {
  const { status, people, rules } = decide(facts("changes", { request: { input: {}, reason: " " } }));
  expect({ status, people }).toEqual({ status: "denied", people: 0 });
  expect(rules.map(({ verdict }) => verdict)).toEqual(["needs-approval", "allowed", "denied"]);
});

const rule = (judgement: Judgement): AdmissionRule => ({
  id: judgement.verdict,
  why: "",
  solution: "",
  owner: "",
  judge: () => judgement,
});

test("a decision keeps of each rule its id and what it said", () => {
  expect(decide(facts("reads"), [rule({ verdict: "needs-approval", reason: "r", people: 2 })])).toEqual({
    status: "needs-approval",
    people: 2,
    rules: [{ id: "needs-approval", verdict: "needs-approval", reason: "r", people: 2 }],
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

test("as many people must approve as the rule wants that wants most, and none if it is denied", () => {
  const wanting = (people?: number) =>
    rule({ verdict: "needs-approval", reason: "r", ...(people !== undefined && { people }) });
  const denying = rule({ verdict: "denied", reason: "r" });
  const peopleOf = (...rules: AdmissionRule[]) => decide(facts("reads"), rules).people;
  expect([peopleOf(wanting()), peopleOf(wanting(2), wanting(1)), peopleOf(wanting(2), denying), peopleOf()]).toEqual([
    1, 2, 0, 0,
  ]);
});
