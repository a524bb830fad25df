import {
  DeleteEventSubscriptionCommand,
  DescribeDBSnapshotsCommand,
  ModifyDBInstanceCommand,
  ModifyDBParameterGroupCommand,
} from "@aws-sdk/client-rds";
import { instanceIs, startCloud, type Cloud } from "../../../cloud";
import { until } from "../../../until";
import type { PluginStack } from "../plugin-stack";
import { createAwsStack, setClock } from "./aws-stack";
import { databaseProgram, importProgram, securityGroupId } from "./database-program";

let cloud: Cloud;
let stack: PluginStack;

beforeAll(async () => {
  cloud = await startCloud();
  stack = await createAwsStack("databases", cloud);
});

afterAll(async () => {
  stack?.remove();
  await cloud?.stop();
});

const later = { instanceClass: "db.m7g.large", applyImmediately: false };

test("a database is created, and state has everything about it", async () => {
  const { failed, outputs } = await stack.up(databaseProgram());
  const { db } = outputs;
  expect(failed).toBe(false);
  expect(db).toMatchObject({
    id: db!.resourceId,
    arn: "arn:aws:rds:eu-central-1:123456789012:db:orders",
    address: "127.0.0.1",
    endpoint: `127.0.0.1:${db!.port}`,
    status: "available",
    engineVersion: "17",
    engineVersionActual: expect.stringMatching(/^17\.\d+$/),
    masterUserSecrets: [{ secretArn: expect.stringContaining(":secret:rds!db-"), secretStatus: "active" }],
    caCertIdentifier: "rds-ca-rsa2048-g1",
    maintenanceWindow: "sun:04:00-sun:05:00",
    deleteAutomatedBackups: true,
    vpcSecurityGroupIds: [securityGroupId],
    tagsAll: { owner: "payments" },
    region: "eu-central-1",
  });
  expect(outputs.subnets).toMatchObject({ description: "Managed by Pulumi", vpcId: "vpc-0a1b2c3d4e5f60001" });
  expect(outputs.parameters!.parameters).toHaveLength(3);
  expect(outputs.subscription).toMatchObject({
    customerAwsId: "123456789012",
    enabled: true,
    eventCategories: ["availability", "failure"],
  });
});

test("the same program again changes nothing, and neither does a refresh", async () => {
  expect(await stack.up(databaseProgram())).toMatchObject({ failed: false, changes: {} });
  expect(await stack.refresh()).toMatchObject({ failed: false, changes: {} });
});

test("parameters and settings are changed in place, and at once where the program says so", async () => {
  const parameters = [
    { name: "log_lock_waits", value: "0" },
    { name: "shared_preload_libraries", value: "pg_stat_statements" },
  ];
  const { failed, diffs, outputs } = await stack.up(
    databaseProgram({ instance: { backupRetentionPeriod: 8, tags: { team: "search" } }, parameters }),
  );
  expect(failed).toBe(false);
  expect(diffs).toEqual({
    parameters: { "parameters[0].value": "update", "parameters[1]": "delete" },
    db: {
      backupRetentionPeriod: "update",
      "tags.owner": "delete",
      "tags.team": "add",
      "tagsAll.owner": "delete",
      "tagsAll.team": "add",
    },
  });
  expect(outputs.db).toMatchObject({ backupRetentionPeriod: 8, tags: { team: "search" } });
  expect(
    await stack.up(databaseProgram({ instance: { backupRetentionPeriod: 8, tags: { team: "search" } }, parameters })),
  ).toMatchObject({
    failed: false,
    changes: {},
  });
});

test("a change that waits for its window is a difference until the window has passed", async () => {
  const { outputs } = await stack.up(databaseProgram({ instance: later }));
  expect(outputs.db!.instanceClass).toBe("db.t4g.medium");
  expect((await stack.previewRefresh()).diffs).toEqual({ db: { instanceClass: "update" } });

  await setClock(cloud, { offsetSeconds: 8 * 24 * 3600 });
  await windowHasPassed();
  expect(await stack.refresh()).toMatchObject({ failed: false });
  expect(await stack.up(databaseProgram({ instance: later }))).toMatchObject({ changes: {} });
  await setClock(cloud, { reset: true });
});

test("changes made through the API are seen by a refresh, property by property", async () => {
  await cloud.rds.send(
    new ModifyDBInstanceCommand({
      DBInstanceIdentifier: "orders",
      BackupRetentionPeriod: 1,
      DeletionProtection: true,
      ApplyImmediately: true,
    }),
  );
  await cloud.rds.send(
    new ModifyDBParameterGroupCommand({
      DBParameterGroupName: "standard",
      Parameters: [
        { ParameterName: "log_lock_waits", ParameterValue: "0", ApplyMethod: "immediate" },
        { ParameterName: "log_connections", ParameterValue: "1", ApplyMethod: "immediate" },
      ],
    }),
  );
  await instanceIs(cloud, "orders", "available");
  await cloud.rds.send(new DeleteEventSubscriptionCommand({ SubscriptionName: "databases" }));
  const { diffs, changes } = await stack.previewRefresh();
  expect(diffs.db).toEqual({ backupRetentionPeriod: "update", deletionProtection: expect.anything() });
  expect(Object.keys(diffs.parameters!)).toContainEqual(expect.stringMatching(/^parameters\[/));
  expect(changes.subscription).toBe("delete");
  await stack.refresh();
  expect(await stack.up(databaseProgram({ instance: later }))).toMatchObject({
    failed: false,
    changes: { db: "update", parameters: "update", subscription: "create" },
  });
});

test("a rename keeps the database, its id and its place in state", async () => {
  const before = (await stack.stack.exportStack()).deployment.resources.find((resource: { urn: string }) =>
    resource.urn.endsWith("::db"),
  );
  const { failed, diffs, outputs } = await stack.up(
    databaseProgram({ instance: { ...later, identifier: "orders-2", applyImmediately: true } }),
  );
  expect({ failed, diffs }).toEqual({
    failed: false,
    diffs: { db: { applyImmediately: "update", identifier: "update" } },
  });
  expect(outputs.db).toMatchObject({ id: before.id, resourceId: before.outputs.resourceId, identifier: "orders-2" });
});

test("a change of a create-only property would replace the database, and a preview says which", async () => {
  const { replaced, changes } = await stack.preview(
    databaseProgram({
      instance: { instanceClass: "db.m7g.large", identifier: "orders-2", dbName: "other", storageEncrypted: false },
    }),
  );
  expect(changes).toEqual({ db: "replace" });
  expect(replaced.db!.sort()).toEqual(["dbName", "storageEncrypted"]);
});

test("an existing database is adopted by its resource id, with changes only to what no API returns, and stays over repeated ups", async () => {
  const other = await createAwsStack("adoption", cloud);
  try {
    const { DbiResourceId = "" } = await instanceIs(cloud, "orders-2", "available");
    const program = importProgram(DbiResourceId, {
      identifier: "orders-2",
      instanceClass: "db.m7g.large",
      skipFinalSnapshot: true,
    });
    const { failed, diffs, outputs } = await other.up(program);
    expect({ failed, id: outputs.adopted!.id, identifier: outputs.adopted!.identifier }).toEqual({
      failed: false,
      id: DbiResourceId,
      identifier: "orders-2",
    });
    expect(Object.keys(diffs.adopted ?? {}).sort()).toEqual(["applyImmediately", "manageMasterUserPassword"]);
    expect(await other.up(program)).toMatchObject({ failed: false, changes: {} });
  } finally {
    other.remove();
  }
});

test("a database adopted by its identifier would be deleted by the next up of the unchanged program", async () => {
  const other = await createAwsStack("adoption-by-name", cloud);
  try {
    const { DbiResourceId = "" } = await instanceIs(cloud, "orders-2", "available");
    const program = importProgram("orders-2", {
      identifier: "orders-2",
      instanceClass: "db.m7g.large",
      skipFinalSnapshot: true,
    });
    expect((await other.up(program)).outputs.adopted).toMatchObject({ id: DbiResourceId });
    const { steps } = await other.preview(program);
    expect(steps.adopted).toEqual(["import-replacement", "replace", "update", "delete-replaced"]);
  } finally {
    other.remove();
  }
});

test("a refused change counts as applied at the next up, and only a refresh detects that it was not", async () => {
  const kept = { instanceClass: "db.m7g.large", identifier: "orders-2" };
  const shrunk = databaseProgram({ instance: { ...kept, allocatedStorage: 40, maxAllocatedStorage: 41 } });
  const refused = await stack.up(shrunk);
  expect(refused.failed).toBe(true);
  expect(refused.diagnostics).toContain(
    "updating RDS DB Instance (orders-2): InvalidParameterCombination: max storage size must be greater",
  );
  expect(await stack.up(shrunk)).toMatchObject({ failed: false, changes: { db: "update" }, diffs: {} });
  expect(await instanceIs(cloud, "orders-2", "available")).toMatchObject({
    AllocatedStorage: 20,
    MaxAllocatedStorage: 100,
  });
  expect((await stack.refresh()).diffs.db).toEqual({ allocatedStorage: "update", maxAllocatedStorage: "update" });
  expect(await stack.up(databaseProgram({ instance: kept }))).toMatchObject({ failed: false });
});

test("applyImmediately alone applies what waits for the window", async () => {
  const kept = { identifier: "orders-2" };
  await stack.up(databaseProgram({ instance: { ...kept, instanceClass: "db.m7g.large", applyImmediately: false } }));
  await stack.up(databaseProgram({ instance: { ...kept, instanceClass: "db.t4g.medium", applyImmediately: false } }));
  expect(await instanceIs(cloud, "orders-2", "available")).toMatchObject({
    PendingModifiedValues: { DBInstanceClass: "db.t4g.medium" },
  });
  await stack.up(databaseProgram({ instance: { ...kept, instanceClass: "db.m7g.large", applyImmediately: false } }));
  expect(await stack.up(databaseProgram({ instance: { ...kept, instanceClass: "db.m7g.large" } }))).toMatchObject({
    diffs: { db: { applyImmediately: "update" } },
  });
  expect(await instanceIs(cloud, "orders-2", "available")).toMatchObject({
    DBInstanceClass: "db.t4g.medium",
    PendingModifiedValues: {},
  });
  await stack.refresh();
  expect(await stack.up(databaseProgram({ instance: { ...kept, instanceClass: "db.m7g.large" } }))).toMatchObject({
    failed: false,
  });
});

test("a database is not deleted without a final snapshot, unless the program skips it", async () => {
  const refused = await stack.destroy();
  expect(refused.failed).toBe(true);
  expect(refused.diagnostics).toContain("final_snapshot_identifier is required when skip_final_snapshot is false");

  expect(
    await stack.up(
      databaseProgram({
        instance: { instanceClass: "db.m7g.large", identifier: "orders-2", finalSnapshotIdentifier: "orders-last" },
      }),
    ),
  ).toMatchObject({ failed: false });
  expect(await stack.destroy()).toMatchObject({ failed: false });
  const { DBSnapshots } = await cloud.rds.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: "orders-last" }));
  expect(DBSnapshots).toHaveLength(1);
});

test("a create that RDS refuses fails with RDS's own code, and leaves nothing in state", async () => {
  const { failed, diagnostics } = await stack.up(
    databaseProgram({ instance: { identifier: "refused", username: "rdsadmin" } }),
  );
  expect(failed).toBe(true);
  expect(diagnostics).toMatch(/creating RDS DB Instance \(refused\): InvalidParameterValue/);
  const resources: { urn: string }[] = (await stack.stack.exportStack()).deployment.resources;
  expect(resources.some(({ urn }) => urn.endsWith("::db"))).toBe(false);
});

async function windowHasPassed(): Promise<void> {
  await until(
    "the change came with its window",
    async () => (await instanceIs(cloud, "orders", "available")).DBInstanceClass === "db.m7g.large",
  );
}
