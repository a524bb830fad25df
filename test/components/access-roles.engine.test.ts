// What each role can and cannot do, tried on a running database; the tools that migrate it; and passwords that others
// rotate.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { GetSecretValueCommand, PutSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import type { OutputMap, Stack } from "@pulumi/pulumi/automation";
import { upgradeFactsOf } from "../../automation/targets/upgrade-prechecks";
import { StandardDatabase, type DatabaseRequest } from "../../components";
import { loggedIn, type Query } from "./database-login";
import { request } from "./declared";
import { startEngine, watch, type Engine } from "./engine";
import { download, type DownloadedTool } from "./migration-tools/download";

let engine: Engine;
let stack: Stack;
let outputs: OutputMap;

beforeAll(async () => {
  engine = await startEngine();
  stack = await engine.stack("database.orders-development", async () => {
    const requested: DatabaseRequest = {
      ...request,
      environment: "development",
      tier: "bronze",
      extensions: ["pg_stat_statements"],
      furtherSchemas: ["billing"],
    };
    const { connectionStrings, secretArns, masterSecretArn } = new StandardDatabase("orders", {
      ...requested,
      platform: engine.platform,
    });
    return { connectionStrings, secretArns, masterSecretArn };
  });
  ({ outputs } = await stack.up());
  await as("owner", async (query) => {
    await query("create table invoice (id bigint generated always as identity primary key, amount numeric not null)");
    await query("create materialized view total as select sum(amount) from invoice");
    await query("create schema if not exists orders");
    await query("create schema reporting");
    await query("create table reporting.note (body text)");
    for (const schema of ["orders", "reporting"]) {
      await query(
        `create function ${schema}.bump(body text) returns void language sql security definer as 'insert into reporting.note values ($1)'`,
      );
      await query(
        `create procedure ${schema}.bump_all() language sql security definer as 'delete from reporting.note'`,
      );
    }
  });
}, 300_000);
afterAll(() => engine?.stop());

const urls = () => outputs.connectionStrings?.value as Record<string, string>;
const as = <T>(role: string, work: (query: Query) => Promise<T>): Promise<T> =>
  loggedIn(engine.cloud, urls()[role] ?? "", work);
const one = (role: string, sql: string) => as(role, (query) => query(sql));

async function asMaster<T>(work: (query: Query) => Promise<T>): Promise<T> {
  const { SecretString } = await engine.cloud.secrets.send(
    new GetSecretValueCommand({ SecretId: String(outputs.masterSecretArn?.value) }),
  );
  const { username, password } = JSON.parse(SecretString ?? "") as { username: string; password: string };
  const url = new URL(urls().owner ?? "");
  url.username = username;
  url.password = encodeURIComponent(password);
  return loggedIn(engine.cloud, url.href, work);
}

/** Whether PostgreSQL refused it for lack of rights; any other error is a mistake in the test. */
async function refused(role: string, sql: string): Promise<boolean> {
  try {
    await one(role, sql);
    return false;
  } catch (error) {
    if (/permission denied|must be (owner|able|a member)|read-only|not supported by Amazon RDS/i.test(String(error)))
      return true;
    throw error;
  }
}
async function allowedOf(role: string, statements: string[]): Promise<string[]> {
  const allowed: string[] = [];
  for (const sql of statements) if (!(await refused(role, sql))) allowed.push(sql);
  return allowed;
}

test("in a further schema each role may do what it may in the first", async () => {
  await one("owner", "create table billing.fee (amount int)");
  expect(await allowedOf("readwrite", ["insert into billing.fee values (1)", "drop table billing.fee"])).toEqual([
    "insert into billing.fee values (1)",
  ]);
  expect(await allowedOf("readonly", ["select * from billing.fee", "delete from billing.fee"])).toEqual([
    "select * from billing.fee",
  ]);
  expect(await allowedOf("monitoring", ["select * from billing.fee"])).toEqual([]);
  await one("owner", "drop table billing.fee");
});

/** For the owner only: structure, other roles' rights, ways out of one's own role. */
const forOwnerAlone = [
  "truncate orders.invoice",
  "drop table orders.invoice",
  "alter table orders.invoice add column more int",
  "create index on orders.invoice (amount)",
  "create trigger noted before insert on orders.invoice for each row execute function suppress_redundant_updates_trigger()",
  "create table orders.mine (id int)",
  "create table reporting.mine (id int)",
  "create table public.mine (id int)",
  "create schema mine",
  "create extension citext",
  "create function orders.mine() returns int language sql as 'select 1'",
  "refresh materialized view orders.total",
  "select setval('orders.invoice_id_seq', 1)",
  "comment on table orders.invoice is 'mine'",
  "alter default privileges for role owner grant select on tables to public",
  "set role owner",
];
/** For none of the roles. */
const forNoRole = [
  "create role another",
  "create database another",
  "alter role owner connection limit 1",
  "alter role shipshape_admin password 'mine'",
  "set role shipshape_admin",
  "set session authorization shipshape_admin",
  "grant rds_superuser to current_user",
  "copy orders.invoice to program 'cat'",
  "select pg_read_file('/etc/hostname')",
  "create extension dblink",
  "alter system set work_mem = 1",
];
/** What changes rows, and the two functions that run with the owner's rights. */
const writes = [
  "insert into orders.invoice (amount) values (1)",
  "update orders.invoice set amount = 2",
  "delete from orders.invoice where amount = 2",
  "select * from orders.invoice for update",
  "select nextval('orders.invoice_id_seq')",
  "insert into reporting.note values ('mine')",
  "select orders.bump('mine')",
  "select reporting.bump('mine')",
  "call orders.bump_all()",
  "call reporting.bump_all()",
];
const reads = [
  "select * from orders.invoice",
  "select * from orders.total",
  "select * from reporting.note",
  "select last_value from orders.invoice_id_seq",
];

test("the application writes rows in every schema of the owner, and cannot change the structure", async () => {
  expect(await allowedOf("readwrite", [...forOwnerAlone, ...forNoRole])).toEqual([]);
  expect(await allowedOf("readwrite", [...reads, ...writes])).toEqual([...reads, ...writes]);
});

test.each(["readonly", "monitoring", "shipshape"])(
  "%s cannot write rows, create objects, or run functions with the owner's rights",
  async (role) => {
    const temporary = "create temporary table mine (id int)";
    expect(await allowedOf(role, [...forOwnerAlone, ...forNoRole, ...writes, temporary, "set role readwrite"])).toEqual(
      [],
    );
    expect(await allowedOf(role, reads)).toEqual(role === "readonly" ? reads : []);
  },
);

test("the owner changes the structure and creates schemas, and has no rights over the server", async () => {
  expect(await allowedOf("owner", [...forNoRole, "create extension postgres_fdw"])).toEqual([]);
  const wanted = [
    "create schema if not exists public",
    "create schema more",
    "create extension if not exists citext",
    ...reads,
    ...writes,
  ];
  expect(await allowedOf("owner", wanted)).toEqual(wanted);
});

test("each role holds exactly its privileges on a table, a sequence and the database", async () => {
  const held = (kind: string, object: string, privileges: string) => `
    select r.rolname as role, array(select p from unnest(string_to_array('${privileges}', ' ')) p where has_${kind}_privilege(r.rolname, '${object}', p)) as held
      from pg_roles r where r.rolname in ('readwrite', 'readonly', 'monitoring', 'shipshape')`;
  const of = async (kind: string, object: string, privileges: string) =>
    Object.fromEntries(
      ((await one("owner", held(kind, object, privileges))) as { role: string; held: string[] }[]).map((row) => [
        row.role,
        row.held.join(" "),
      ]),
    );
  for (const table of ["orders.invoice", "reporting.note"])
    expect(await of("table", table, "SELECT INSERT UPDATE DELETE TRUNCATE REFERENCES TRIGGER MAINTAIN")).toEqual({
      readwrite: "SELECT INSERT UPDATE DELETE",
      readonly: "SELECT",
      monitoring: "",
      shipshape: "",
    });
  expect(await of("sequence", "orders.invoice_id_seq", "USAGE SELECT UPDATE")).toEqual({
    readwrite: "USAGE SELECT",
    readonly: "SELECT",
    monitoring: "",
    shipshape: "",
  });
  const connect = { readonly: "CONNECT", monitoring: "CONNECT", shipshape: "CONNECT" };
  expect(await of("database", "orders", "CONNECT CREATE TEMPORARY")).toEqual({
    readwrite: "CONNECT TEMPORARY",
    ...connect,
  });
});

test("the owner can read and remove a large object that readonly created, as PostgreSQL lets every role do", async () => {
  const [{ oid }] = (await one("readonly", "select lo_from_bytea(0, 'mine') as oid")) as [{ oid: number }];
  expect(
    await one("owner", `select convert_from(lo_get(${oid}), 'UTF8') as text, lo_unlink(${oid}) as removed`),
  ).toEqual([{ text: "mine", removed: 1 }]);
});

test("the control plane's role can read all that may be in the way of another version, in every database", async () => {
  const { hostname: host, port, username: user, password } = new URL(urls().shipshape ?? "");
  const [{ major }] = (await one(
    "shipshape",
    "select current_setting('server_version_num')::int / 10000 as major",
  )) as [{ major: number }];
  const login = {
    ...{ identifier: "orders", resourceId: "", majorVersion: major, host, port: Number(port), database: "orders" },
    ...{ user, password: decodeURIComponent(password) },
  };
  const rootCertificateFile = engine.cloud.env.PGSSLROOTCERT ?? "";
  const facts = await upgradeFactsOf(login, { rootCertificateFile });
  expect(facts.databases.map(({ name }) => name)).toEqual(["orders", "postgres", "template1"]);
  expect(facts.databases[0]?.topics.keyless).toEqual({ count: 1, names: ["reporting.note"] });
  expect([JSON.stringify(facts).includes("unread"), facts.notLookedInto]).toEqual([false, []]);
});

test("an index created concurrently waits for a blocking transaction, and is valid", async () => {
  expect(await one("owner", "show lock_timeout")).toEqual([{ lock_timeout: "0" }]);
  await as("readwrite", async (query) => {
    await query("begin");
    await query("insert into invoice (amount) values (3)");
    const creation = one("owner", "create index concurrently invoice_amount on invoice (amount)");
    const waits =
      "select count(*)::int as n from pg_stat_activity where query like 'create index concurrently%' and wait_event_type = 'Lock'";
    while (((await one("monitoring", waits)) as [{ n: number }])[0].n === 0);
    await query("commit");
    await creation;
  });
  expect(await one("owner", "select indisvalid from pg_index where indexrelid = 'invoice_amount'::regclass")).toEqual([
    { indisvalid: true },
  ]);
});

test("the owner can end a blocking session of the application, but none of the master's", async () => {
  const session = (role: string) =>
    `select pg_terminate_backend(pid) as ended from pg_stat_activity where usename = '${role}'`;
  await asMaster(async (query) => {
    await query("select 1");
    expect(await refused("owner", session("shipshape_admin"))).toBe(true);
  });
  const blocked = as("readwrite", (query) => query("select pg_sleep(300)"));
  const ended = expect(blocked).rejects.toThrow(/terminating connection|Connection terminated/);
  while ((await one("owner", session("readwrite"))).length === 0);
  await ended;
});

const tools = join(__dirname, "migration-tools");
const run = (command: string, words: string[], env: Record<string, string>) =>
  promisify(execFile)(command, words, {
    env: { ...engine.cloud.env, NODE_EXTRA_CA_CERTS: engine.cloud.env.PGSSLROOTCERT, ...env },
  });
const program = (file: string) => () =>
  run(process.execPath, [join(tools, file)], { DATABASE_URL: urls().owner ?? "" });

const alembic = download("alembic", join(tools, "alembic/requirements.txt"), ["python3"], (folder) => [
  "python3",
  [
    "-m",
    "pip",
    "install",
    "--quiet",
    "--disable-pip-version-check",
    "--target",
    folder,
    "-r",
    join(tools, "alembic/requirements.txt"),
  ],
]);
const flyway = download("flyway", join(tools, "flyway/pom.xml"), ["java", "mvn"], (folder) => [
  "mvn",
  ["-q", "-B", "-f", join(tools, "flyway/pom.xml"), "dependency:copy-dependencies", `-DoutputDirectory=${folder}`],
]);
const byAlembic = () => {
  const env = {
    DATABASE_URL: urls().owner ?? "",
    PYTHONPATH: [alembic.folder, process.env.PYTHONPATH].filter(Boolean).join(delimiter),
  };
  return run("python3", ["-m", "alembic", "-c", join(tools, "alembic/alembic.ini"), "upgrade", "head"], {
    ...env,
    PYTHONDONTWRITEBYTECODE: "1",
  });
};
const byFlyway = () => {
  const { hostname, port, pathname, username, password } = new URL(urls().owner ?? "");
  const JDBC_URL = `jdbc:postgresql://${hostname}:${port}${pathname}?sslmode=verify-full&sslrootcert=${engine.cloud.env.PGSSLROOTCERT}`;
  const words = ["-cp", join(flyway.folder, "*"), join(tools, "flyway/Migrate.java"), join(tools, "flyway/sql")];
  return run("java", words, { JDBC_URL, PGUSER: username, PGPASSWORD: decodeURIComponent(password) });
};
const byHand = () => as("owner", (query) => query(readFileSync(join(tools, "prisma.sql"), "utf8")));

/** A tool that this machine lacks is counted as skipped, and its test's name says why. */
const migrations: [tool: string, migrate: () => Promise<unknown>, downloaded?: DownloadedTool][] = [
  ["knex", program("knex.cjs")],
  ["drizzle", program("drizzle.cjs")],
  ["typeorm", program("typeorm.cjs")],
  ["alembic", byAlembic, alembic],
  ["flyway", byFlyway, flyway],
  ["prisma", byHand],
];
for (const [tool, migrate, downloaded] of migrations) {
  const migrates = downloaded?.missing === undefined ? test : test.skip;
  migrates(
    `${tool} migrates as the owner, twice, and the application uses what it created${downloaded?.missing ? ` (${downloaded.missing})` : ""}`,
    async () => {
      await migrate();
      // Prisma records that a migration was applied and never repeats it; here it is run without Prisma.
      if (tool !== "prisma") await migrate();
      const table = `orders.${tool}_invoice`;
      expect(await allowedOf("readwrite", [`insert into ${table} (amount) values (7)`, `drop table ${table}`])).toEqual(
        [`insert into ${table} (amount) values (7)`],
      );
      expect(await one("readonly", `select amount::int from ${table} where amount = 7`)).toEqual([{ amount: 7 }]);
      expect(await refused("readonly", `delete from ${table}`)).toBe(true);
      expect(
        await one("owner", `select indisvalid from pg_index where indexrelid = 'orders.${tool}_amount'::regclass`),
      ).toEqual([{ indisvalid: true }]);
    },
    120_000,
  );
}

test("after the owner created all of that, a refresh shows no difference and a preview plans no change", async () => {
  const watched = watch("refresh");
  await stack.previewRefresh({ onEvent: watched.onEvent });
  expect(watched.steps.filter((step) => step.paths.length > 0 || step.op !== "update")).toEqual([]);
  expect(Object.keys((await stack.preview()).changeSummary)).toEqual(["same"]);
});

test("after someone else rotated a password the connection string logs in, and nothing restores the old password", async () => {
  const rotated = "r0tated:p@ss/w%rd?#&'+ \u00e4";
  const SecretId = (outputs.secretArns?.value as Record<string, string>).readwrite;
  const current = async () =>
    JSON.parse((await engine.cloud.secrets.send(new GetSecretValueCommand({ SecretId }))).SecretString ?? "") as Record<
      string,
      string
    >;
  await asMaster((query) => query(`alter role readwrite password '${rotated.replace("'", "''")}'`));
  await engine.cloud.secrets.send(
    new PutSecretValueCommand({ SecretId, SecretString: JSON.stringify({ ...(await current()), password: rotated }) }),
  );

  ({ outputs } = await stack.up({ refresh: true }));
  expect(await one("readwrite", "select current_user::text")).toEqual([{ current_user: "readwrite" }]);
  expect(await current()).toMatchObject({ password: rotated, url: urls().readwrite });
  expect(Object.keys((await stack.preview()).changeSummary)).toEqual(["same"]);
}, 240_000);
