import { builtIn } from "../../../components/standards/built-in";
import { fleetMembers, totalsOf, unreadOf, type KnownOfMembers } from "../../../automation/observability/fleet";
import type { DatabaseRecovery } from "../../../automation/observability/recoverability";
import {
  identityOf,
  type DeclaredDatabase,
  type ExpectedChange,
  type FleetDatabase,
  type StacksAnswer,
} from "../../../automation/fleet-records";
import { databaseCalled } from "../evidence/sealed-runs";

const inCloud = (name: string, tags: Record<string, string> = {}): FleetDatabase => ({
  ...databaseCalled(name),
  restorableFrom: new Date(0),
  backupRetentionDays: 7,
  size: { instanceClass: "db.m7g.large", storageGib: 100, storageType: "gp3" },
  tags,
});
const recovery = (name: string, change: Partial<DatabaseRecovery> = {}): DatabaseRecovery => ({
  database: databaseCalled(name),
  recoverability: "fresh",
  reason: "as it is",
  decidedBy: undefined,
  beside: [],
  ...change,
});
const declaration = (name: string, stack = "shop/prod", change: Partial<DeclaredDatabase> = {}): DeclaredDatabase => ({
  ...databaseCalled(name),
  stack,
  urn: "urn:pulumi:prod::shop::shipshape:index:StandardDatabase::orders",
  tags: { owner: "team-of-state" },
  isStandard: true,
  ...change,
});
const read: StacksAnswer = { asked: true, backend: "file:///states", stacks: [], unread: [] };
const members = (change: Partial<KnownOfMembers>) =>
  fleetMembers({
    standard: builtIn,
    cloud: { asked: true, databases: [] },
    stacks: read,
    ownershipOf: (stack) => (stack === "shop/prod" ? "ours" : "delivered"),
    recoveries: [recovery("orders")],
    declared: [],
    schedules: [],
    findings: [],
    expected: [],
    ...change,
  });
const only = (change: Partial<KnownOfMembers>) => members(change)[0]!;

test("a database is declared by the stack that has its resource id, not by one that has its name", () => {
  expect(only({ declared: [declaration("orders")] })).toMatchObject({ declaredBy: ["shop/prod"], isStandard: true });
  for (const other of [{ resourceId: "db-OTHER" }, { account: "2" }, { region: "us-east-1" }])
    expect(only({ declared: [declaration("orders", "shop/prod", other)] })).toMatchObject({
      declaredBy: [],
      isStandard: false,
    });
});

test("a change is expected of the database that has its resource id, in that account and Region", () => {
  const expected = (database: DeclaredDatabase): ExpectedChange => ({
    ...{ requestId: "r", property: "MultiAZ", from: false, to: true, found: null, lookedAt: null },
    ...{ database, stack: "shop/test", until: new Date(0), status: "open" },
  });
  const own = expected(declaration("orders"));
  const others = [{ resourceId: "db-OTHER" }, { account: "2" }, { region: "us-east-1" }];
  const all = [own, ...others.map((other) => expected(declaration("orders", "shop/prod", other)))];
  expect(only({ expected: all }).expectedChanges).toEqual([own]);
});

test("whether changes are ours to make is a question of the stack that declares the database", () => {
  const ownership = (...declared: DeclaredDatabase[]) => only({ declared }).ownership;
  expect(ownership(declaration("orders", "shop/prod"))).toBe("ours");
  expect(ownership(declaration("orders", "shop/test"))).toBe("delivered");
  expect(ownership()).toBeUndefined();
});

test("two stacks that declare one database are both named", () => {
  const declared = [declaration("orders", "shop/prod"), declaration("orders", "shop/copy", { isStandard: false })];
  expect(only({ declared })).toMatchObject({
    declaredBy: ["shop/prod", "shop/copy"],
    isStandard: true,
    ownership: undefined,
  });
});

test("while a stack cannot be read, no database is said to be undeclared; those that others declare still are", () => {
  const unread = { ...read, unread: [{ stack: "shop/broken", reason: "not JSON" }] };
  const unreadable: StacksAnswer = { asked: false, backend: undefined, reason: "no engine" };
  for (const stacks of [unread, unreadable]) {
    expect(only({ stacks }).declaredBy).toBe("unknown");
    expect(only({ stacks, declared: [declaration("orders")] }).declaredBy).toEqual(["shop/prod"]);
  }
});

test("owner, tier and environment are those of the cloud today, or of the state where the cloud has none", () => {
  const tags = { owner: "team-orders", tier: "gold", environment: "production" };
  const declared = [declaration("orders")];
  expect(only({ cloud: { asked: true, databases: [inCloud("orders", tags)] }, declared })).toMatchObject(tags);
  expect(only({ declared })).toMatchObject({ owner: "team-of-state", tier: undefined });
  // Its tags were removed: the state's are no longer true.
  expect(only({ cloud: { asked: true, databases: [inCloud("orders")] }, declared }).owner).toBeUndefined();
});

test("findings count by the database that the run found, and by name where it found none", () => {
  const found = (identity: string | null, target: string, count: number) => ({ identity, target, count });
  const { account, region } = databaseCalled("orders");
  const findings = [
    found(identityOf(databaseCalled("orders")), "", 2),
    found(null, "orders", 1),
    found(`${account} ${region} db-OTHER`, "", 4),
    found(null, "ledger", 8),
  ];
  expect(only({ findings }).openFindings).toBe(3);
});

test("what needs a person comes first: lost backups, open findings, what is unknown or unproven, and the undeclared", () => {
  const words = ["fresh", "stale", "never", "unproven", "unknown", "failed"] as const;
  const recoveries = [
    ...words.map((recoverability) => recovery(recoverability, { recoverability })),
    recovery("asked-about"),
    recovery("b-undeclared"),
    recovery("a"),
  ];
  const declared = recoveries.filter((r) => r.database.identifier !== "b-undeclared").map((r) => declaration(r.database.identifier)); // prettier-ignore
  const findings = [{ identity: identityOf(databaseCalled("asked-about")), target: "", count: 1 }];
  expect(members({ recoveries, declared, findings }).map((m) => m.database.identifier)).toEqual([
    "failed",
    "asked-about",
    "unknown",
    "unproven",
    "never",
    "stale",
    "b-undeclared",
    "a",
    "fresh",
  ]);
});

test("totals count each database once", () => {
  const recoveries = [recovery("a"), recovery("b"), recovery("c", { recoverability: "never" })];
  expect(totalsOf(members({ recoveries }))).toEqual({
    fresh: 2,
    stale: 0,
    failed: 0,
    unproven: 0,
    never: 1,
    unknown: 0,
    copy: 0,
  });
});

test("everything that was not read is named: the cloud, the backend, a stack, and what a stack does not identify", () => {
  expect(unreadOf({ asked: true, databases: [] }, read)).toEqual([]);
  const stacks: StacksAnswer = {
    ...read,
    stacks: [{ name: "shop/prod", databases: [], platforms: [], unidentified: ["x has no DB instance"] }],
    unread: [{ stack: "shop/broken", reason: "not JSON" }],
  };
  expect(unreadOf({ asked: false, reason: "no answer" }, stacks)).toEqual([
    "the databases of the cloud: no answer",
    "stack shop/broken: not JSON",
    "stack shop/prod: x has no DB instance",
  ]);
  expect(unreadOf({ asked: true, databases: [] }, { asked: false, backend: undefined, reason: "no engine" })).toEqual([
    "the stacks of the backend (none is configured): no engine",
  ]);
});
