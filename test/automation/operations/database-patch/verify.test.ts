import { verifyDatabasePatch } from "../../../../automation/operations/database-patch/verify";
import type { FoundVersion } from "../../../../automation/operations/database-patch/outcome";
import type { DatabasePatchPlan } from "../../../../automation/operations/database-patch/plan";

const plan = { to: "17.10" } as DatabasePatchPlan;
const found = (invalidIndexes: number, version = "17.10"): FoundVersion => ({
  api: { version, status: "available", pending: [] },
  server: { serverVersion: version, invalidIndexes, extensionsBehind: [], rowsChanged: 0 } as Exclude<
    FoundVersion["server"],
    { failure: string }
  >,
});
const indexCheck = (before: FoundVersion) =>
  verifyDatabasePatch(plan, { before, found: found(1) }).checks.find(({ name }) => name === "no-new-invalid-index");

test("more invalid indexes than before are a failure; if nobody could count before, nothing is claimed", () => {
  expect(indexCheck(found(1, "17.9"))).toMatchObject({ verdict: "pass" });
  expect(indexCheck(found(0, "17.9"))).toMatchObject({ verdict: "fail" });
  const unread = { ...found(0, "17.9"), server: { failure: "the login was refused" } };
  expect(indexCheck(unread)).toMatchObject({
    verdict: "inconclusive",
    explanation: expect.stringContaining("not known: the login was refused"),
  });
  expect(verifyDatabasePatch(plan, { before: unread, found: found(0) }).verdict).toBe("inconclusive");
});

test("a database that ran the version already has nothing to compare", () => {
  expect(verifyDatabasePatch(plan, { found: found(3) }).verdict).toBe("pass");
});

test("statistics of the planner pass only where every table of every database has them", () => {
  const switched = { live: { resourceId: "db-2" }, kept: { resourceId: "db-1" } };
  const check = (more: object) =>
    verifyDatabasePatch(plan, {
      ...({ found: found(0), switched } as Parameters<typeof verifyDatabasePatch>[1]),
      analyzed: { tables: 3, without: 0, closed: [], ...more },
    }).checks.find(({ name }) => name === "planner-statistics");
  expect(check({})).toMatchObject({ verdict: "pass", explanation: "3 tables were analyzed before the switchover" });
  expect(check({ without: 1 })).toMatchObject({
    verdict: "inconclusive",
    explanation: expect.stringContaining("1 of 3 tables") as string,
  });
  expect(check({ closed: ["ledger"] })).toMatchObject({
    verdict: "inconclusive",
    explanation: expect.stringContaining("analyze ledger") as string,
  });
});
