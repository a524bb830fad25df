import type { Stack } from "@pulumi/pulumi/automation";
import { StandardDatabase } from "../../components";
import { request } from "./declared";
import { changedUnseen, nameOf, startEngine, stateOf, type Engine, type StateResource } from "./engine";
import { maintenanceWindowOfRing, standardRows, type StandardRow } from "./standard-rows";

/**
 * Nine databases at once, one for each tier in each environment, without roles (other tests cover those). The state
 * shows what the engine sent for each. Then everything is changed from outside.
 */
let engine: Engine;
let stack: Stack;
let state: StateResource[];
const nameFor = ({ tier, environment }: Pick<StandardRow, "tier" | "environment">) => `${tier}-${environment}`;
const find = (name: string) => state.find((resource) => nameOf(resource.urn) === name)!;

beforeAll(async () => {
  engine = await startEngine();
  stack = await engine.stack("database.fleet", async () => {
    for (const row of standardRows) {
      new StandardDatabase(nameFor(row), {
        ...request,
        service: `s-${row.tier}`,
        tier: row.tier,
        environment: row.environment,
        accessRoles: "later",
        extensions: [],
        platform: engine.platform,
        reachableFrom: { api: "sg-0a1b2c3d4e5f60001" },
      });
    }
  });
  await stack.up();
  state = await stateOf(stack);
});
afterAll(() => engine?.stop());

test.each(standardRows)("$tier in $environment: the engine sent every property of the standard", (row) => {
  const instance = find(`${nameFor(row)}-instance`);
  const { platform } = engine;
  const identifier = `s-${row.tier}-${row.environment}`;
  const database = `s_${row.tier}`;
  expect(instance.inputs).toMatchObject({
    identifier: `${identifier}`,
    dbName: database,
    username: "shipshape_admin",
    engine: "postgres",
    engineVersion: expect.stringMatching(/^17\.\d+$/),
    engineLifecycleSupport: "open-source-rds-extended-support-disabled",
    autoMinorVersionUpgrade: false,
    allowMajorVersionUpgrade: false,
    instanceClass: "db.t4g.medium",
    storageType: "gp3",
    allocatedStorage: 20,
    maxAllocatedStorage: 100,
    storageEncrypted: true,
    kmsKeyId: platform.keyArn,
    manageMasterUserPassword: true,
    masterUserSecretKmsKeyId: platform.keyArn,
    iamDatabaseAuthenticationEnabled: true,
    dbSubnetGroupName: platform.subnetGroupName,
    vpcSecurityGroupIds: [find(`${nameFor(row)}-security-group`).id],
    publiclyAccessible: false,
    networkType: "IPV4",
    caCertIdentifier: "rds-ca-rsa2048-g1",
    parameterGroupName: "shipshape-postgres17-standard",
    multiAz: row.multiAz,
    backupRetentionPeriod: row.retentionDays,
    backupWindow: expect.stringMatching(/^(2[0-3]|0[01]):\d\d-(2[0-3]|0[01]):\d\d$/),
    maintenanceWindow: maintenanceWindowOfRing[row.ring],
    copyTagsToSnapshot: true,
    deleteAutomatedBackups: !row.retained,
    skipFinalSnapshot: !row.kept,
    deletionProtection: row.kept,
    monitoringInterval: row.monitoringSeconds,
    monitoringRoleArn: platform.monitoringRoleArn,
    databaseInsightsMode: "standard",
    performanceInsightsEnabled: true,
    performanceInsightsRetentionPeriod: 7,
    performanceInsightsKmsKeyId: platform.keyArn,
    enabledCloudwatchLogsExports: ["postgresql", "upgrade"],
    applyImmediately: false,
    tags: {
      service: `s-${row.tier}`,
      owner: "team-orders",
      environment: row.environment,
      tier: row.tier,
      "data-classification": "confidential",
      "cost-center": "4711",
      "shipshape:ring": String(row.ring),
      "shipshape:stack": "shipshape/database.fleet",
      "shipshape:standard": "1.2.0",
      "shipshape:backup-plan": row.backupPlan,
    },
  });
  for (const never of ["port", "iops", "storageThroughput", "password", "blueGreenUpdate"])
    expect(instance.inputs).not.toHaveProperty(never);
  if (row.kept)
    expect(instance.inputs.finalSnapshotIdentifier).toMatch(new RegExp(`^${identifier}-final-[0-9a-f]{8}$`));
  else expect(instance.inputs).not.toHaveProperty("finalSnapshotIdentifier");
  expect(instance.protect ?? false).toBe(row.kept);

  const logs = {
    kmsKeyId: platform.keyArn,
    retentionInDays: row.environment === "production" ? 365 : 30,
    skipDestroy: row.environment === "production",
  };
  expect(find(`${nameFor(row)}-log-postgresql`).inputs).toMatchObject({
    name: `/aws/rds/instance/${identifier}/postgresql`,
    ...logs,
  });
  expect(find(`${nameFor(row)}-log-upgrade`).inputs).toMatchObject({
    name: `/aws/rds/instance/${identifier}/upgrade`,
    ...logs,
  });
  expect(find(`${nameFor(row)}-security-group`).inputs).toMatchObject({
    vpcId: platform.vpcId,
    egress: [],
    ingress: [
      {
        description: "api",
        protocol: "tcp",
        fromPort: 5432,
        toPort: 5432,
        securityGroups: ["sg-0a1b2c3d4e5f60001"],
        self: false,
      },
    ],
  });
  const alarms = state.filter(
    (resource) => resource.type.endsWith(":MetricAlarm") && nameOf(resource.urn).startsWith(`${nameFor(row)}-alarm-`),
  );
  expect(alarms).toHaveLength(14);
  for (const { inputs } of alarms)
    expect(inputs).toMatchObject({
      actionsEnabled: true,
      alarmActions: [platform.topicArn],
      okActions: [platform.topicArn],
    });
});

test("every resource of the standard has its tags where AWS supports tags", () => {
  const untagged = ["random:", "pulumi:", "shipshape:"];
  for (const { type, inputs, urn } of state) {
    if (untagged.some((prefix) => type.startsWith(prefix))) continue;
    expect([nameOf(urn), Object.keys((inputs.tags ?? {}) as object)]).toEqual([
      nameOf(urn),
      expect.arrayContaining([
        "service",
        "owner",
        "environment",
        "tier",
        "data-classification",
        "cost-center",
        "shipshape:ring",
        "shipshape:stack",
      ]),
    ]);
  }
});

/**
 * One wrong value for each property that AWS knows. What only the program knows (such as skipFinalSnapshot) cannot
 * drift, and RDS lets nobody change `dbName` and `username`: a program that finds others refuses to replace it.
 */
const changes: Record<string, Record<string, unknown>> = {
  "gold-production-instance": {
    allocatedStorage: 10,
    autoMinorVersionUpgrade: true,
    backupRetentionPeriod: 1,
    backupWindow: "12:00-12:30",
    caCertIdentifier: "rds-ca-rsa4096-g1",
    copyTagsToSnapshot: false,
    databaseInsightsMode: "advanced",
    dbSubnetGroupName: "other",
    deletionProtection: false,
    enabledCloudwatchLogsExports: ["postgresql"],
    engineLifecycleSupport: "open-source-rds-extended-support",
    engineVersion: "17.9",
    iamDatabaseAuthenticationEnabled: false,
    instanceClass: "db.m7g.large",
    kmsKeyId: "arn:aws:kms:eu-central-1:123456789012:key/other",
    maintenanceWindow: "sun:12:00-sun:13:00",
    manageMasterUserPassword: false,
    maxAllocatedStorage: 50,
    monitoringInterval: 0,
    monitoringRoleArn: "arn:aws:iam::123456789012:role/other",
    multiAz: false,
    networkType: "DUAL",
    parameterGroupName: "default.postgres17",
    performanceInsightsEnabled: false,
    performanceInsightsKmsKeyId: "arn:aws:kms:eu-central-1:123456789012:key/other",
    performanceInsightsRetentionPeriod: 31,
    publiclyAccessible: true,
    storageEncrypted: false,
    storageType: "gp2",
    tags: { owner: "by hand" },
    vpcSecurityGroupIds: ["sg-0a1b2c3d4e5f60001"],
  },
  "bronze-development-instance": { multiAz: true, deletionProtection: true, monitoringInterval: 15 },
  "gold-production-log-postgresql": { retentionInDays: 1, kmsKeyId: "", tags: {} },
  "gold-production-log-upgrade": { retentionInDays: 1 },
  "gold-production-security-group": {
    ingress: [
      { description: "by hand", protocol: "tcp", fromPort: 5432, toPort: 5432, cidrBlocks: ["0.0.0.0/0"], self: false },
    ],
    egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"], self: false }],
    tags: {},
  },
  "gold-production-alarm-cpu": {
    threshold: 99,
    actionsEnabled: false,
    alarmActions: [],
    okActions: [],
    comparisonOperator: "LessThanThreshold",
    evaluationPeriods: 9,
    treatMissingData: "ignore",
    period: 60,
    statistic: "Minimum",
    metricName: "Other",
    dimensions: {},
  },
};

/**
 * The official provider never reads this back; its effect is an output, which is shown with the other changes.
 */
const seenAs: Record<string, string> = { manageMasterUserPassword: "masterUserSecrets" };

/** Nor this, whose output alone is not a change: a refresh does not show it, and must not fail because of it. */
const unread = {
  "silver-production-instance": { masterUserSecretKmsKeyId: "arn:aws:kms:eu-central-1:123456789012:key/other" },
};

test("each property of a database changed from outside, all at once, is shown as an update, except the master password's key", async () => {
  const { unseen, seen } = await changedUnseen(engine.cloud, stack, { ...changes, ...unread }, seenAs);
  expect(unseen).toEqual(["silver-production-instance.masterUserSecretKmsKeyId"]);
  // And nothing else: a refresh with false alarms is soon ignored.
  expect(Object.keys(seen).sort()).toEqual(Object.keys(changes).sort());
});

const noStatements = '{"Version":"2012-10-17","Statement":[]}';
const platformChanges: Record<string, Record<string, unknown>> = {
  "platform-key": { enableKeyRotation: false, policy: noStatements, description: "by hand", tags: {} },
  "platform-topic": { kmsMasterKeyId: "alias/aws/sns", tags: {} },
  "platform-topic-policy": { policy: noStatements },
  "platform-monitoring-role": { assumeRolePolicy: noStatements, tags: {} },
  "platform-subnets": { subnetIds: ["subnet-0a1b2c3d4e5f60001"] },
  "platform-isolation": {
    ingress: [
      { description: "by hand", protocol: "tcp", fromPort: 5432, toPort: 5432, cidrBlocks: ["0.0.0.0/0"], self: false },
    ],
  },
  "platform-events-instances": { enabled: false, eventCategories: ["failure"] },
  "platform-vault-lock": { minRetentionDays: 1 },
  "platform-plan-vault-and-copy": {
    rules: [
      {
        ruleName: "daily",
        targetVaultName: "shipshape",
        schedule: "cron(0 6 * * ? *)",
        enableContinuousBackup: true,
        lifecycle: { deleteAfter: 1 },
      },
    ],
  },
  "platform-parameters-postgres17": {
    "parameters.rds.force_ssl": "0",
    "parameters.password_encryption": "md5",
    "parameters.shared_preload_libraries": "pg_stat_statements",
    "parameters.pgaudit.log": "none",
    "parameters.pg_stat_statements.track_utility": "1",
    "parameters.log_connections": "0",
    "parameters.log_disconnections": "0",
    "parameters.log_lock_waits": "0",
    "parameters.log_min_duration_statement": "-1",
    "parameters.log_temp_files": "-1",
    "parameters.log_autovacuum_min_duration": "-1",
    "parameters.track_commit_timestamp": "0",
    "parameters.idle_in_transaction_session_timeout": "0",
  },
};

test("each property of a platform changed from outside, all at once, is shown as an update", async () => {
  const { unseen, seen } = await changedUnseen(engine.cloud, engine.platformStack, platformChanges);
  expect(unseen).toEqual([]);
  expect(Object.keys(seen).sort()).toEqual(Object.keys(platformChanges).sort());
  const parameters = new Set(seen["platform-parameters-postgres17"]?.paths.map((path) => path.split(".")[0]));
  expect(parameters.size).toBe(Object.keys(platformChanges["platform-parameters-postgres17"]!).length);
});
