import * as pulumi from "@pulumi/pulumi";
import { databaseRequestOf, type DatabaseRequest, type FoundProperties } from "../../components";
import { databaseArgumentsOf } from "../../components/arguments";
import { parseInput } from "../../components/input-errors";
import type { Found } from "../../components/found-properties";
import { dayIn } from "../../components/imported-database";
import { refusedChanges } from "../../components/running-instance";
import { standardShape } from "../../components/standard-shape";
import { builtIn } from "../../components/standards/built-in";
import { declare, platform, request } from "./declared";
import { StandardDatabase } from "../../components";

/** As in a stack's config, which says `null` for what the database lacks. */
const existing = (asFound: Found, upgradeBy?: string) => ({
  existing: { identifier: "legacy", asFound: asFound as FoundProperties, upgradeBy },
});
const later = { ...request, accessRoles: "later" as const };
const shapeOf = (asFound: Found, more: Partial<DatabaseRequest> = {}) =>
  standardShape(databaseRequestOf(builtIn).parse({ ...later, ...existing(asFound), ...more }), builtIn);
const wrongOf = (more: object): string[] => {
  try {
    parseInput(databaseArgumentsOf(builtIn), { ...later, platform, ...more }, "these");
    return [];
  } catch (error) {
    return (error as Error).message.split("\n  ").slice(1);
  }
};
const extendedSupport = { engineVersion: "13.20-rds.20250101", parameterGroupName: "legacy-13" };

test.each([
  ["a minor below the minimum", { engineVersion: "17.4" }],
  ["a major on Extended Support", extendedSupport],
  ["a major that no standard has yet", { engineVersion: "19.1", parameterGroupName: "legacy-19" }],
])("%s is taken as found, with the day by which it is upgraded", (_, asFound) => {
  expect(wrongOf(existing(asFound, dayIn(90)))).toEqual([]);
  expect(wrongOf(existing(asFound))).toEqual([
    expect.stringMatching(/^existing\.upgradeBy: is missing: \S+ is (below|none of) the standard's .* by which it is/),
  ]);
  expect(wrongOf(existing(asFound, dayIn(181)))).toEqual([
    expect.stringMatching(/^existing\.upgradeBy: give 20..-..-.. at most, 180 days ahead/),
  ]);
});

test("a day that has passed is a warning of the preview, not a reason to refuse an up", async () => {
  const warnings: string[] = [];
  const warn = jest.spyOn(pulumi.log, "warn").mockImplementation(async (line) => void warnings.push(line));
  await declare(
    () => new StandardDatabase("orders", { ...later, platform, ...existing({ engineVersion: "17.4" }, "2026-01-31") }),
  );
  expect(warnings).toContainEqual(
    "legacy: PostgreSQL 17.4 is older than the standard allows: it should have been upgraded by 2026-01-31",
  );
  warn.mockRestore();
});

test("a version that the standard allows needs no day", () => {
  expect(wrongOf(existing({ engineVersion: "17.10" }))).toEqual([]);
  expect(wrongOf(existing({}, dayIn(1)))).toEqual([expect.stringMatching(/^existing\.upgradeBy: omit it/)]);
});

test("a major that the standard lacks keeps its parameter group, and has neither parameters nor roles of ours", () => {
  const { engineVersion } = extendedSupport;
  expect(
    wrongOf({
      accessRoles: "declared",
      parameters: { work_mem: 65_536 },
      ...existing({ engineVersion }, dayIn(1)),
    }).map((line) => line.split(":")[0]),
  ).toEqual(["accessRoles", "existing.asFound.parameterGroupName", "parameters"]);
  expect(shapeOf(extendedSupport, existing(extendedSupport, dayIn(1)))).toMatchObject({
    postgresMajor: 13,
    parameterGroupFamily: "postgres13",
    engineVersion: "13.20-rds.20250101",
  });
});

test("a running version that is not the one as found is refused with the one to give", () => {
  const running = { engineVersion: "17.6", allocatedStorage: 20, maxAllocatedStorage: 100, dbSubnetGroup: "" } as never;
  const wanted = {
    engineVersion: "17.4",
    allocatedStorage: 20,
    maxAllocatedStorage: 100,
    dbSubnetGroupName: "",
  } as never;
  const parsed = databaseRequestOf(builtIn).parse({ ...later, ...existing({ engineVersion: "17.4" }, dayIn(1)) });
  expect(refusedChanges(running, wanted, parsed, builtIn)).toEqual([
    'existing.asFound.engineVersion: 17.4 is older than the running 17.6, and RDS never downgrades. Give "17.6"',
  ]);
  const thirteen = { ...(running as object), engineVersion: "13.20" } as never;
  expect(refusedChanges(thirteen, wanted, parsed, builtIn)).toEqual([
    expect.stringMatching(/Keep existing\.asFound\.engineVersion "13\.20"$/),
  ]);
});

test.each([
  ["without an initial database", null, "postgres"],
  ["whose database is called postgres", "postgres", "postgres"],
  ["whose database has a name that the standard refuses", "Billing", "Billing"],
])("a database %s is taken as found, without roles", (_, dbName, databaseName) => {
  expect(wrongOf(existing({ dbName }))).toEqual([]);
  expect(shapeOf({ dbName }).databaseName).toBe(databaseName);
  expect(wrongOf({ accessRoles: "declared", ...existing({ dbName }) })).toEqual([
    expect.stringMatching(/^accessRoles: give "later" while databaseName is not given/),
  ]);
  // One that was created by SQL can have roles.
  expect(wrongOf({ accessRoles: "declared", databaseName: "ledger", ...existing({ dbName }) })).toEqual([]);
});

test("a service whose name PostgreSQL reserves can have an existing database", () => {
  expect(wrongOf({ service: "user", ...existing({ dbName: null }) })).toEqual([]);
});

test("a password that RDS manages can stay as it is, with roles", () => {
  const managed = { manageMasterUserPassword: null, masterUserSecretKmsKeyId: null };
  expect(wrongOf({ accessRoles: "declared", ...existing(managed) })).toEqual([]);
});

test("what happens at a deletion is as found, and said", async () => {
  const skipped = { deleteAutomatedBackups: true, skipFinalSnapshot: true, finalSnapshotIdentifier: null };
  expect(shapeOf(skipped)).toMatchObject({ finalSnapshot: false, retainAutomatedBackups: false });
  const named = { skipFinalSnapshot: false, finalSnapshotIdentifier: "final-legacy-1a2b" };
  const remains: string[][] = [];
  const made = (asFound: Found) => () =>
    void new StandardDatabase("orders", { ...later, platform, ...existing(asFound) }).remainsAfterDestroy.apply(
      (list) => remains.push(list.filter((line) => /snapshot|backups/.test(line))),
    );
  const [first, second] = [await declare(made(skipped)), await declare(made(named))];
  const inputs = [first, second].map((all) => all.find((one) => one.name === "orders-instance")?.inputs);
  expect(inputs[0]).toMatchObject({ deleteAutomatedBackups: true, skipFinalSnapshot: true });
  expect(inputs[0]).not.toHaveProperty("finalSnapshotIdentifier");
  expect(inputs[1]).toMatchObject({ skipFinalSnapshot: false, finalSnapshotIdentifier: "final-legacy-1a2b" });
  expect(remains).toEqual([[], ["final snapshot final-legacy-1a2b", expect.stringMatching(/^automated backups of/)]]);
  expect(wrongOf(existing({ skipFinalSnapshot: false, finalSnapshotIdentifier: null }))).toEqual([
    expect.stringMatching(
      /^existing\.asFound\.finalSnapshotIdentifier: give its name while skipFinalSnapshot is false/,
    ),
  ]);
});

test("of the two logs, those that RDS has created can be named", () => {
  const exist = (logGroupsExist: unknown) => wrongOf({ existing: { identifier: "legacy", logGroupsExist } });
  expect([true, ["postgresql"], []].flatMap(exist)).toEqual([]);
  expect(exist(["audit"])).toEqual([
    expect.stringMatching(/^existing\.logGroupsExist: give true \(both\), false, or those that exist/),
  ]);
});

test.each<[Found, string]>([
  [{ copyTagsToSnapshot: false }, "at once"],
  [{ multiAz: false }, "in the window"],
  [{ storageType: "gp2" }, "in the window"],
  [{ storageType: "standard" }, "with a restart"],
  [{ instanceClass: "db.m5.large" }, "with a restart"],
  [{ backupRetentionPeriod: 1 }, "at once"],
  [{ backupRetentionPeriod: 0 }, "with a restart"],
  [{ engineVersion: "17.10" }, "with a restart"],
  [{ port: 5433 }, "with a restart at once"],
  [{ parameterGroupName: "theirs" }, "at the next restart"],
  [{ allocatedStorage: 10, storageType: "gp2" }, "in the window"],
  [{ allocatedStorage: 200, maxAllocatedStorage: 0 }, "needs: a larger size"],
  [{ storageEncrypted: false, kmsKeyId: null }, "needs: replacement by restore"],
  [{ dbSubnetGroupName: "of-another-vpc" }, "needs: replacement by restore"],
  [{ username: "postgres" }, "needs: dump and load"],
  [{ engineLifecycleSupport: "open-source-rds-extended-support" }, "needs: a call by hand"],
])("the deviation %j says how it heals: %s", (asFound, heals) => {
  const [property] = Object.keys(asFound);
  expect(shapeOf(asFound).deviations).toContainEqual({ property, heals });
});

test("the deviation of another major needs a major upgrade", () => {
  expect(shapeOf(extendedSupport, existing(extendedSupport, dayIn(1))).deviations).toContainEqual({
    property: "engineVersion",
    heals: "needs: a major upgrade",
  });
});
