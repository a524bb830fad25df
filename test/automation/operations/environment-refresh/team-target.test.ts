import { copyTagKeys } from "../../../../components/standards/fixed";
import { builtIn } from "../../../../components/standards/built-in";
import { targetDatabase, type DeclaredDatabase } from "../../../../automation/fleet-records";
import {
  declaredTarget,
  planTeamTarget,
  requireChange,
  requireFit,
  teamTargetHolds,
  textOf,
  type ObservedTeamTarget,
  type TargetInstance,
  type TargetTerms,
} from "../../../../automation/operations/environment-refresh/team-target";

const identified = (identifier: string, resourceId: string, account = "123456789012") =>
  targetDatabase({ identifier, resourceId, arn: `arn:aws:rds:eu-central-1:${account}:db:${identifier}` });
const source = identified("orders-production", "db-1");
const database = identified("orders-staging", "db-2");
const tags = {
  ...{ owner: "team-web", "data-classification": "confidential", environment: "staging", tier: "bronze" },
  "cost-center": "4711",
};
const shape: ObservedTeamTarget["shape"] = {
  ...{ service: "orders", size: "small", databaseName: "shop", schemaName: "orders", furtherSchemas: ["b", "a"] },
  ...{ extensions: ["pg_trgm", "citext"], postgresMajor: 17 },
};
const text =
  "config:\n  shipshape:request:\n    service: orders\n    tier: bronze\n  shipshape:place:\n    platformStack: p\n";
const stack: ObservedTeamTarget["stack"] = {
  ...{ stack: "shipshape/database.orders-staging", urn: "urn", ownership: "ours" },
  config: { file: "Pulumi.database.orders-staging.yaml", text },
};
const content = { tables: 14, bytes: 12 * 2 ** 20, instanceBytes: 20 * 2 ** 20, obstacles: [] };
const target: ObservedTeamTarget = { database, tags, stack, shape, content };
const instance: TargetInstance = { isProtected: false, hasReplicas: false, managesPassword: true, storageGibMax: 100 };
const terms: TargetTerms = {
  ...{ source, sourceTags: { ...tags, owner: "team-orders", environment: "production", tier: "gold" } },
  sourceShape: { ...shape, databaseName: "orders", furtherSchemas: ["a", "b"], extensions: ["citext", "pg_trgm"] },
  ...{ sourceBytes: 2 ** 30, environment: "staging", isReachableFrom: false },
};
interface Differing {
  target?: Partial<ObservedTeamTarget>;
  instance?: Partial<TargetInstance>;
  terms?: Partial<TargetTerms>;
}
const fitting = (differing: Differing = {}) =>
  requireFit(
    { ...target, ...differing.target },
    { ...instance, ...differing.instance },
    { ...terms, ...differing.terms },
    builtIn,
  );

test("a database of a team that is declared like the source is a target, whatever its database is called, and in whichever order its schemas are named", () => {
  expect(() => fitting()).not.toThrow();
});

const tagged = (more: Record<string, string>) => ({ tags: { ...tags, ...more } });
test.each<[string, Differing, string]>([
  ["the source itself", { terms: { source: database } }, "it is the source"],
  [
    "in production",
    { target: tagged({ environment: "production" }), terms: { environment: "production" } },
    "it is production",
  ],
  [
    "in another environment than was asked for",
    { target: tagged({ environment: "development" }) },
    "its environment is development, and staging was asked for",
  ],
  ["in an environment that nobody knows", { target: tagged({ environment: "moon" }) }, "its environment is moon"],
  [
    "in another account",
    { target: { database: identified("orders-staging", "db-2", "210987654321") } },
    "it is in another account or Region",
  ],
  [
    "with data that is classified above the copy",
    { target: tagged({ "data-classification": "restricted" }) },
    "it holds restricted data, which is not to be lost for a copy of confidential data",
  ],
  [
    "declared for data that is classified below the copy",
    { target: tagged({ "data-classification": "internal" }) },
    "it is declared for internal data, and the copy is confidential",
  ],
  ["protected from deletion", { instance: { isProtected: true } }, "it is protected from deletion"],
  ["with read replicas", { instance: { hasReplicas: true } }, "it has read replicas"],
  ["with a master that RDS does not manage", { instance: { managesPassword: false } }, "no worker can log in"],
  ["given clients of its own", { terms: { isReachableFrom: true } }, "its own stack says who may connect"],
  [
    "in a stack whose program others have",
    { target: { stack: { ...stack, ownership: "delivered", config: null } } },
    "shipshape/database.orders-staging is no stack of ours",
  ],
  [
    "of another major version",
    { target: { shape: { ...shape, postgresMajor: 16 } } },
    "its postgresMajor is 16, and the source's 17",
  ],
  [
    "with another schema",
    { target: { shape: { ...shape, schemaName: "shop" } } },
    "its schemaName is shop, and the source's orders",
  ],
  [
    "with fewer schemas",
    { target: { shape: { ...shape, furtherSchemas: [] } } },
    "its furtherSchemas is none, and the source's a, b",
  ],
  ["with other extensions", { target: { shape: { ...shape, extensions: ["citext"] } } }, "its extensions is citext"],
  [
    "with something that keeps PostgreSQL from dropping it",
    { target: { content: { ...content, obstacles: ["subscriptions: 1"] } } },
    "PostgreSQL drops no database with subscriptions: 1",
  ],
  [
    "without room for both contents",
    { terms: { sourceBytes: 100 * 2 ** 30 } },
    "its storage of at most 100 GiB has no room for what is there (0.0 GiB) beside the copy (100.0 GiB)",
  ],
])("a target %s is refused, with the reason", (_, differing, reason) => {
  expect(() => fitting(differing)).toThrow(`a copy cannot take the place of what is in orders-staging: `);
  expect(() => fitting(differing)).toThrow(reason);
});

test("a refusal names everything at once", () => {
  expect(() => fitting({ instance: { isProtected: true, hasReplicas: true } })).toThrow(
    /protected.*; it has read replicas/,
  );
});

const declared = (differing: Partial<DeclaredDatabase> = {}): DeclaredDatabase => ({
  ...database,
  ...{ stack: stack.stack, urn: "urn", tags, isStandard: true },
  decided: { shape, masterUsername: null, hasRoles: true },
  ...differing,
});
const byStacks = (all: DeclaredDatabase[], live: Record<string, string> = tags) =>
  declaredTarget(database, live, all, builtIn);

test("a target is declared as its stack says", () => {
  expect(byStacks([declared()])).toEqual({ shape, stack: stack.stack });
});

test.each<[string, DeclaredDatabase[], Record<string, string>, string]>([
  ["no stack declares", [declared({ resourceId: "db-9" })], tags, "no stack declares it"],
  ["two stacks declare", [declared(), declared({ stack: "web/database.x" })], tags, "and web/database.x declare it"],
  [
    "an earlier refresh has made",
    [declared({ stack: "shipshape/refreshed-database.orders-staging" })],
    tags,
    "without a target, a refresh replaces it",
  ],
  [
    "no StandardDatabase declares with its roles",
    [declared({ decided: { shape, masterUsername: null, hasRoles: false } })],
    tags,
    "has no StandardDatabase",
  ],
  [
    "is tagged with another owner",
    [declared()],
    { ...tags, owner: "team-mallory" },
    "not as shipshape/database.orders-staging says: owner",
  ],
  [
    "is tagged as a copy, which its stack does not know",
    [declared()],
    { ...tags, [copyTagKeys.expiresOn]: "2099-01-01" },
    "says: shipshape:copy-expires-on",
  ],
])("a database that %s is no target", (_, all, live, reason) => {
  expect(() => byStacks(all, live)).toThrow(reason);
});

const maskedCopy = { request: "r-1", source: "orders-production", profile: "9".repeat(64), expiresOn: "2027-03-15" };
const planned = planTeamTarget(target, maskedCopy);

test("people approve in plain words what is lost, with its size, and what its stack says afterwards", () => {
  const shown = textOf(planned, "orders-staging", "2027-03-15");
  expect(shown).toMatch(
    /^What is in the database shop of orders-staging today, 14 tables with 12\.0 MiB, is lost for good:/,
  );
  expect(shown).toMatch(/After 2027-03-15 an empty database takes the place of the copy/);
  expect(shown).toContain('+    maskedCopy:\n+      expiresOn: "2027-03-15"\n');
  expect(planned.change.reaches).toBe("commit");
});

test("the approval holds while its content grows, and no longer once its owner, its declaration or its config is another", () => {
  const holds = (differing: Partial<ObservedTeamTarget>) => teamTargetHolds(planned, { ...target, ...differing });
  expect(holds({ content: { ...content, bytes: 1, tables: 15 } })).toBe(true);
  expect(holds(tagged({ owner: "team-ledger" }))).toBe(false);
  expect(holds({ shape: { ...shape, extensions: [] } })).toBe(false);
  expect(holds({ content: { ...content, obstacles: ["subscriptions: 1"] } })).toBe(false);
  const changed = { ...stack, config: { ...stack.config!, text: `${text}# more\n` } };
  expect(holds({ stack: changed })).toBe(false);
  expect(() => requireChange(planned, changed)).toThrow(
    /the config of shipshape\/database.orders-staging is not what was approved/,
  );
  expect(() => requireChange(planned, stack)).not.toThrow();
});
