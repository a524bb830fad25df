// Refreshes on the real engine: from the request to a masked copy that every role logs in to, and again into the same.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DescribeDBInstancesCommand } from "@aws-sdk/client-rds";
import { CreateSecretCommand, GetSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation";
import { createFirstKey } from "../../../../automation/command-line/evidence-log";
import { openControlPlane, type ControlPlane } from "../../../../automation/control-plane";
import type { Run } from "../../../../automation/records";
import { readSettings } from "../../../../automation/settings";
import { builtIn } from "../../../../components/standards/built-in";
import { database } from "../../../../stacks/database";
import { loggedIn, type Query } from "../../../components/database-login";
import { request } from "../../../components/declared";
import { startEngine, type Engine } from "../../../components/engine";
import { until } from "../../../until";
import { unused } from "../../probe";
import { Commands } from "../disturbed-commands";

const stackName = "database.orders-production";
const identifier = "orders-production";
const copy = "orders-staging";
/** In every real value, and nowhere else. */
const REAL = "zq7REALqz";
const KEY = "a key of thirty-two characters!!x";

const content = `
create table customer (id int generated always as identity primary key, name text not null, email text unique, born date, state text not null);
create table invoice (id bigint generated always as identity primary key, customer int not null references customer, note text, total numeric(12, 2));
insert into customer (name, email, born, state)
  select '${REAL} ' || i, '${REAL}' || i || '@example.com', date '1970-01-01' + i * 11, case when i % 3 = 0 then 'closed' else 'open' end from generate_series(1, 500) i;
insert into invoice (customer, note, total) select 1 + i % 500, 'for ${REAL} ' || i, i from generate_series(1, 2000) i;
comment on table customer is 'who buys';
comment on column customer.name is 'such as ${REAL} 7';
create table hook (id int primary key, url text, enabled boolean not null default true);
insert into hook values (1, 'https://${REAL}.example', true)`;

const profile = `version: 1
source: ${identifier}
key: { secret: masking/orders }
tables:
  orders.customer:
    columns:
      id: { keep: a number that PostgreSQL counts }
      name: { use: name }
      email: { use: email }
      born: { use: date-shift, with: { days: 90 }, perSubject: id }
      state: { keep: one of two }
  orders.invoice:
    columns:
      id: { keep: a number that PostgreSQL counts }
      customer: { keep: the customer's number }
      note: { use: free-text }
      total: { keep: says nobody's name }
  orders.hook:
    columns: { id: { keep: a number }, url: { use: url }, enabled: { keep: true or false } }
definitions:
  comment on table orders.customer: { keep: says what it is }
  comment on table column orders.customer.name: { drop: true }
  comment on extension pg_stat_statements: { drop: true }
  comment on extension amcheck: { drop: true }
disarm:
  - { sql: update orders.hook set enabled = false, reason: the copy calls nobody }
`;

let engine: Engine;
let stack: Stack;
let commands: Commands;
let controlPlane: ControlPlane;
let masking: string;

const write = (text: string) => writeFileSync(join(masking, `${identifier}.masking.yaml`), text);

beforeAll(async () => {
  engine = await startEngine();
  const { cloud } = engine;
  const config = { ...request, tier: "bronze", extensions: ["pg_stat_statements"] };
  const text = `config:\n  aws:region: ${cloud.env.AWS_REGION}\n  shipshape:request:\n${Object.entries(config)
    .map(([name, value]) => `    ${name}: ${JSON.stringify(value)}\n`)
    .join("")}  shipshape:place:\n    platformStack: platform.test\n`;
  const [repository, workDir] = ["repository", "program"].map((name) => join(cloud.dataFolder, name));
  masking = join(cloud.dataFolder, "masking");
  for (const folder of [repository!, workDir!, masking]) mkdirSync(folder);
  for (const folder of [repository!, workDir!]) writeFileSync(join(folder, `Pulumi.${stackName}.yaml`), text);
  write(profile);
  const program = () => Promise.resolve(database());
  const workspace = { workDir: workDir!, envVars: cloud.env };
  stack = await LocalWorkspace.createOrSelectStack({ projectName: "shipshape", stackName, program }, workspace);
  await stack.up();
  await cloud.secrets.send(new CreateSecretCommand({ Name: "masking/orders", SecretString: KEY }));
  commands = Commands.in(cloud, repository!, "environment-refresh");
  Object.assign(commands.env, { SHIPSHAPE_PLATFORM_STACK: "platform.test", SHIPSHAPE_MASKING: masking });
  createFirstKey(readSettings(join(__dirname, "../../../.."), cloud.dataFolder, commands.env));
  controlPlane = await openControlPlane({
    standard: builtIn,
    databaseUrl: cloud.env.SHIPSHAPE_DATABASE_URL!,
    signer: unused,
    toolVersions: {},
    operations: unused,
  });
  await as("production", "owner", (query) => query(content));
}, 300_000);
afterAll(async () => {
  await controlPlane?.close();
  commands?.stop();
  await engine?.stop();
});

async function urlOf(environment: string, role: string): Promise<string> {
  const SecretId = `shipshape/orders/${environment}/orders/${role}`;
  const { SecretString = "" } = await engine.cloud.secrets.send(new GetSecretValueCommand({ SecretId }));
  return (JSON.parse(SecretString) as { url: string }).url;
}
const as = async <T>(environment: string, role: string, work: (query: Query) => Promise<T>) =>
  loggedIn(engine.cloud, await urlOf(environment, role), work);

const asked = (...words: string[]) => {
  const all = ["--database", identifier, "--environment", "staging", "--reason", "a test", "--json"];
  return commands.shipshape("", "request", "environment-refresh", ...all, ...words).ended;
};

/** Requests it; people approve its plan; a worker carries it out. */
async function refresh(...words: string[]): Promise<Run> {
  const { stdout, stderr } = await asked("--retention-days", "14", ...words);
  if (stdout === "") throw new Error(stderr);
  const { id } = JSON.parse(stdout) as { id: string };
  const worker = commands.shipshape("", "worker");
  try {
    const { planDigest: plan = "" } = await until(`${id} is planned`, async () => {
      const run = await controlPlane.run(id);
      return run.finishedAt || run.status === "waiting" ? run : undefined;
    });
    if (plan !== "" && !(await controlPlane.run(id)).finishedAt)
      await controlPlane.approve(id, { principal: "ben", plan, comment: "as agreed" });
    return await until(`${id} is over`, async () => {
      const run = await controlPlane.run(id);
      return run.finishedAt && run.cleanUp !== "pending" ? run : undefined;
    });
  } finally {
    worker.kill("SIGTERM");
    await worker.ended;
  }
}
const describe = async () => (await engine.cloud.rds.send(new DescribeDBInstancesCommand({}))).DBInstances ?? [];

test("an approved refresh gives staging a masked, disarmed copy that every role logs in to, and leaves no real value and no staging", async () => {
  const run = await refresh();
  expect({
    status: run.status,
    error: run.error,
    verdict: run.verdict,
    cleanUp: run.cleanUp,
    cleanUpError: run.cleanUpError,
    checks: run.checks,
  }).toMatchObject({
    status: "succeeded",
    error: undefined,
    verdict: "pass",
    cleanUp: "done",
  });
  const names = (await describe()).map((one) => one.DBInstanceIdentifier);
  expect(names.sort()).toEqual([identifier, copy]);
  const rows = await as("staging", "readonly", (query) =>
    query("select name, email, born, state from orders.customer order by id"),
  );
  const before = await as("production", "readonly", (query) =>
    query("select name, email, born, state from orders.customer order by id"),
  );
  expect(rows).toHaveLength(500);
  expect(JSON.stringify(rows)).not.toContain(REAL);
  expect(rows.map((row) => (row as { state: string }).state)).toEqual(
    before.map((row) => (row as { state: string }).state),
  );
  expect(await as("staging", "owner", (query) => query("select enabled from orders.hook"))).toEqual([
    { enabled: false },
  ]);
  for (const role of ["owner", "readwrite", "readonly", "monitoring", "shipshape"])
    expect(await as("staging", role, (query) => query("select 1 as one"))).toEqual([{ one: 1 }]);
  expect(JSON.stringify(run)).not.toContain(REAL);
  expect(filesWith(engine.cloud.dataFolder, copy, REAL)).toEqual([]);
}, 600_000);

/** Every file of a server, its log of changes included. */
function filesWith(folder: string, instance: string, text: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.parentPath.includes(`/${instance}`))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => readFileSync(file).includes(text));
}
