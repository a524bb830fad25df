import { bringUp, type StackProgram } from "../../../../automation/runner/pulumi-stack";
import type { ObservedSnapshot } from "../../../../automation/operations/restore-drill/plan";
import type { RestoreDrillSteps } from "../../../../automation/operations/restore-drill/steps";
import { DrillCloud, groups, tags, throwaway } from "./drill-cloud";
import { plan, source } from "./drills";

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
const runId = plan.throwaway.identifier.slice("drill-".length);
let steps: RestoreDrillSteps;
beforeAll(async () => void (await cloud.start()));
afterAll(() => cloud.stop());
beforeEach(() => {
  cloud.forget();
  steps = cloud.steps();
});

describe("restore", () => {
  test("requests a copy without backups, in the isolation group, with the run's tags", async () => {
    let sent: URLSearchParams | undefined;
    cloud.answers["RestoreDBInstanceToPointInTime"] = (parameters) => ((sent = parameters), {});
    cloud.instances(null, throwaway({ DBInstanceStatus: "creating" }), throwaway());
    expect(await steps.restore(plan, "2026-03-01T10:00:04.000Z", signal)).toEqual({
      succeeded: true,
      resourceId: "db-COPY",
    });
    expect(Object.fromEntries(sent ?? [])).toMatchObject({
      TargetDBInstanceIdentifier: identifier,
      SourceDbiResourceId: source.resourceId,
      RestoreTime: "2026-03-01T10:00:04Z",
      BackupRetentionPeriod: "0",
      CopyTagsToSnapshot: "false",
      PubliclyAccessible: "false",
      DeletionProtection: "false",
      MultiAZ: "false",
      DBInstanceClass: source.instanceClass,
      DBParameterGroupName: source.parameterGroupName,
      DBSubnetGroupName: source.subnetGroupName,
      EngineLifecycleSupport: source.engineLifecycleSupport,
      "VpcSecurityGroupIds.VpcSecurityGroupId.1": "sg-0150a7ed000000001",
      "Tags.Tag.1.Key": "service",
    });
  });

  test("requests a copy of the snapshot that the plan names, with the same settings", async () => {
    let sent: URLSearchParams | undefined;
    cloud.answers["RestoreDBInstanceFromDBSnapshot"] = (parameters) => ((sent = parameters), {});
    cloud.instances(null, throwaway());
    const drilled = { to: "snapshot" as const, snapshot: { identifier: "orders-1" } as ObservedSnapshot };
    expect(await steps.restore({ ...plan, drilled }, null, signal)).toMatchObject({ succeeded: true });
    expect(Object.fromEntries(sent ?? [])).toMatchObject({
      DBInstanceIdentifier: identifier,
      DBSnapshotIdentifier: "orders-1",
      BackupRetentionPeriod: "0",
      CopyTagsToSnapshot: "false",
      PubliclyAccessible: "false",
      DBParameterGroupName: source.parameterGroupName,
      DBSubnetGroupName: source.subnetGroupName,
      "VpcSecurityGroupIds.VpcSecurityGroupId.1": "sg-0150a7ed000000001",
      "Tags.Tag.1.Key": "service",
    });
    cloud.instances(null);
    cloud.answers["RestoreDBInstanceFromDBSnapshot"] = () => ({ error: "DBSnapshotNotFound" });
    expect(await steps.restore({ ...plan, drilled }, null, signal)).toMatchObject({ succeeded: false });
  });

  test("waits for a copy that an earlier attempt requested, and never requests a second one", async () => {
    cloud.instances(
      throwaway({ DBInstanceStatus: "creating" }),
      throwaway({ DBInstanceStatus: "modifying" }),
      throwaway(),
    );
    expect(await steps.restore(plan, "2026-03-01T10:00:04.000Z", signal)).toMatchObject({ succeeded: true });
    expect(cloud.calls).not.toContain("RestoreDBInstanceToPointInTime");
  });

  test.each(["InvalidRestoreFault", "PointInTimeRestoreNotEnabled", "DBInstanceAutomatedBackupNotFound"])(
    "%s is about the backups: the restore failed, with RDS's reason",
    async (error) => {
      cloud.instances(null);
      cloud.answers["RestoreDBInstanceToPointInTime"] = () => ({ error });
      expect(await steps.restore(plan, "2026-03-01T10:00:04.000Z", signal)).toMatchObject({
        succeeded: false,
        reason: expect.stringMatching(/made up/) as string,
      });
    },
  );

  test("throws any other refusal, as it says nothing about the backups", async () => {
    cloud.instances(null);
    cloud.answers["RestoreDBInstanceToPointInTime"] = () => ({ error: "InstanceQuotaExceeded" });
    await expect(steps.restore(plan, "2026-03-01T10:00:04.000Z", signal)).rejects.toThrow("made up");
  });

  test.each(["incompatible-restore", "failed", "incompatible-parameters"])(
    "a copy that ends up %s failed, for the reason of its last three events",
    async (status) => {
      cloud.instances(throwaway({ DBInstanceStatus: status }));
      const event = (minute: number, Message: string) => ({ Event: { Message, Date: `2026-03-01T10:0${minute}:00Z` } });
      cloud.answers["DescribeEvents"] = () => ({
        Events: [event(4, "fourth"), event(1, "first"), event(3, "third"), event(2, "second")],
      });
      expect(await steps.restore(plan, "2026-03-01T10:00:04.000Z", signal)).toMatchObject({
        succeeded: false,
        reason: `${status}: second; third; fourth`,
      });
      cloud.answers["DescribeEvents"] = () => ({ Events: [] });
      expect(await steps.restore(plan, "2026-03-01T10:00:04.000Z", signal)).toMatchObject({
        reason: `${status}: the cloud gives no reason`,
      });
    },
  );

  test.each([
    ["gone", null],
    ["stopped", throwaway({ DBInstanceStatus: "stopped" })],
  ])("a copy that turns out to be %s is an error, not a verdict", async (status, then) => {
    cloud.instances(throwaway({ DBInstanceStatus: "creating" }), then);
    await expect(steps.restore(plan, "2026-03-01T10:00:04.000Z", signal)).rejects.toMatchObject({
      code: "database-not-available",
      message: expect.stringContaining(` is ${status}`) as string,
    });
  });

  test("the step's time limit ends the wait", async () => {
    cloud.instances(throwaway({ DBInstanceStatus: "creating" }));
    const bound = new AbortController();
    const restoring = steps.restore(plan, "2026-03-01T10:00:04.000Z", bound.signal);
    bound.abort(new Error("out of time"));
    await expect(restoring).rejects.toThrow("out of time");
  });
});

describe("another instance with the throwaway's name", () => {
  test.each([
    ["without tags", { TagList: undefined }],
    ["of another run", { TagList: tags({ "shipshape:run": "another" }) }],
    [
      "with the run's id under another key",
      { TagList: tags({ "shipshape:purpose": plan.throwaway.tags["shipshape:run"] ?? "" }) },
    ],
  ])("%s is never restored into, read or deleted", async (_, more) => {
    cloud.instances(throwaway(more));
    const refused = { code: "throwaway-not-ours" };
    await expect(steps.restore(plan, "2026-03-01T10:00:04.000Z", signal)).rejects.toMatchObject(refused);
    await expect(steps.requireIsolation(plan, "db-COPY")).rejects.toMatchObject(refused);
    await expect(steps.removeThrowaway(plan, runId, signal)).rejects.toMatchObject(refused);
    expect(cloud.calls).not.toContain("DeleteDBInstance");
  });
});

describe("isolation", () => {
  test("a copy without backups, only in the isolation group, may be read", async () => {
    cloud.instances(throwaway());
    await expect(steps.requireIsolation(plan, "db-COPY")).resolves.toBeUndefined();
  });

  test.each([
    [{ DbiResourceId: "db-OTHER" }, "it is another instance now"],
    [{ BackupRetentionPeriod: 7 }, "its backup retention is 7 days"],
    [{ PubliclyAccessible: true }, "it is publicly accessible"],
    [
      { VpcSecurityGroups: groups("sg-0150a7ed000000001", "sg-0open") },
      "its security groups are sg-0150a7ed000000001, sg-0open",
    ],
    [{ VpcSecurityGroups: undefined }, "its security groups are "],
  ])("a copy with %j is not read", async (more, problem) => {
    cloud.instances(throwaway(more));
    await expect(steps.requireIsolation(plan, "db-COPY")).rejects.toMatchObject({
      code: "throwaway-exposed",
      message: expect.stringContaining(problem) as string,
    });
  });

  test("a copy that has a backup in the API is not read", async () => {
    cloud.instances(throwaway());
    cloud.answers["DescribeDBInstanceAutomatedBackups"] = (parameters) => ({
      DBInstanceAutomatedBackups:
        parameters.get("DbiResourceId") === "db-COPY"
          ? [{ DBInstanceAutomatedBackup: { DbiResourceId: "db-COPY" } }]
          : [],
    });
    await expect(steps.requireIsolation(plan, "db-COPY")).rejects.toThrow("there is the automated backup db-COPY");
  });

  test("everything that is wrong is reported at once", async () => {
    cloud.instances(throwaway({ BackupRetentionPeriod: 7, PubliclyAccessible: true }));
    await expect(steps.requireIsolation(plan, "db-COPY")).rejects.toThrow(
      "its backup retention is 7 days; it is publicly accessible",
    );
  });
});

describe("the wait until the markers are restorable", () => {
  const restorable = (time: string | undefined, more: Record<string, unknown> = {}) => ({
    DBInstanceIdentifier: source.identifier,
    DbiResourceId: source.resourceId,
    BackupRetentionPeriod: 35,
    LatestRestorableTime: time,
    ...more,
  });
  const committedAt = "2026-03-01T10:00:06.000Z";

  test("ends as soon as the newest restorable time reaches what was committed", async () => {
    cloud.instances(
      restorable(undefined),
      restorable("2026-03-01T10:00:05Z"),
      restorable("2026-03-01T10:00:06Z"),
      restorable("2026-03-01T10:05:00Z"),
    );
    expect(await steps.waitUntilRestorable(plan, committedAt, signal)).toEqual({
      askedAt: expect.stringMatching(/Z$/) as string,
    });
    expect(cloud.calls).toHaveLength(3);
  });

  test.each([
    ["2026-03-01T10:00:05Z", "the newest restorable time is still 2026-03-01T10:00:05.000Z"],
    [undefined, "there is no restorable time"],
  ])("returns what cannot be restored if time runs out with %s as the newest time", async (time, reached) => {
    cloud.instances(restorable(time));
    const impatient = { ...plan, restorableWaitSeconds: -1 };
    expect(await steps.waitUntilRestorable(impatient, committedAt, signal)).toEqual({
      at: expect.stringMatching(/Z$/) as string,
      reason: `what was committed at ${committedAt} cannot be restored -1 s later: ${reached}`,
    });
  });

  test("ends with an error if another database has that name: its backups are not those of the drill", async () => {
    cloud.instances(restorable("2026-03-01T11:00:00Z", { DbiResourceId: "db-RECREATED" }));
    await expect(steps.waitUntilRestorable(plan, committedAt, signal)).rejects.toMatchObject({
      code: "database-replaced",
    });
  });

  test("ends at once if backups are disabled meanwhile", async () => {
    cloud.instances(restorable("2026-03-01T11:00:00Z", { BackupRetentionPeriod: 0 }));
    expect(await steps.waitUntilRestorable(plan, committedAt, signal)).toMatchObject({
      reason: expect.stringContaining("were switched off while the drill ran") as string,
    });
  });
});

describe("adoption", () => {
  test("imports the instance into Pulumi by resource id, with the plan's secrets provider, and returns the copy's endpoint", async () => {
    cloud.instances(throwaway());
    expect(await steps.adopt(plan, signal)).toEqual({ endpoint: "drill.example:5432" });
    const program = jest.mocked(bringUp).mock.calls[0]?.[1] as StackProgram;
    expect(program).toMatchObject({ stackName: plan.throwaway.stack, secretsProvider: source.secretsProvider });
    expect([...(await program.settleCloud(signal))]).toEqual([[identifier, "db-COPY"]]);
    cloud.instances(null);
    expect([...(await program.settleCloud(signal))]).toEqual([]);
  });
});
