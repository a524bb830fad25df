import { requireEntitledRequester } from "../../../../automation/policy/rules/require-entitled-requester";
import type { Effect } from "../../../../automation/records";
import { facts, plan } from "../facts";

const access = {
  roles: { requester: ["os:ana"], operator: ["os:otto"], approver: ["os:ben"], auditor: ["os:ada"] },
  teams: { "team-orders": ["os:dora"], "team-ledger": ["os:lena"], constructor: ["os:carl"] },
};
const judged = (principal: string, effect: Effect, change: Parameters<typeof facts>[1] = {}) =>
  requireEntitledRequester.judge(facts(effect, { access, principal, ...change }));

test.each<[string, Effect, string, string]>([
  ["ana", "reads", "allowed", "ana is a requester, and reindex changes no database"],
  ["ana", "throwaway", "allowed", "ana is a requester, and reindex changes no database"],
  ["ana", "changes", "denied", "ana is not an operator, and not in the team team-orders, which owns orders"],
  ["otto", "changes", "allowed", "otto is an operator"],
  ["dora", "changes", "allowed", "dora is in the team team-orders, which owns orders"],
  ["lena", "changes", "denied", "lena is not an operator, and not in the team team-orders, which owns orders"],
  ["lena", "throwaway", "denied", "lena is not an operator, and not in the team team-orders, which owns orders"],
  ["ben", "throwaway", "denied", "ben is not an operator, and not in the team team-orders, which owns orders"],
  ["ada", "reads", "denied", "ada is not an operator, and not in the team team-orders, which owns orders"],
])("%s asks for what %s: %s", (principal, effect, verdict, reason) => {
  expect(judged(principal, effect)).toEqual({ verdict, reason });
});

test("a database that nobody owns is changed by operators alone", () => {
  const unowned = { plan: { ...plan, tags: {} } };
  expect(judged("dora", "changes", unowned)).toMatchObject({ verdict: "denied" });
  expect(judged("dora", "changes", unowned).reason).toBe("dora is not an operator, and nobody owns orders");
  expect(judged("otto", "changes", unowned)).toMatchObject({ verdict: "allowed" });
});

test("without roles in force everyone may ask", () => {
  expect(judged("ana", "changes", { access: {} })).toMatchObject({ verdict: "allowed" });
});

test("a name of an embedded cloud asks about its databases alone, whatever role it has", () => {
  const real = { plan: { ...plan, database: { ...plan.database, account: "210987654321" } } };
  const named = { access: { roles: { ...access.roles, operator: ["embedded:otto"] } } };
  expect(judged("embedded:ana/otto", "changes", named)).toMatchObject({ verdict: "allowed" });
  expect(judged("embedded:ana/otto", "changes", { ...named, ...real })).toMatchObject({ verdict: "denied" });
  expect(judged("embedded:ana/otto", "reads", { access: {}, ...real })).toMatchObject({ verdict: "denied" });
});

test("a copy into a team's database is also asked for by that team, since the team of the source decides; others learn who may", () => {
  const copies = {
    source: { database: plan.database, tags: plan.tags },
    to: { account: plan.database.account, environment: "staging" },
    replaces: { database: { ...plan.database, identifier: "ledger-staging" }, tags: { owner: "team-ledger" } },
  };
  expect(judged("lena", "changes", { plan: { ...plan, copies } })).toEqual({
    verdict: "allowed",
    reason: "lena is in the team team-ledger, which owns ledger-staging; that of the source decides",
  });
  expect(judged("ana", "changes", { plan: { ...plan, copies } })).toEqual({
    verdict: "denied",
    reason:
      "ana is not an operator, and not in the team team-orders, which owns orders, nor in the team team-ledger, which owns ledger-staging",
  });
});
