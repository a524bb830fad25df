import {
  DescribeDBInstanceAutomatedBackupsCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
} from "@aws-sdk/client-rds";
import { GetSecretValueCommand, ListSecretsCommand, RotateSecretCommand } from "@aws-sdk/client-secrets-manager";
import type { OutputMap, Stack } from "@pulumi/pulumi/automation";
import { join } from "node:path";
import { readHandOver } from "../../automation/hand-over";
import { askBackend, exported } from "../../automation/runner/backend-stacks";
import { StandardDatabase, type DatabaseRequest } from "../../components";
import { until } from "../until";
import { loggedIn, type Query } from "./database-login";
import { request } from "./declared";
import {
  callCloud,
  nameOf,
  recordedOf,
  startEngine,
  stateOf,
  typedPreview,
  watch,
  type Engine,
  type StateResource,
  type Watched,
} from "./engine";

/**
 * One gold production database from its first `up` to what its retirement leaves behind. Each test continues where the
 * one before ended.
 */
let engine: Engine;
let orders: Stack;
let requested: DatabaseRequest;
let outputs: OutputMap;

beforeAll(async () => {
  engine = await startEngine();
  requested = { ...request, engineVersion: "17.10", extensions: ["pg_stat_statements"] };
  orders = await engine.stack(
    "database.orders",
    program("orders", () => requested),
  );
  ({ outputs } = await orders.up());
});
afterAll(() => engine?.stop());

const program = (name: string, args: () => DatabaseRequest) => async () => {
  const database = new StandardDatabase(name, {
    ...args(),
    platform: engine.platform,
    reachableFrom: { api: "sg-0a1b2c3d4e5f60001" },
  });
  return {
    connectionStrings: database.connectionStrings,
    secretArns: database.secretArns,
    masterSecretArn: database.masterSecretArn,
    remainsAfterDestroy: database.remainsAfterDestroy,
    ecs: database.handOver("ecs", "readwrite"),
  };
};

function as<T>(role: string, work: (query: Query) => Promise<T>): Promise<T> {
  return loggedIn(engine.cloud, (outputs.connectionStrings?.value as Record<string, string>)[role] ?? "", work);
}
async function up(stack: Stack, options: { refresh?: boolean } = {}): Promise<Watched> {
  const watched = watch("plan");
  const result = await stack.up({ onEvent: watched.onEvent, ...options });
  if (stack === orders) outputs = result.outputs;
  return watched;
}
async function drift(stack: Stack): Promise<Watched["steps"]> {
  const watched = watch("refresh");
  await stack.previewRefresh({ onEvent: watched.onEvent });
  return watched.steps.filter((step) => step.paths.length > 0 || step.op !== "update");
}
const replaced = (watched: Watched) => watched.steps.filter((step) => step.op.includes("replace"));
const resource = async (stack: Stack, name: string): Promise<StateResource> =>
  (await stateOf(stack)).find((one) => nameOf(one.urn) === name)!;

test("each role may do what its name says over TLS, and nothing more", async () => {
  await as("owner", (query) =>
    query("create table orders.invoice (id bigint generated always as identity primary key, amount numeric not null)"),
  );
  await as("readwrite", (query) => query("insert into invoice (amount) values (1), (2)"));
  expect(await as("readonly", (query) => query("select count(*)::int as n from invoice"))).toEqual([{ n: 2 }]);
  expect(
    await as("shipshape", (query) => query("select amcheck.bt_index_check('orders.invoice_pkey'::regclass, true)")),
  ).toHaveLength(1);
  expect(
    await as("monitoring", (query) => query("select count(*) > 0 as seen from pg_stat_activity where query <> ''")),
  ).toEqual([{ seen: true }]);
  expect(await as("readwrite", (query) => query("select ssl from pg_stat_ssl where pid = pg_backend_pid()"))).toEqual([
    { ssl: true },
  ]);
  for (const [role, refused] of [
    ["readonly", "insert into invoice (amount) values (3)"],
    ["readwrite", "drop table invoice"],
    ["readwrite", "create table public.mine (id int)"],
    ["readwrite", "create table orders.mine (id int)"],
    ["monitoring", "select * from orders.invoice"],
    ["shipshape", "select * from orders.invoice"],
    ["owner", "create role another"],
  ] as const)
    await expect(as(role, (query) => query(refused))).rejects.toThrow(/permission denied|must be owner/);
});

test("the fleet is the same read from the backend's files and by the engine, which reads only what was updated since", async () => {
  const { dataFolder, env } = engine.cloud;
  const context = { workspacesFolder: join(dataFolder, "workspaces"), environment: env };
  const backend = env["PULUMI_BACKEND_URL"]!;
  const fromFiles = await askBackend(context);
  const [instance] = (await engine.cloud.rds.send(new DescribeDBInstancesCommand({}))).DBInstances ?? [];
  expect(fromFiles).toMatchObject({
    asked: true,
    unread: [],
    stacks: [
      {
        name: "shipshape/database.orders",
        unidentified: [],
        databases: [
          {
            resourceId: instance?.DbiResourceId,
            arn: instance?.DBInstanceArn,
            isStandard: true,
            tags: { tier: "gold" },
          },
        ],
      },
      { name: "shipshape/platform.test", databases: [] },
    ],
  });
  for (const look of ["first", "next"])
    expect({ look, ...(await exported(context, backend)) }).toEqual({ look, ...pick(fromFiles as never) });
});
const pick = ({ stacks, unread }: Awaited<ReturnType<typeof exported>>) => ({ stacks, unread });

test("the statements that the monitoring role can read contain no password", async () => {
  const statements = JSON.stringify(await as("monitoring", (query) => query("select query from pg_stat_statements")));
  expect(statements).toContain("select");
  expect(statements.toLowerCase()).not.toContain("password '");
  for (const login of Object.values(outputs.connectionStrings?.value as Record<string, string>))
    expect(statements).not.toContain(new URL(login).password);
});

test("each secret holds its role's login, and what is handed over names its fields, from the program and the state alike", async () => {
  const arn = (outputs.secretArns?.value as Record<string, string>).readwrite;
  const { SecretString, Name } = await engine.cloud.secrets.send(new GetSecretValueCommand({ SecretId: arn }));
  expect(Name).toBe("shipshape/orders/production/orders/readwrite");
  expect(JSON.parse(SecretString ?? "")).toMatchObject({
    username: "readwrite",
    dbname: "orders",
    url: (outputs.connectionStrings?.value as Record<string, string>).readwrite,
  });
  const { dataFolder, env } = engine.cloud;
  const stacks = { workspacesFolder: join(dataFolder, "workspaces"), environment: env };
  const asked = { identifier: "orders-production", target: "ecs", role: "readwrite" } as const;
  const { environment, secrets } = await readHandOver(stacks, asked);
  expect({ environment, secrets }).toEqual(outputs.ecs?.value);
  expect(environment[0]).toEqual({ name: "DATABASE_SECRET_ARN", value: arn });
  expect(secrets[0]).toEqual({ name: "DATABASE_URL", valueFrom: `${arn}:url::` });
});

test("a preview of a database ends in eight lines of outputs, each narrower than a terminal", async () => {
  await engine.stack("database.new", async () => ({}));
  const config = {
    "aws:region": "eu-central-1",
    "shipshape:request": { ...requested, service: "new" },
    "shipshape:place": { platformStack: "platform.test" },
  };
  const printed = await typedPreview(engine, "database.new", config);
  const [, after = ""] = printed.split(/^Outputs:\n/m);
  const lines = after.split("\n").slice(0, after.split("\n").indexOf(""));
  expect(lines.map((line) => line.trim().split(/ *: /)[0])).toEqual([
    "connectionStrings",
    "databaseName",
    "endpoint",
    "engineVersion",
    "resourceId",
    "secretArns",
    "securityGroupId",
    "standard",
  ]);
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
});

test("with nothing changed, nothing is planned, even after the owner has created tables", async () => {
  const { changeSummary } = await orders.preview();
  expect(Object.keys(changeSummary)).toEqual(["same"]);
  expect(await drift(orders)).toEqual([]);
});

test("a change in the database or in its secrets is shown as an update, and the next up reverts it", async () => {
  const secret = await engine.cloud.secrets.send(
    new GetSecretValueCommand({ SecretId: String(outputs.masterSecretArn?.value) }),
  );
  const { username, password } = JSON.parse(secret.SecretString ?? "") as { username: string; password: string };
  const url = new URL(String((outputs.connectionStrings?.value as Record<string, string>).readwrite));
  url.username = username;
  url.password = encodeURIComponent(password);
  await loggedIn(engine.cloud, url.href, async (query) => {
    await query("alter role readonly set statement_timeout = 1");
    await query("alter role readwrite connection limit 3");
    await query("alter role monitoring createdb");
    await query("grant pg_monitor to readonly");
    await query("grant connect on database orders to public");
    await query("grant usage on schema public to public");
    await query("drop extension pg_stat_statements");
    await query("alter default privileges for role owner revoke select on tables from readonly");
  });
  await as("owner", async (query) => {
    await query("revoke select on invoice from readonly");
    await query("grant select on invoice to public, monitoring");
    await query("grant usage on schema orders to public, monitoring");
  });
  const ownerSecret = await resource(orders, "orders-owner-secret");
  await callCloud(engine.cloud, "POST", "change", {
    arn: ownerSecret.outputs.arn,
    properties: { description: "by hand", kmsKeyId: "alias/aws/secretsmanager", tags: {} },
  });

  const steps = await drift(orders);
  expect(Object.fromEntries(steps.map((step) => [step.name, step.op]))).toEqual({
    "orders-role-readonly": "update",
    "orders-role-readwrite": "update",
    "orders-role-monitoring": "update",
    "orders-grant-public-database": "update",
    "orders-grant-public-schema": "update",
    "orders-grant-public-application": "update",
    "orders-grant-public-tables": "update",
    "orders-grant-monitoring-schema": "update",
    "orders-grant-monitoring-tables": "update",
    "orders-grant-readonly-tables": "update",
    "orders-owner-secret": "update",
    // Nothing is left of these two, so they are deleted rather than changed.
    "orders-extension-pg_stat_statements": "delete",
    "orders-later-readonly-tables": "delete",
  });
  expect(steps.find((step) => step.name === "orders-owner-secret")?.paths.map((path) => path.split(".")[0])).toEqual(
    expect.arrayContaining(["description", "kmsKeyId", "tags"]),
  );

  expect(replaced(await up(orders, { refresh: true }))).toEqual([]);
  expect(await drift(orders)).toEqual([]);
});

test("changed arguments change the database in place, the class in its maintenance window", async () => {
  requested = {
    ...requested,
    size: "medium",
    extensions: ["pg_stat_statements", "pgcrypto"],
    parameters: { work_mem: 32_768 },
    roles: { readonly: { statementTimeoutMilliseconds: 600_000 } },
    owner: "team-checkout",
  };
  const watched = await up(orders);
  expect(replaced(watched)).toEqual([]);
  expect(watched.steps.filter((step) => step.op === "delete").map((step) => step.name)).toEqual([
    "orders-alarm-cpu-credits",
  ]);
  await callCloud(engine.cloud, "PUT", "clock", { now: nextWindow(new Date()).toISOString() });
  await classIs("db.m7g.large");
  await orders.refresh();
  // Alarms follow the running class, so their thresholds change once the class has; then nothing is left to do.
  const followed = await up(orders);
  expect(followed.steps.map((step) => step.name)).toContain("orders-alarm-free-storage");
  expect(followed.steps.filter((step) => step.op !== "update" || !step.name.startsWith("orders-alarm-"))).toEqual([]);
  const next = watch("plan");
  await orders.preview({ onEvent: next.onEvent });
  expect(next.steps).toEqual([]);
});

/**
 * The middle of ring 3's window, less than seven days away: any later, and RDS would rotate the master password during
 * the test.
 */
function nextWindow(from: Date): Date {
  const [thursday, milliseconds] = [4, 86_400_000];
  const window = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth(), from.getUTCDate(), 2, 30));
  while (window.getUTCDay() !== thursday || window <= from) window.setTime(window.getTime() + milliseconds);
  return window;
}

async function classIs(instanceClass: string): Promise<void> {
  await until(`the class became ${instanceClass} in its window`, async () => {
    const { DBInstances: [instance] = [] } = await engine.cloud.rds.send(
      new DescribeDBInstancesCommand({ DBInstanceIdentifier: "orders-production" }),
    );
    return instance?.DBInstanceClass === instanceClass && instance.DBInstanceStatus === "available";
  });
}

test("a rotated master password breaks neither refresh nor up", async () => {
  const before = await engine.cloud.secrets.send(
    new GetSecretValueCommand({ SecretId: String(outputs.masterSecretArn?.value) }),
  );
  await engine.cloud.secrets.send(new RotateSecretCommand({ SecretId: before.ARN }));
  const after = await engine.cloud.secrets.send(new GetSecretValueCommand({ SecretId: before.ARN }));
  expect(after.SecretString).not.toBe(before.SecretString);
  expect(await drift(orders)).toEqual([]);
  await orders.refresh();
  requested = { ...requested, extensions: ["pg_stat_statements", "pgcrypto", "citext"] };
  expect((await up(orders)).steps.find((step) => step.name === "orders-extension-citext")?.op).toBe("create");
});

test("a destroy in production is refused before anything is touched", async () => {
  const urns = async () => (await stateOf(orders)).map((one) => one.urn).sort();
  const before = await urns();
  // As the Automation API does it: without the preview that would stop a person.
  await expect(orders.destroy()).rejects.toThrow(/orders-keystone.* cannot be deleted[\s\S]*because it is protected/);
  expect(await urns()).toEqual(before);
  expect(await drift(orders)).toEqual([]);
});

test("retired, it can be destroyed although its master password was rotated, and leaves exactly what it lists", async () => {
  requested = { ...requested, retire: true };
  expect(replaced(await up(orders))).toEqual([]);
  const listed = outputs.remainsAfterDestroy?.value as string[];
  await engine.cloud.secrets.send(new RotateSecretCommand({ SecretId: String(outputs.masterSecretArn?.value) }));
  await orders.destroy();

  const { DBInstances } = await engine.cloud.rds.send(new DescribeDBInstancesCommand({}));
  const { DBSnapshots } = await engine.cloud.rds.send(new DescribeDBSnapshotsCommand({ SnapshotType: "manual" }));
  const { DBInstanceAutomatedBackups } = await engine.cloud.rds.send(new DescribeDBInstanceAutomatedBackupsCommand({}));
  const secrets = await engine.cloud.secrets.send(new ListSecretsCommand({ IncludePlannedDeletion: true }));
  expect(DBInstances).toEqual([]);
  expect(DBSnapshots?.map((snapshot) => snapshot.DBSnapshotIdentifier)).toEqual([
    expect.stringMatching(/^orders-production-final-[0-9a-f]{8}$/),
  ]);
  expect(DBInstanceAutomatedBackups?.map((backup) => [backup.DBInstanceIdentifier, backup.Status])).toEqual([
    ["orders-production", "retained"],
  ]);
  expect(await recordedOf(engine.cloud, "orders")).toEqual([
    "/aws/rds/instance/orders-production/postgresql",
    "/aws/rds/instance/orders-production/upgrade",
  ]);
  expect(secrets.SecretList?.map((secret) => [secret.Name, secret.DeletedDate !== undefined]).sort()).toEqual(
    ["monitoring", "owner", "readonly", "readwrite", "shipshape"].map((role) => [
      `shipshape/orders/production/orders/${role}`,
      true,
    ]),
  );
  expect(listed).toEqual([
    `final snapshot ${DBSnapshots?.[0]?.DBSnapshotIdentifier}`,
    `automated backups of ${DBInstanceAutomatedBackups?.[0]?.DbiResourceId}, for 35 days`,
    `the platform's key ${String(engine.platform.keyArn)}, which opens them`,
    "log group /aws/rds/instance/orders-production/postgresql, entries for 365 days",
    "log group /aws/rds/instance/orders-production/upgrade, entries for 365 days",
    ...["owner", "readwrite", "readonly", "monitoring", "shipshape"].map(
      (role) => `secret shipshape/orders/production/orders/${role}, recoverable for 30 days`,
    ),
  ]);
});
