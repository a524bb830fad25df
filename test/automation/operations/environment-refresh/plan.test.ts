import type { RefreshOutcome } from "../../../../automation/operations/environment-refresh/outcome";
import {
  planRefresh,
  refreshStillHolds,
  staged,
  type ObservedRefresh,
} from "../../../../automation/operations/environment-refresh/plan";
import { verifyRefresh } from "../../../../automation/operations/environment-refresh/verify";
import { targetDatabase } from "../../../../automation/fleet-records";
import { canonicalJson } from "../../../../automation/records";
import { builtIn } from "../../../../components/standards/built-in";

const arn = (name: string) => `arn:aws:rds:eu-central-1:123456789012:db:${name}`;
const observed: ObservedRefresh = {
  observedAt: "2027-03-01T10:00:00.000Z",
  source: {
    ...{ identifier: "orders-production", arn: arn("orders-production"), resourceId: "db-1", databaseName: "orders" },
    ...{ engineVersion: "17.10", instanceClass: "db.t4g.medium", parameterGroupName: "g", subnetGroupName: "s" },
    ...{ keyArn: undefined, engineLifecycleSupport: "open-source-rds-extended-support-disabled" },
    tags: {
      ...{ service: "orders", environment: "production", tier: "gold", owner: "team-orders" },
      ...{ "data-classification": "confidential", "cost-center": "4711" },
    },
    shape: {
      ...{ service: "orders", size: "small", databaseName: "orders", schemaName: "orders", furtherSchemas: [] },
      ...{ extensions: ["pg_stat_statements"], postgresMajor: 17 },
    },
    schemaDigest: "5".repeat(64),
  },
  isolationSecurityGroupIds: ["sg-1"],
  secretsProvider: null,
  platformStack: "platform.dev",
  profile: {
    ...{ name: "orders", digest: "9".repeat(64), keySecret: "masking/orders", disarms: 1, sequences: "column" },
    ...{ columnsMasked: 4, columnsKept: 7, tablesEmpty: 1 },
  },
  existing: null,
  replaces: null,
};
const request = { database: "orders-production", environment: "staging", retentionDays: 14 };
const plan = planRefresh(request, observed, "20270301-1", builtIn);

test("a copy is declared like its source, in its environment, of the least strict tier, and says whose data it has and until when", () => {
  expect(plan.copy).toMatchObject({
    ...{ identifier: "orders-staging", stack: "refreshed-database.orders-staging", expiresOn: "2027-03-15" },
    arguments: {
      request: {
        ...{ service: "orders", environment: "staging", tier: "bronze", owner: "team-orders", size: "small" },
        maskedCopy: {
          ...{ request: "20270301-1", source: "orders-production", profile: "9".repeat(64), expiresOn: "2027-03-15" },
        },
      },
    },
  });
});

test("people approve by the digests of profile and schema, for so many days", () => {
  expect(plan.copies).toMatchObject({
    to: { account: "123456789012", environment: "staging" },
    masked: { profileDigest: "9".repeat(64), schemaDigest: "5".repeat(64) },
    retentionDays: 14,
  });
});

test("clients that may connect are named with their security groups", () => {
  const asked = { ...request, reachableFrom: "orders-api=sg-0a,reports=sg-0b" };
  expect(planRefresh(asked, observed, "1", builtIn).copy.arguments.reachableFrom).toEqual({
    "orders-api": "sg-0a",
    reports: "sg-0b",
  });
});

test("an environment that the standard does not have is refused", () => {
  expect(() => planRefresh({ ...request, environment: "moon" }, observed, "1", builtIn)).toThrow(
    'there is no environment "moon"',
  );
});

test("what is restored says which run it is of and when it expires, from when the run began", () => {
  expect(staged(plan, "2027-03-09T22:00:00.000Z").throwaway.tags).toMatchObject({
    ...{ "shipshape:run": "20270301-1", "shipshape:expires-on": "2027-03-09T22:00:00.000Z" },
  });
});

test("a plan holds while only time passes, until its copy would have expired", () => {
  const holds = (differing: Partial<ObservedRefresh>) =>
    refreshStillHolds(plan, { ...observed, ...differing }, builtIn);
  expect(holds({ observedAt: "2027-03-08T10:00:00.000Z" })).toBe(true);
  expect(holds({ observedAt: "2027-03-15T10:00:00.000Z" })).toBe(false);
});

test.each<[string, Partial<ObservedRefresh>]>([
  ["the profile", { profile: { ...observed.profile, digest: "8".repeat(64) } }],
  ["the schema", { source: { ...observed.source, schemaDigest: "6".repeat(64) } }],
  ["the source's classification", { source: { ...observed.source, tags: { "data-classification": "restricted" } } }],
  ["the source, by another database of its name", { source: { ...observed.source, resourceId: "db-9" } }],
  [
    "the target",
    { existing: targetDatabase({ identifier: "orders-staging", resourceId: "db-3", arn: arn("orders-staging") }) },
  ],
  ["which part is copied", { scope: { kind: "schema" } }],
  ["the copy that it replaces", { replaces: "another refresh" }],
  ["the isolation group", { isolationSecurityGroupIds: ["sg-2"] }],
])("a plan is void once it differs in %s", (_, differing) => {
  expect(refreshStillHolds(plan, { ...observed, ...differing }, builtIn)).toBe(false);
});

const good: RefreshOutcome = {
  notRestorable: null,
  recoveryPoint: "2027-03-01T10:00:00.000Z",
  restore: { succeeded: true, resourceId: "db-2" },
  target: { identifier: "orders-staging", resourceId: "db-3", arn: arn("orders-staging") },
  copied: { tables: 2, rows: 10, bytes: 100, unchanged: 0, seconds: 1 },
  validation: {
    ...{ tables: 2, rows: 10, objects: 9, differingCounts: [], missing: [], unexpected: [] },
    ...{ sequencesBehind: [], unanalysed: [] },
  },
  disarmed: 1,
  leaks: {
    searched: { values: 5, columns: 1, definitions: 7, bytes: 100, rawFiles: "not reachable" },
    ...{ leftOut: [], chance: [], hits: [] },
  },
  handedOver: { at: "2027-03-01T11:00:00.000Z" },
};
const failedOf = (differing: Partial<RefreshOutcome>) =>
  verifyRefresh(plan, { ...good, ...differing })
    .checks.filter(({ verdict }) => verdict !== "pass")
    .map(({ name }) => name);

const explained = (name: string, differing: Partial<RefreshOutcome> = {}, of = plan) =>
  verifyRefresh(of, { ...good, ...differing }).checks.find((check) => check.name === name)!.explanation;
const keeping = (figures: Partial<ObservedRefresh["profile"]>) => ({
  ...plan,
  profile: { ...plan.profile, ...figures },
});

test("the statement claims what SQL can show, apart from columns that the profile keeps, and says that raw files were not read", () => {
  const { verdict, checks } = verifyRefresh(plan, good);
  expect(verdict).toBe("pass");
  const leak = checks.find(({ name }) => name === "no-leak-is-found")!;
  expect(leak.figures).toMatchObject({
    values: 5,
    columns: 1,
    definitions: 7,
    columnsKept: 7,
    rawFiles: "not reachable",
  });
  expect(leak.explanation).toMatch(
    /^apart from 7 columns that the profile keeps as they are, this refresh never wrote source data to the copy's storage;/,
  );
  expect(explained("no-leak-is-found", {}, keeping({ columnsKept: 0 }))).toMatch(/^this refresh never wrote/);
  expect(explained("no-leak-is-found", {}, keeping({ columnsKept: 1 }))).toMatch(
    /^apart from 1 column that the profile keeps as it is,/,
  );
});

test("people approve how many columns are kept and which tables stay empty, and the check says it again", () => {
  const figures = { columnsMasked: 4, columnsKept: 7, tablesEmpty: 1 };
  expect(plan.profile).toMatchObject(figures);
  expect(verifyRefresh(plan, good).checks[0]).toMatchObject({ name: "rows-are-masked", figures });
  expect(refreshStillHolds(plan, { ...observed, profile: { ...observed.profile, columnsKept: 8 } }, builtIn)).toBe(
    false,
  );
});

test("a refresh that masks no column does not say that its rows are masked", () => {
  const explanation = explained("rows-are-masked", {}, keeping({ columnsMasked: 0 }));
  expect(explanation).toMatch(/^the profile masks no column: 10 rows of 2 tables were copied as they are/);
  expect(explanation).not.toMatch(/were masked/);
});

test("a column that was compared in no way is not counted as compared", () => {
  const leftOut = ["a.b.c", "a.b.d"].map((column) => ({ column, reason: "short" as const }));
  const chance = [{ column: "a.b.c", expected: 1, seen: 1, bound: 5 }];
  expect(explained("no-leak-is-found", { leaks: { ...good.leaks!, leftOut, chance } })).toContain(
    "1 columns of few or short values were compared by position only, and 1 not at all",
  );
});

test.each<[string, Partial<RefreshOutcome>, string[]]>([
  ["nothing to restore", { notRestorable: { at: "", reason: "no backups" } }, ["source-is-restorable"]],
  ["a restore that fails", { restore: { succeeded: false, failedAt: "", reason: "x" } }, ["source-is-restorable"]],
  [
    "missing rows",
    { validation: { ...good.validation!, missing: ["table a"] }, leaks: null, handedOver: null },
    ["copy-is-whole", "copy-is-handed-over"],
  ],
  [
    "a real value",
    {
      leaks: { ...good.leaks!, hits: [{ place: "a.b.c", column: "d.e.f", arm: "value", count: 1 }] },
      handedOver: null,
    },
    ["no-leak-is-found", "copy-is-handed-over"],
  ],
  [
    "more equal values than chance explains",
    { leaks: { ...good.leaks!, chance: [{ column: "d.e.f", expected: 1, seen: 9, bound: 5 }] }, handedOver: null },
    ["no-leak-is-found", "copy-is-handed-over"],
  ],
])("%s fails the refresh", (_, differing, names) => {
  expect(failedOf(differing)).toEqual(names);
});

test("of a copy with a real value in it, the whole target goes; of another one that failed, only the copy", () => {
  const hits = [{ place: "a.b.c", column: "d.e.f", arm: "value" as const, count: 1 }];
  const leaking = { leaks: { ...good.leaks!, hits }, handedOver: null };
  expect(explained("copy-is-handed-over", leaking)).toMatch(/clean-up removes the target whole, with its backups$/);
  expect(explained("copy-is-handed-over", { leaks: null, handedOver: null })).toMatch(/clean-up removes it$/);
});

test("the statement on a part of a database says that it is one, and which tables are empty", () => {
  const part = { ...plan, scope: { kind: "tables" as const, tables: ["app.customer"] } };
  const validation = { ...good.validation!, leftEmpty: 3 };
  expect(explained("copy-is-whole", { validation }, part)).toMatch(
    /^only a part was copied: 2 tables have as many rows as in the source, 3 tables are empty, as was asked for/,
  );
  const schema = { ...plan, scope: { kind: "schema" as const } };
  expect(explained("rows-are-masked", {}, schema)).toBe("no row was copied: only the schema was asked for");
});

const own = targetDatabase({ identifier: "shop-staging", resourceId: "db-3", arn: arn("shop-staging") });
const config = "config:\n  shipshape:request:\n    service: shop\n    tier: bronze\n";
const team: NonNullable<ObservedRefresh["team"]> = {
  database: own,
  tags: { owner: "team-web", environment: "staging", "data-classification": "confidential" },
  stack: {
    stack: "shipshape/database.shop-staging",
    urn: "urn",
    ownership: "ours",
    config: { file: "f", text: config },
  },
  shape: { ...observed.source.shape, databaseName: "shop" },
  content: { tables: 3, bytes: 100, instanceBytes: 200, obstacles: [] },
};
const intoTeams = planRefresh({ ...request, target: "shop-staging" }, { ...observed, team }, "20270301-1", builtIn);

test("a database of a team keeps its name and its stack, which says afterwards whose data it has; its team is asked", () => {
  expect(intoTeams.copy).toMatchObject({
    ...{ identifier: "shop-staging", stack: "shipshape/database.shop-staging", existing: own, names: { name: "shop" } },
    team: { change: { set: [{ path: ["maskedCopy"], value: { expiresOn: "2027-03-15" } }] } },
  });
  expect(intoTeams.copies?.replaces).toEqual({ database: own, tags: team.tags });
  expect(intoTeams.text).toContain("is lost for good");
  // As the records have it.
  const stored = JSON.parse(canonicalJson(intoTeams)) as typeof intoTeams;
  expect(refreshStillHolds(stored, { ...observed, team }, builtIn)).toBe(true);
  expect(refreshStillHolds(intoTeams, observed, builtIn)).toBe(false);
  const replaced = { ...team, database: { ...own, resourceId: "db-9" } };
  expect(refreshStillHolds(intoTeams, { ...observed, team: replaced }, builtIn)).toBe(false);
});

test("of a database of a team with a real value in it, only the copy goes; the evidence says what stays, and what its team can do", () => {
  const hits = [{ place: "a.b.c", column: "d.e.f", arm: "value" as const, count: 1 }];
  const explanation = explained(
    "copy-is-handed-over",
    { leaks: { ...good.leaks!, hits }, handedOver: null },
    intoTeams,
  );
  expect(explanation).toMatch(/clean-up drops it, and shop-staging has the content that it had/);
  expect(explanation).toMatch(/a real value was in its storage: .* retire shop-staging, delete its snapshots/);
  expect(explanation).toContain("npx shipshape request backup-audit --database shop-staging");
});
