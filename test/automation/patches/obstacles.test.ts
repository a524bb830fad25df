import { obstacles, replicasAmong, unproven } from "../../../automation/patches/obstacles";
import type { OfferedVersions, RunningVersion } from "../../../automation/version-records";

const offer: OfferedVersions = {
  targets: {
    "17.9": [
      { version: "17.10", isMajor: false },
      { version: "18.4", isMajor: true },
    ],
  },
  support: {},
};
const running: RunningVersion = {
  ...{ identifier: "orders", resourceId: "db-1", arn: "arn:orders", account: "123456789012", region: "eu-central-1" },
  ...{ engineVersion: "17.9", status: "available", pendingVersion: null, pending: [], maintenance: [], tags: {} },
  ...{ maintenanceWindow: "sun:23:30-mon:00:30", autoMinorVersionUpgrade: false, rolloutOrder: null },
  ...{ replicaOf: null, replicas: [], parametersWait: null, backupRetentionDays: 7 },
  ...{ parameterGroup: "standard", managesPassword: false },
};
const kinds = (more: Partial<RunningVersion>, to = "17.10") =>
  obstacles({ ...running, ...more }, to, offer).map(({ kind }) => kind);

test("a database that RDS upgrades in one step can be patched, and so can one that runs the version already", () => {
  expect(kinds({})).toEqual([]);
  expect(kinds({ engineVersion: "17.10" })).toEqual([]);
});

test.each([
  ["another major", { engineVersion: "16.13" }, "17.10", "another-major"],
  ["a newer minor", { engineVersion: "17.11" }, "17.10", "newer"],
  ["no upgrade to it", {}, "17.12", "no-path"],
  ["another status", { status: "storage-full" }, "17.10", "not-available"],
  ["a change that waits", { pending: ["MultiAZ"] }, "17.10", "pending"],
  ["the version that waits", { pendingVersion: "17.10" }, "17.10", "pending"],
  ["maintenance of AWS", { maintenance: [{ action: "system-update", appliedAfter: null }] }, "17.10", "maintenance"],
  ["a parameter group that waits", { parametersWait: "pending-reboot" }, "17.10", "parameters"],
  ["a replica", { replicaOf: "other" }, "17.10", "topology"],
  ["a replica that is elsewhere", { replicas: ["arn:orders-replica"] }, "17.10", "topology"],
  ["no backups", { backupRetentionDays: 0 }, "17.10", "backups"],
] as const)("%s is an obstacle", (_, more, to, kind) => {
  expect(kinds(more as Partial<RunningVersion>, to)).toEqual([kind]);
});

test("replicas are patched with their source, and what stops one of them stops it", () => {
  const source = { ...running, replicas: ["orders-replica"] };
  const replica = { ...running, identifier: "orders-replica", replicaOf: "orders", backupRetentionDays: 0 };
  const found = (more: Partial<RunningVersion>) => obstacles(source, "17.10", offer, [{ ...replica, ...more }]);
  expect(found({})).toEqual([]);
  expect(found({ engineVersion: "17.10" })).toEqual([]);
  expect(found({ status: "storage-full", pending: ["MultiAZ"] })).toEqual([
    { kind: "topology", detail: "its replica orders-replica: its status is storage-full" },
    { kind: "topology", detail: expect.stringContaining("orders-replica: MultiAZ waits for its window") as string },
  ]);
  const namesake = { ...replica, region: "eu-west-1" };
  expect(replicasAmong(source, [source, replica, namesake])).toEqual([replica]);
});

test("only a fresh drill proves the way back", () => {
  for (const recoverability of ["stale", "failed", "unproven", "never", "unknown"] as const)
    expect(unproven({ recoverability, reason: "a test", drill: null })).toMatchObject([{ kind: "unproven" }]);
  expect(unproven({ recoverability: "fresh", reason: "a drill passed", drill: null })).toEqual([]);
});
