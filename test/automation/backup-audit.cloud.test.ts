// The real operation, by its command, over the RDS API of the embedded cloud.
import { join } from "node:path";
import {
  AddTagsToResourceCommand,
  CreateDBInstanceCommand,
  CreateDBSnapshotCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  ModifyDBInstanceCommand,
  ModifyDBSnapshotAttributeCommand,
  type DBInstance,
} from "@aws-sdk/client-rds";
import { CreateSecretCommand } from "@aws-sdk/client-secrets-manager";
import { createFirstKey, signerOf } from "../../automation/command-line/evidence-log";
import { openDatabase, type ControlPlaneDatabase } from "../../automation/database";
import { targetDatabase } from "../../automation/fleet-records";
import type { Check } from "../../automation/records";
import { openFindings } from "../../automation/review/findings";
import { readSettings, type Settings } from "../../automation/settings";
import { instanceIs, startCloud, type Cloud } from "../cloud";
import { allows, policies } from "../docs/rights/policies";
import { recordedCalls } from "../docs/rights/recorded-calls";
import { asMaster, small } from "../localcloud/server/database-client";
import { until } from "../until";
import { concluded, planOf, sealRun } from "./evidence/sealed-runs";
import { shipshapeCommand } from "../shipshape-command";

const root = join(__dirname, "../..");
const workerKey = "AKIAAUDITOR000000001";
const password = "a-password-for-the-control-plane";
let cloud: Cloud;
let database: ControlPlaneDatabase;
let settings: Settings;
let env: Record<string, string>;

beforeAll(async () => {
  cloud = await startCloud();
  const { accessKeyId, secretAccessKey } = cloud.client(workerKey).credentials;
  const own = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
  env = { ...cloud.env, ...own, SHIPSHAPE_DATA_FOLDER: cloud.dataFolder };
  settings = readSettings(root, cloud.dataFolder, env);
  createFirstKey(settings);
  database = await openDatabase(env["SHIPSHAPE_DATABASE_URL"]!);
  await Promise.all([makeDatabase("orders", { StorageEncrypted: true }), makeDatabase("ledger")]);
  await asMaster(cloud, await describe("orders"), `create role shipshape login password '${password}'`);
  await cloud.secrets.send(
    new CreateSecretCommand({
      Name: "shipshape/orders/development/app/shipshape",
      SecretString: JSON.stringify({ username: "shipshape", password }),
    }),
  );
});
afterAll(async () => {
  await database?.close();
  await cloud?.stop();
});

const describe = async (DBInstanceIdentifier: string): Promise<DBInstance> =>
  (await cloud.rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier }))).DBInstances![0]!;

async function makeDatabase(identifier: string, more: { StorageEncrypted?: boolean } = {}): Promise<void> {
  const tags = { service: identifier, environment: "development", tier: "bronze", owner: "team-test" };
  await cloud.rds.send(
    new CreateDBInstanceCommand({
      ...small,
      ...more,
      DBInstanceIdentifier: identifier,
      DBName: "app",
      BackupRetentionPeriod: 7,
      CopyTagsToSnapshot: true,
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    }),
  );
  await until(`${identifier} has a backup`, async () => {
    const { DBInstanceStatus, LatestRestorableTime } = await describe(identifier);
    return DBInstanceStatus === "available" && LatestRestorableTime;
  });
}

async function takeSnapshot(identifier: string, name: string, sharedWith: string): Promise<void> {
  const named = { DBSnapshotIdentifier: name };
  await cloud.rds.send(new CreateDBSnapshotCommand({ ...named, DBInstanceIdentifier: identifier }));
  await until(`snapshot ${name} is available`, async () => {
    const { DBSnapshots } = await cloud.rds.send(new DescribeDBSnapshotsCommand(named));
    return DBSnapshots?.[0]?.Status === "available";
  });
  await instanceIs(cloud, identifier, "available");
  await cloud.rds.send(
    new ModifyDBSnapshotAttributeCommand({ ...named, AttributeName: "restore", ValuesToAdd: [sharedWith] }),
  );
}

/** Seals the statements of a drill that passed, as its run would. */
async function drilled(identifier: string, requestId: string): Promise<void> {
  const { DbiResourceId: resourceId = "", DBInstanceArn: arn = "" } = await describe(identifier);
  const outcome = { recoveryTarget: new Date(Date.now() - 60_000).toISOString(), phases: [] };
  await sealRun(
    database,
    await signerOf(settings),
    concluded(requestId, "pass", {
      plan: { ...planOf(), target: identifier, database: targetDatabase({ identifier, resourceId, arn }) },
      conclusion: { status: "succeeded", outcome, verdict: { verdict: "pass", checks: [] } },
    }),
  );
}

interface Audit {
  code: number | null;
  id: string;
  verdict: string;
  checks: Check[];
  cleanUp: string;
  error: { code: string } | null;
}

const shipshape = (...words: string[]) => shipshapeCommand(words, { env });

async function audited(identifier: string): Promise<Audit> {
  const words = ["--database", identifier, "--reason", "a test", "--work", "--json"];
  const { code, stdout, stderr } = await shipshape("request", "backup-audit", ...words);
  if (!stdout.startsWith("{")) throw new Error(stderr);
  return { code, ...(JSON.parse(stdout) as Omit<Audit, "code">) };
}
const notPassed = ({ checks }: Audit) =>
  checks.filter((c) => c.verdict !== "pass").map((c) => `${c.name} ${c.verdict}`);
const explanation = ({ checks }: Audit, name: string) => checks.find((c) => c.name === name)?.explanation;
const findings = async () => (await openFindings(database, 20)).map((f) => f.requestId);

test("a database that was never drilled fails, and passes once a drill has proved it; the pass closes the finding", async () => {
  await takeSnapshot("orders", "before-release", "210987654321");
  const undrilled = await audited("orders");
  expect(undrilled).toMatchObject({ code: 1, verdict: "fail", cleanUp: "none", error: null });
  expect(notPassed(undrilled)).toEqual(["recovery-point-is-verified fail", "drill-evidence-is-valid fail"]);
  expect(explanation(undrilled, "recovery-point-is-verified")).toContain("it was never drilled");
  expect(await findings()).toEqual([undrilled.id]);

  await drilled("orders", "261101000000-aaaaaaaa");
  const healthy = await audited("orders");
  expect({ ...healthy, failed: notPassed(healthy) }).toMatchObject({ code: 0, verdict: "pass", failed: [] });
  expect(explanation(healthy, "recovery-point-is-verified")).toMatch(/^drill 261101000000-aaaaaaaa restored it to 20/);
  expect(explanation(healthy, "snapshots-are-not-public")).toBe(
    "1 snapshot: none is public; shared with accounts 210987654321: before-release",
  );
  expect(explanation(healthy, "page-checksums-are-on")).toContain("each page has a checksum");
  expect(await findings()).toEqual([]);

  const folder = join(cloud.dataFolder, "exported");
  expect(await shipshape("evidence", "export", healthy.id, "--out", folder)).toMatchObject({ code: 0 });
  expect(await shipshape("evidence", "verify", folder)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("the evidence is valid") as string,
  });
});

test("a public snapshot fails; a server that cannot be asked leaves only its own check undecided", async () => {
  await drilled("ledger", "261102000000-bbbbbbbb");
  await takeSnapshot("ledger", "for-everyone", "all");
  const audit = await audited("ledger");
  expect(audit).toMatchObject({ code: 1, verdict: "fail" });
  expect(notPassed(audit)).toEqual([
    "snapshots-are-not-public fail",
    "snapshots-are-encrypted fail", // RDS lets no encrypted one be public
    "page-checksums-are-on inconclusive",
  ]);
  expect(explanation(audit, "snapshots-are-not-public")).toContain("for-everyone");
  expect(explanation(audit, "page-checksums-are-on")).toMatch(/has no login "shipshape"/);
});

test("where the tier requires an AWS Backup plan, this cloud is asked, has none, and so decides nothing", async () => {
  const { DBInstanceArn: ResourceName } = await describe("ledger");
  const tags = [
    { Key: "tier", Value: "gold" },
    { Key: "environment", Value: "production" },
  ];
  await cloud.rds.send(new AddTagsToResourceCommand({ ResourceName, Tags: tags }));
  const audit = await audited("ledger");
  for (const name of ["backup-plan-selects-it", "recovery-point-in-vault", "copy-is-elsewhere"]) {
    expect(notPassed(audit)).toContain(`${name} inconclusive`);
    expect(explanation(audit, name)).toMatch(/^not asked: this cloud has no AWS Backup/);
  }
});

test("backups that are switched off fail, and the proof of the old ones no longer counts", async () => {
  const off = { DBInstanceIdentifier: "orders", BackupRetentionPeriod: 0, ApplyImmediately: true };
  await cloud.rds.send(new ModifyDBInstanceCommand(off));
  await until("backups are off", async () => (await describe("orders")).BackupRetentionPeriod === 0);
  await instanceIs(cloud, "orders", "available");
  const audit = await audited("orders");
  expect(notPassed(audit)).toEqual([
    "automated-backups-are-on fail",
    "retention-meets-tier fail",
    "recovery-exposure fail",
    "recovery-point-is-verified fail",
    "drill-evidence-is-valid fail",
  ]);
  expect(explanation(audit, "recovery-point-is-verified")).toContain("are gone");
});

test("a database that does not exist ends the run with an error", async () => {
  expect(await audited("ordres")).toMatchObject({
    code: 1,
    verdict: "inconclusive",
    error: { code: "database-unknown" },
  });
});

test("the documented rights of workers suffice for every call of these audits, none of which changes anything", async () => {
  const calls = await recordedCalls(cloud, workerKey);
  expect(calls.map(({ action }) => action)).toContain("rds:DescribeDBSnapshotAttributes");
  expect(calls.filter(({ action }) => !/:(Describe|List|Get)/.test(action))).toEqual([]);
  const pairs = calls.flatMap(({ action, resources }) => resources.map((resource) => ({ action, resource })));
  expect(pairs.filter(({ action, resource }) => !allows(policies.worker, action, resource))).toEqual([]);
});
