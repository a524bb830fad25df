import { requireApprovalOfChanges } from "../../../../automation/policy/rules/require-approval-of-changes";
import { requireApprovalOfSource } from "../../../../automation/policy/rules/require-approval-of-source";
import { decide } from "../../../../automation/policy/decisions";
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

const replacing = (targetOwner: string, environment = "staging") =>
  facts("changes", {
    plan: {
      ...plan,
      copies: {
        source: { database: plan.database, tags: { owner: "team-orders", environment: "production" } },
        to: { account: plan.database.account, environment },
        replaces: {
          database: { ...plan.database, identifier: "web-staging", resourceId: "db-2" },
          tags: { owner: targetOwner },
        },
      },
    },
  });

test("a copy that replaces what is in a team's database needs that team, wherever the copy stays: its content is lost", () => {
  for (const environment of ["staging", "production"])
    expect(requireApprovalOfChanges.judge(replacing("team-web", environment))).toEqual({
      verdict: "needs-approval",
      reason: "reindex replaces what is in web-staging, which belongs to team-web: it is lost for good",
      approvals: [{ by: "target-owning-team", people: 1 }],
    });
});

test("the teams of source and target both consent; a team that owns both consents once", () => {
  const roles = { requester: [], operator: [], approver: ["os:ben"], auditor: [] };
  const teams = { "team-orders": ["os:dora"], "team-web": ["os:will"] };
  const neededOf = (owner: string) =>
    decide({ ...replacing(owner), access: { roles, teams } }, [requireApprovalOfChanges, requireApprovalOfSource])
      .needed;
  expect(neededOf("team-web")).toEqual([
    { by: "of the team team-web", people: 1, principals: ["os:will"] },
    { by: "of the team team-orders", people: 1, principals: ["os:dora"] },
  ]);
  expect(neededOf("team-orders")).toEqual([{ by: "of the team team-orders", people: 1, principals: ["os:dora"] }]);
});
