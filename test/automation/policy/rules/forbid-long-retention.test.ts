import { targetDatabase } from "../../../../automation/fleet-records";
import { forbidLongRetention } from "../../../../automation/policy/rules/forbid-long-retention";
import { builtIn } from "../../../../components/standards/built-in";
import { facts, plan } from "../facts";

const database = targetDatabase({
  identifier: "orders-production",
  resourceId: "db-2",
  arn: "arn:aws:rds:eu-central-1:123456789012:db:orders-production",
});
const judged = (classification: string | undefined, retentionDays?: number) =>
  forbidLongRetention.judge(
    facts("changes", {
      plan: {
        ...plan,
        copies: {
          source: {
            database,
            tags: classification === undefined ? {} : { [builtIn.tags.dataClassification.key]: classification },
          },
          to: { account: "123456789012", environment: "staging" },
          ...(retentionDays !== undefined && { retentionDays }),
        },
      },
    }),
  );

test("what leaves no copy is allowed", () => {
  expect(forbidLongRetention.judge(facts("changes"))).toMatchObject({ verdict: "allowed" });
});

test.each([
  ["public", 90],
  ["internal", 90],
  ["confidential", 30],
  ["restricted", 14],
  [undefined, 14],
  ["toString", 14],
])("a copy of %s data may stay for %i days, and not for one more", (classification, max) => {
  expect(judged(classification, max)).toMatchObject({ verdict: "allowed" });
  expect(judged(classification, max + 1)).toEqual({
    verdict: "denied",
    reason: `the copy of ${classification ?? "unclassified"} data would stay for ${max + 1} days, of at most ${max}`,
  });
});

test("a copy without an end is denied", () => {
  expect(judged("public")).toEqual({ verdict: "denied", reason: "the copy has no end" });
});
