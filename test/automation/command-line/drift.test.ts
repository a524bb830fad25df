// What `shipshape drift` prints for people, for pipelines and for code scanning, and its exit codes.
import { driftAnnotations, driftSarif } from "../../../automation/command-line/drift-machines";
import {
  driftRecord,
  exitCodeOf,
  fits,
  looksOf,
  type DriftReport,
  type ShownDifference,
} from "../../../automation/command-line/drift-report";
import { driftLines } from "../../../automation/command-line/drift-text";
import { outputs } from "../../../automation/command-line/json/outputs";
import { widthOf } from "../../../automation/command-line/layout";
import { databaseIdentity } from "../../../automation/review/differences";
import type { DifferenceFinding } from "../../../automation/difference-records";
import type { FleetDatabase } from "../../../automation/fleet-records";

const at = new Date("2026-11-27T12:00:00Z");
const ago = (hours: number) => new Date(at.getTime() - hours * 3_600_000);
const place = { account: "123456789012", region: "eu-central-1" };
const databaseOf = (identifier: string) => ({
  ...{ ...place, identifier, resourceId: `db-${identifier.toUpperCase()}` },
  arn: `arn:aws:rds:eu-central-1:123456789012:db:${identifier}`,
});
const difference = (change: Partial<ShownDifference> = {}): ShownDifference => ({
  ...{ key: "k", source: "resources", place: "instance orders", name: "orders.publiclyAccessible" },
  ...{ property: "publiclyAccessible", desired: "false", actual: "true", class: "drift", severity: "critical" },
  ...{ reason: "it was changed outside", breaks: ["forbid-public-access"], controls: ["RDS.2"] },
  ...{ changedBy: null, waivedBy: null, owner: "team-orders", stack: "shipshape/database.orders" },
  ...{ remedy: "put it back: pulumi up --refresh", database: databaseOf("orders-production") },
  finding: {
    ...{
      id: "drift-0123456789abcdef",
      firstSeen: ago(30),
      lastSeen: ago(1),
      openedBy: "r-1",
      seenBy: "r-2",
      opened: 1,
    },
  },
  ...change,
});
const compared = {
  ...{ ...place, identifier: "orders-production", owner: "team-orders", look: "recent" as const, lookedAt: ago(1) },
};
const report = (change: Partial<DriftReport> = {}): DriftReport => ({
  ...{ at, differences: [], left: 0, databases: [compared], problems: [] },
  trend: { since: ago(168), opened: 3, closed: 2, openThen: 1, openNow: 2 },
  ...change,
});
const terminal = { style: (_: string, text: string) => text, columns: 80 };
const text = (given: DriftReport) => driftLines(given, terminal).join("\n");

test("each difference is under its owner, the worst owner first, with since when, who, why, and what to do, at 80 columns", () => {
  const low = difference({
    owner: "team-billing",
    severity: "low",
    name: "ledger.tags.team",
    breaks: [],
    controls: [],
  });
  const lines = driftLines(report({ differences: [difference(), low] }), terminal);
  const all = lines.join("\n").replaceAll(/\s+/g, " ");
  for (const part of [
    "team-orders: 1 critical SEVERITY SINCE (UTC) DATABASE AND PROPERTY critical 2026-11-26 06:00",
    "orders-production orders publiclyAccessible",
    "drift: false → true; it was changed outside; breaks forbid-public-access (RDS.2); changed by: not recorded;",
    "finding drift-0123456789abcdef; to do: put it back: pulumi up --refresh",
    "team-billing: 1 low",
  ])
    expect(all).toContain(part);
  expect(all.indexOf("team-orders")).toBeLessThan(all.indexOf("team-billing"));
  expect(lines.filter((line) => widthOf(line) > 80)).toEqual([]);
});

test("who changed it, and the waiver that allows it, are said where they are known", () => {
  const all = text(report({ differences: [difference({ changedBy: "ana at 11:58", waivedBy: "open-until-monday" })] }));
  expect(all.replaceAll(/\s+/g, " ")).toContain("waived: open-until-monday; changed by: ana at 11:58");
});

test("the trend says what was open a week ago, and what was opened and closed since", () => {
  expect(text(report())).toContain("open: 2; on 2026-11-20: 1; since then 3 opened and 2 closed");
});

test("a look in this process says that it records and seals nothing, and has no trend", () => {
  const once = report({ trend: null, differences: [difference({ finding: null })] });
  expect(text(once)).toMatch(/nothing is recorded or sealed/);
  expect(driftRecord(once, "critical")).toMatchObject({ sealed: false, trend: null });
});

test("databases that were never, not lately or not successfully compared are named", () => {
  const fleet = ["fresh", "stale", "new", "broken"].map(
    (name) => ({ ...databaseOf(name), tags: {} }) as unknown as FleetDatabase,
  );
  const look = (name: string, hours: number) => ({
    ...{
      identity: databaseIdentity(databaseOf(name)),
      target: name,
      owner: null,
      requestId: "r",
      lookedAt: ago(hours),
    },
  });
  const broken = { database: databaseOf("broken") } as unknown as DifferenceFinding;
  const looks = [look("fresh", 25), look("stale", 27), look("broken", 1)];
  const databases = looksOf(fleet, looks, [broken], { at, ownerTag: "owner" });
  expect(databases.map(({ look: word }) => word)).toEqual(["recent", "old", "never", "unreadable"]);
  const all = text(report({ databases }));
  for (const line of ["could not be compared: broken", "never compared: new", "not compared for 26 hours: stale"])
    expect(all).toContain(line);
});

test.each([
  [1, "a critical difference", { differences: [difference()] }],
  [0, "a critical difference that a waiver allows", { differences: [difference({ waivedBy: "until-monday" })] }],
  [0, "one that is less bad", { differences: [difference({ severity: "high" })] }],
  [2, "no database at all", { databases: [] }],
  [2, "a database that was never compared", { databases: [{ ...compared, look: "never", lookedAt: null }] }],
  [2, "a database that was not compared lately", { databases: [{ ...compared, look: "old", lookedAt: ago(90) }] }],
  [
    2,
    "a part of a database that could not be read",
    { differences: [difference({ class: "unreadable", severity: "high" })] },
  ],
  [2, "a part of the fleet that did not answer", { problems: ["the fleet is unknown"] }],
  [1, "both", { problems: ["the fleet is unknown"], differences: [difference()] }],
] as const)("the exit code is %d with %s", (code, _, change) => {
  expect(exitCodeOf(report(change as unknown as Partial<DriftReport>), "critical")).toBe(code);
});

test("a severity to fail on includes those that are worse", () => {
  const high = report({ differences: [difference({ severity: "high" })] });
  expect([exitCodeOf(high, "critical"), exitCodeOf(high, "high"), exitCodeOf(high, "medium")]).toEqual([0, 1, 1]);
});

test("a look that could not compare a database does not pass", () => {
  const [broken] = looksOf(
    [databaseOf("broken") as FleetDatabase].map((one) => ({ ...one, tags: {} })),
    [],
    [{ database: databaseOf("broken") } as unknown as DifferenceFinding],
    { at, ownerTag: "owner" },
  );
  expect(exitCodeOf(report({ databases: [broken!] }), "critical")).toBe(2);
});

test.each([
  ["database", { database: "orders-production" }, true],
  ["another database", { database: "ledger" }, false],
  ["owner and severity", { owner: "team-orders", severity: "critical" }, true],
  ["another class", { class: "unmanaged" }, false],
])("a filter by %s is kept to", (_, filter, is) => {
  expect(fits(difference(), filter)).toBe(is);
});

test("the JSON is as documented, with and without findings", () => {
  for (const given of [
    report({ differences: [difference()] }),
    report({ trend: null, differences: [difference({ finding: null })] }),
  ])
    expect(outputs.drift.safeParse(JSON.parse(JSON.stringify(driftRecord(given, "critical")))).error).toBeUndefined();
});

test("code scanning gets each difference with its severity and a fingerprint that stays; a waived one is suppressed", () => {
  const { runs } = driftSarif(
    report({ differences: [difference(), difference({ key: "w", waivedBy: "until-monday" })] }),
    "/nowhere",
  );
  const [run] = runs;
  // Two databases may have the same difference.
  const fingerprint = "123456789012 eu-central-1 orders-production|k";
  expect(run!.tool.driver.rules).toMatchObject([{ id: "drift-critical", properties: { "security-severity": "9.5" } }]);
  expect(run!.results).toMatchObject([
    { ruleId: "drift-critical", level: "error", partialFingerprints: { "difference/v1": fingerprint } },
    { suppressions: [{ justification: "until-monday" }] },
  ]);
  expect(run!.results![0]!.suppressions).toBeUndefined();
});

test("an annotation is an error if it fails the command, and no text of a database can begin another one", () => {
  const hostile = difference({ actual: "true\n::error::owned", severity: "high" });
  const lines = driftAnnotations(
    report({ differences: [difference(), hostile], problems: ["no answer"] }),
    "critical",
    "/nowhere",
  );
  expect(lines.map((line) => line.split(" ")[0])).toEqual(["::error", "::error", "::warning"]);
  expect(lines.join("\n").split("\n")).toHaveLength(3);
});
