import { requireFreshRecovery } from "../../../../automation/policy/rules/require-fresh-recovery";
import type { Effect, Judgement, PlanBasis, Recoverability } from "../../../../automation/records";
import { facts, plan } from "../facts";

const { recovery: _, ...bare } = plan;
const evidence = (recoverability: Recoverability) => ({ recoverability, reason: "so it is", drill: null });
const judged = (change: Partial<PlanBasis>, effect: Effect = "changes") =>
  requireFreshRecovery.judge(facts(effect, { plan: { ...bare, ...change } }));
const unproven: Recoverability[] = ["stale", "failed", "unproven", "never", "unknown"];

test.each<[Record<string, string>, Judgement["verdict"]]>([
  [{ tier: "gold", environment: "production" }, "denied"],
  [{ tier: "silver", environment: "production" }, "needs-approval"],
  [{ tier: "bronze", environment: "production" }, "allowed"],
  [{ tier: "gold", environment: "staging" }, "allowed"],
  [{}, "denied"],
  [{ tier: "bronze-ish", environment: "test" }, "denied"],
  [{ environment: "production" }, "denied"],
])("a change of a database with the tags %j whose recovery is not proven: %s", (tags, verdict) => {
  for (const word of unproven) expect(judged({ tags, recovery: evidence(word) })).toMatchObject({ verdict });
  expect(judged({ tags })).toMatchObject({
    verdict,
    reason: expect.stringMatching(/nothing is known about it$/) as string,
  });
});

test("the team that owns a silver database decides", () => {
  expect(judged({ tags: { tier: "silver", environment: "production" }, recovery: evidence("stale") })).toEqual({
    verdict: "needs-approval",
    reason: "the recovery of orders (silver, production) is not proven: stale, so it is",
    approvals: [{ by: "owning-team", people: 1 }],
  });
});

test("a change is allowed while the recovery is proven, and what only reads or copies is allowed always", () => {
  expect(judged({ tags: {}, recovery: evidence("fresh") })).toEqual({
    verdict: "allowed",
    reason: "the recovery of orders is proven: so it is",
  });
  for (const effect of ["reads", "throwaway"] as const)
    expect(judged({ tags: {}, recovery: evidence("failed") }, effect)).toMatchObject({ verdict: "allowed" });
});

test("of a plan about several databases each database's own request is judged", () => {
  const { database: __, ...several } = bare;
  expect(requireFreshRecovery.judge(facts("changes", { plan: { ...several, target: "ring 1", tags: {} } }))).toEqual({
    verdict: "allowed",
    reason: "ring 1: each database has a request of its own",
  });
});

test("what only restores protection is left to the owning team where another change is denied", () => {
  const tags = { tier: "gold", environment: "production" };
  const restoresProtection = ["orders-instance.publiclyAccessible"];
  expect(judged({ tags, recovery: evidence("never"), restoresProtection })).toEqual({
    verdict: "needs-approval",
    reason:
      "the recovery of orders (gold, production) is not proven: never, so it is; it only restores what protects the database: orders-instance.publiclyAccessible",
    approvals: [{ by: "owning-team", people: 1 }],
  });
  expect(
    judged({ tags: { ...tags, environment: "staging" }, recovery: evidence("never"), restoresProtection }),
  ).toEqual({
    verdict: "allowed",
    reason: "the recovery of orders (gold, staging) is not proven: never, so it is",
  });
});

test("a copy that is made from its backups, and one that is removed for good, need no proof", () => {
  const unproven = { ...plan, recovery: { recoverability: "never" as const, reason: "no drill", drill: null } };
  const copies = {
    source: { database: plan.database, tags: {} },
    to: { account: plan.database.account, environment: "staging" },
  };
  for (const change of [{ copies }, { removes: { expiresOn: "2027-03-31", isOver: true } }])
    expect(requireFreshRecovery.judge(facts("changes", { plan: { ...unproven, ...change } }))).toMatchObject({
      verdict: "allowed",
    });
});
