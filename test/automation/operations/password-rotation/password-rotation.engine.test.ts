// Rotations on the real engine under a pool that writes: with a grace no request is lost, whatever worker is killed,
// without one some are; and what each login can do after two rotations.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DescribeDBInstancesCommand } from "@aws-sdk/client-rds";
import { GetSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation";
import { createFirstKey } from "../../../../automation/command-line/evidence-log";
import { openControlPlane, type ControlPlane } from "../../../../automation/control-plane";
import { readSettings } from "../../../../automation/settings";
import { builtIn } from "../../../../components/standards/built-in";
import { database } from "../../../../stacks/database";
import { loggedIn, type Query } from "../../../components/database-login";
import { request } from "../../../components/declared";
import { startEngine, type Engine } from "../../../components/engine";
import { until } from "../../../until";
import { unused } from "../../probe";
import { Application } from "./application";
import { Commands } from "../disturbed-commands";
import { shipshapeCommand } from "../../../shipshape-command";

const stackName = "database.orders-development";
const file = `Pulumi.${stackName}.yaml`;
const secretId = (role: string) => `shipshape/orders/development/orders/${role}`;

let engine: Engine;
let stack: Stack;
let commands: Commands;
let controlPlane: ControlPlane;
let application: Application;

beforeAll(async () => {
  engine = await startEngine();
  const { cloud } = engine;
  const config = { ...request, environment: "development", tier: "bronze", extensions: ["pg_stat_statements"] };
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
  commands = Commands.in(cloud, repository!, "password-rotation");
  createFirstKey(readSettings(join(__dirname, "../../../.."), cloud.dataFolder, commands.env));
  controlPlane = await openControlPlane({
    standard: builtIn,
    databaseUrl: cloud.env.SHIPSHAPE_DATABASE_URL!,
    signer: unused,
    toolVersions: {},
    operations: unused,
  });
  await as("owner", (query) => query("create table invoice (id bigint generated always as identity, note text)"));
}, 300_000);
afterAll(async () => {
  await application?.stop();
  await controlPlane?.close();
  commands?.stop();
  await engine?.stop();
});

async function urlOf(role: string): Promise<string> {
  const { SecretString = "" } = await engine.cloud.secrets.send(
    new GetSecretValueCommand({ SecretId: secretId(role) }),
  );
  return (JSON.parse(SecretString) as { url: string }).url;
}
const loginWith = <T>(url: string, work: (query: Query) => Promise<T>) => loggedIn(engine.cloud, url, work);
const as = async <T>(role: string, work: (query: Query) => Promise<T>) => loginWith(await urlOf(role), work);
const userOf = (url: string) => new URL(url).username;

async function asMaster<T>(work: (query: Query) => Promise<T>): Promise<T> {
  const { DBInstances: [instance] = [] } = await engine.cloud.rds.send(
    new DescribeDBInstancesCommand({ DBInstanceIdentifier: "orders-development" }),
  );
  const { SecretString = "" } = await engine.cloud.secrets.send(
    new GetSecretValueCommand({ SecretId: instance?.MasterUserSecret?.SecretArn }),
  );
  const { username, password } = JSON.parse(SecretString) as { username: string; password: string };
  const url = new URL(await urlOf("owner"));
  url.username = username;
  url.password = encodeURIComponent(password);
  return loginWith(url.href, work);
}

/** Requests it; people approve its plan. */
async function requested(...words: string[]): Promise<string> {
  const all = ["--database", "orders-development", "--reason", "a test", "--json", ...words];
  const { stdout, stderr } = await commands.shipshape("", "request", "password-rotation", ...all).ended;
  if (stdout === "") throw new Error(stderr);
  const { id } = JSON.parse(stdout) as { id: string };
  const { planDigest: plan = "" } = await until(`${id} is planned`, async () => {
    const run = await controlPlane.run(id);
    if (run.finishedAt) throw new Error(JSON.stringify(run.error));
    return run.status === "waiting" ? run : undefined;
  });
  await controlPlane.approve(id, { principal: "ben", plan, comment: "as agreed" });
  return id;
}
const stepIsDone = (id: string, step: string) =>
  until(`${id} has done: ${step}`, async () => {
    const { steps, finishedAt, error, checks } = await controlPlane.run(id);
    if (finishedAt && steps[step]?.status !== "done") throw new Error(JSON.stringify({ steps, error, checks }));
    return steps[step]?.status === "done";
  });
const over = (id: string) =>
  until(`${id} is over`, async () => {
    const run = await controlPlane.run(id);
    return run.finishedAt && run;
  });
const endGrace = (id: string) => controlPlane.send(id, "the end of the grace", { sentBy: "ben", content: null });

/** A drift detection of the database, its roles and all of their secrets. */
async function looked() {
  const words = ["drift", "--once", "--database", "orders-development", "--json"];
  const { code, stdout, stderr } = await shipshapeCommand(words, { env: commands.env });
  if (stdout === "") throw new Error(stderr);
  const { differences, problems } = JSON.parse(stdout) as { differences: { name: string }[]; problems: string[] };
  return { code, problems, differences: differences.map(({ name }) => name) };
}
const asDeclared = { code: 0, problems: [], differences: [] };

describe("on a stack of our own, under a pool that writes", () => {
  const all = ["owner", "readwrite", "readonly", "monitoring", "shipshape"];
  const before: Record<string, string>[] = [];
  const remember = async () =>
    before.push(Object.fromEntries(await Promise.all(all.map(async (role) => [role, await urlOf(role)] as const))));
  beforeAll(async () => {
    await remember();
    application = new Application(engine.cloud, secretId("readwrite"));
    await application.pass();
  });

  test("the first rotation is committed, brought up, tried, and locks after the grace, whatever worker is killed", async () => {
    const worker = commands.shipshape("in bring the stack up", "worker");
    // As an `up` leaves it that was killed right after it created the login.
    await asMaster((query) => query("create role readonly_a login password 'nobody knows'"));
    const id = await requested();
    expect((await worker.ended).signal).toBe("SIGKILL");
    const next = commands.shipshape("before bring the stack up (lock)", "worker");
    await stepIsDone(id, "log in as each role");
    await remember();
    expect(all.map((role) => userOf(before[1]![role]!))).toEqual(all.map((role) => `${role}_a`));
    await loginWith(before[0]!.readwrite!, (query) => query("select 1"));
    await application.pass();
    await endGrace(id);
    expect((await next.ended).signal).toBe("SIGKILL");
    commands.shipshape("", "worker");
    const { verdict, checks } = await over(id);
    expect(checks.filter((check) => check.verdict !== "pass")).toEqual([]);
    expect(verdict).toBe("pass");
    await expect(loginWith(before[0]!.readwrite!, (query) => query("select 1"))).rejects.toThrow(/not permitted/);
    const trailer = "%s, %(trailers:key=Shipshape-Request,valueonly,separator=)";
    expect(commands.git("log", `--format=${trailer}`).split("\n")).toEqual([
      `Set 5 properties of ${stackName}, ${id}-lock`,
      `Set 5 properties of ${stackName}, ${id}`,
      "Begin,",
    ]);
  });

  test("after the second, both logins own, alter and write as the role, with its settings, and neither before nor after the old ones are locked has anything drifted", async () => {
    const id = await requested();
    await stepIsDone(id, "log in as each role");
    await remember();
    const [, a, b] = before as [object, Record<string, string>, Record<string, string>];
    expect([a.owner, b.owner].map((url) => userOf(url!))).toEqual(["owner_a", "owner_b"]);
    await loginWith(a.owner!, async (query) => {
      await query("discard all");
      await query("create table by_a (id int)");
      await expect(query("alter role owner_b password 'mine'")).rejects.toThrow(/permission denied/);
    });
    await loginWith(b.owner!, async (query) => {
      const owner = "select session_user, current_user, tableowner from pg_tables where tablename = 'by_a'";
      expect(await query(owner)).toEqual([{ session_user: "owner_b", current_user: "owner", tableowner: "owner" }]);
      await query("alter table by_a add column note text");
      await query("create table by_b (id int)");
      // The application's sessions block a migration, whatever they logged in by.
      const ends = `select pg_terminate_backend(pid) as ended from pg_stat_activity where usename = 'readwrite_b'`;
      const blocking = expect(loginWith(b.readwrite!, (inside) => inside("select pg_sleep(300)"))).rejects.toThrow();
      await until("the session is there", async () => (await query(`${ends} and query like '%sleep%'`)).length > 0);
      await blocking;
    });
    for (const login of [a.readwrite!, b.readwrite!])
      await loginWith(login, async (query) => {
        await query("insert into by_a (note) values ('by default privileges')");
        await query("insert into by_b values (1)");
        const settings = ["statement_timeout", "idle_in_transaction_session_timeout", "search_path"];
        const shown = await query(`select ${settings.map((one) => `current_setting('${one}') as ${one}`).join(", ")}`);
        expect(shown).toEqual([
          {
            statement_timeout: "1min",
            idle_in_transaction_session_timeout: "1min",
            search_path: "orders, public",
          },
        ]);
      });
    const limits =
      "select rolname || ' ' || rolconnlimit as one from pg_roles where rolname like 'monitoring%' order by 1";
    expect(await loginWith(b.owner!, (query) => query(limits))).toEqual(
      ["monitoring 5", "monitoring_a 5", "monitoring_b 5"].map((one) => ({ one })),
    );
    await application.pass();
    expect(await looked()).toEqual(asDeclared);
    await endGrace(id);
    expect((await over(id)).verdict).toBe("pass");
    await application.pass();
    expect(await looked()).toEqual(asDeclared);
  });

  test("no request was lost, and the next preview of the committed config finds nothing to do", async () => {
    const { lost, written } = await application.stop();
    expect(lost).toEqual([]);
    expect(await as("owner", (query) => query("select count(*)::int as n from invoice"))).toEqual([{ n: written }]);
    writeFileSync(join(engine.cloud.dataFolder, "program", file), commands.git("show", `HEAD:${file}`));
    expect(Object.keys((await stack.preview()).changeSummary)).toEqual(["same"]);
  });

  test("a client that does not read the secret again keeps its login, and without a grace loses its requests", async () => {
    application = new Application(engine.cloud, secretId("readwrite"), Infinity);
    await application.pass();
    const late = await over(await requested("--roles", "readwrite", "--grace-minutes", "0.2"));
    expect(late.checks.filter(({ verdict }) => verdict !== "pass")).toMatchObject([
      { name: "clients-use-the-new-logins", explanation: expect.stringContaining("shop (readwrite_b") as string },
    ]);
    expect(application.lost).toEqual([]);
    const { verdict, plan } = await over(await requested("--roles", "readwrite", "--grace-minutes", "0"));
    expect({ verdict, plan }).toMatchObject({ verdict: "pass", plan: { does: "lock" } });
    await until("a request is lost", () => application.lost.length > 0);
    const { lost } = await application.stop();
    expect(lost.filter((one) => !one.startsWith("readwrite_b: "))).toEqual([]);
  });
});
