import { environmentOfCopy, isThrowaway } from "../../policypacks/database-guardrails/standing";
import { snapshot } from "../../policypacks/database-guardrails/types";
import { database, resourceOf, some, tagged, throwaway, throwawayTags, today } from "./fixtures";

const expiring = (day: string) => throwaway({ tags: { ...throwawayTags, "shipshape:expires-on": day } });
const is = (given: Parameters<typeof resourceOf>[0]) => isThrowaway(resourceOf(given), today);

describe("a throwaway is a restored copy of a run that ends within days", () => {
  test("so is one that says all of it", () => {
    expect([is(throwaway()), is(expiring("2026-11-30")), is(expiring("2026-11-23T18:00:00Z"))]).toEqual([true, true, true]);
    expect(is(database({ tags: throwawayTags, snapshotIdentifier: "s" }))).toBe(true);
  });

  test.each([
    ["tags on a database that was made of nothing", database({ tags: throwawayTags })],
    ["tags on a replica", database({ tags: throwawayTags, replicateSourceDb: "orders-production" })],
    ["an end in eight days", expiring("2026-12-01")],
    ["an end that never comes", expiring("9999-12-31")],
    ["an end that is no date", expiring("soon")],
    ["no run", throwaway({ tags: { ...throwawayTags, "shipshape:run": undefined } })],
    ["no end", throwaway({ tags: { ...throwawayTags, "shipshape:expires-on": undefined } })],
    ["a snapshot", some(snapshot, { tags: throwawayTags, snapshotIdentifier: "s" })],
  ])("%s is not enough", (_, given) => expect(is(given)).toBe(false));

  test("of a living database AWS tells when it was made, and the tags must fit that", () => {
    const living = (createdAt: string | undefined, backupRetentionPeriod = 0) =>
      is(database({ tags: throwawayTags, backupRetentionPeriod }, { toldBy: "api", createdAt }));
    expect([living("2026-11-23T08:00:00Z"), living("2026-11-17T08:00:00Z")]).toEqual([true, true]);
    expect([living("2026-11-16T08:00:00Z"), living(undefined), living("2026-11-23T08:00:00Z", 7)]).toEqual([false, false, false]);
  });
});

test("a copy that calls itself production's is not believed against its own name or stack", () => {
  const copy = (identifier: string, stack = "test") =>
    environmentOfCopy(resourceOf({ ...database({ identifier }), urn: `urn:pulumi:${stack}::shipshape::aws:rds/instance:Instance::copy` }));
  expect([copy("orders-production"), copy("copy"), copy("orders-development"), copy("copy", "database.orders-staging")]).toEqual([
    "production",
    "production",
    "development",
    "staging",
  ]);
  expect(environmentOfCopy(resourceOf(database(tagged({ environment: "staging" }))))).toBe("staging");
});
