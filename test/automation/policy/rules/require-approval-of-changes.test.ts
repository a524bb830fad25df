import { requireApprovalOfChanges } from "../../../../automation/policy/rules/require-approval-of-changes";
import type { Effect, Judgement } from "../../../../automation/records";
import { facts, plan } from "../facts";

test.each<[Effect, Judgement]>([
  ["reads", { verdict: "allowed", reason: "reindex only reads" }],
  [
    "throwaway",
    {
      verdict: "allowed",
      reason: "reindex changes no data: it creates only an isolated throwaway that expires",
    },
  ],
  ["changes", { verdict: "needs-approval", reason: "reindex changes a database" }],
])("an operation is judged by what it does to databases, not by its name: %s", (effect, judgement) => {
  expect(requireApprovalOfChanges.judge(facts(effect))).toEqual(judgement);
});

test("a copy that leaves its environment is decided on by those who own its source; one that stays is a change like others", () => {
  const database = plan.database;
  const judged = (environment: string) =>
    requireApprovalOfChanges.judge(
      facts("changes", {
        plan: {
          ...plan,
          copies: {
            source: { database, tags: { environment: "production" } },
            to: { account: database.account, environment },
          },
        },
      }),
    );
  expect(judged("staging")).toMatchObject({ verdict: "allowed" });
  expect(judged("production")).toMatchObject({ verdict: "needs-approval" });
});
