import { targetDatabase } from "../../../../automation/fleet-records";
import { forbidCopyInProduction } from "../../../../automation/policy/rules/forbid-copy-in-production";
import { facts, plan } from "../facts";

const database = targetDatabase({
  identifier: "orders-production",
  resourceId: "db-2",
  arn: "arn:aws:rds:eu-central-1:123456789012:db:orders-production",
});
const judged = (environment: string) =>
  forbidCopyInProduction.judge(
    facts("changes", {
      plan: { ...plan, copies: { source: { database, tags: {} }, to: { account: "123456789012", environment } } },
    }),
  );

test("what leaves no copy is allowed", () => {
  expect(forbidCopyInProduction.judge(facts("changes"))).toMatchObject({ verdict: "allowed" });
});

test("a copy for production is denied: no approval changes that", () => {
  expect(judged("production")).toEqual({
    verdict: "denied",
    reason: "reindex would put a copy into production, which is production",
  });
});

test.each(["staging", "development"])("a copy for %s is allowed", (environment) => {
  expect(judged(environment)).toMatchObject({ verdict: "allowed" });
});
