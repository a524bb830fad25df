import {
  planRemoval,
  removalStillHolds,
  type ObservedCopy,
} from "../../../../automation/operations/refresh-removal/plan";
import { verifyRemoval } from "../../../../automation/operations/refresh-removal/verify";
import { requireApprovalOfChanges } from "../../../../automation/policy/rules/require-approval-of-changes";
import { builtIn } from "../../../../components/standards/built-in";
import { facts } from "../../policy/facts";

const observed: ObservedCopy = {
  observedAt: "2027-04-01T00:00:01Z",
  identifier: "orders-staging",
  arn: "arn:aws:rds:eu-central-1:123456789012:db:orders-staging",
  resourceId: "db-2",
  tags: { owner: "team-orders", environment: "staging" },
  stack: "refreshed-database.orders-staging",
  secretsProvider: null,
  expiresOn: "2027-03-31",
  madeBy: "an earlier one",
};
const plan = (at = observed.observedAt) =>
  planRemoval({ database: "orders-staging" }, { ...observed, observedAt: at }, "20270401-1", builtIn);
const judged = (at?: string) =>
  requireApprovalOfChanges.judge(facts("changes", { plan: plan(at), operation: { ...facts("changes").operation } }));

test("a copy may be used on its last day; the day after, its removal needs nobody's approval", () => {
  expect(judged("2027-03-31T23:59:59Z")).toMatchObject({ verdict: "needs-approval" });
  expect(judged()).toEqual({
    verdict: "allowed",
    reason: "orders-staging was approved until 2027-03-31: its removal is part of that",
  });
});

test("a plan holds for that copy with that end only", () => {
  const holds = (differing: Partial<ObservedCopy>) => removalStillHolds(plan(), { ...observed, ...differing }, builtIn);
  expect(holds({ observedAt: "2027-04-09T00:00:00Z" })).toBe(true);
  expect(holds({ resourceId: "db-3" })).toBe(false);
  expect(holds({ expiresOn: "2027-04-30" })).toBe(false);
  expect(holds({ tags: { owner: "team-web" } })).toBe(false);
});

test("a removal passes by its proofs, and fails without any", () => {
  const proof = { kind: "database", identifier: "orders-staging", provenGoneBy: "there is none" };
  expect(verifyRemoval(plan(), { gone: [proof] })).toMatchObject({ verdict: "pass" });
  expect(verifyRemoval(plan(), { gone: [] })).toMatchObject({ verdict: "fail" });
});

const team: NonNullable<ObservedCopy["team"]> = {
  stack: {
    ...{ stack: "shipshape/database.orders-staging", urn: "urn", ownership: "ours" },
    config: {
      file: "f",
      text: "config:\n  shipshape:request:\n    tier: bronze\n    maskedCopy:\n      request: r-1\n",
    },
  },
  declared: { databaseName: "orders", schemas: ["orders"], extensions: ["amcheck"] },
};
const emptied = planRemoval({ database: "orders-staging" }, { ...observed, team }, "20270401-1", builtIn);

test("of a team's own database only the copy goes: its stack loses the argument, and the evidence says what stays", () => {
  expect(emptied.text).toMatch(/is lost for good: an empty one takes its place/);
  expect(emptied.copy.team?.change).toMatchObject({ reaches: "commit", set: [{ path: ["maskedCopy"] }] });
  expect(emptied.text).toContain("-    maskedCopy:\n-      request: r-1\n");
  const proof = { kind: "content", identifier: "orders", provenGoneBy: "an empty database has its name" };
  const { verdict, checks } = verifyRemoval(emptied, { gone: [proof] });
  expect(verdict).toBe("pass");
  expect(checks[0]!.explanation).toContain(
    "the instance stays with its team: its storage keeps freed blocks of masked data",
  );
});

test("a plan for a team's own database holds for its declaration and its config only", () => {
  const holds = (of: ObservedCopy["team"]) =>
    removalStillHolds(emptied, { ...observed, ...(of && { team: of }) }, builtIn);
  expect(holds(team)).toBe(true);
  expect(holds(undefined)).toBe(false);
  expect(removalStillHolds(plan(), { ...observed, team }, builtIn)).toBe(false);
  expect(holds({ ...team, declared: { ...team.declared, schemas: [] } })).toBe(false);
  expect(holds({ ...team, stack: { ...team.stack, config: null } })).toBe(false);
});
