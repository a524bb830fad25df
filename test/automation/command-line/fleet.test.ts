// What `shipshape fleet` and `shipshape recoverability` print, and their exit codes.
import { fleet, type FleetOptions } from "../../../automation/command-line/fleet";
import { lookAtFleet } from "../../../automation/command-line/fleet-look";
import { recoverability } from "../../../automation/command-line/recoverability";
import type { FleetStatus } from "../../../automation/fleet";
import { totalsOf, type FleetMember } from "../../../automation/observability/fleet";
import { readSettings } from "../../../automation/settings";
import { databaseCalled } from "../evidence/sealed-runs";
import { recordedTerminal } from "./recorded-terminal";

jest.mock("../../../automation/command-line/fleet-look", () => ({
  ...jest.requireActual<object>("../../../automation/command-line/fleet-look"),
  lookAtFleet: jest.fn(),
}));

const longest = `${"a-very-long-name-of-a-database-".repeat(2)}x`;
const member = (name: string, change: Partial<FleetMember> = {}): FleetMember => ({
  database: databaseCalled(name),
  recoverability: "fresh",
  reason: "drill 261127050000-0a1b2c3d passed",
  decidedBy: {
    requestId: "261127050000-0a1b2c3d",
    verdict: "pass",
    issuedAt: new Date("2026-11-20T00:00:00Z"),
    expiresOn: new Date("2026-12-20T00:00:00Z"),
  } as never,
  beside: [],
  owner: "team-orders",
  tier: "gold",
  environment: "production",
  declaredBy: ["shipshape/database.orders-production"],
  isStandard: true,
  ownership: "ours",
  nextDrill: { dueAt: new Date("2026-12-12T00:00:00Z"), reason: "its proof expires" },
  openFindings: 0,
  expectedChanges: [],
  ...change,
});
const undeclared = member(longest, {
  recoverability: "never",
  reason: "it was never drilled",
  decidedBy: undefined,
  beside: [{ requestId: "261126050000-0a1b2c3d" }] as never,
  owner: undefined,
  tier: undefined,
  environment: undefined,
  declaredBy: [],
  isStandard: false,
  ownership: undefined,
  nextDrill: { dueAt: new Date(0), reason: "it was never drilled" },
  openFindings: 12,
});
const cloud = { account: "123456789012", region: "eu-central-1", address: "https://rds.eu-central-1.amazonaws.com" };
const status = (members: FleetMember[], change: Partial<FleetStatus> = {}): FleetStatus => ({
  lookedAt: new Date("2026-11-27T05:00:00Z"),
  cloud: { asked: true, databases: [], clouds: [cloud] },
  stacks: { asked: true, backend: "s3://acme-states/databases", stacks: [], unread: [] },
  unread: [],
  members,
  totals: totalsOf(members),
  ...change,
});

/** The lines that the command prints for this state of the fleet, and its exit code. */
async function printed(show: "recoverability" | FleetOptions, known: FleetStatus) {
  const root = Buffer.alloc(32, 1);
  const head = { note: "", checkpoint: { origin: "shipshape.local/evidence", size: 4, root } };
  const log = { head, entries: [], problems: [] };
  jest.mocked(lookAtFleet).mockResolvedValue({ status: known, log, origin: "shipshape.local/evidence" });
  const { terminal, results: lines } = recordedTerminal();
  const context = { settings: readSettings(__dirname), terminal };
  process.exitCode = undefined;
  try {
    await (show === "recoverability" ? recoverability({}, context) : fleet(show, context));
    return { lines, code: Number(process.exitCode ?? 0) };
  } finally {
    process.exitCode = undefined;
  }
}

test("a database shows what delivered changes have not brought about yet, and the request that delivered them", async () => {
  const expected = {
    ...{ requestId: "261127050000-0a1b2c3d", property: "BackupRetentionPeriod", from: 7, to: 14, found: 7 },
    ...{ until: new Date("2026-11-26T05:00:00Z"), lookedAt: new Date(), status: "overdue" as const },
    ...{ database: databaseCalled("orders-production"), stack: "acme/shop/production" },
  };
  const known = status([member("orders-production", { ownership: "delivered", expectedChanges: [expected] })]);
  const { lines } = await printed({}, known);
  expect(lines.slice(-4)).toEqual([
    "fresh     2026-12-20  2026-12-12  -         orders-production",
    "  team-orders, gold, production; stack shipshape/database.orders-production,",
    "  changes are delivered; expected: BackupRetentionPeriod 7 → 14 until",
    "  2026-11-26: overdue, found 7 (request 261127050000-0a1b2c3d)",
  ]);
  const json = JSON.parse((await printed({ json: true }, known)).lines.join("\n")) as { databases: object[] };
  const { database: _, stack: __, ...shown } = expected;
  expect(json.databases).toMatchObject([{ expectedChanges: [JSON.parse(JSON.stringify(shown))] }]);
});

test("an auditor reads what was looked at, the totals, and each database with reason and dates, at 80 columns", async () => {
  const { lines, code } = await printed("recoverability", status([undeclared, member("orders-production")]));
  expect(lines).toEqual([
    "as of     2026-11-27T05:00:00Z",
    "cloud     AWS, account 123456789012, Region eu-central-1",
    "stacks    0 of s3://acme-states/databases",
    "evidence  log shipshape.local/evidence, head of 4 statements, root hash",
    `          ${Buffer.alloc(32, 1).toString("base64")}`,
    "",
    "2 databases: 1 fresh, 0 stale, 0 failed, 0 unproven, 1 never, 0 unknown",
    "",
    "RECOVERY  DRILLED     UNTIL       DATABASE",
    "never     -           -",
    `  ${longest}`,
    "  it was never drilled; the later drill 261126050000-0a1b2c3d was inconclusive;",
    "  undeclared",
    "fresh     2026-11-20  2026-12-20  orders-production",
    "  drill 261127050000-0a1b2c3d passed",
  ]);
  expect(code).toBe(1);
});

test("a masked copy is shown with its last day, and flatters no total", async () => {
  const copy = member("orders-staging", {
    ...{ recoverability: "copy", decidedBy: undefined, nextDrill: { dueAt: undefined, reason: "a copy" } },
    ...{ reason: "a masked copy of orders-production until 2026-12-10: it is not drilled", environment: "staging" },
    copy: { of: "orders-production", expiresOn: "2026-12-10", madeBy: "refresh-1", requestedBy: "ana" },
  });
  const known = status([member("orders-production"), copy]);
  const proven = await printed("recoverability", known);
  expect(proven.lines.slice(6)).toEqual([
    "1 database: 1 fresh, 0 stale, 0 failed, 0 unproven, 0 never, 0 unknown; besides, 1 masked copy, not drilled",
    "",
    "RECOVERY  DRILLED     UNTIL       DATABASE",
    "fresh     2026-11-20  2026-12-20  orders-production",
    "  drill 261127050000-0a1b2c3d passed",
    "copy      -           2026-12-10  orders-staging",
    "  a masked copy of orders-production until 2026-12-10: it is not drilled",
  ]);
  expect(proven.code).toBe(0);
  expect((await printed({}, known)).lines.find((line) => line.endsWith("orders-staging"))).toBe(
    "copy      2026-12-10  -           -         orders-staging",
  );
  const { databases } = JSON.parse((await printed({ json: true }, known)).lines.join("\n")) as { databases: object[] };
  expect(databases[1]).toMatchObject({ recoverability: "copy", copy: { expiresOn: "2026-12-10" } });
  const stale = member("orders-production", { recoverability: "stale" });
  expect((await printed("recoverability", status([stale, copy]))).code).toBe(1);
});

test("recoverability ends with 0 only if every database is fresh and everything was read", async () => {
  const fresh = [member("orders-production")];
  expect((await printed("recoverability", status(fresh))).code).toBe(0);
  expect((await printed("recoverability", status(fresh, { unread: ["stack shop/broken: not JSON"] }))).code).toBe(1);
  const stale = [member("orders-production", { recoverability: "stale" })];
  expect((await printed("recoverability", status(stale))).code).toBe(1);
});

test("the fleet shows owner, tier, environment, stack, recovery, dates and findings of each database, at 80 columns", async () => {
  const { lines, code } = await printed({}, status([undeclared, member("orders-production")]));
  expect(lines.slice(-7)).toEqual([
    "RECOVERY  UNTIL       NEXT DRILL  FINDINGS  DATABASE",
    "never     -           now         12",
    `  ${longest}`,
    "  no owner, no tier, no environment; undeclared",
    "fresh     2026-12-20  2026-12-12  -         orders-production",
    "  team-orders, gold, production; stack shipshape/database.orders-production,",
    "  ours",
  ]);
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  expect(code).toBe(0);
});

test("what could not be read is named, and the fleet ends with 1: it is incomplete", async () => {
  const unread = ["stack shop/broken: Unexpected end of JSON input, which is a reason that goes on and on"];
  const unknown = member("orders", { declaredBy: "unknown", ownership: undefined });
  const { lines, code } = await printed({}, status([unknown], { unread }));
  expect(lines.slice(4, 7)).toEqual([
    "          " + Buffer.alloc(32, 1).toString("base64"),
    "not read: stack shop/broken: Unexpected end of JSON input, which is a reason",
    "          that goes on and on",
  ]);
  expect(lines.at(-1)).toBe("  by none");
  expect(code).toBe(1);
});

test.each<[string, FleetOptions, string[]]>([
  ["an owner", { owner: "team-b" }, ["b"]],
  ["a tier", { tier: "silver" }, ["c"]],
  ["the undeclared ones, and those that may be", { undeclared: true }, ["d", "e"]],
  ["an owner and a tier", { owner: "team-b", tier: "silver" }, []],
])("the fleet can be filtered by %s", async (_, options, names) => {
  const members = [
    member("a"),
    member("b", { owner: "team-b" }),
    member("c", { tier: "silver" }),
    member("d", { declaredBy: [] }),
    member("e", { declaredBy: "unknown" }),
  ];
  const { lines } = await printed({ ...options, json: true }, status(members));
  const { databases } = JSON.parse(lines.join("\n")) as { databases: { database: { identifier: string } }[] };
  expect(databases.map((d) => d.database.identifier)).toEqual(names);
});

test("a name with control characters does not reach the terminal", async () => {
  const { lines } = await printed({}, status([member("orders", { owner: "team\u001b[2J\u202e" })]));
  expect(lines.at(-2)).toContain("team\\u001b[2J\\u202e, gold");
});
