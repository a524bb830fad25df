import { targetDatabase } from "../../../../automation/fleet-records";
import { decide } from "../../../../automation/policy/decisions";
import { requireApprovalOfSource } from "../../../../automation/policy/rules/require-approval-of-source";
import { facts, plan } from "../facts";

const source = {
  database: targetDatabase({
    identifier: "orders-production",
    resourceId: "db-2",
    arn: "arn:aws:rds:eu-central-1:123456789012:db:orders-production",
  }),
  tags: { owner: "team-orders", environment: "production" } as Record<string, string>,
};
const copied = (environment: string, account = "123456789012", tags = source.tags) =>
  facts("changes", {
    plan: {
      ...plan,
      tags: { owner: "team-web" },
      copies: { source: { ...source, tags }, to: { account, environment } },
    },
  });
const judged = (...given: Parameters<typeof copied>) => requireApprovalOfSource.judge(copied(...given));

test("who leaves no copy of data anywhere needs nobody: a restore drill's throwaway is removed", () => {
  for (const effect of ["reads", "throwaway", "changes"] as const)
    expect(requireApprovalOfSource.judge(facts(effect))).toEqual({
      verdict: "allowed",
      reason: "reindex leaves no copy of a database's data",
    });
});

test("a copy that leaves its environment needs the team that owns the source, by name", () => {
  expect(judged("staging")).toEqual({
    verdict: "needs-approval",
    reason:
      "reindex copies the data of orders-production, which belongs to team-orders, from production, account 123456789012, to staging, account 123456789012",
    approvals: [{ by: "source-owning-team", people: 1 }],
  });
});

test.each<[string, Parameters<typeof copied>]>([
  ["to another account", ["production", "210987654321"]],
  ["from an environment that no tag names", ["production", undefined, { owner: "team-orders" }]],
  ["from one that the standard does not know, to one of that name", ["live", undefined, { environment: "live" }]],
])("so does a copy %s", (_, given) => {
  expect(judged(...given)).toMatchObject({ verdict: "needs-approval" });
});

test("a copy that stays in the source's environment and account needs no such approval", () => {
  expect(judged("production")).toMatchObject({ verdict: "allowed" });
});

test("the source's team is asked, not the team that gets the copy", () => {
  const roles = { requester: [], operator: [], approver: ["os:ben"], auditor: [] };
  const teams = { "team-orders": ["os:dora"], "team-web": ["os:will"] };
  const neededOf = (access: object, tags = source.tags) =>
    decide({ ...copied("staging", undefined, tags), access }, [requireApprovalOfSource]).needed;
  expect(neededOf({ roles, teams })).toEqual([{ by: "of the team team-orders", people: 1, principals: ["os:dora"] }]);
  expect(neededOf({ roles, teams }, { environment: "production" })).toEqual([
    { by: "with the role approver, as shipshape.yaml names no team ", people: 1, principals: ["os:ben"] },
  ]);
  expect(neededOf({})).toEqual([{ by: "other than the requester", people: 1, principals: null }]);
});

test("restricted data needs two of them", () => {
  const tags = { ...source.tags, "data-classification": "restricted" };
  expect(judged("staging", undefined, tags)).toMatchObject({ approvals: [{ by: "source-owning-team", people: 2 }] });
});
