import { admissionRules, decide, type AdmissionRule } from "../../../automation/policy/decisions";
import type { Decision, Effect, OperationRequest } from "../../../automation/records";

const request = (reason: string): OperationRequest => ({
  id: "261126093000-0a1b2c3d",
  operation: "reindex",
  version: 1,
  input: {},
  requestedBy: "ana",
  reason,
  receivedAt: new Date(),
});
const decided = (reason: string, effect: Effect) => decide(request(reason), effect);

describe("the decision depends on what an operation does to databases, not on its name", () => {
  test.each<[Effect, Decision["status"], string]>([
    ["reads", "allowed", "reindex only reads"],
    ["throwaway", "allowed", "reindex changes no data: it creates only an isolated throwaway that expires"],
    ["changes", "needs-approval", "reindex changes a database"],
  ])("an operation that %s: %s", (effect, status, reason) => {
    const people = status === "needs-approval" ? { people: 1 } : {};
    expect(decided("monthly", effect)).toEqual({
      status,
      people: 0,
      ...people,
      rules: [
        { id: "require-reason", verdict: "allowed", reason: "the request gives a reason" },
        { id: "require-approval-of-changes", verdict: status, reason, ...people },
      ],
    });
  });
});

test.each(["", " ", "\n\t", "\u00a0"])(
  "a request with the reason %j is denied, whatever it does, and the decision still names every rule",
  (reason) => {
    for (const effect of ["reads", "throwaway", "changes"] as const) {
      const { status, rules } = decided(reason, effect);
      expect(status).toBe("denied");
      expect(rules[0]).toEqual({ id: "require-reason", verdict: "denied", reason: "the request gives no reason" });
      expect(rules.map(({ id }) => id)).toEqual(admissionRules.map(({ id }) => id));
    }
  },
);

test("the strictest verdict wins, whatever the order of the rules", () => {
  const rule = (verdict: Decision["status"]): AdmissionRule => ({
    id: verdict,
    judge: () => ({ verdict, reason: verdict }),
  });
  const statusOf = (...verdicts: Decision["status"][]) => decide(request("x"), "reads", verdicts.map(rule)).status;
  expect(statusOf("allowed", "needs-approval", "denied")).toBe("denied");
  expect(statusOf("denied", "needs-approval")).toBe("denied");
  expect(statusOf("needs-approval", "allowed")).toBe("needs-approval");
  expect(statusOf("allowed", "allowed")).toBe("allowed");
});

test("as many people must approve as the rule wants that wants most, and none if it is denied", () => {
  const wanting = (people?: number): AdmissionRule => ({
    id: `wants ${people}`,
    judge: () => ({ verdict: "needs-approval", reason: "r", ...(people !== undefined && { people }) }),
  });
  const denying: AdmissionRule = { id: "denies", judge: () => ({ verdict: "denied", reason: "r" }) };
  const peopleOf = (...rules: AdmissionRule[]) => decide(request("x"), "reads", rules).people;
  expect([peopleOf(wanting()), peopleOf(wanting(2), wanting(1)), peopleOf(wanting(2), denying), peopleOf()]).toEqual([
    1, 2, 0, 0,
  ]);
});
