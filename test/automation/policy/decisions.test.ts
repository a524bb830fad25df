import { admissionRules, admit, decide, type AdmissionRule } from "../../../automation/policy/decisions";
import { planDigestOf, type Decision, type Effect, type OperationRequest } from "../../../automation/records";
import type { Database } from "../../../automation/database";

const request = (reason: string): OperationRequest => ({
  id: "261126093000-0a1b2c3d",
  operation: "reindex",
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
    expect(decided("monthly", effect)).toEqual({
      status,
      rules: [
        { id: "require-reason", verdict: "allowed", reason: "the request gives a reason" },
        { id: "require-approval-of-changes", verdict: status, reason },
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

test("a decision is stored once, with the plan's digest, and a repetition returns the stored one", async () => {
  const rows: unknown[][] = [];
  const database = {
    query: async (sql: string, values: unknown[]) => {
      if (sql.startsWith("insert")) return (rows.length === 0 && rows.push(values), []);
      const [id, status, plan_digest, rules, decided_by] = rows[0]!;
      return id === values[0]
        ? [{ status, plan_digest, rules: JSON.parse(rules as string) as unknown, decided_by }]
        : [];
    },
  } as unknown as Database;
  const database1 = { identifier: "orders", resourceId: "db-1", arn: "a", account: "1", region: "r" };
  const plan = { target: "orders", database: database1, evidenceValidDays: 7 };
  const first = await admit(database, request("monthly"), plan, "changes");
  expect(first).toMatchObject({
    requestId: "261126093000-0a1b2c3d",
    status: "needs-approval",
    planDigest: planDigestOf(plan),
    decidedBy: "admission rules",
  });
  expect(await admit(database, request(""), { ...plan, evidenceValidDays: 9 }, "reads")).toEqual(first);
});
