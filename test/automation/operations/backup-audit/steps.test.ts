import { backupAuditSteps, type BackupAuditSteps } from "../../../../automation/operations/backup-audit/steps";
import type { FleetDatabase } from "../../../../automation/fleet-records";
import { builtIn } from "../../../../components/standards/built-in";
import { anInstance, aSnapshot, RdsAnswers } from "../../guardrails/rds-answers";
import { good, planOf, source } from "./audits";

// What is read of a real database is in backup-audit.cloud.test.ts; these cover what the embedded cloud never answers.
const rds = new RdsAnswers();
const asked: FleetDatabase[] = [];
let steps: BackupAuditSteps;
beforeAll(async () => {
  const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" };
  const cloud = { endpoint: await rds.start(), region: "eu-central-1", credentials };
  const recoveryOf = async (database: FleetDatabase) => (asked.push(database), good.evidence);
  steps = backupAuditSteps({ access: { cloud }, recoveryOf, standard: builtIn });
});
afterAll(() => rds.stop());
beforeEach(() => void (rds.answers = {}));

const plan = planOf();
const { identifier, resourceId } = source;
const instance = (more: Record<string, unknown> = {}) => {
  const known = { DbiResourceId: resourceId, DBInstanceStatus: "available", DBName: "orders", ...more };
  rds.answers["DescribeDBInstances"] = () => ({ DBInstances: [anInstance(identifier, known)] });
};

test.each([
  [{ DBClusterIdentifier: "carts" }, "cluster carts"],
  [{ ReadReplicaSourceDBInstanceIdentifier: "orders-production" }, "orders-production"],
])("a database whose data is in other backups (%j) is refused, and they are named", async (more, elsewhere) => {
  instance(more);
  await expect(steps.observe({ database: identifier })).rejects.toMatchObject({
    code: "backups-elsewhere",
    message: expect.stringContaining(`in the backups of ${elsewhere}`) as string,
  });
});

test("the window of another database with this name is not taken for its own", async () => {
  instance({ LatestRestorableTime: "2026-03-01T09:56:00Z" });
  const backup = (DbiResourceId: string, EarliestTime: string) => ({
    DBInstanceAutomatedBackup: { DbiResourceId, RestoreWindow: { EarliestTime } },
  });
  rds.answers["DescribeDBInstanceAutomatedBackups"] = () => ({
    DBInstanceAutomatedBackups: [
      backup("db-BEFORE", "2025-01-01T00:00:00Z"),
      backup(resourceId, "2026-02-01T00:00:00Z"),
    ],
  });
  expect(await steps.backups(plan)).toMatchObject({
    backupRetentionDays: 35,
    latestRestorableTime: "2026-03-01T09:56:00.000Z",
    restorableFrom: "2026-02-01T00:00:00.000Z",
  });
});

test("a database that was recreated after the plan was made ends the run", async () => {
  instance({ DbiResourceId: "db-ANOTHER" });
  await expect(steps.backups(plan)).rejects.toMatchObject({ code: "database-replaced" });
});

test("snapshots are found by resource id, and by name only where RDS gives no id; automated ones are counted", async () => {
  const calls: Record<string, ReturnType<typeof aSnapshot>[]> = {
    DbiResourceId: [
      aSnapshot("own", { DbiResourceId: resourceId, SnapshotType: "manual" }),
      aSnapshot("renamed", { DbiResourceId: resourceId, SnapshotType: "awsbackup", DBInstanceIdentifier: "old" }),
      aSnapshot("rds:daily", { DbiResourceId: resourceId, SnapshotType: "automated" }),
    ],
    DBInstanceIdentifier: [
      aSnapshot("own", { DbiResourceId: resourceId, SnapshotType: "manual" }),
      aSnapshot("copy", { SnapshotType: "manual", SourceDBSnapshotIdentifier: "own", TagList: [], Encrypted: false }),
      aSnapshot("namesake", { DbiResourceId: "db-BEFORE", SnapshotType: "manual" }),
    ],
  };
  rds.answers["DescribeDBSnapshots"] = (given) => ({
    DBSnapshots: calls[given.has("DbiResourceId") ? "DbiResourceId" : "DBInstanceIdentifier"],
  });
  rds.answers["DescribeDBSnapshotAttributes"] = (given) => {
    if (given.get("DBSnapshotIdentifier") === "renamed") return { error: "AccessDenied", status: 403 };
    const shared = given.get("DBSnapshotIdentifier") === "copy" ? [{ AttributeValue: "210987654321" }] : [];
    const attribute = { AttributeName: "restore", AttributeValues: shared };
    return { DBSnapshotAttributesResult: { DBSnapshotAttributes: [{ DBSnapshotAttribute: attribute }] } };
  };
  const { snapshots, automated, unanswered } = await steps.snapshots(plan);
  expect(snapshots.map((s) => [s.identifier, s.type, s.copyOf, s.encrypted, s.owner, s.sharedWith])).toEqual([
    ["own", "manual", null, true, "team-orders", []],
    ["renamed", "awsbackup", null, true, "team-orders", null],
    ["copy", "manual", "own", false, null, ["210987654321"]],
  ]);
  expect(automated).toBe(1);
  expect(unanswered).toEqual(["the attributes of snapshots (AccessDenied)"]);
});

test("a server that is stopped or cannot be reached leaves the check undecided, with the reason", async () => {
  const closed = { Endpoint: { Address: "127.0.0.1", Port: 9 } };
  instance({ ...closed, DBInstanceStatus: "stopped" });
  expect(await steps.pageChecksums(plan)).toEqual({
    undecided: expect.stringContaining("is stopped, not available") as string,
  });
  instance(closed);
  rds.answers["secretsmanager.GetSecretValue"] = () => ({ SecretString: '{"username":"shipshape","password":"x"}' });
  expect(await steps.pageChecksums(plan)).toEqual({
    undecided: expect.stringContaining("could not connect") as string,
  });
});

test("the evidence is that of this database, judged with the backups that were found", async () => {
  expect(await steps.evidence(plan, good.backups)).toEqual(good.evidence);
  expect(asked).toEqual([
    {
      ...plan.database,
      backupRetentionDays: 7,
      restorableFrom: new Date("2026-02-22T10:00:00.000Z"),
      tags: {},
      size: { instanceClass: "", storageGib: 0, storageType: "" },
    },
  ]);
});
