import { readStack, removeStack, stackExists, upStack, type StackProgram } from "../../../../automation/runner/pulumi-stack";
import { restoreDrillSteps, type RestoreDrillSteps } from "../../../../automation/operations/restore-drill/steps";
import type { Database } from "../../../../automation/database";
import { RdsAnswers } from "../../guardrails/rds-answers";
import { plan, source } from "./drills";

// The engine and a real database have tests of their own (restore-drill.engine.test.ts); here is what the cloud alone decides.
jest.mock("../../../../automation/runner/pulumi-stack");
jest.mock("../../../../automation/limits", () => ({ ...jest.requireActual<object>("../../../../automation/limits"), restorablePollMilliseconds: 1 }));

const cloud = new RdsAnswers();
let steps: RestoreDrillSteps;
let endpoint: string;
const statements: unknown[][] = [];
const database = { query: (sql: string, values: unknown[]) => (statements.push([sql.split(" ")[0], ...values]), Promise.resolve([])) } as unknown as Database;
const signal = new AbortController().signal;

beforeAll(async () => {
  endpoint = await cloud.start();
});
afterAll(() => cloud.stop());
beforeEach(() => {
  cloud.answers = {};
  cloud.asked.length = 0;
  statements.length = 0;
  jest.mocked(stackExists).mockReset().mockResolvedValue(false);
  jest.mocked(removeStack).mockReset().mockResolvedValue();
  jest.mocked(upStack).mockReset().mockResolvedValue({});
  steps = stepsWith();
});

const stepsWith = (more: { secretsProvider?: string } = {}) =>
  restoreDrillSteps({
    database,
    access: { cloud: { endpoint, region: "eu-central-1", credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" } } },
    stacks: { workspacesFolder: "/nowhere", environment: {} },
    platformStack: "platform.dev",
    ...more,
  });

const { identifier } = plan.throwaway;
const tags = (of: Record<string, string>) => Object.entries(of).map(([Key, Value]) => ({ Tag: { Key, Value } }));
const groups = (...ids: string[]) => ids.map((VpcSecurityGroupId) => ({ VpcSecurityGroupMembership: { VpcSecurityGroupId } }));
const throwaway = (more: Record<string, unknown> = {}) => ({
  DBInstanceIdentifier: identifier,
  DBInstanceStatus: "available",
  DbiResourceId: "db-COPY",
  BackupRetentionPeriod: 0,
  PubliclyAccessible: false,
  VpcSecurityGroups: groups("sg-0150a7ed000000001"),
  Endpoint: { Address: "drill.example", Port: 5432 },
  TagList: tags(plan.throwaway.tags),
  ...more,
});
const gone = { error: "DBInstanceNotFound", status: 404 };
/** One answer for each call; the last one stays. `null` is an instance that is not there. */
function instances(...states: (Record<string, unknown> | null)[]): void {
  let call = 0;
  cloud.answers["DescribeDBInstances"] = () => {
    const state = states[Math.min(call++, states.length - 1)];
    return state ? { DBInstances: [{ DBInstance: state }] } : gone;
  };
}

describe("restore", () => {
  test("RDS is asked for a copy without backups, in the isolation, with the run's tags", async () => {
    let asked: URLSearchParams | undefined;
    cloud.answers["RestoreDBInstanceToPointInTime"] = (parameters) => ((asked = parameters), {});
    instances(null, throwaway({ DBInstanceStatus: "creating" }), throwaway());
    expect(await steps.restore(plan, "2026-03-01T10:00:04.000Z", signal)).toEqual({ succeeded: true, resourceId: "db-COPY" });
    expect(Object.fromEntries(asked ?? [])).toMatchObject({
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

  test("a copy that an earlier attempt asked for is waited for, and none is asked for twice", async () => {
    instances(throwaway({ DBInstanceStatus: "creating" }), throwaway({ DBInstanceStatus: "modifying" }), throwaway());
    expect(await steps.restore(plan, "2026-03-01T10:00:04.000Z", signal)).toMatchObject({ succeeded: true });
    expect(cloud.asked).not.toContain("RestoreDBInstanceToPointInTime");
  });

  test.each(["InvalidRestoreFault", "PointInTimeRestoreNotEnabled", "DBInstanceAutomatedBackupNotFound"])(
    "%s is said of the backups: the restore failed, with RDS's reason",
    async (error) => {
      instances(null);
      cloud.answers["RestoreDBInstanceToPointInTime"] = () => ({ error });
      expect(await steps.restore(plan, "2026-03-01T10:00:04.000Z", signal)).toMatchObject({
        succeeded: false,
        reason: expect.stringMatching(/made up/) as string,
      });
    },
  );

  test("any other refusal says nothing of the backups, and is thrown", async () => {
    instances(null);
    cloud.answers["RestoreDBInstanceToPointInTime"] = () => ({ error: "InstanceQuotaExceeded" });
    await expect(steps.restore(plan, "2026-03-01T10:00:04.000Z", signal)).rejects.toThrow("made up");
  });

  test.each(["incompatible-restore", "failed", "incompatible-parameters"])(
    "a copy that ends up %s failed, for the reason of its last three events",
    async (status) => {
      instances(throwaway({ DBInstanceStatus: status }));
      const event = (minute: number, Message: string) => ({ Event: { Message, Date: `2026-03-01T10:0${minute}:00Z` } });
      cloud.answers["DescribeEvents"] = () => ({ Events: [event(4, "fourth"), event(1, "first"), event(3, "third"), event(2, "second")] });
      expect(await steps.restore(plan, "2026-03-01T10:00:04.000Z", signal)).toMatchObject({ succeeded: false, reason: `${status}: second; third; fourth` });
      cloud.answers["DescribeEvents"] = () => ({ Events: [] });
      expect(await steps.restore(plan, "2026-03-01T10:00:04.000Z", signal)).toMatchObject({ reason: `${status}: the cloud gives no reason` });
    },
  );

  test.each([
    ["gone", null],
    ["stopped", throwaway({ DBInstanceStatus: "stopped" })],
  ])("a copy that is %s after all is an error, not a verdict", async (status, then) => {
    instances(throwaway({ DBInstanceStatus: "creating" }), then);
    await expect(steps.restore(plan, "2026-03-01T10:00:04.000Z", signal)).rejects.toMatchObject({
      code: "database-not-available",
      message: expect.stringContaining(` is ${status}`) as string,
    });
  });

  test("the bound of the step ends the wait", async () => {
    instances(throwaway({ DBInstanceStatus: "creating" }));
    const bound = new AbortController();
    const restoring = steps.restore(plan, "2026-03-01T10:00:04.000Z", bound.signal);
    bound.abort(new Error("out of time"));
    await expect(restoring).rejects.toThrow("out of time");
  });
});

describe("an instance of the throwaway's name that is another's", () => {
  test.each([
    ["without tags", { TagList: undefined }],
    ["of another run", { TagList: tags({ "shipshape:run": "another" }) }],
    ["with the run's id under another key", { TagList: tags({ "shipshape:purpose": plan.throwaway.tags["shipshape:run"] ?? "" }) }],
  ])("%s is never restored into, read or deleted", async (_, more) => {
    instances(throwaway(more));
    const refused = { code: "throwaway-not-ours" };
    await expect(steps.restore(plan, "2026-03-01T10:00:04.000Z", signal)).rejects.toMatchObject(refused);
    await expect(steps.requireIsolation(plan, "db-COPY")).rejects.toMatchObject(refused);
    await expect(steps.removeThrowaway(plan, signal)).rejects.toMatchObject(refused);
    expect(cloud.asked).not.toContain("DeleteDBInstance");
  });
});

describe("isolation", () => {
  test("a copy that nothing backs up, in the isolation alone, may be read", async () => {
    instances(throwaway());
    await expect(steps.requireIsolation(plan, "db-COPY")).resolves.toBeUndefined();
  });

  test.each([
    [{ DbiResourceId: "db-OTHER" }, "it is another instance now"],
    [{ BackupRetentionPeriod: 7 }, "its backup retention is 7 days"],
    [{ PubliclyAccessible: true }, "it is publicly accessible"],
    [{ VpcSecurityGroups: groups("sg-0150a7ed000000001", "sg-0open") }, "its security groups are sg-0150a7ed000000001, sg-0open"],
    [{ VpcSecurityGroups: undefined }, "its security groups are "],
  ])("%j: it is not read", async (more, problem) => {
    instances(throwaway(more));
    await expect(steps.requireIsolation(plan, "db-COPY")).rejects.toMatchObject({
      code: "throwaway-exposed",
      message: expect.stringContaining(problem) as string,
    });
  });

  test("a backup of it in the API: it is not read", async () => {
    instances(throwaway());
    cloud.answers["DescribeDBInstanceAutomatedBackups"] = (asked) => ({
      DBInstanceAutomatedBackups: asked.get("DbiResourceId") === "db-COPY" ? [{ DBInstanceAutomatedBackup: { DbiResourceId: "db-COPY" } }] : [],
    });
    await expect(steps.requireIsolation(plan, "db-COPY")).rejects.toThrow("there is the automated backup db-COPY");
  });

  test("all that is wrong is said at once", async () => {
    instances(throwaway({ BackupRetentionPeriod: 7, PubliclyAccessible: true }));
    await expect(steps.requireIsolation(plan, "db-COPY")).rejects.toThrow("its backup retention is 7 days; it is publicly accessible");
  });
});

describe("the wait until the markers are restorable", () => {
  const restorable = (time: string | undefined, more: Record<string, unknown> = {}) => ({
    DBInstanceIdentifier: source.identifier,
    BackupRetentionPeriod: 35,
    LatestRestorableTime: time,
    ...more,
  });
  const committedAt = "2026-03-01T10:00:06.000Z";

  test("ends as soon as the newest restorable time reaches what was committed", async () => {
    instances(restorable(undefined), restorable("2026-03-01T10:00:05Z"), restorable("2026-03-01T10:00:06Z"), restorable("2026-03-01T10:05:00Z"));
    expect(await steps.waitUntilRestorable(plan, committedAt, signal)).toEqual({ askedAt: expect.stringMatching(/Z$/) as string });
    expect(cloud.asked).toHaveLength(3);
  });

  test.each([
    ["2026-03-01T10:00:05Z", "the newest restorable time is still 2026-03-01T10:00:05.000Z"],
    [undefined, "there is no restorable time"],
  ])("after its time with %s it says what cannot be restored", async (time, reached) => {
    instances(restorable(time));
    const impatient = { ...plan, restorableWaitSeconds: -1 };
    expect(await steps.waitUntilRestorable(impatient, committedAt, signal)).toEqual({
      at: expect.stringMatching(/Z$/) as string,
      reason: `what was committed at ${committedAt} cannot be restored -1 s later: ${reached}`,
    });
  });

  test("backups that are switched off meanwhile end it at once", async () => {
    instances(restorable("2026-03-01T11:00:00Z", { BackupRetentionPeriod: 0 }));
    expect(await steps.waitUntilRestorable(plan, committedAt, signal)).toMatchObject({
      reason: expect.stringContaining("were switched off while the drill ran") as string,
    });
  });
});

describe("adoption", () => {
  test("gives Pulumi what the cloud has by resource id, with the plan's secrets provider, and says where the copy answers", async () => {
    instances(throwaway());
    expect(await steps.adopt(plan, signal)).toEqual({ endpoint: "drill.example:5432" });
    const program = jest.mocked(upStack).mock.calls[0]?.[1] as StackProgram;
    expect(program).toMatchObject({ stackName: plan.throwaway.stack, secretsProvider: source.secretsProvider });
    expect([...(await program.settleCloud(signal))]).toEqual([[identifier, "db-COPY"]]);
    instances(null);
    expect([...(await program.settleCloud(signal))]).toEqual([]);
  });
});

describe("removal", () => {
  beforeEach(() => {
    cloud.answers["DeleteDBInstance"] = () => ({});
  });

  test("what Pulumi removed is not deleted again", async () => {
    instances(null);
    await steps.removeThrowaway(plan, signal);
    expect(jest.mocked(removeStack).mock.calls[0]?.[1]).toMatchObject({ stackName: plan.throwaway.stack, secretsProvider: source.secretsProvider });
    expect(cloud.asked).not.toContain("DeleteDBInstance");
  });

  test("what only the cloud knows is deleted with all its backups, and waited for", async () => {
    let asked: URLSearchParams | undefined;
    cloud.answers["DeleteDBInstance"] = (parameters) => ((asked = parameters), {});
    instances(throwaway({ DBInstanceStatus: "failed" }), throwaway({ DBInstanceStatus: "deleting" }), null);
    await steps.removeThrowaway(plan, signal);
    expect(Object.fromEntries(asked ?? [])).toMatchObject({ DBInstanceIdentifier: identifier, SkipFinalSnapshot: "true", DeleteAutomatedBackups: "true" });
    expect(cloud.asked.filter((action) => action === "DescribeDBInstances")).toHaveLength(3);
  });

  test("is proven by the API and the backend: neither instance, backups nor stack", async () => {
    instances(null);
    expect(await steps.proveGone(plan)).toMatchObject([
      { kind: "database", identifier, provenGoneBy: expect.stringContaining("DBInstanceNotFound at 2") as string },
      { kind: "backups", identifier, provenGoneBy: expect.stringContaining("none at 2") as string },
      { kind: "stack", identifier: plan.throwaway.stack, provenGoneBy: "the backend has no stack of that name" },
    ]);
    expect(jest.mocked(stackExists).mock.calls[0]?.[1]).toBe(plan.throwaway.stack);
  });

  test.each<[string, string, () => void]>([
    ["an instance", identifier, () => instances(throwaway({ DBInstanceStatus: "deleting" }))],
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
      () => (cloud.answers["DescribeDBSnapshots"] = () => ({ DBSnapshots: [{ DBSnapshot: { DBSnapshotIdentifier: "final" } }] })),
    ],
    ["its stack", plan.throwaway.stack, () => jest.mocked(stackExists).mockResolvedValue(true)],
  ])("%s that is left refutes it", async (_, left, arrange) => {
    instances(null);
    arrange();
    await expect(steps.proveGone(plan)).rejects.toMatchObject({ code: "throwaway-left", message: expect.stringContaining(left) as string });
  });

  test("what cannot be asked is not taken for gone", async () => {
    cloud.answers["DescribeDBInstances"] = () => ({ error: "AccessDenied", status: 403 });
    await expect(steps.proveGone(plan)).rejects.toThrow("made up");
    instances(null);
    cloud.answers["DescribeDBInstanceAutomatedBackups"] = () => ({ error: "AccessDenied", status: 403 });
    await expect(steps.proveGone(plan)).rejects.toThrow("made up");
  });
});

describe("markers in the source", () => {
  test("went with a source that is gone, or was created again", async () => {
    instances(null);
    expect(await steps.removeMarkers(plan, "run-1")).toEqual([]);
    instances({ DBInstanceIdentifier: source.identifier, DbiResourceId: "db-NEW" });
    expect(await steps.removeMarkers(plan, "run-1")).toEqual([]);
  });

  test("that cannot be reached are told, and end nothing", async () => {
    instances({ DBInstanceIdentifier: source.identifier, DbiResourceId: source.resourceId, DBInstanceStatus: "stopped" });
    expect(await steps.removeMarkers(plan, "run-1")).toMatchObject([
      { kind: "recovery markers", identifier: source.identifier, reason: expect.stringMatching(/; the next drill of the database removes them$/) as string },
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
  const platform = { outputs: { isolationSecurityGroupId: "sg-0150a7ed000000001" }, secretsProvider: source.secretsProvider ?? undefined };
  beforeEach(() => {
    jest.mocked(readStack).mockReset().mockResolvedValue(platform);
    cloud.answers["secretsmanager.GetSecretValue"] = () => ({ SecretString: JSON.stringify({ username: "shipshape", password: "p" }) });
  });

  test("takes from the API all that a plan needs", async () => {
    instances(instance);
    expect(await steps.observe(source.identifier)).toEqual({ ...source, observedAt: expect.stringMatching(/Z$/) as string });
  });

  test("what is to encrypt throwaways' secrets is said, or the platform's own, or nothing", async () => {
    instances(instance);
    expect(await stepsWith({ secretsProvider: "awskms://alias/drills" }).observe(source.identifier)).toMatchObject({
      secretsProvider: "awskms://alias/drills",
    });
    jest.mocked(readStack).mockResolvedValue({ ...platform, secretsProvider: undefined });
    expect(await steps.observe(source.identifier)).toMatchObject({ secretsProvider: null });
  });

  test("backups that are switched off are seen, whatever time the API still names, and whatever the database does", async () => {
    instances({ ...instance, BackupRetentionPeriod: 0, DBInstanceStatus: "stopped" });
    expect(await steps.observe(source.identifier)).toMatchObject({ backupRetentionDays: 0, latestRestorableTime: null });
    instances({ ...instance, LatestRestorableTime: undefined });
    expect(await steps.observe(source.identifier)).toMatchObject({ backupRetentionDays: 35, latestRestorableTime: null });
  });

  test.each<[string, string, () => void]>([
    ["a stopped database", "database-not-available", () => instances({ ...instance, DBInstanceStatus: "stopped" })],
    [
      "a database that is not there",
      "database-unknown",
      () => (cloud.answers["DescribeDBInstances"] = (asked) => (asked.has("DBInstanceIdentifier") ? gone : {})),
    ],
    ["no platform", "platform-missing", () => jest.mocked(readStack).mockResolvedValue(undefined)],
    [
      "a platform without isolation",
      "platform-missing",
      () => jest.mocked(readStack).mockResolvedValue({ ...platform, outputs: { isolationSecurityGroupId: 1 } }),
    ],
    ["no login", "database-role-unknown", () => (cloud.answers["secretsmanager.GetSecretValue"] = () => ({ error: "ResourceNotFoundException" }))],
  ])("%s is refused before anything is planned", async (_, code, arrange) => {
    instances(instance);
    arrange();
    await expect(steps.observe(source.identifier)).rejects.toMatchObject({ code });
  });
});

test("a throwaway is registered before it is made, and recorded as removed by request and name", async () => {
  const began = await steps.register("run-1", plan);
  expect(Date.parse(began)).toBeLessThanOrEqual(Date.now());
  await steps.recordRemoval("run-1", plan);
  expect(statements).toEqual([
    ["insert", "run-1", identifier, plan.throwaway.stack, plan.throwaway.expiresAt],
    ["update", "run-1", identifier],
  ]);
});
