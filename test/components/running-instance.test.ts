import * as pulumi from "@pulumi/pulumi";
import { builtIn } from "../../components/standards/built-in";
import { databaseRequestOf, type DatabaseRequest } from "../../components";
import { fittingAlarm } from "../../components/alarms";
import {
  movedByHand,
  refusedChanges,
  refuseOtherSecretKey,
  runningShape,
  waitingChanges,
  type Running,
  type Wanted,
} from "../../components/running-instance";
import { foreseeingMajor } from "../../components/foresight";
import { standardShape } from "../../components/standard-shape";
import { request } from "./declared";

const small: Running = {
  resourceId: "db-ORDERS",
  engineVersion: "17.10",
  dbInstanceClass: "db.t4g.medium",
  allocatedStorage: 20,
  maxAllocatedStorage: 100,
  multiAz: true,
  masterUserSecrets: [],
  dbSubnetGroup: "shipshape-databases",
  dbParameterGroups: ["shipshape-postgres17-standard"],
  masterUsername: "shipshape_admin",
  dbName: "orders",
  storageEncrypted: true,
  kmsKeyId: "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555",
};
const unchanged: Wanted = {
  engineVersion: "17.10",
  instanceClass: "db.t4g.medium",
  allocatedStorage: 20,
  maxAllocatedStorage: 100,
  multiAz: true,
  dbSubnetGroupName: "shipshape-databases",
};
const parsed = (more: object) => databaseRequestOf(builtIn).parse({ ...request, ...more });
const refusals = (running: Partial<Running>, wanted: Partial<Wanted>, more: Partial<DatabaseRequest> = {}) =>
  refusedChanges({ ...small, ...running }, { ...unchanged, ...wanted }, parsed(more), builtIn);

test.each<[claim: string, running: Partial<Running>, wanted: Partial<Wanted>]>([
  ["no change", {}, {}],
  ["growth past 400 GiB", {}, { allocatedStorage: 500, maxAllocatedStorage: 2_000 }],
  ["storage that autoscaling has added", { allocatedStorage: 80 }, {}],
  ["storage that autoscaling has grown to its cap", { allocatedStorage: 100 }, {}],
  [
    "a larger cap over storage that has grown",
    { allocatedStorage: 95 },
    { allocatedStorage: 100, maxAllocatedStorage: 500 },
  ],
  [
    "storage without a cap, as found",
    { allocatedStorage: 50, maxAllocatedStorage: 0 },
    { allocatedStorage: 50, maxAllocatedStorage: 0 },
  ],
  ["a newer minor", { engineVersion: "17.9" }, {}],
])("%s is accepted", (_, running, wanted) => {
  expect(refusals(running, wanted)).toEqual([]);
});

test("another master user or database is refused: each would replace what is there", () => {
  expect(refusals({}, { username: "shipshape_admin", dbName: "orders" })).toEqual([]);
  expect(refusals({}, { username: "acme_admin", dbName: "ledger" })).toEqual([
    expect.stringContaining("birth.masterUsername: the database was made with shipshape_admin"),
    expect.stringContaining(
      'databaseName: the database was made with orders, and with ledger it would be replaced. Give "orders"',
    ),
  ]);
  // Without an initial database; and one that is being made.
  expect(refusals({ dbName: "" }, { dbName: "ledger" })).toEqual([]);
});

test("encryption stays as the database was made with: a change would replace it", () => {
  const [key, other] = [small.kmsKeyId, small.kmsKeyId.replace(/1{8}/, "99999999")];
  expect(refusals({}, { storageEncrypted: true, kmsKeyId: key })).toEqual([]);
  expect(refusals({ storageEncrypted: false, kmsKeyId: "" }, { storageEncrypted: false })).toEqual([]);
  // A restored database has its source's key, and declares none.
  expect(refusals({}, { storageEncrypted: true })).toEqual([]);
  expect(refusals({ storageEncrypted: false, kmsKeyId: "" }, { storageEncrypted: true, kmsKeyId: key })).toEqual([
    expect.stringMatching(/^existing\.asFound\.storageEncrypted: .* Give false, and kmsKeyId null$/),
  ]);
  expect(refusals({}, { storageEncrypted: true, kmsKeyId: other })).toEqual([
    `platform.keyArn: the database is encrypted with ${key}, and with ${other} it would be replaced. Give "${key}"`,
  ]);
  const found = { existing: { identifier: "legacy" } };
  expect(refusals({}, { storageEncrypted: true, kmsKeyId: other }, found)).toEqual([
    expect.stringMatching(/^existing\.asFound\.kmsKeyId: /),
  ]);
});

test("a subnet group changed by hand is reported and stops neither a refresh nor an up; a wrong one given as found is refused", () => {
  const running = { dbSubnetGroup: "default" };
  expect(refusals(running, {})).toEqual([]);
  expect(movedByHand({ ...small, ...running }, unchanged)).toEqual([
    expect.stringMatching(/is in the subnet group default, .* shipshape-databases\. Give "default"$/),
  ]);
  expect(movedByHand(small, { ...unchanged, dbSubnetGroupName: "Shipshape-Databases" })).toEqual([]);
  // The group of a platform that is being created, or one that the API no longer finds.
  expect(movedByHand({ dbSubnetGroup: "default" }, {})).toEqual([]);
  expect(movedByHand({}, unchanged)).toEqual([]);
  expect(refusals(running, {}, { existing: { identifier: "legacy" } })).toEqual([
    expect.stringMatching(/^existing\.asFound\.dbSubnetGroupName: the database is in/),
  ]);
});

test.each<[claim: string, running: Partial<Running>, wanted: Partial<Wanted>, message: RegExp]>([
  [
    "from medium to small",
    { allocatedStorage: 100, maxAllocatedStorage: 500 },
    {},
    /^storageOfSize: 100 GiB are allocated.* 100 GiB \(at least 110\)\. Give "medium"/,
  ],
  [
    "from xlarge to large",
    { allocatedStorage: 2_000, maxAllocatedStorage: 8_000 },
    { allocatedStorage: 500, maxAllocatedStorage: 2_000 },
    /Give "xlarge"/,
  ],
  [
    "from medium that has grown to small",
    { allocatedStorage: 470, maxAllocatedStorage: 500 },
    {},
    /470 GiB.*Give "large"/,
  ],
  [
    "to less than a database had without a cap",
    { allocatedStorage: 50, maxAllocatedStorage: 0 },
    { maxAllocatedStorage: 0 },
    /^existing\.asFound\.allocatedStorage: 50 GiB/,
  ],
  [
    "to a cap below what no size has",
    { allocatedStorage: 9_000, maxAllocatedStorage: 12_000 },
    {},
    /Give existing\.asFound\.maxAllocatedStorage of 9900 or more/,
  ],
  [
    "to an older minor",
    {},
    { engineVersion: "17.9" },
    /^engineVersion: 17\.9 is older than the running 17\.10, and RDS never downgrades\. Give "17\.10"/,
  ],
  ["to another major", { engineVersion: "16.14" }, {}, /^postgresMajor: 16\.14 is running.*Give 16$/],
])("going %s is refused, and the error says what to do", (_, running, wanted, message) => {
  expect(refusals(running, wanted)).toEqual([expect.stringMatching(message)]);
});

test("another major is foreseen by a preview that asks for it, and by no `up`", () => {
  const upgrade = () => refusals({ engineVersion: "16.14" }, {}, {});
  const isPreview = jest.spyOn(pulumi.runtime, "isDryRun");
  isPreview.mockReturnValue(true);
  expect(upgrade()).toHaveLength(1);
  expect(foreseeingMajor(upgrade)).toEqual([]);
  isPreview.mockReturnValue(false);
  expect(foreseeingMajor(upgrade)).toHaveLength(1);
  isPreview.mockRestore();
});

test("an import with the identifier of another database, or of none, is refused", () => {
  const importing = { import: "db-LEDGER", existing: { identifier: "orders" } };
  expect(refusals({}, {}, importing)).toEqual([
    "import: db-LEDGER is not the resource id of orders, that is db-ORDERS",
  ]);
  expect(refusals({ resourceId: "db-LEDGER" }, {}, importing)).toEqual([]);
  expect(refusedChanges(undefined, unchanged, parsed(importing), builtIn)).toEqual([
    "import: db-LEDGER is not the resource id of orders, there is no database of that name",
  ]);
});

test("a managed password keeps its key, and another key is refused", () => {
  const managed = {
    ...small,
    masterUserSecrets: [{ kmsKeyId: "arn:theirs", secretArn: "arn:secret", secretStatus: "active" }],
  };
  expect(refuseOtherSecretKey(managed, "arn:theirs")).toBe("arn:theirs");
  expect(refuseOtherSecretKey(small, "arn:ours")).toBe("arn:ours");
  expect(refuseOtherSecretKey(undefined, "arn:ours")).toBe("arn:ours");
  expect(() => refuseOtherSecretKey(managed, "arn:ours")).toThrow(
    /^existing\.asFound\.masterUserSecretKmsKeyId: RDS keeps the master password under arn:theirs/,
  );
});

test("changes that wait for the window are listed in words, and storage that has grown is not a change", () => {
  const window = "thu:02:00-thu:04:00";
  expect(waitingChanges(small, unchanged, window)).toEqual([]);
  expect(waitingChanges({ ...small, allocatedStorage: 80 }, unchanged, window)).toEqual([]);
  const changes = { instanceClass: "db.m7g.large", allocatedStorage: 100, multiAz: false, engineVersion: "17.11" };
  expect(waitingChanges(small, { ...unchanged, ...changes }, window)).toEqual([
    "class db.t4g.medium → db.m7g.large waits for thu 02:00–04:00 UTC; restart",
    "version 17.10 → 17.11 waits for thu 02:00–04:00 UTC; restart",
    "storage (GiB) 20 → 100 waits for thu 02:00–04:00 UTC",
    "Multi-AZ true → false waits for thu 02:00–04:00 UTC",
  ]);
  expect(waitingChanges(small, { ...unchanged, multiAz: false }, "sun:23:30-mon:00:30")).toEqual([
    "Multi-AZ true → false waits for sun 23:30–mon 00:30 UTC",
  ]);
});

describe("until the window has passed, an alarm fits both the running and the requested size", () => {
  const shapeOf = (size: "small" | "large") => standardShape(parsed({ size }), builtIn);
  const asRunning = (size: "small" | "large"): Running => {
    const { instanceClass, allocatedStorageGib } = shapeOf(size);
    return { ...small, dbInstanceClass: instanceClass, allocatedStorage: allocatedStorageGib };
  };
  const fitting = (suffix: string, requested: "small" | "large", runs?: "small" | "large") =>
    fittingAlarm(
      suffix,
      shapeOf(requested),
      runningShape(shapeOf(requested), runs && asRunning(runs), builtIn),
      alarms,
    );
  const { alarms } = builtIn.tiers["gold"]!.production;

  test("freeable-memory has the lower threshold, whichever way the size changes", () => {
    expect(fitting("freeable-memory", "large", "small").threshold).toBe(fitting("freeable-memory", "small").threshold);
    expect(fitting("freeable-memory", "small", "large").threshold).toBe(fitting("freeable-memory", "small").threshold);
  });

  test("alarms of storage follow what is allocated, which never shrinks and may have grown", () => {
    expect(fitting("free-storage", "large", "small").threshold).toBe(fitting("free-storage", "small").threshold);
    expect(fitting("free-storage", "small", "large").threshold).toBe(fitting("free-storage", "large").threshold);
    const grown = runningShape(shapeOf("small"), { ...small, allocatedStorage: 80 }, builtIn);
    const alarmOf = (suffix: string) => fittingAlarm(suffix, shapeOf("small"), grown, alarms);
    expect(alarmOf("free-storage").threshold).toBe(8 * 1024 ** 3);
    const [, hours] = alarmOf("hours-to-full").math?.({ identifier: "orders", resourceId: "db-ORDERS" }) ?? [];
    expect(hours?.expression).toContain(`(free + ${20 * 1024 ** 3})`);
  });

  test.each(["connections", "disk-queue", "replication-slot"])(
    "%s has the higher threshold, whichever way the size changes",
    (suffix) => {
      expect(fitting(suffix, "large", "small").threshold).toBe(fitting(suffix, "large").threshold);
      expect(fitting(suffix, "small", "large").threshold).toBe(fitting(suffix, "large").threshold);
    },
  );

  test("the remaining storage is counted from the current size", () => {
    const [, hours] =
      fitting("hours-to-full", "large", "small").math?.({ identifier: "orders", resourceId: "db-ORDERS" }) ?? [];
    expect(hours?.expression).toContain(`(free + ${(2_000 - 20) * 1024 ** 3})`);
  });

  test("a class that the standard does not have changes no threshold", () => {
    const odd = runningShape(shapeOf("small"), { ...small, dbInstanceClass: "db.m5.large" }, builtIn);
    expect(fittingAlarm("freeable-memory", shapeOf("small"), odd, alarms).threshold).toBe(
      fitting("freeable-memory", "small").threshold,
    );
  });
});
