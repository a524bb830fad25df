import {
  environmentOfCopy,
  isThrowaway,
  strictnessOf,
} from "../../policypacks/database-guardrails/vocabulary/strictness";
import { snapshot } from "../../policypacks/database-guardrails/vocabulary/types";
import { database, resourceOf, some, tagged, throwaway, throwawayTags, today } from "./fixtures";

const expiring = (day: string) => throwaway({ tags: { ...throwawayTags, "shipshape:expires-on": day } });
const is = (given: Parameters<typeof resourceOf>[0]) => isThrowaway(resourceOf(given), today);

describe("a throwaway is a restored copy of a run that ends within days", () => {
  test("so is one that says all of it", () => {
    expect([is(throwaway()), is(expiring("2026-11-30")), is(expiring("2026-11-23T18:00:00Z"))]).toEqual([
      true,
      true,
      true,
    ]);
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
    [
      "a recovery that names no source",
      database({ tags: throwawayTags, restoreToPointInTime: { useLatestRestorableTime: true } }),
    ],
    ["a recovery of nothing", database({ tags: throwawayTags, restoreToPointInTime: {} })],
    ["a snapshot", some(snapshot, { tags: throwawayTags, snapshotIdentifier: "s" })],
  ])("%s is not enough", (_, given) => expect(is(given)).toBe(false));

  test("of a living database AWS tells when it was made, and the tags must fit that", () => {
    const living = (createdAt: string | undefined, backupRetentionPeriod = 0) =>
      is(database({ tags: throwawayTags, backupRetentionPeriod }, { reportedBy: "api", createdAt }));
    expect([living("2026-11-23T08:00:00Z"), living("2026-11-17T08:00:00Z")]).toEqual([true, true]);
    expect([living("2026-11-16T08:00:00Z"), living(undefined), living("2026-11-23T08:00:00Z", 7)]).toEqual([
      false,
      false,
      false,
    ]);
  });
});

test("a restored copy that has been there for longer than a throwaway lives is none, however often its end is moved", () => {
  const restored = (createdAt: string) => is(throwaway({})) && is({ ...throwaway({}), reportedBy: "state", createdAt });
  expect([restored("2026-11-20T08:00:00Z"), restored("2026-11-16T08:00:00Z")]).toEqual([true, false]);
});

test("of one that was adopted its state tells when, and that it has no backups", () => {
  const adopted = (createdAt: string | undefined, backupRetentionPeriod = 0) =>
    is(database({ tags: throwawayTags, backupRetentionPeriod }, { reportedBy: "state", adopted: true, createdAt }));
  expect([
    adopted("2026-11-23T08:00:00Z"),
    adopted("2026-11-16T08:00:00Z"),
    adopted(undefined),
    adopted("2026-11-23T08:00:00Z", 7),
  ]).toEqual([true, false, false, false]);
});

describe("nobody is asked for less by a tag of their own", () => {
  const named = (identifier: string, tags: Record<string, unknown>, stack = "test", more: object = {}) => {
    const { environment, tier } = strictnessOf(
      resourceOf({
        ...database({ identifier, ...tagged(tags) }),
        urn: `urn:pulumi:${stack}::shop::aws:rds/instance:Instance::db`,
        ...more,
      }),
    );
    return `${environment} ${tier}`;
  };
  const bronze = { environment: "development", tier: "bronze" };

  test("what the tags say counts, where nothing says otherwise", () => {
    expect([
      named("orders-development", bronze),
      named("orders", bronze),
      named("x", { environment: "staging", tier: "silver" }),
    ]).toEqual(["development bronze", "development bronze", "staging silver"]);
  });

  test.each(["orders-production", "production-orders-2", "orders-PROD", "prd-orders", "orders-production2"])(
    "the name %s is production's",
    (name) => expect(named(name, bronze)).toBe("production bronze"),
  );

  test("so is what the stack's name speaks of, and a staging name is staging's", () => {
    expect([
      named("orders", bronze, "database.orders-production"),
      named("orders", bronze, "production.eu"),
      named("orders-staging", bronze),
    ]).toEqual(["production bronze", "production bronze", "staging bronze"]);
  });

  test("a tag that was changed below a component is not believed against what the component was given", () => {
    const declaredBy = { environment: "production", tier: "gold" };
    expect(named("orders", bronze, "test", { declaredBy })).toBe("production gold");
    expect(named("orders", { environment: "production", tier: "gold" }, "test", { declaredBy: bronze })).toBe(
      "production gold",
    );
    expect(named("orders", bronze, "test", { declaredBy: bronze })).toBe("development bronze");
  });

  test.each([
    { environment: undefined },
    { environment: "" },
    { environment: "Development" },
    { environment: "test" },
    { tier: undefined },
    { tier: "none" },
  ])("tags %p name nothing that is known, which is production gold's", (tags) =>
    expect(named("orders", { ...bronze, ...tags })).toBe(
      "environment" in tags ? "production bronze" : "development gold",
    ),
  );
});

test("a copy that calls itself production's is not believed against its own name or stack", () => {
  const copy = (identifier: string, stack = "test") =>
    environmentOfCopy(
      resourceOf({
        ...database({ identifier }),
        urn: `urn:pulumi:${stack}::shipshape::aws:rds/instance:Instance::copy`,
      }),
    );
  expect([
    copy("orders-production"),
    copy("copy"),
    copy("orders-development"),
    copy("copy", "database.orders-staging"),
  ]).toEqual(["production", "production", "development", "staging"]);
  expect(environmentOfCopy(resourceOf(database(tagged({ environment: "staging" }))))).toBe("staging");
});
