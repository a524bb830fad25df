// Repairs on the real engine: what was changed by the RDS API and by SQL is put back on approval, whatever worker is
// killed; and what an `up` would do besides is refused.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AddTagsToResourceCommand, DescribeDBInstancesCommand, ModifyDBInstanceCommand } from "@aws-sdk/client-rds";
import { GetSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation";
import { createFirstKey } from "../../../../automation/command-line/evidence-log";
import { openControlPlane, type ControlPlane } from "../../../../automation/control-plane";
import type { DriftRepairPlan } from "../../../../automation/operations/drift-repair/plan";
import { readSettings } from "../../../../automation/settings";
import { builtIn } from "../../../../components/standards/built-in";
import { database } from "../../../../stacks/database";
import { instanceIs } from "../../../cloud";
import { loggedIn, type Query } from "../../../components/database-login";
import { request } from "../../../components/declared";
import { callCloud, startEngine, stateOf, type Engine, type StateResource } from "../../../components/engine";
import { until } from "../../../until";
import { unused } from "../../probe";
import { Commands } from "../disturbed-commands";

const identifier = "orders-development";
const stackName = `database.${identifier}`;
const file = `Pulumi.${stackName}.yaml`;

let engine: Engine;
let stack: Stack;
let commands: Commands;
let controlPlane: ControlPlane;

beforeAll(async () => {
  engine = await startEngine();
  const { cloud } = engine;
  const config = { ...request, environment: "development", tier: "bronze", extensions: [] };
  const text = `config:\n  aws:region: ${cloud.env.AWS_REGION}\n  shipshape:request:\n${Object.entries(config)
    .map(([name, value]) => `    ${name}: ${JSON.stringify(value)}\n`)
    .join("")}  shipshape:place:\n    platformStack: platform.test\n`;
  const [repository, workDir] = ["repository", "program"].map((name) => join(cloud.dataFolder, name));
  for (const folder of [repository!, workDir!]) {
    mkdirSync(folder);
    writeFileSync(join(folder, file), text);
  }
  const program = () => Promise.resolve(database());
  const workspace = { workDir: workDir!, envVars: cloud.env };
  stack = await LocalWorkspace.createOrSelectStack({ projectName: "shipshape", stackName, program }, workspace);
  await stack.up();
  commands = Commands.in(cloud, repository!, "drift-repair");
  createFirstKey(readSettings(join(__dirname, "../../../.."), cloud.dataFolder, commands.env));
  controlPlane = await openControlPlane({
    standard: builtIn,
    databaseUrl: cloud.env.SHIPSHAPE_DATABASE_URL!,
    signer: unused,
    toolVersions: {},
    operations: unused,
  });
}, 300_000);
afterAll(async () => {
  await controlPlane?.close();
  commands?.stop();
  await engine?.stop();
});

async function instanceNow() {
  const { DBInstances: [instance] = [] } = await engine.cloud.rds.send(
    new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier }),
  );
  return instance!;
}

async function asMaster<T>(work: (query: Query) => Promise<T>): Promise<T> {
  const secretOf = async (SecretId: string | undefined) => {
    const { SecretString = "" } = await engine.cloud.secrets.send(new GetSecretValueCommand({ SecretId }));
    return JSON.parse(SecretString) as Record<"url" | "username" | "password", string>;
  };
  const url = new URL((await secretOf("shipshape/orders/development/orders/owner")).url);
  const { username, password } = await secretOf((await instanceNow()).MasterUserSecret?.SecretArn);
  url.username = username;
  url.password = encodeURIComponent(password);
  return loggedIn(engine.cloud, url.href, work);
}

const modify = async (changes: object) => {
  const asked = { DBInstanceIdentifier: identifier, ApplyImmediately: true, ...changes };
  await engine.cloud.rds.send(new ModifyDBInstanceCommand(asked));
  await instanceIs(engine.cloud, identifier, "available");
};
/** Of engines that change the stack. */
const locks = () => {
  const folder = join(engine.cloud.dataFolder, "pulumi-state/.pulumi/locks/organization/shipshape", stackName);
  return existsSync(folder) ? readdirSync(folder) : [];
};
const declaredAs = async (type: string): Promise<StateResource> =>
  (await stateOf(stack)).find((one) => one.type === type)!;

async function requested(...words: string[]): Promise<string> {
  const all = ["--database", identifier, "--reason", "a test", "--json", ...words];
  const { stdout, stderr } = await commands.shipshape("", "request", "drift-repair", ...all).ended;
  if (stdout === "") throw new Error(stderr);
  return (JSON.parse(stdout) as { id: string }).id;
}
const planned = (id: string) =>
  until(`${id} is planned`, async () => {
    const run = await controlPlane.run(id);
    if (run.finishedAt) throw new Error(JSON.stringify(run.error));
    return run.status === "waiting" ? run : undefined;
  });
const approve = async (id: string) => {
  const { planDigest: plan = "", plan: all } = await planned(id);
  await controlPlane.approve(id, { principal: "ben", plan, comment: "as agreed" });
  return all as DriftRepairPlan;
};
const over = (id: string) =>
  until(`${id} is over`, async () => {
    const run = await controlPlane.run(id);
    return run.finishedAt && run;
  });
const endOf = async (id: string) => {
  const { verdict, checks, error } = await over(id);
  return { verdict, error: error?.code, checks: checks.filter((check) => check.verdict !== "pass") };
};

test("what was changed by API and by SQL is named, approved, put back and found to be gone, whatever worker is killed", async () => {
  await modify({ BackupRetentionPeriod: 3 });
  await engine.cloud.rds.send(
    new AddTagsToResourceCommand({
      ResourceName: (await instanceNow()).DBInstanceArn!,
      Tags: [{ Key: "owner", Value: "another-team" }],
    }),
  );
  await asMaster(async (query) => {
    await query("alter role readwrite connection limit 3");
    await query("revoke usage on schema orders from readonly");
  });
  const alarm = await declaredAs("aws:cloudwatch/metricAlarm:MetricAlarm");
  const address = `recorded?id=${encodeURIComponent(alarm.id)}&type=${encodeURIComponent(alarm.type)}`;
  await callCloud(engine.cloud, "DELETE", address);

  const first = commands.shipshape("", "worker");
  const id = await requested();
  const { changes, change } = await approve(id);
  const named = [
    "orders-alarm-cpu-credits: is gone → exists",
    'orders-grant-readonly-schema.privileges: [] → ["USAGE"]',
    "orders-instance.backupRetentionPeriod: 3 → 7",
    "orders-instance.tags.owner: another-team → team-orders",
    "orders-role-readwrite.connectionLimit: 3 → -1",
  ];
  expect(changes.map(({ name, from, to, isDrift }) => [`${name}: ${from} → ${to}`, isDrift])).toEqual(
    named.map((line) => [line, true]),
  );
  for (const line of named) expect(change.text).toContain(`  ${line}\n`);
  await until("the engine has the stack's lock", () => locks().length > 0);
  first.kill("SIGKILL");
  const second = commands.shipshape("in bring the stack up", "worker");
  expect((await second.ended).signal).toBe("SIGKILL");
  commands.shipshape("", "worker");
  expect(await endOf(id)).toEqual({ verdict: "pass", error: undefined, checks: [] });

  expect(await instanceNow()).toMatchObject({ BackupRetentionPeriod: 7 });
  const found = await asMaster((query) =>
    query(
      "select rolconnlimit, has_schema_privilege('readonly', 'orders', 'usage') as uses from pg_roles where rolname = 'readwrite'",
    ),
  );
  expect(found).toEqual([{ rolconnlimit: -1, uses: true }]);
  expect(commands.git("log", "--format=%s")).toBe("Begin");
});

test("where nothing differs there is nothing to approve", async () => {
  expect(await endOf(await requested())).toMatchObject({ verdict: "inconclusive", error: "repair-unneeded" });
});

test("a restart is refused unless it was asked for; then RDS waits for the window, and the verdict says that it is not done", async () => {
  await modify({ DBInstanceClass: "db.m7g.large", DeletionProtection: true });
  const refused = await over(await requested());
  expect(refused.error).toMatchObject({
    code: "repair-restarts",
    message: expect.stringContaining("instanceClass db.m7g.large → db.t4g.medium") as string,
  });
  const id = await requested("--allow-restart");
  const { changes, change, maintenanceWindow } = await approve(id);
  expect(changes.map(({ name, takes, isDrift }) => [name, takes, isDrift])).toEqual([
    // It follows the memory of the class that runs.
    ["orders-alarm-connections.threshold", "at once", false],
    ["orders-instance.deletionProtection", "at once", true],
    ["orders-instance.instanceClass", "restart in the window", true],
  ]);
  expect(change.text).toContain(`db.t4g.medium, with a restart in the window ${maintenanceWindow}\n`);
  expect(maintenanceWindow).toBe((await instanceNow()).PreferredMaintenanceWindow);
  expect(await endOf(id)).toMatchObject({
    verdict: "inconclusive",
    checks: [
      {
        name: "orders-instance.instanceClass",
        verdict: "inconclusive",
        explanation: expect.stringMatching(/^accepted, not done: .* window \w{3}:\d\d:\d\d/) as string,
      },
    ],
  });
  expect(await instanceNow()).toMatchObject({ DeletionProtection: false, DBInstanceClass: "db.m7g.large" });
  // Cancelled, as `shipshape pending` says.
  await modify({ DBInstanceClass: (await instanceNow()).DBInstanceClass! });
});

test("what would replace a resource is refused", async () => {
  const group = await declaredAs("aws:ec2/securityGroup:SecurityGroup");
  await callCloud(engine.cloud, "POST", "change", { arn: group.outputs.arn, properties: { description: "by hand" } });
  expect(await endOf(await requested())).toMatchObject({ error: "repair-replaces" });
  const { description } = group.inputs;
  await callCloud(engine.cloud, "POST", "change", { arn: group.outputs.arn, properties: { description } });
});

test("a program that refuses its own arguments ends the request with its words, and does not hang", async () => {
  const config = join(engine.cloud.dataFolder, "repository", file);
  const text = commands.git("show", `HEAD:${file}`);
  writeFileSync(config, text.replace("extensions: []", 'extensions: ["pgaudit"]'));
  commands.git("-c", "user.name=Ana", "-c", "user.email=ana@example.com", "commit", "--all", "--message", "Audit");
  const { error } = await over(await requested());
  expect(error).toMatchObject({ code: "stack-failed", message: expect.stringContaining("pgaudit") });
});
