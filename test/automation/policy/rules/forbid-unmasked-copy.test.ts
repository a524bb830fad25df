import type { DataCopy } from "../../../../automation/copy-records";
import { targetDatabase } from "../../../../automation/fleet-records";
import { forbidUnmaskedCopy } from "../../../../automation/policy/rules/forbid-unmasked-copy";
import { facts, plan } from "../facts";

const database = targetDatabase({
  identifier: "orders-production",
  resourceId: "db-2",
  arn: "arn:aws:rds:eu-central-1:123456789012:db:orders-production",
});
const masked = { profileDigest: "9".repeat(64), schemaDigest: "5".repeat(64) };
const judged = (more: Partial<DataCopy>, environment = "production") => {
  const tags: Record<string, string> = environment === "" ? {} : { environment };
  const source = { database, tags };
  const copies: DataCopy = { source, to: { account: "123456789012", environment: "staging" }, ...more };
  return forbidUnmaskedCopy.judge(facts("changes", { plan: { ...plan, copies } }));
};

test("what leaves no copy is allowed", () => {
  expect(forbidUnmaskedCopy.judge(facts("changes"))).toMatchObject({ verdict: "allowed" });
});

test("a new copy of production data has to be masked; data of an unknown environment counts as that", () => {
  expect(judged({ masked })).toMatchObject({ verdict: "allowed" });
  expect(judged({})).toEqual({
    verdict: "denied",
    reason: "the copy of orders-production in staging would not be masked",
  });
  expect(judged({}, "")).toMatchObject({ verdict: "denied" });
  expect(judged({}, "moon")).toMatchObject({ verdict: "denied" });
  expect(judged({}, "staging")).toMatchObject({ verdict: "allowed" });
  expect(judged({ to: { account: "123456789012", environment: "production" } })).toMatchObject({ verdict: "allowed" });
});

test("a copy that is there needs a signed statement whose last day is not over", () => {
  const proof = (expiresOn: string) => ({ refresh: "refresh-1", evidence: "e".repeat(64), expiresOn });
  const there = { masked, dataFrom: "2026-05-01" };
  expect(judged(there)).toMatchObject({ verdict: "denied" });
  expect(judged({ ...there, proof: proof("2026-05-31") })).toMatchObject({ verdict: "allowed" });
  expect(judged({ ...there, proof: proof("2026-05-30") })).toEqual({
    verdict: "denied",
    reason: "the proof of refresh refresh-1 was valid until 2026-05-30",
  });
});
