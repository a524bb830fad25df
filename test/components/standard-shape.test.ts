import { sizesOf } from "../../components/standards/standard";
import { builtIn } from "../../components/standards/built-in";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { databaseRequestOf, type DatabaseRequest } from "../../components";
import { standardAlarms } from "../../components/alarms";
import { requiredBy } from "../../components/extensions";
import { allowedExtensions } from "../../components/standards/roles";
import { backupWindow, instanceTags, standardShape } from "../../components/standard-shape";
import { standardParameters } from "../../components/standards/parameters";
import { request } from "./declared";
import { maintenanceWindowOfRing, standardRows } from "./standard-rows";

const shapeOf = (more: Partial<DatabaseRequest> = {}) =>
  standardShape(databaseRequestOf(builtIn).parse({ ...request, ...more }), builtIn);
const { alarms: thresholds } = builtIn.tiers["gold"]!.production;

test.each(standardRows)(
  "$tier in $environment has what the standard says",
  ({ tier, environment, retentionDays, multiAz, monitoringSeconds, ring, backupPlan, kept, retained, drillDays }) => {
    const shape = shapeOf({ tier, environment });
    expect(shape).toMatchObject({
      backupRetentionDays: retentionDays,
      multiAz,
      monitoringIntervalSeconds: monitoringSeconds,
      ring,
      backupPlan,
      maintenanceWindow: maintenanceWindowOfRing[ring],
      deletionProtection: kept,
      protect: kept,
      finalSnapshot: kept,
      retainAutomatedBackups: retained,
    });
    expect(shape.objectives).toEqual({
      rpoSeconds: 600,
      rtoSeconds: { gold: 3_600, silver: 14_400, bronze: 86_400 }[tier],
      drillEveryDays: drillDays,
    });
  },
);

test.each([
  ["small", "db.t4g.medium", 20, 100],
  ["medium", "db.m7g.large", 100, 500],
  ["large", "db.r7g.xlarge", 500, 2_000],
  ["xlarge", "db.r7g.4xlarge", 2_000, 8_000],
] as const)(
  "size %s is %s with %d GiB that may grow to %d",
  (size, instanceClass, allocatedStorageGib, storageCapGib) => {
    expect(shapeOf({ size })).toMatchObject({ instanceClass, allocatedStorageGib, storageCapGib });
  },
);

test("a smaller size keeps the larger one's storage if requested", () => {
  expect(shapeOf({ size: "small", storageOfSize: "large" })).toMatchObject({
    instanceClass: "db.t4g.medium",
    allocatedStorageGib: 500,
    storageCapGib: 2_000,
  });
});

test("retirement lifts the deletion protection and keeps what survives a deletion", () => {
  expect(shapeOf({ retire: true })).toMatchObject({
    deletionProtection: false,
    protect: false,
    finalSnapshot: true,
    retainAutomatedBackups: true,
    keepLogs: true,
    secretRecoveryDays: 30,
  });
});

test("names are derived from service, environment and database", () => {
  expect(shapeOf({ service: "order-history" })).toMatchObject({
    identifier: "order-history-production",
    databaseName: "order_history",
    schemaName: "order_history",
  });
  expect(shapeOf({ databaseName: "order_archive" })).toMatchObject({
    identifier: "orders-production-order-archive",
    databaseName: "order_archive",
  });
  expect(shapeOf({ databaseName: "archive" }).roles.readwrite.secretName).toBe(
    "shipshape/orders/production/archive/readwrite",
  );
});

test("extensions come after those they require, whatever their order in the program", () => {
  for (const extensions of [
    ["earthdistance", "cube"],
    ["cube", "earthdistance"],
  ] as const)
    expect(shapeOf({ extensions: [...extensions] }).extensions).toEqual(["cube", "earthdistance"]);
});

test("extensions require what PostgreSQL's own control files say", () => {
  const folder = join(
    __dirname,
    `../../node_modules/postgresql-17.10-${process.platform}-${process.arch}/native/share/postgresql/extension`,
  );
  const present = allowedExtensions.filter((extension) => existsSync(join(folder, `${extension}.control`)));
  const requires = (extension: string) =>
    /^requires = '(.*)'/m.exec(readFileSync(join(folder, `${extension}.control`), "utf8"))?.[1]?.split(/, */) ?? [];
  expect(present.length).toBeGreaterThan(15);
  expect(present.map((extension) => [extension, requiredBy(extension)])).toEqual(
    present.map((extension) => [extension, requires(extension)]),
  );
});

test("every backup window is half an hour, a database's windows do not overlap, and backup plans start in neither", () => {
  for (let number = 0; number < 500; number += 1) {
    const window = backupWindow(`database-${number}`);
    const [start = 0, end = 0] = window
      .split("-")
      .map((clock) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3)));
    expect((end - start + 1_440) % 1_440).toBe(30);
    const minutes = Array.from({ length: 31 }, (_, minute) => (start + minute) % 1_440);
    expect(minutes.filter((minute) => minute >= 120 && minute <= 240)).toEqual([]);
    expect(minutes).not.toContain(360);
  }
  expect(new Set(Array.from({ length: 500 }, (_, number) => backupWindow(`database-${number}`))).size).toBeGreaterThan(
    50,
  );
  expect(backupWindow("orders-production")).toBe(backupWindow("orders-production"));
});

test("each ring has its own night", () => {
  expect(new Set(Object.values(builtIn.windows)).size).toBe(4);
});

test("a static parameter, and one whose value is the family's default, waits for a restart", () => {
  const pending = standardParameters
    .filter((parameter) => parameter.applyMethod === "pending-reboot")
    .map((parameter) => parameter.name);
  expect(pending.sort()).toEqual([
    "password_encryption",
    "rds.force_ssl",
    "shared_preload_libraries",
    "track_commit_timestamp",
  ]);
});

test.each(sizesOf(builtIn))(
  "the alarms of size %s name metrics that RDS for PostgreSQL publishes, each once",
  (size) => {
    const alarms = standardAlarms(shapeOf({ size }), thresholds);
    expect(new Set(alarms.map((alarm) => alarm.suffix)).size).toBe(alarms.length);
    expect(alarms.map((alarm) => alarm.metric?.name).filter(Boolean)).not.toEqual(
      expect.arrayContaining(["BurstBalance"]),
    );
    expect(alarms.some((alarm) => alarm.suffix === "cpu-credits")).toBe(size === "small");
    for (const alarm of alarms) expect(alarm.threshold).toBeGreaterThan(0);
  },
);

test("the connections alarm follows the team's own limit", () => {
  const threshold = (parameters: DatabaseRequest["parameters"]) =>
    standardAlarms(shapeOf({ parameters }), thresholds).find((alarm) => alarm.suffix === "connections")?.threshold;
  expect(threshold({ max_connections: 200 })).toBe(160);
  expect(threshold({})).toBe(360);
});

test("a database that is patched by blue/green says so in a tag of its instance, and no other does", () => {
  const tagsWith = (more: object) => {
    const given = databaseRequestOf(builtIn).parse({ ...request, ...more });
    return instanceTags(standardShape(given, builtIn), given, {}, builtIn);
  };
  const declared = tagsWith({ patchMethod: "blue-green", masterPassword: "own" });
  expect(declared).toMatchObject({ "shipshape:patch-method": "blue-green" });
  expect(Object.keys(tagsWith({}))).not.toContain("shipshape:patch-method");
});

test("what a database is patched after is a tag of its instance, and of no other database", () => {
  const tagsWith = (patchAfter: string[]) => {
    const given = databaseRequestOf(builtIn).parse({ ...request, patchAfter });
    return instanceTags(standardShape(given, builtIn), given, {}, builtIn);
  };
  expect(tagsWith(["billing-production", "ledger-production"])).toMatchObject({
    "shipshape:patch-after": "billing-production ledger-production",
  });
  expect(Object.keys(tagsWith([]))).not.toContain("shipshape:patch-after");
});
