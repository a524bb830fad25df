import {
  CreateDBInstanceCommand,
  CreateDBSnapshotCommand,
  waitUntilDBSnapshotAvailable,
  DescribeDBInstanceAutomatedBackupsCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  ModifyDBInstanceCommand,
} from "@aws-sdk/client-rds";
import { ListSecretsCommand } from "@aws-sdk/client-secrets-manager";
import type { Stack } from "@pulumi/pulumi/automation";
import { StandardDatabase, type DatabaseRequest } from "../../components";
import { instanceIs } from "../cloud";
import { loggedIn } from "./database-login";
import { request } from "./declared";
import { allows, policies } from "../docs/rights/policies";
import { recordedCalls } from "../docs/rights/recorded-calls";
import { deployers, nameOf, recordedOf, startEngine, stateOf, typedPreview, watch, type Engine } from "./engine";

/** Databases adopted from elsewhere, and the destruction of one without any protection. */
let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine?.stop());

const program = (name: string, args: () => DatabaseRequest) => async () => {
  const { remainsAfterDestroy } = new StandardDatabase(name, { ...args(), platform: engine.platform });
  return { remainsAfterDestroy };
};

/** The config of a database's stack, for commands as users type them. */
const typed = (requested: DatabaseRequest) => ({
  "shipshape:request": requested,
  "shipshape:place": { platformStack: "platform.test" },
});

/** The smallest: created quickly, and destroyed without any protection. */
const plain: DatabaseRequest = {
  ...request,
  environment: "development",
  tier: "bronze",
  engineVersion: "17.10",
  extensions: [],
};

test("bronze in development leaves nothing behind", async () => {
  const ledger = await engine.stack(
    "database.ledger",
    program("ledger", () => ({
      ...request,
      service: "ledger",
      environment: "development",
      tier: "bronze",
      extensions: [],
    })),
  );
  const { outputs } = await ledger.up();
  expect(outputs.remainsAfterDestroy?.value).toEqual([]);
  await ledger.destroy();
  const { DBInstances } = await engine.cloud.rds.send(new DescribeDBInstancesCommand({}));
  const { DBSnapshots } = await engine.cloud.rds.send(new DescribeDBSnapshotsCommand({}));
  const { DBInstanceAutomatedBackups } = await engine.cloud.rds.send(new DescribeDBInstanceAutomatedBackupsCommand({}));
  const { SecretList } = await engine.cloud.secrets.send(new ListSecretsCommand({ IncludePlannedDeletion: true }));
  expect(DBInstances).toEqual([]);
  expect(DBSnapshots?.filter((snapshot) => snapshot.DBInstanceIdentifier?.startsWith("ledger"))).toEqual([]);
  expect(DBInstanceAutomatedBackups).toEqual([]);
  expect(SecretList?.filter((secret) => secret.Name?.includes("ledger") || secret.Name?.startsWith("rds!"))).toEqual(
    [],
  );
  expect(await recordedOf(engine.cloud, "ledger")).toEqual([]);
});

test("an existing database is adopted, and the preview proves that it does not change", async () => {
  const identifier = "legacy-billing";
  await engine.cloud.rds.send(
    new CreateDBInstanceCommand({
      DBInstanceIdentifier: identifier,
      Engine: "postgres",
      EngineVersion: "16.13",
      DBInstanceClass: "db.t4g.medium",
      AllocatedStorage: 20,
      StorageType: "gp3",
      StorageEncrypted: true,
      MasterUsername: "billing",
      MasterUserPassword: "kept-by-its-owner-1",
      DBName: "billing",
      BackupRetentionPeriod: 3,
      Tags: [{ Key: "team", Value: "billing" }],
    }),
  );
  const found = await instanceIs(engine.cloud, identifier, "available");
  let imported: Partial<DatabaseRequest> = { import: found.DbiResourceId };
  const adopted = await engine.stack(
    "database.billing",
    program("billing", () => ({
      ...request,
      service: "billing",
      postgresMajor: 16,
      engineVersion: "16.13",
      accessRoles: "later",
      ...imported,
      existing: {
        identifier,
        asFound: {
          username: "billing",
          dbName: "billing",
          manageMasterUserPassword: false,
          kmsKeyId: found.KmsKeyId ?? "",
          backupRetentionPeriod: 3,
          backupWindow: found.PreferredBackupWindow ?? "",
          maintenanceWindow: found.PreferredMaintenanceWindow ?? "",
          multiAz: false,
          deletionProtection: false,
          copyTagsToSnapshot: false,
          iamDatabaseAuthenticationEnabled: false,
          monitoringInterval: 0,
          performanceInsightsEnabled: false,
          databaseInsightsMode: found.DatabaseInsightsMode ?? "standard",
          enabledCloudwatchLogsExports: [],
          maxAllocatedStorage: 0,
          autoMinorVersionUpgrade: true,
          engineLifecycleSupport: found.EngineLifecycleSupport ?? "",
          parameterGroupName: "default.postgres16",
          dbSubnetGroupName: found.DBSubnetGroup?.DBSubnetGroupName ?? "default",
          vpcSecurityGroupIds: found.VpcSecurityGroups?.map((group) => group.VpcSecurityGroupId ?? "") ?? [],
          caCertIdentifier: found.CACertificateIdentifier ?? "",
          tags: { team: "billing" },
        },
        lacks: ["monitoringRoleArn", "performanceInsightsRetentionPeriod", "performanceInsightsKmsKeyId"],
      },
    })),
  );
  const watched = watch("plan");
  await adopted.preview({ onEvent: watched.onEvent });
  const instance = watched.steps.filter((step) => step.type === "aws:rds/instance:Instance");
  // Properties that RDS does not know cannot be imported: they are written into the state without any call.
  const stateOnly = [
    "allowMajorVersionUpgrade",
    "applyImmediately",
    "deleteAutomatedBackups",
    "finalSnapshotIdentifier",
    "skipFinalSnapshot",
  ];
  expect(instance.map((step) => step.op)).toEqual(["import", "update"]);
  expect(instance.flatMap((step) => step.paths).filter((path) => !stateOnly.includes(path))).toEqual([]);
  expect(watched.steps.filter((step) => !instance.includes(step) && step.op !== "create")).toEqual([]);

  await adopted.up();
  const { DBInstances: [now] = [] } = await engine.cloud.rds.send(
    new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier }),
  );
  expect({ ...now, LatestRestorableTime: undefined }).toEqual({ ...found, LatestRestorableTime: undefined });
  // It stays the same database, whether or not the argument is still given at the next runs.
  expect(Object.keys((await adopted.up()).summary.resourceChanges ?? {})).toEqual(["same"]);
  imported = {};
  expect(Object.keys((await adopted.preview()).changeSummary)).toEqual(["same"]);
});

test("an adopted database whose managed password has another key keeps that key, or is refused at preview", async () => {
  const identifier = "legacy-shop";
  await engine.cloud.rds.send(
    new CreateDBInstanceCommand({
      DBInstanceIdentifier: identifier,
      Engine: "postgres",
      EngineVersion: "17.10",
      DBInstanceClass: "db.t4g.medium",
      AllocatedStorage: 20,
      MaxAllocatedStorage: 100,
      StorageType: "gp3",
      StorageEncrypted: true,
      KmsKeyId: String(engine.platform.keyArn),
      MasterUsername: "shipshape_admin",
      ManageMasterUserPassword: true,
      DBName: "shop",
    }),
  );
  const found = await instanceIs(engine.cloud, identifier, "available");
  const secretKey = found.MasterUserSecret?.KmsKeyId ?? "";
  const shop = { ...plain, service: "shop", accessRoles: "later", import: found.DbiResourceId } as const;
  const subnetsAsFound = { dbSubnetGroupName: found.DBSubnetGroup?.DBSubnetGroupName ?? "" };
  const stack = await engine.stack(
    "database.shop",
    program("shop", () => ({
      ...shop,
      existing: { identifier, asFound: { ...subnetsAsFound, masterUserSecretKmsKeyId: secretKey } },
    })),
  );
  expect(
    await typedPreview(engine, "database.shop", typed({ ...shop, existing: { identifier, asFound: subnetsAsFound } })),
  ).toContain(`existing.asFound.masterUserSecretKmsKeyId: RDS keeps the master password under ${secretKey}`);
  await stack.up();
  const now = await instanceIs(engine.cloud, identifier, "available");
  expect([now.DbiResourceId, now.MasterUserSecret?.KmsKeyId, now.DBSubnetGroup?.DBSubnetGroupName]).toEqual([
    found.DbiResourceId,
    secretKey,
    "default",
  ]);
  await stack.destroy();
});

test("a preview says when RDS will change the size, and refuses what RDS would refuse for the running database", async () => {
  const growing: DatabaseRequest = { ...plain, service: "growing", accessRoles: "later" };
  let requested = growing;
  const stack = await engine.stack(
    "database.growing",
    program("growing", () => requested),
  );
  await stack.up();
  const small = await thresholds(stack);

  // Past 400 GiB in one step, from a volume that has neither IOPS nor throughput set.
  requested = { ...growing, size: "large" };
  const watched = watch("plan");
  await stack.preview({ onEvent: watched.onEvent });
  expect(watched.diagnostics.join()).toMatch(
    /class db\.t4g\.medium → db\.r7g\.xlarge waits for mon 02:00–04:00 UTC; restart\n.*storage \(GiB\) 20 → 500 waits for mon/,
  );
  await stack.up();
  const fast = { AllocatedStorage: 500, Iops: 12_000, StorageThroughput: 500 };
  expect(await instanceIs(engine.cloud, "growing-development", "available")).toMatchObject({
    AllocatedStorage: 20,
    PendingModifiedValues: { ...fast, DBInstanceClass: "db.r7g.xlarge" },
  });
  // The thresholds for 500 GiB and 32 GiB of memory must not alert while it has 20 and 4.
  expect(await thresholds(stack)).toMatchObject({
    "free-storage": small["free-storage"],
    "freeable-memory": small["freeable-memory"],
  });

  await engine.cloud.rds.send(
    new ModifyDBInstanceCommand({ DBInstanceIdentifier: "growing-development", ApplyImmediately: true }),
  );
  expect(await instanceIs(engine.cloud, "growing-development", "available")).toMatchObject(fast);
  await stack.up({ refresh: true });
  expect((await thresholds(stack))["free-storage"]).toBe(50 * 1024 ** 3);
  expect(Object.keys((await stack.preview()).changeSummary)).toEqual(["same"]);

  const refused = await typedPreview(engine, "database.growing", typed({ ...growing, size: "medium" }));
  expect(refused).toContain(
    'storageOfSize: 500 GiB are allocated and storage never shrinks, so it may not be capped at 500 GiB (at least 550). Give "large"',
  );
  requested = { ...growing, size: "small", storageOfSize: "large" };
  expect((await stack.preview()).changeSummary).toMatchObject({ update: expect.any(Number) });
  await stack.destroy();
});

async function thresholds(stack: Stack): Promise<Record<string, unknown>> {
  const alarms = (await stateOf(stack)).filter((one) => one.type === "aws:cloudwatch/metricAlarm:MetricAlarm");
  return Object.fromEntries(
    alarms.map((one) => [nameOf(one.urn).replace("growing-alarm-", ""), one.outputs.threshold]),
  );
}

test("a database created from a snapshot stays when the argument is removed", async () => {
  const source = { DBInstanceIdentifier: "source", DBSnapshotIdentifier: "before-the-move" };
  await engine.cloud.rds.send(
    new CreateDBInstanceCommand({
      DBInstanceIdentifier: source.DBInstanceIdentifier,
      Engine: "postgres",
      EngineVersion: "17.10",
      DBInstanceClass: "db.t4g.medium",
      AllocatedStorage: 20,
      StorageType: "gp3",
      StorageEncrypted: true,
      KmsKeyId: String(engine.platform.keyArn),
      MasterUsername: "shipshape_admin",
      ManageMasterUserPassword: true,
      DBName: "moved",
    }),
  );
  await instanceIs(engine.cloud, "source", "available");
  await engine.cloud.rds.send(new CreateDBSnapshotCommand(source));
  await waitUntilDBSnapshotAvailable({ client: engine.cloud.rds, maxWaitTime: 60, minDelay: 1, maxDelay: 1 }, source);
  const moved: DatabaseRequest = { ...request, service: "moved", engineVersion: "17.10", extensions: [] };
  let requested: DatabaseRequest = {
    ...moved,
    restoreFrom: { snapshotIdentifier: source.DBSnapshotIdentifier, rolesExist: false },
  };
  const stack = await engine.stack(
    "database.moved",
    program("moved", () => requested),
  );
  await stack.up();
  requested = moved;
  const watched = watch("plan");
  await stack.preview({ onEvent: watched.onEvent });
  expect(watched.steps).toEqual([]);
});

test("a standard database restored from another's backups adopts its roles with new passwords, and stays when the argument is removed", async () => {
  const plain: DatabaseRequest = {
    ...request,
    service: "twin",
    environment: "development",
    tier: "bronze",
    engineVersion: "17.10",
    extensions: ["pg_stat_statements"],
  };
  const withLogins = (name: string, args: () => DatabaseRequest) => async () => {
    const { resourceId, connectionStrings } = new StandardDatabase(name, { ...args(), platform: engine.platform });
    return { resourceId, connectionStrings };
  };
  const source = await engine.stack(
    "database.twin-source",
    withLogins("source", () => plain),
  );
  const sourceDbiResourceId = String((await source.up()).outputs.resourceId?.value);

  const copy: DatabaseRequest = { ...plain, environment: "staging" };
  let requested: DatabaseRequest = { ...copy, restoreFrom: { sourceDbiResourceId } };
  const twin = await engine.stack(
    "database.twin",
    withLogins("twin", () => requested),
  );
  await twin.preview();
  const { outputs } = await twin.up();
  const { owner } = outputs.connectionStrings?.value as Record<string, string>;
  await loggedIn(engine.cloud, owner ?? "", async (query) => {
    expect(await query("select current_user, current_database()")).toEqual([
      { current_user: "owner", current_database: "twin" },
    ]);
  });

  requested = copy;
  const watched = watch("plan");
  await twin.up({ onEvent: watched.onEvent });
  // A restore to a point in time copies the window from its source and has no Performance Insights, and the provider
  // sets neither before the next `up`.
  const insights = ["performanceInsightsEnabled", "performanceInsightsKmsKeyId", "performanceInsightsRetentionPeriod"];
  expect(watched.steps.map(({ name, op, paths }) => ({ name, op, paths }))).toEqual([
    { name: "twin-instance", op: "update", paths: ["backupWindow", ...insights] },
  ]);
  expect(Object.keys((await twin.preview()).changeSummary)).toEqual(["same"]);
  await twin.destroy();
  await source.destroy();
});

test("the documented rights suffice for every call of these tests", async () => {
  for (const role of ["platform", "databases"] as const) {
    const calls = await recordedCalls(engine.cloud, deployers[role]);
    expect(calls.map(({ action }) => action)).toContain(
      role === "platform" ? "rds:CreateDBParameterGroup" : "rds:DeleteDBInstance",
    );
    const refused = calls.flatMap(({ action, resources }) =>
      resources.filter((r) => !allows(policies[role], action, r)).map((r) => `${action} ${r}`),
    );
    expect({ role, refused }).toEqual({ role, refused: [] });
  }
});
