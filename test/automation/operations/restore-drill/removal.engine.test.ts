import { builtIn } from "../../../../components/standards/built-in";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import {
  AddTagsToResourceCommand,
  CreateDBInstanceCommand,
  CreateDBSnapshotCommand,
  DeleteDBInstanceAutomatedBackupCommand,
  DeleteDBInstanceCommand,
  DeleteDBSnapshotCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
} from "@aws-sdk/client-rds";
import { LocalWorkspace } from "@pulumi/pulumi/automation";
import type { Database } from "../../../../automation/database";
import { restoreDrillSteps, type RestoreDrillSteps } from "../../../../automation/operations/restore-drill/steps";
import { instanceIs, instanceIsGone, startCloud, type Cloud } from "../../../cloud";
import { small } from "../../../localcloud/server/database-client";
import { until } from "../../../until";
import { plan } from "./drills";

const { identifier, stack } = plan.throwaway;
const ownTag = { Key: "shipshape:run", Value: plan.throwaway.tags["shipshape:run"] };
const requestId = identifier.slice("drill-".length);
const never = new AbortController().signal;
const nothingVerified = { leftUnread: false, files: {} };
const noDatabase = {} as Database; // removal here only uses the cloud and the backend

let cloud: Cloud;
let steps: RestoreDrillSteps;
beforeAll(async () => {
  cloud = await startCloud();
  mkdirSync(cloud.env["PULUMI_BACKEND_URL"]!.replace("file://", ""), { recursive: true });
  const stacks = { workspacesFolder: join(cloud.dataFolder, "workspaces"), environment: cloud.env };
  steps = restoreDrillSteps({
    standard: builtIn,
    database: noDatabase,
    access: { cloud: cloud.client() },
    stacks,
    platformStack: "platform.test",
    assertionsFolder: "/nowhere",
    verifiedSince: () => Promise.resolve(nothingVerified),
  });
});
afterAll(async () => cloud?.stop());

const makeInstance = async (tags: object[], BackupRetentionPeriod = 0) => {
  await cloud.rds.send(
    new CreateDBInstanceCommand({ ...small, DBInstanceIdentifier: identifier, BackupRetentionPeriod, Tags: tags }),
  );
  return instanceIs(cloud, identifier, "available");
};
const describe = async () =>
  (await cloud.rds.send(new DescribeDBInstancesCommand({}))).DBInstances!.map(
    (i) => `${i.DBInstanceIdentifier} ${i.DBInstanceStatus}`,
  );
async function makeStack(): Promise<LocalWorkspace> {
  const workDir = join(cloud.dataFolder, "made-stack");
  mkdirSync(workDir, { recursive: true });
  const settings = { workDir, envVars: cloud.env, projectSettings: { name: "shipshape", runtime: "nodejs" as const } };
  const workspace = await LocalWorkspace.create(settings);
  await workspace.createStack(stack);
  return workspace;
}
const stacks = async (workspace: LocalWorkspace) => (await workspace.listStacks()).map(({ name }) => name);

test("an instance with the throwaway's name but without its run's tag is neither deleted nor treated as the copy, and the stack is kept", async () => {
  const { DBInstanceArn: ResourceName } = await makeInstance([]);
  const workspace = await makeStack();
  const refused = { code: "throwaway-not-ours" };
  await expect(steps.removeThrowaway(plan, requestId, never)).rejects.toMatchObject(refused);
  await expect(steps.restore(plan, "2026-03-01T10:00:04.000Z", never)).rejects.toMatchObject(refused);
  await expect(steps.requireIsolation(plan, "db-COPY")).rejects.toMatchObject(refused);
  await cloud.rds.send(new AddTagsToResourceCommand({ ResourceName, Tags: [{ ...ownTag, Value: "another-run" }] }));
  await expect(steps.removeThrowaway(plan, requestId, never)).rejects.toMatchObject(refused);
  expect(await stacks(workspace)).toEqual([stack]);
  // Even if no stack is left that could have adopted it.
  await workspace.removeStack(stack);
  await expect(steps.removeThrowaway(plan, requestId, never)).rejects.toMatchObject(refused);
  expect(await describe()).toEqual([`${identifier} available`]);
  await cloud.rds.send(new AddTagsToResourceCommand({ ResourceName, Tags: [ownTag] }));
  await steps.removeThrowaway(plan, requestId, never);
  expect(await describe()).toEqual([]);
});

test("a plan that was altered in its table cannot make a clean-up remove another database or another stack", async () => {
  const workspace = await makeStack();
  const altered = (more: object) => ({ ...plan, throwaway: { ...plan.throwaway, ...more } });
  for (const more of [
    { identifier: "orders-production" },
    { stack: "database.orders-production" },
    { identifier: "orders-production", stack: "other" },
  ])
    await expect(steps.removeThrowaway(altered(more), requestId, never)).rejects.toMatchObject({
      code: "throwaway-not-ours",
    });
  await expect(steps.removeThrowaway(plan, "another-run", never)).rejects.toMatchObject({ code: "throwaway-not-ours" });
  expect(await stacks(workspace)).toEqual([stack]);
  await workspace.removeStack(stack);
});

test("another instance with the throwaway's name is not checked instead, even if it has the run's tag", async () => {
  const { MasterUserPassword: _own, ...settings } = small;
  await cloud.rds.send(
    new CreateDBInstanceCommand({
      ...settings,
      DBInstanceIdentifier: identifier,
      ManageMasterUserPassword: true,
      Tags: [ownTag],
    }),
  );
  await instanceIs(cloud, identifier, "available");
  const refused = { code: "database-replaced", message: expect.stringContaining("db-COPY") as string };
  await expect(steps.firstQuery(plan, "db-COPY")).rejects.toMatchObject(refused);
  await expect(steps.readMarkers(plan, "db-COPY", "a-run")).rejects.toMatchObject(refused);
  await expect(steps.createReader(plan, "db-COPY")).rejects.toMatchObject(refused);
  const asked = { target: "2026-03-01T10:00:04.000Z", askedAt: "2026-03-01T10:06:00.000Z" };
  await expect(steps.recoveryPoint(plan, "db-COPY", asked, null)).rejects.toMatchObject(refused);
  const around = { before: { undecided: "no" }, after: { undecided: "no" } };
  await expect(steps.compareCatalogs(plan, "db-COPY", around, { undecided: "no" })).rejects.toMatchObject(refused);
  await expect(steps.verifyStructures(plan, "db-COPY", nothingVerified, never, () => undefined)).rejects.toMatchObject(
    refused,
  );
  const source = { ...plan.source, identifier, resourceId: "db-COPY" };
  await expect(
    steps.waitUntilRestorable({ ...plan, source }, "2026-03-01T10:00:06.100000Z", never),
  ).rejects.toMatchObject(refused);
  await steps.removeThrowaway(plan, requestId, never);
});

test("a throwaway is proven gone only if its instance, its backups and its stack are gone; each that is left is named", async () => {
  const left = (what: unknown) =>
    expect(steps.proveGone(plan)).rejects.toMatchObject({
      code: "throwaway-left",
      message: expect.stringContaining(String(what)) as string,
    });
  const { DbiResourceId } = await makeInstance([ownTag], 7);
  await left(identifier);
  await until(
    "there is a backup",
    async () => (await cloud.rds.send(new DescribeDBInstancesCommand({}))).DBInstances?.[0]?.LatestRestorableTime,
  );
  await instanceIs(cloud, identifier, "available");
  await cloud.rds.send(new CreateDBSnapshotCommand({ DBInstanceIdentifier: identifier, DBSnapshotIdentifier: "kept" }));
  await until(
    "the snapshot is there",
    async () => (await cloud.rds.send(new DescribeDBSnapshotsCommand({}))).DBSnapshots?.[0]?.Status === "available",
  );
  await instanceIs(cloud, identifier, "available");
  await cloud.rds.send(
    new DeleteDBInstanceCommand({
      DBInstanceIdentifier: identifier,
      SkipFinalSnapshot: true,
      DeleteAutomatedBackups: false,
    }),
  );
  await instanceIsGone(cloud, identifier);
  await left("automated backup");
  await cloud.rds.send(new DeleteDBInstanceAutomatedBackupCommand({ DbiResourceId }));
  await until("the automated backup is gone", () =>
    steps.proveGone(plan).then(
      () => false,
      (error: Error) => !error.message.includes("automated"),
    ),
  );
  await left("snapshot kept");
  await cloud.rds.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: "kept" }));
  const workspace = await makeStack();
  await left(stack);
  await workspace.removeStack(stack);
  expect((await steps.proveGone(plan)).map(({ kind }) => kind)).toEqual(["database", "backups", "stack"]);
});
