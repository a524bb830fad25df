import type { DBInstance } from "@aws-sdk/client-rds";
import { report } from "../../../automation/command-line/pending";
import { pendingOf } from "../../../automation/targets/pending-changes";

const orders: DBInstance = {
  DBInstanceIdentifier: "orders",
  PreferredMaintenanceWindow: "thu:02:00-thu:04:00",
  DBInstanceClass: "db.t4g.medium",
  AllocatedStorage: 20,
  Iops: 3_000,
  StorageThroughput: 125,
  MultiAZ: false,
  EngineVersion: "17.9",
};
const cancelOf = (PendingModifiedValues: DBInstance["PendingModifiedValues"]) =>
  pendingOf({ ...orders, PendingModifiedValues }).cancel;

test("a database without pending modifications has no changes", () => {
  expect(pendingOf(orders).changes).toEqual([]);
  expect(pendingOf({ ...orders, PendingModifiedValues: { ProcessorFeatures: [] } }).changes).toEqual([]);
});

test("each change shows the pending and the running value, and the command that cancels it sends the running one", () => {
  const pending = pendingOf({
    ...orders,
    PendingModifiedValues: { DBInstanceClass: "db.m7g.large", MultiAZ: true, EngineVersion: "17.10" },
  });
  expect(pending.changes).toEqual([
    { property: "DBInstanceClass", runs: "db.t4g.medium", pending: "db.m7g.large" },
    { property: "MultiAZ", runs: "false", pending: "true" },
    { property: "EngineVersion", runs: "17.9", pending: "17.10" },
  ]);
  expect(pending.cancel).toBe(
    "aws rds modify-db-instance --db-instance-identifier orders --db-instance-class db.t4g.medium --no-multi-az --engine-version 17.9 --apply-immediately",
  );
});

test("the command that cancels storage growth omits the speed, as RDS does not accept it below 400 GiB", () => {
  expect(cancelOf({ AllocatedStorage: 500, Iops: 12_000, StorageThroughput: 500 })).not.toMatch(/iops|throughput/);
  expect(cancelOf({ Iops: 12_000 })).toContain("--iops 3000");
});

test("a new password cannot be cancelled, and the report says so", () => {
  const pending = pendingOf({ ...orders, PendingModifiedValues: { MasterUserPassword: "****" } });
  expect(pending.cancel).toBeUndefined();
  expect(report([pending]).join("\n")).toContain("orders: a new password cannot be cancelled");
});

test("the report lists each change with its window, and says if there is none", () => {
  expect(report([])).toEqual(["nothing is pending"]);
  const [heading, line] = report([
    pendingOf({ ...orders, PendingModifiedValues: { DBInstanceClass: "db.m7g.large" } }),
  ]);
  expect(heading).toMatch(/^DATABASE +PROPERTY +RUNS +PENDING +WINDOW/);
  expect(line).toMatch(/^orders +DBInstanceClass +db\.t4g\.medium +db\.m7g\.large +thu:02:00-thu:04:00$/);
});
