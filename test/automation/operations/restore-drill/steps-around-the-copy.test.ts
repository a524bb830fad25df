import type { RestoreDrillSteps } from "../../../../automation/operations/restore-drill/steps";
import { removeStack } from "../../../../automation/runner/pulumi-stack";
import { readStack, stackExists } from "../../../../automation/runner/stack-state";
import { DrillCloud, gone, tags, throwaway } from "./drill-cloud";
import { plan, request, source } from "./drills";

// The engine and a real database have their own tests (restore-drill.engine.test.ts); these cover what depends on the
// cloud alone.
jest.mock("../../../../automation/runner/pulumi-stack");
jest.mock("../../../../automation/runner/stack-state");
jest.mock("../../../../automation/limits", () => ({
  ...jest.requireActual<object>("../../../../automation/limits"),
  cloudPoll: { share: 0.1, millisecondsMin: 1, millisecondsMax: 1 },
}));

const cloud = new DrillCloud();
const { identifier } = plan.throwaway;
const signal = new AbortController().signal;
let steps: RestoreDrillSteps;
beforeAll(async () => void (await cloud.start()));
afterAll(() => cloud.stop());
beforeEach(() => {
  cloud.forget();
  steps = cloud.steps();
});

describe("removal", () => {
  beforeEach(() => {
    cloud.answers["DeleteDBInstance"] = () => ({});
  });

  test("does not delete again what Pulumi removed", async () => {
    cloud.instances(null);
    await steps.removeThrowaway(plan, identifier.slice("drill-".length), signal);
    expect(jest.mocked(removeStack).mock.calls[0]?.[1]).toMatchObject({
      stackName: plan.throwaway.stack,
      secretsProvider: source.secretsProvider,
    });
    expect(cloud.calls).not.toContain("DeleteDBInstance");
  });

  test("deletes an instance that only the cloud knows, with all its backups, and waits for that", async () => {
    let sent: URLSearchParams | undefined;
    cloud.answers["DeleteDBInstance"] = (parameters) => ((sent = parameters), {});
    cloud.instances(throwaway({ DBInstanceStatus: "failed" }), throwaway({ DBInstanceStatus: "deleting" }), null);
    await steps.removeThrowaway(plan, identifier.slice("drill-".length), signal);
    expect(Object.fromEntries(sent ?? [])).toMatchObject({
      DBInstanceIdentifier: identifier,
      SkipFinalSnapshot: "true",
      DeleteAutomatedBackups: "true",
    });
    expect(cloud.calls.filter((action) => action === "DescribeDBInstances")).toHaveLength(3);
  });

  test("is proven by the API and the backend: no instance, no backups, no stack", async () => {
    cloud.instances(null);
    expect(await steps.proveGone(plan)).toMatchObject([
      { kind: "database", identifier, provenGoneBy: expect.stringContaining("DBInstanceNotFound at 2") as string },
      { kind: "backups", identifier, provenGoneBy: expect.stringContaining("none at 2") as string },
      { kind: "stack", identifier: plan.throwaway.stack, provenGoneBy: "the backend has no stack of that name" },
    ]);
    expect(jest.mocked(stackExists).mock.calls[0]?.[1]).toBe(plan.throwaway.stack);
  });

  test.each<[string, string, () => void]>([
    ["an instance", identifier, () => cloud.instances(throwaway({ DBInstanceStatus: "deleting" }))],
    [
      "an automated backup",
      "automated backup db-COPY",
      () =>
        (cloud.answers["DescribeDBInstanceAutomatedBackups"] = () => ({
          DBInstanceAutomatedBackups: [{ DBInstanceAutomatedBackup: { DbiResourceId: "db-COPY" } }],
        })),
    ],
    [
      "a snapshot",
      "snapshot final",
      () =>
        (cloud.answers["DescribeDBSnapshots"] = () => ({
          DBSnapshots: [{ DBSnapshot: { DBSnapshotIdentifier: "final" } }],
        })),
    ],
    ["its stack", plan.throwaway.stack, () => jest.mocked(stackExists).mockResolvedValue(true)],
  ])("is refuted by %s that is left", async (_, left, arrange) => {
    cloud.instances(null);
    arrange();
    await expect(steps.proveGone(plan)).rejects.toMatchObject({
      code: "throwaway-left",
      message: expect.stringContaining(left) as string,
    });
  });

  test("is not proven by a query that fails", async () => {
    cloud.answers["DescribeDBInstances"] = () => ({ error: "AccessDenied", status: 403 });
    await expect(steps.proveGone(plan)).rejects.toThrow("made up");
    cloud.instances(null);
    cloud.answers["DescribeDBInstanceAutomatedBackups"] = () => ({ error: "AccessDenied", status: 403 });
    await expect(steps.proveGone(plan)).rejects.toThrow("made up");
  });
});

describe("markers in the source", () => {
  test("are gone with a source that is gone or was recreated", async () => {
    cloud.instances(null);
    expect(await steps.removeMarkers(plan, "run-1")).toEqual([]);
    cloud.instances({ DBInstanceIdentifier: source.identifier, DbiResourceId: "db-NEW" });
    expect(await steps.removeMarkers(plan, "run-1")).toEqual([]);
  });

  test("that cannot be reached are reported, and do not fail the clean-up", async () => {
    cloud.instances({
      DBInstanceIdentifier: source.identifier,
      DbiResourceId: source.resourceId,
      DBInstanceStatus: "stopped",
    });
    expect(await steps.removeMarkers(plan, "run-1")).toMatchObject([
      {
        kind: "recovery markers",
        identifier: source.identifier,
        reason: expect.stringMatching(/; the next drill of the database removes them$/) as string,
      },
    ]);
  });
});

describe("observation", () => {
  const instance = {
    DBInstanceIdentifier: source.identifier,
    DBInstanceArn: source.arn,
    DBInstanceStatus: "available",
    DbiResourceId: source.resourceId,
    DBName: "orders",
    EngineVersion: "17.10",
    DBInstanceClass: "db.m7g.large",
    AllocatedStorage: 100,
    BackupRetentionPeriod: 35,
    LatestRestorableTime: "2026-03-01T09:56:00Z",
    KmsKeyId: source.keyArn,
    DBParameterGroups: [{ DBParameterGroup: { DBParameterGroupName: source.parameterGroupName } }],
    DBSubnetGroup: { DBSubnetGroupName: source.subnetGroupName },
    EngineLifecycleSupport: source.engineLifecycleSupport,
    TagList: tags(source.tags),
  };
  const platform = { outputs: { isolationSecurityGroupId: "sg-0150a7ed000000001" }, secretsProvider: undefined };
  beforeEach(() => {
    cloud.answers["secretsmanager.GetSecretValue"] = () => ({
      SecretString: JSON.stringify({ username: "shipshape", password: "p" }),
    });
  });

  test("reads from the API everything that a plan needs", async () => {
    cloud.instances(instance);
    expect(await steps.observe(request)).toEqual({
      ...source,
      observedAt: expect.stringMatching(/Z$/) as string,
    });
  });

  test("returns the configured secrets provider, otherwise the platform's, or none", async () => {
    cloud.instances(instance);
    expect(await cloud.steps({ secretsProvider: "awskms://alias/drills" }).observe(request)).toMatchObject({
      secretsProvider: "awskms://alias/drills",
    });
    jest.mocked(readStack).mockResolvedValue(platform);
    expect(await steps.observe(request)).toMatchObject({ secretsProvider: null });
  });

  const snapshot = {
    DBSnapshotIdentifier: "orders-1",
    DBSnapshotArn: "arn:aws:rds:eu-central-1:123456789012:snapshot:orders-1",
    DBInstanceIdentifier: source.identifier,
    DbiResourceId: source.resourceId,
    Status: "available",
    Encrypted: true,
    EngineVersion: "17.9",
    AllocatedStorage: 40,
    SnapshotCreateTime: "2026-02-01T00:00:00Z",
  };
  const ofSnapshot = { ...request, snapshot: "orders-1" };
  const snapshotIs = (more: object | null) =>
    (cloud.answers["DescribeDBSnapshots"] = () =>
      more
        ? { DBSnapshots: [{ DBSnapshot: { ...snapshot, ...more } }] }
        : { error: "DBSnapshotNotFound", status: 404 });

  test("finds the snapshot that a request names, even if automated backups are off", async () => {
    cloud.instances({ ...instance, BackupRetentionPeriod: 0 });
    snapshotIs({});
    expect((await steps.observe(ofSnapshot)).snapshot).toEqual({
      identifier: "orders-1",
      arn: snapshot.DBSnapshotArn,
      createdAt: "2026-02-01T00:00:00.000Z",
      engineVersion: "17.9",
      allocatedStorageGib: 40,
    });
    cloud.instances({ ...instance, DBInstanceStatus: "stopped" });
    await expect(steps.observe(ofSnapshot)).rejects.toMatchObject({ code: "database-not-available" });
  });

  test.each([
    [null, "there is none of that name"],
    [{ DbiResourceId: "db-OTHER", DBInstanceIdentifier: "other" }, "it is of other, resource id db-OTHER"],
    [{ Status: "creating" }, "it is creating"],
    [{ Encrypted: false }, "it is not encrypted"],
    [{ EngineVersion: "16.4" }, "it is of PostgreSQL 16.4, and the database's parameter group of 17"],
  ])("refuses a snapshot with %j", async (more, problem) => {
    cloud.instances(instance);
    snapshotIs(more);
    await expect(steps.observe(ofSnapshot)).rejects.toMatchObject({
      code: "snapshot-unusable",
      message: expect.stringContaining(problem) as string,
    });
  });

  test.each([
    ["2026-02-27T09:59:59Z", false],
    ["2026-02-27T10:00:00Z", true],
    ["2026-03-01T09:59:00Z", true],
    ["2999-01-01T00:00:00Z", false],
  ])("a moment of %s is within the backups: %s", async (at, isWithin) => {
    cloud.instances(instance);
    const window = { EarliestTime: "2026-02-27T10:00:00Z", LatestTime: "2026-03-01T09:56:00Z" };
    cloud.answers["DescribeDBInstanceAutomatedBackups"] = () => ({
      DBInstanceAutomatedBackups: [
        { DBInstanceAutomatedBackup: { DbiResourceId: source.resourceId, RestoreWindow: window } },
      ],
    });
    const observed = steps.observe({ ...request, at });
    if (isWithin) await expect(observed).resolves.toBeDefined();
    else
      await expect(observed).rejects.toMatchObject({
        code: "recovery-target-outside",
        message: expect.stringContaining("to any second from 2026-02-27T10:00:00.000Z to ") as string,
      });
  });

  test("detects disabled backups, whatever time the API still reports, and whatever the database's status", async () => {
    cloud.instances({ ...instance, BackupRetentionPeriod: 0, DBInstanceStatus: "stopped" });
    expect(await steps.observe(request)).toMatchObject({
      backupRetentionDays: 0,
      latestRestorableTime: null,
    });
    cloud.instances({ ...instance, LatestRestorableTime: undefined });
    expect(await steps.observe(request)).toMatchObject({
      backupRetentionDays: 35,
      latestRestorableTime: null,
    });
  });

  test.each<[string, string, () => void]>([
    [
      "a stopped database",
      "database-not-available",
      () => cloud.instances({ ...instance, DBInstanceStatus: "stopped" }),
    ],
    [
      "a missing database",
      "database-unknown",
      () =>
        (cloud.answers["DescribeDBInstances"] = (parameters) => (parameters.has("DBInstanceIdentifier") ? gone : {})),
    ],
    ["no platform", "platform-missing", () => jest.mocked(readStack).mockResolvedValue(undefined)],
    [
      "a platform without isolation",
      "platform-missing",
      () => jest.mocked(readStack).mockResolvedValue({ ...platform, outputs: { isolationSecurityGroupId: 1 } }),
    ],
    [
      "no login",
      "database-role-unknown",
      () => (cloud.answers["secretsmanager.GetSecretValue"] = () => ({ error: "ResourceNotFoundException" })),
    ],
  ])("%s is refused before anything is planned", async (_, code, arrange) => {
    cloud.instances(instance);
    arrange();
    await expect(steps.observe(request)).rejects.toMatchObject({ code });
  });
});

test("a throwaway is registered before it is created, and recorded as removed by request and name", async () => {
  const began = await steps.register("run-1", plan);
  expect(Date.parse(began)).toBeLessThanOrEqual(Date.now());
  await steps.recordRemoval("run-1", plan);
  expect(cloud.statements).toEqual([
    ["insert", "run-1", identifier, plan.throwaway.stack, plan.throwaway.expiresAt],
    ["update", "run-1", identifier],
  ]);
});
