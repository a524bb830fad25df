import { copyTagKeys } from "../../../../components/standards/fixed";
import { builtIn } from "../../../../components/standards/built-in";
import { targetDatabase, type DeclaredDatabase } from "../../../../automation/fleet-records";
import {
  declaredSource,
  isCopyStack,
  ownTarget,
  requireOwn,
} from "../../../../automation/operations/environment-refresh/ownership";
import type { EnvironmentRefreshPlan } from "../../../../automation/operations/environment-refresh/plan";

const identified = (identifier: string, resourceId: string) =>
  targetDatabase({ identifier, resourceId, arn: `arn:aws:rds:eu-central-1:123456789012:db:${identifier}` });
const source = identified("orders-production", "db-1");
const tags = {
  ...{ owner: "team-orders", "data-classification": "restricted", environment: "production", tier: "gold" },
  "cost-center": "4711",
};
const shape = {
  ...{ service: "orders", size: "small", databaseName: "orders", schemaName: "orders", furtherSchemas: [] },
  ...{ extensions: [], postgresMajor: 17 },
};
const declared = (differing: Partial<DeclaredDatabase> = {}): DeclaredDatabase => ({
  ...source,
  ...{ stack: "shipshape/database.orders-production", urn: "urn", tags, isStandard: true },
  decided: { shape, masterUsername: null, hasRoles: true },
  ...differing,
});

test("a source whose tags are as its stack says is copied as it is declared; other tags decide nothing", () => {
  const live = { ...tags, "cost-center": "of the cloud" };
  expect(declaredSource(source, live, [declared()], builtIn)).toEqual(shape);
});

test.each([
  ["owner", "team-mallory"],
  ["data-classification", "public"],
  ["environment", "staging"],
  ["tier", "bronze"],
])(
  "a source that is tagged in the cloud with another %s is refused: that would be who consents, or how long",
  (key, value) => {
    expect(() => declaredSource(source, { ...tags, [key]: value }, [declared()], builtIn)).toThrow(
      `not as shipshape/database.orders-production says: ${key}`,
    );
    const { [key as "owner"]: _, ...without } = tags;
    expect(() => declaredSource(source, without, [declared()], builtIn)).toThrow(key);
  },
);

test("a masked copy is no source, whether its tags in the cloud or its stack say that it is one", () => {
  const copied = { ...tags, [copyTagKeys.source]: "orders-production" };
  expect(() => declaredSource(source, copied, [declared()], builtIn)).toThrow("it is a masked copy itself");
  expect(() => declaredSource(source, tags, [declared({ tags: copied })], builtIn)).toThrow(
    "it is a masked copy itself",
  );
});

test("a source of another identity than the declared one is undeclared", () => {
  expect(() => declaredSource({ ...source, resourceId: "db-9" }, tags, [declared()], builtIn)).toThrow(
    "no stack says how orders-production is declared",
  );
});

const target = identified("orders-staging", "db-2");
test("only a stack of our project that refreshes make gives a target, or a copy to remove", () => {
  const of = (stack: string) => [{ ...declared(), ...target, stack }];
  expect(ownTarget(target, of("shipshape/refreshed-database.orders-staging"), "shipshape")).toEqual(target);
  expect(isCopyStack("acme/shipshape/refreshed-database.orders-staging", "orders-staging", "shipshape")).toBe(true);
  for (const stack of [
    "web/refreshed-database.orders-staging",
    "refreshed-database.orders-staging",
    "shipshape/refreshed-database.orders",
    "shipshape/database.orders-staging",
  ])
    expect(() => ownTarget(target, of(stack), "shipshape")).toThrow("orders-staging is not the target of this refresh");
});

const copyOf = (existing: typeof target | null) =>
  ({
    ...{ identifier: "orders-staging", existing },
    arguments: { request: { maskedCopy: { request: "mine" } } },
  }) as unknown as EnvironmentRefreshPlan["copy"];
const found = (resourceId: string, request?: string): { resourceId: string; tags: Record<string, string> } => ({
  resourceId,
  tags: request === undefined ? {} : { [copyTagKeys.request]: request },
});
const refused = (work: () => void) => {
  try {
    work();
    return false;
  } catch (error) {
    expect(error).toMatchObject({ code: "refresh-target-taken" });
    return true;
  }
};

test("a fresh target is this refresh's only by its tag: what another refresh has made meanwhile is neither brought up nor removed", () => {
  const fresh = copyOf(null);
  expect(refused(() => requireOwn(fresh, undefined, true))).toBe(false);
  expect(refused(() => requireOwn(fresh, found("db-7", "mine"), true))).toBe(false);
  expect(refused(() => requireOwn(fresh, found("db-7", "of another"), true))).toBe(true);
  expect(refused(() => requireOwn(fresh, found("db-7")))).toBe(true);
});

test("an older copy is this refresh's only by its resource id, and is not created a second time once it was removed", () => {
  const older = copyOf(target);
  expect(refused(() => requireOwn(older, found("db-2", "an earlier one"), true))).toBe(false);
  expect(refused(() => requireOwn(older, found("db-7", "mine"), true))).toBe(true);
  expect(refused(() => requireOwn(older, undefined, true))).toBe(true);
  expect(refused(() => requireOwn(older, undefined))).toBe(false);
});
