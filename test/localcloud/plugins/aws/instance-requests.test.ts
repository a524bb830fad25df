import { afterPointInTimeProperties } from "../../../../localcloud/plugins/aws/rds/instance-parameters";
import {
  afterCreateRequest,
  createRequest,
  modifyRequest,
  pointInTimeRequest,
} from "../../../../localcloud/plugins/aws/rds/instance-requests";

const state = {
  identifier: "orders",
  allocatedStorage: 100,
  maxAllocatedStorage: 500,
  storageType: "gp3",
  iops: 3000,
  storageThroughput: 125,
  engineVersion: "17.9",
  instanceClass: "db.m7g.large",
  backupRetentionPeriod: 7,
  monitoringInterval: 60,
  deletionProtection: true,
  multiAz: true,
  maintenanceWindow: "sun:04:00-sun:05:00",
  enabledCloudwatchLogsExports: ["postgresql"],
  performanceInsightsEnabled: true,
  performanceInsightsRetentionPeriod: 7,
  vpcSecurityGroupIds: ["sg-b", "sg-a"],
  passwordWoVersion: 1,
};

describe("creating", () => {
  test("sends what the program sets, with tags, and omits zeros except where RDS would decide otherwise", () => {
    const inputs = {
      engine: "postgres",
      instanceClass: "db.t4g.medium",
      allocatedStorage: 20,
      multiAz: false,
      deletionProtection: false,
      backupRetentionPeriod: 0,
      monitoringInterval: 0,
      iops: 0,
      tagsAll: { owner: "team" },
    };
    expect(createRequest("orders", inputs)).toEqual({
      DBInstanceIdentifier: "orders",
      Engine: "postgres",
      DBInstanceClass: "db.t4g.medium",
      AllocatedStorage: 20,
      MultiAZ: false,
      DeletionProtection: false,
      BackupRetentionPeriod: 0,
      Tags: [{ Key: "owner", Value: "team" }],
    });
  });

  test("sends nothing that only the provider stores", () => {
    const inputs = {
      applyImmediately: true,
      skipFinalSnapshot: true,
      finalSnapshotIdentifier: "last",
      deleteAutomatedBackups: false,
      passwordWoVersion: 3,
    };
    expect(createRequest("orders", inputs)).toEqual({ DBInstanceIdentifier: "orders", Tags: [] });
  });

  test("restoring to a point in time sends the group with the request and the managed password afterwards", () => {
    const inputs = {
      restoreToPointInTime: { sourceDbiResourceId: "db-ABC", restoreTime: "2030-01-01T10:00:00Z" },
      parameterGroupName: "standard",
      manageMasterUserPassword: true,
      backupRetentionPeriod: 7,
    };
    const request = pointInTimeRequest("copy", inputs);
    expect(request).toEqual({
      TargetDBInstanceIdentifier: "copy",
      SourceDbiResourceId: "db-ABC",
      RestoreTime: new Date("2030-01-01T10:00:00Z"),
      DBParameterGroupName: "standard",
      Tags: [],
    });
    expect(afterCreateRequest("copy", inputs, afterPointInTimeProperties)).toEqual({
      DBInstanceIdentifier: "copy",
      ApplyImmediately: true,
      ManageMasterUserPassword: true,
    });
  });
});

describe("modifying", () => {
  test("is not called for what only the provider stores", () => {
    expect(
      modifyRequest(state, {
        ...state,
        skipFinalSnapshot: true,
        finalSnapshotIdentifier: "last",
        applyImmediately: false,
        allowMajorVersionUpgrade: true,
      }),
    ).toBeUndefined();
  });

  test("sends applyImmediately alone, which applies what is pending", () => {
    expect(modifyRequest({ ...state, applyImmediately: false }, { ...state, applyImmediately: true })).toEqual({
      DBInstanceIdentifier: "orders",
      ApplyImmediately: true,
      DeletionProtection: true,
    });
  });

  test("repeats key and retention of Performance Insights when it is switched off", () => {
    const keyed = { ...state, performanceInsightsKmsKeyId: "arn:key" };
    expect(modifyRequest(keyed, { ...keyed, performanceInsightsEnabled: false })).toMatchObject({
      EnablePerformanceInsights: false,
      PerformanceInsightsKMSKeyId: "arn:key",
      PerformanceInsightsRetentionPeriod: 7,
    });
  });

  test("sends what changed, when to apply it, and always the deletion protection", () => {
    const request = modifyRequest(state, { ...state, instanceClass: "db.r7g.xlarge" });
    expect(request).toEqual({
      DBInstanceIdentifier: "orders",
      ApplyImmediately: false,
      DeletionProtection: true,
      DBInstanceClass: "db.r7g.xlarge",
    });
  });

  test("sends an explicit zero for what the program has dropped", () => {
    const { monitoringInterval: _, ...wanted } = state;
    expect(modifyRequest(state, wanted)).toMatchObject({ MonitoringInterval: 0 });
  });

  test("turns log exports into what to enable and what to disable", () => {
    const request = modifyRequest(state, { ...state, enabledCloudwatchLogsExports: ["upgrade"] });
    expect(request).toMatchObject({
      CloudwatchLogsExportConfiguration: { EnableLogTypes: ["upgrade"], DisableLogTypes: ["postgresql"] },
    });
    expect(request).not.toHaveProperty("EnableCloudwatchLogsExports");
  });

  test("renames by the old name, and changes the port under Modify's name for it", () => {
    expect(modifyRequest(state, { ...state, identifier: "orders-2", port: 5433 })).toMatchObject({
      DBInstanceIdentifier: "orders",
      NewDBInstanceIdentifier: "orders-2",
      DBPortNumber: 5433,
    });
  });

  test("sends a version together with whether it may be a major one", () => {
    expect(modifyRequest(state, { ...state, engineVersion: "17.10" })).toMatchObject({
      EngineVersion: "17.10",
      AllowMajorVersionUpgrade: false,
    });
    expect(modifyRequest(state, { ...state, engineVersion: "17" })).toBeUndefined();
  });

  test("omits the fixed figures of a small gp3 volume when it grows, and sends them for a large one", () => {
    expect(modifyRequest(state, { ...state, allocatedStorage: 200 })).not.toHaveProperty("Iops");
    expect(modifyRequest(state, { ...state, allocatedStorage: 400 })).toMatchObject({
      AllocatedStorage: 400,
      Iops: 3000,
    });
  });

  test("never removes what autoscaling has added", () => {
    expect(modifyRequest({ ...state, allocatedStorage: 150 }, state)).toBeUndefined();
    expect(modifyRequest({ ...state, allocatedStorage: 150 }, { ...state, storageThroughput: 250 })).toMatchObject({
      AllocatedStorage: 150,
      StorageThroughput: 250,
    });
  });

  test("switches autoscaling off by a cap equal to the allocated storage", () => {
    expect(modifyRequest(state, { ...state, maxAllocatedStorage: 0 })).toMatchObject({ MaxAllocatedStorage: 100 });
  });

  test("does not count the order of security groups or the case of windows as a change", () => {
    expect(
      modifyRequest(state, {
        ...state,
        vpcSecurityGroupIds: ["sg-a", "sg-b"],
        maintenanceWindow: "Sun:04:00-Sun:05:00",
      }),
    ).toBeUndefined();
  });

  test("sends a write-only password when its version changes, and only then", () => {
    expect(modifyRequest(state, { ...state, passwordWo: "secret-2" })).toBeUndefined();
    expect(modifyRequest(state, { ...state, passwordWo: "secret-2", passwordWoVersion: 2 })).toMatchObject({
      MasterUserPassword: "secret-2",
    });
  });
});
