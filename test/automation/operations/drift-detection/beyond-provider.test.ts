import { targetDatabase, type DeclaredInstance, type StacksAnswer } from "../../../../automation/fleet-records";
import { beyondProvider, type FoundBeyond } from "../../../../automation/operations/drift-detection/beyond-provider";
import { declaredBeyond, type DeclaredBeyond } from "../../../../automation/operations/drift-detection/declared-beyond";
import type { InstanceBeyond } from "../../../../automation/operations/drift-detection/differences";
import { builtIn } from "../../../../components/standards/built-in";
import { instanceNow } from "./outcomes";

const arn = "arn:aws:rds:eu-central-1:123456789012:db:orders";
const database = targetDatabase({ identifier: "orders", resourceId: "db-ORDERS", arn });
const key = "arn:aws:kms:eu-central-1:123456789012:key/0a1b";
const instance: DeclaredInstance = {
  ...{ urn: "urn:pulumi:s::p::aws:rds/instance:Instance::orders", createdAt: null, port: 5432 },
  ...{ managesPassword: true, masterSecretKey: key, optionGroup: "default:postgres-17" },
};
const declared = (change: Partial<DeclaredBeyond> = {}): DeclaredBeyond => ({
  ...{ instance, parameterGroup: null, replicas: [], roles: [], snapshots: [], backupsCopied: false, unread: [] },
  ...change,
});
const asDeclared = { masterSecret: { arn: "arn:secret", key }, port: 5432, optionGroups: ["default:postgres-17"] };
const nothing: FoundBeyond = { snapshots: [], parameters: null, unread: [] };

/** Property, class, severity, guardrails. */
function differing(
  { now = {}, found = {}, by = {} }: { now?: object; found?: Partial<FoundBeyond>; by?: Partial<DeclaredBeyond> },
  ownAccounts: string[] = [],
) {
  const { beyond } = instanceNow();
  const there = instanceNow({ beyond: { ...beyond, ...asDeclared, ...now } as InstanceBeyond });
  const of = { ownAccounts, standard: builtIn, today: "2026-11-27" };
  return beyondProvider(database, declared(by), there, { ...nothing, ...found }, of).differences.map((one) => [
    ...[one.property, one.class, one.severity, one.breaks],
  ]);
}

test("a database as declared has no difference, nor one whose program leaves all of it to RDS", () => {
  expect(differing({})).toEqual([]);
  const silent = { ...instance, managesPassword: null, masterSecretKey: null, port: null, optionGroup: null };
  expect(differing({ by: { instance: silent }, now: { masterSecret: null } })).toEqual([]);
});

test.each([
  ["RDS no longer manages the password", { masterSecret: null }, "manageMasterUserPassword", "high"],
  ["its secret has another key", { masterSecret: { arn: "", key: "other" } }, "masterUserSecretKmsKeyId", "critical"],
  ["it listens on another port", { port: 5433 }, "port", "medium"],
  ["it has another option group", { optionGroups: ["theirs"] }, "optionGroupName", "medium"],
])("%s: the provider never says so, and it is found", (_, now, property, severity) => {
  expect(differing({ now })).toMatchObject([[property, "drift", severity, expect.any(Array)]]);
});

test("a key by its id is the key of that ARN, and an alias is not compared", () => {
  for (const masterSecretKey of ["0a1b", "alias/shipshape"])
    expect(differing({ by: { instance: { ...instance, masterSecretKey } } })).toEqual([]);
});

test("replicas, roles and copies of backups that nothing declares are unmanaged, unless a stack could not be read", () => {
  const now = { replicas: ["copy"], roles: [{ role: "r", feature: "s3Export" }], backupsCopiedTo: ["arn:backup"] };
  expect(differing({ now })).toEqual([
    ["replicas.copy", "unmanaged", "high", []],
    ["roles.r", "unmanaged", "high", []],
    ["backupsCopiedTo.arn:backup", "unmanaged", "medium", []],
  ]);
  expect(differing({ now, by: { replicas: ["copy"], roles: ["r"], backupsCopied: true } })).toEqual([]);
  expect(differing({ now, by: { unread: ["shop/broken"] } })).toEqual([]);
});

describe("a snapshot that is shared", () => {
  const shared = (sharedWith: string[] | null) => ({ snapshots: [{ arn: "arn:s", sharedWith }] });
  test.each<[string, string[] | null, unknown[]]>([
    ["with everyone is critical", ["all"], [["sharedAccounts", "unmanaged", "critical", ["forbid-public-snapshot"]]]],
    [
      "with a foreign account is high",
      ["210987654321"],
      [["sharedAccounts", "unmanaged", "high", ["forbid-shared-snapshot"]]],
    ],
    ["with the database's own account is none", ["123456789012"], []],
    ["with an account of shipshape.yaml is none", ["333333333333"], []],
    ["with nobody knows whom is none", null, []],
  ])("%s", (_, accounts, expected) => {
    expect(differing({ found: shared(accounts) }, ["333333333333"])).toEqual(expected);
  });

  test("by a stack is declared, with those accounts only", () => {
    const by = { snapshots: [{ arn: "arn:s", accounts: ["210987654321"] }] };
    expect(differing({ found: shared(["210987654321"]), by })).toEqual([]);
    expect(differing({ found: shared(["210987654321", "111111111111"]), by })).toHaveLength(1);
  });
});

describe("the parameters of a group that another stack declares", () => {
  const parameters = [
    { name: "rds.force_ssl", value: "1" },
    { name: "shared_preload_libraries", value: "pg_stat_statements,pgaudit" },
    { name: "a_secret", value: null },
  ];
  const parameterGroup = { urn: "urn:g", arn: "arn:g", family: "postgres17", parameters };
  const values = (change: Record<string, string | undefined>) =>
    Object.entries({ "rds.force_ssl": "1", shared_preload_libraries: "pgaudit, pg_stat_statements", ...change })
      .filter((entry): entry is [string, string] => entry[1] !== undefined)
      .map(([name, value]) => ({ name, value }));
  const compared = (change: Record<string, string | undefined>) =>
    differing({ by: { parameterGroup }, found: { parameters: values(change) } });

  test("do not differ in another order of a list, and a secret is not compared", () => {
    expect(compared({ a_secret: "x" })).toEqual([]);
  });

  test("differ one by one, with the guardrail that each breaks", () => {
    expect(compared({ "rds.force_ssl": "0", work_mem: "4096" })).toEqual([
      ["parameters.rds.force_ssl", "drift", "high", ["require-tls"]],
      ["parameters.work_mem", "unmanaged", "medium", []],
    ]);
    expect(compared({ shared_preload_libraries: undefined })).toMatchObject([
      ["parameters.shared_preload_libraries", "drift", "high", expect.any(Array)],
    ]);
  });
});

describe("what is declared", () => {
  const stack = (name: string, change: object = {}) => ({
    ...{ name, databases: [], platforms: [], unidentified: [] },
    nearby: { parameterGroups: [], roles: [], snapshots: [], backupsCopied: [], ...change },
  });
  const group = (account: string) => ({
    ...{ urn: "urn:g", arn: `arn:aws:rds:eu-central-1:${account}:pg:standard`, family: "postgres17", parameters: [] },
  });
  const of = (...stacks: object[]) =>
    declaredBeyond(database, { replicas: ["orders-copy"], parameterGroups: ["standard"] }, {
      ...{ asked: true, backend: "file://", stacks, unread: [] },
    } as unknown as StacksAnswer);
  const own = { ...database, stack: "p/orders", urn: "u", tags: {}, isStandard: true, instance };

  test("is found in the stacks of others, but not of a group of that name in another account", () => {
    expect(of(stack("p/platform", { parameterGroups: [group("123456789012")] })).parameterGroup).not.toBeNull();
    expect(of(stack("p/platform", { parameterGroups: [group("210987654321")] })).parameterGroup).toBeNull();
  });

  test("in the group of its own stack is left to the refresh of that", () => {
    const orders = { ...stack("p/orders", { parameterGroups: [group("123456789012")] }), databases: [own] };
    expect(of(orders)).toMatchObject({ parameterGroup: null, instance });
  });

  test("of a role or a shared snapshot is that of its own account and Region, not of a namesake elsewhere", () => {
    const role = (account: string, region: string | null) => ({
      ...{ identifier: "orders", role: `arn:aws:iam::${account}:role/export`, region },
    });
    const rolesOf = (...roles: object[]) => of(stack("p/x", { roles })).roles;
    expect(rolesOf(role("123456789012", "eu-central-1"))).toHaveLength(1);
    expect(rolesOf(role("123456789012", null))).toHaveLength(1);
    expect(rolesOf(role("123456789012", "eu-west-1"), role("210987654321", "eu-central-1"))).toEqual([]);
    const snapshot = (place: string) => ({ arn: `arn:aws:rds:${place}:snapshot:before`, accounts: ["1"] });
    const snapshotsOf = (...snapshots: object[]) => of(stack("p/x", { snapshots })).snapshots;
    expect(snapshotsOf(snapshot("eu-central-1:123456789012"))).toHaveLength(1);
    expect(snapshotsOf(snapshot("eu-west-1:123456789012"), snapshot("eu-central-1:210987654321"))).toEqual([]);
  });

  test("of a replica is known by name, account and Region", () => {
    const copy = (region: string) => ({ ...own, identifier: "orders-copy", resourceId: "db-2", region });
    expect(of(stack("p/copy", { replicas: [copy("eu-central-1")] })).replicas).toEqual(["orders-copy"]);
    expect(of(stack("p/copy", { replicas: [copy("eu-west-1")] })).replicas).toEqual([]);
  });
});
