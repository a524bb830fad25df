import { builtIn } from "../../components/standards/built-in";
import {
  environmentOfCopy,
  isThrowaway,
  strictnessOf,
} from "../../policypacks/database-guardrails/vocabulary/strictness";
import { snapshot } from "../../policypacks/database-guardrails/vocabulary/types";
import { database, resourceOf, resource, tagged, throwaway, throwawayTags, today } from "./fixtures";

const expiring = (day: string) => throwaway({ tags: { ...throwawayTags, "shipshape:expires-on": day } });
const is = (given: Parameters<typeof resourceOf>[0]) => isThrowaway(resourceOf(given), today);

describe("a throwaway is a restored copy that belongs to a run and expires within days", () => {
  test("a database that meets all conditions is one", () => {
    expect([is(throwaway()), is(expiring("2026-11-30")), is(expiring("2026-11-23T18:00:00Z"))]).toEqual([
      true,
      true,
      true,
    ]);
    expect(is(database({ tags: throwawayTags, snapshotIdentifier: "s" }))).toBe(true);
  });

  test.each([
    ["having the tags on a database that was not restored", database({ tags: throwawayTags })],
    ["having the tags on a replica", database({ tags: throwawayTags, replicateSourceDb: "orders-production" })],
    ["an expiry in eight days", expiring("2026-12-01")],
    ["an expiry in the distant future", expiring("9999-12-31")],
    ["an expiry that is not a date", expiring("soon")],
    ["having no run", throwaway({ tags: { ...throwawayTags, "shipshape:run": undefined } })],
    ["having no expiry", throwaway({ tags: { ...throwawayTags, "shipshape:expires-on": undefined } })],
    [
      "a recovery without a source",
      database({ tags: throwawayTags, restoreToPointInTime: { useLatestRestorableTime: true } }),
    ],
    ["a recovery without arguments", database({ tags: throwawayTags, restoreToPointInTime: {} })],
    ["being a snapshot", resource(snapshot, { tags: throwawayTags, snapshotIdentifier: "s" })],
  ])("%s is not enough", (_, given) => expect(is(given)).toBe(false));

  test("for a live database, the tags must match its creation date in AWS, and it must have no backups", () => {
    const live = (createdAt: string | undefined, backupRetentionPeriod = 0) =>
      is(database({ tags: throwawayTags, backupRetentionPeriod }, { reportedBy: "api", createdAt }));
    expect([live("2026-11-23T08:00:00Z"), live("2026-11-17T08:00:00Z")]).toEqual([true, true]);
    expect([live("2026-11-16T08:00:00Z"), live(undefined), live("2026-11-23T08:00:00Z", 7)]).toEqual([
      false,
      false,
      false,
    ]);
  });
});

test("a restored copy that is older than a throwaway may be is not one, even if its expiry is moved", () => {
  const restored = (createdAt: string) => is(throwaway({})) && is({ ...throwaway({}), reportedBy: "state", createdAt });
  expect([restored("2026-11-20T08:00:00Z"), restored("2026-11-16T08:00:00Z")]).toEqual([true, false]);
});

test("for an adopted database, the state must show a recent creation date and no backups", () => {
  const adopted = (createdAt: string | undefined, backupRetentionPeriod = 0) =>
    is(database({ tags: throwawayTags, backupRetentionPeriod }, { reportedBy: "state", adopted: true, createdAt }));
  expect([
    adopted("2026-11-23T08:00:00Z"),
    adopted("2026-11-16T08:00:00Z"),
    adopted(undefined),
    adopted("2026-11-23T08:00:00Z", 7),
  ]).toEqual([true, false, false, false]);
});

describe("a tag alone never makes the rules less strict", () => {
  const named = (identifier: string, tags: Record<string, unknown>, stack = "test", more: object = {}) => {
    const { environment, tier } = strictnessOf(
      resourceOf({
        ...database({ identifier, ...tagged(tags) }),
        urn: `urn:pulumi:${stack}::shop::aws:rds/instance:Instance::db`,
        ...more,
      }),
      builtIn,
    );
    return `${environment} ${tier}`;
  };
  const bronze = { environment: "development", tier: "bronze" };

  test("tags count if nothing contradicts them", () => {
    expect([
      named("orders-development", bronze),
      named("orders", bronze),
      named("x", { environment: "staging", tier: "silver" }),
    ]).toEqual(["development bronze", "development bronze", "staging silver"]);
  });

  test.each(["orders-production", "production-orders-2", "orders-PROD", "prd-orders", "orders-production2"])(
    "the name %s means production",
    (name) => expect(named(name, bronze)).toBe("production bronze"),
  );

  test("the stack's name counts too, and a name with staging means staging", () => {
    expect([
      named("orders", bronze, "database.orders-production"),
      named("orders", bronze, "production.eu"),
      named("orders-staging", bronze),
    ]).toEqual(["production bronze", "production bronze", "staging bronze"]);
  });

  test("a changed tag does not override a stricter argument of the component", () => {
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
  ])("tags %p contain no known value, so the strictest applies", (tags) =>
    expect(named("orders", { ...bronze, ...tags })).toBe(
      "environment" in tags ? "production bronze" : "development gold",
    ),
  );
});

test("a copy tagged as production does not count as production if its name or stack says otherwise", () => {
  const copy = (identifier: string, stack = "test") =>
    environmentOfCopy(
      resourceOf({
        ...database({ identifier }),
        urn: `urn:pulumi:${stack}::shipshape::aws:rds/instance:Instance::copy`,
      }),
      builtIn,
    );
  expect([
    copy("orders-production"),
    copy("copy"),
    copy("orders-development"),
    copy("copy", "database.orders-staging"),
  ]).toEqual(["production", "production", "development", "staging"]);
  expect(environmentOfCopy(resourceOf(database(tagged({ environment: "staging" }))), builtIn)).toBe("staging");
});
