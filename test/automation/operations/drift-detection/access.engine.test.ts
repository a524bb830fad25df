// What is inside a database, on the real engine and the embedded cloud: as declared it has no difference, and each kind
// of change by SQL is found.
import { join } from "node:path";
import { StopDBInstanceCommand } from "@aws-sdk/client-rds";
import { GetSecretValueCommand, PutSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import type { OutputMap } from "@pulumi/pulumi/automation";
import { StandardDatabase } from "../../../../components";
import { builtIn } from "../../../../components/standards/built-in";
import { accessWasRead } from "../../../../automation/operations/drift-detection/access-baseline";
import { accessSteps } from "../../../../automation/operations/drift-detection/access-steps";
import type { DriftDetectionPlan } from "../../../../automation/operations/drift-detection/plan";
import { readResources } from "../../../../automation/runner/backend-stacks";
import { instanceIs } from "../../../cloud";
import { loggedIn, type Query } from "../../../components/database-login";
import { request } from "../../../components/declared";
import { startEngine, type Engine } from "../../../components/engine";

const identifier = "orders-development";
let engine: Engine;
let outputs: OutputMap;
let resourceId: string;

beforeAll(async () => {
  engine = await startEngine();
  const stack = await engine.stack("database.orders-development", async () => {
    const { connectionStrings, masterSecretArn } = new StandardDatabase("orders", {
      ...{ ...request, environment: "development", tier: "bronze" },
      ...{ extensions: ["pg_stat_statements"], furtherSchemas: ["billing"], platform: engine.platform },
    });
    return { connectionStrings, masterSecretArn };
  });
  ({ outputs } = await stack.up());
  resourceId = (await instanceIs(engine.cloud, identifier, "available")).DbiResourceId!;
  await as("owner", async (query) => {
    await query("create table invoice (id bigint generated always as identity primary key, amount numeric not null)");
    await query("create view total as select sum(amount) from invoice");
    await query("create schema reporting");
    await query("create table reporting.note (body text)");
    await query("create type orders.state as enum ('open', 'paid')");
    await query("create function orders.bump(i int) returns int language sql as 'select i + 1'");
    await query("create procedure orders.tidy() language sql as 'delete from orders.invoice'");
    await query("create table billing.fee (amount int); create table billing.rate (amount int)");
  });
}, 900_000);
afterAll(() => engine?.stop());

const urls = () => outputs.connectionStrings?.value as Record<string, string>;
const as = <T>(role: string, work: (query: Query) => Promise<T>): Promise<T> =>
  loggedIn(engine.cloud, urls()[role] ?? "", work);

async function secretOf(id: string): Promise<Record<string, string>> {
  const { SecretString = "" } = await engine.cloud.secrets.send(new GetSecretValueCommand({ SecretId: id }));
  return JSON.parse(SecretString) as Record<string, string>;
}
async function asMaster<T>(work: (query: Query) => Promise<T>): Promise<T> {
  const { username = "", password = "" } = await secretOf(String(outputs.masterSecretArn?.value));
  const url = new URL(urls().owner ?? "");
  url.username = username;
  url.password = encodeURIComponent(password);
  return loggedIn(engine.cloud, url.href, work);
}

async function access() {
  const { cloud } = engine;
  const { endpoint, region, credentials } = cloud.client();
  const stacks = { workspacesFolder: join(cloud.dataFolder, "workspaces"), environment: cloud.env };
  const steps = accessSteps(
    {
      access: { cloud: { endpoint, region, credentials }, rootCertificateFile: cloud.env.PGSSLROOTCERT! },
      ...{ standard: builtIn, stacks },
    },
    { of: (_, stack) => readResources(stacks, stack) },
  );
  const database = { identifier, resourceId, arn: "", account: "", region: "" };
  const found = await steps.readAccess(
    { database } as DriftDetectionPlan,
    "shipshape/database.orders-development",
    "a-test",
  );
  return found!;
}
test("a database with the tables of its team has no difference inside", async () => {
  expect(await access()).toMatchObject({ database: "orders", read: { logins: 6 }, differences: [] });
});

const byMaster = [
  "alter role readonly createrole",
  "alter role monitoring connection limit 50 valid until '2031-01-01'",
  "alter role readwrite set work_mem = '64MB'",
  "alter role readwrite set search_path = billing",
  "alter role readonly in database orders set row_security = off",
  "alter database orders set lock_timeout = '5min'",
  // None of this is in the way of the control plane's own login.
  "alter role shipshape set search_path = orders",
  "alter role shipshape set default_transaction_read_only = on",
  "alter role readonly password 'another than the secret has'",
  "grant pg_read_all_data to readonly",
  "revoke readonly from owner",
  "create role intruder login createdb password 'known to one'",
  "grant readwrite to intruder",
  'create role "PUBLIC"',
  `create role "x""\n; drop"`,
  "grant connect on database orders to public",
  "alter table billing.rate owner to shipshape_admin",
  "drop extension pg_stat_statements",
  "create extension postgres_fdw",
  "create database another",
];
const byOwner = [
  "grant all on schema orders to public",
  "grant create on schema orders to readwrite",
  "grant truncate on orders.invoice to readwrite with grant option",
  "grant select on orders.invoice to public",
  'grant select on orders.invoice to "PUBLIC"',
  "grant update on sequence orders.invoice_id_seq to readonly",
  "grant execute on function orders.bump(int) to public",
  "grant update (amount) on orders.invoice to readonly",
  "grant usage on type orders.state to monitoring",
  "revoke select on billing.fee from readonly",
  "revoke select on reporting.note from readwrite",
  "alter default privileges for role owner grant select on tables to public",
  "alter default privileges for role owner revoke select on sequences from readonly",
  "alter table orders.invoice enable row level security",
  "create policy all_rows on orders.invoice using (true)",
  "alter table orders.invoice disable row level security",
  "create table orders.pg_class (relname text)",
  "create function orders.lower(text) returns text language sql as 'select null'",
  "create extension citext",
];

/** In the order of their names. */
const changed = [
  ["CONNECT on databases for PUBLIC", "unmanaged", "high", "granted on 1 database: orders"],
  ["CREATE on schemas for PUBLIC", "unmanaged", "critical", "granted on 1 schema: orders"],
  ["CREATE on schemas for readwrite", "unmanaged", "high", "granted on 1 schema: orders"],
  ["EXECUTE on functions for PUBLIC", "unmanaged", "high", "granted on 1 function: orders.bump(integer)"],
  ["PostgreSQL's names in schema orders", "unmanaged", "medium", "1 function: lower(text)"],
  ["SELECT on later tables of owner for PUBLIC", "unmanaged", "critical", "granted"],
  ['SELECT on tables for "PUBLIC"', "unmanaged", "high", "granted on 1 table: orders.invoice"],
  ["SELECT on tables for PUBLIC", "unmanaged", "critical", "granted on 2 tables: orders.invoice, orders.pg_class"],
  ["TRUNCATE with grant option on tables for readwrite", "unmanaged", "high", "granted on 1 table: orders.invoice"],
  ["UPDATE on columns for readonly", "unmanaged", "high", "granted on 1 column: orders.invoice.amount"],
  ["UPDATE on sequences for readonly", "unmanaged", "high", "granted on 1 sequence: orders.invoice_id_seq"],
  ["USAGE on schemas for PUBLIC", "unmanaged", "critical", "granted on 1 schema: orders"],
  ["USAGE on types for monitoring", "unmanaged", "medium", "granted on 1 type: orders.state"],
  ["database another", "unmanaged", "medium", "owned by shipshape_admin"],
  ["extension citext", "unmanaged", "medium", "installed by owner"],
  ["extension postgres_fdw", "unmanaged", "high", "installed by shipshape_admin"],
  ["intruder in readwrite", "unmanaged", "high", "a member"],
  ["orders-extension-pg_stat_statements", "drift", "medium", "is gone"],
  ["orders-grant-readonly-tables-billing.privileges.SELECT", "drift", "medium", "missing on 1 table: billing.fee"],
  ["orders-later-readonly-sequences.privileges.SELECT", "drift", "medium", "missing on later sequences of owner"],
  ["orders-later-readwrite-tables.privileges.SELECT", "drift", "medium", "missing on 1 table: reporting.note"],
  ["orders-monitoring-secret-version.secretString.host", "drift", "critical", "another value, which is not shown"],
  ["orders-readonly-secret-version.login", "drift", "high", "refused"],
  ["orders-role-monitoring.connectionLimit", "drift", "medium", "50"],
  ["orders-role-monitoring.validUntil", "drift", "medium", "2031-01-01 00:00:00+00"],
  ["orders-role-owner.roles.readonly", "drift", "medium", "not a member"],
  ["orders-role-readonly.createRole", "drift", "critical", "true"],
  ["orders-role-readwrite.settings.search_path", "drift", "high", "billing"],
  ["orders-role-shipshape.settings.search_path", "drift", "high", "orders"],
  ["readonly in pg_read_all_data", "unmanaged", "critical", "a member"],
  ['role "PUBLIC"', "unmanaged", "medium", "exists, and cannot log in"],
  ['role "x""\\u{a}; drop"', "unmanaged", "medium", "exists, and cannot log in"],
  ["role intruder", "unmanaged", "high", "exists, with createDatabase, login"],
  ["row-level security", "drift", "high", "off on 1 table: orders.invoice"],
  ["setting default_transaction_read_only of shipshape", "unmanaged", "high", "on"],
  ["setting lock_timeout of all roles in this database", "unmanaged", "medium", "5min"],
  ["setting row_security of readonly in this database", "unmanaged", "high", "off"],
  ["setting work_mem of readwrite", "unmanaged", "medium", "64MB"],
  ["tables owned by shipshape_admin", "drift", "high", "1 table: billing.rate"],
];

test("each kind of change by SQL, and of a secret, is found by one detection with its class and severity", async () => {
  await asMaster(async (query) => {
    for (const sql of byMaster) await query(sql);
  });
  await as("owner", async (query) => {
    for (const sql of byOwner) await query(sql);
  });
  const id = "shipshape/orders/development/orders/monitoring";
  const elsewhere = JSON.stringify({ ...(await secretOf(id)), host: "db.example.com" });
  await engine.cloud.secrets.send(new PutSecretValueCommand({ SecretId: id, SecretString: elsewhere }));

  const { differences, read } = await access();
  const found = differences.map((one) => [
    `${one.urn.split("::").at(-1)!}${one.property === null ? "" : `.${one.property}`}`,
    one.class,
    one.severity,
    one.actual,
  ]);
  expect(read).not.toBeNull();
  expect(JSON.stringify(differences)).not.toMatch(/another than|known to one|db\.example/);
  expect(found.sort()).toEqual(changed);
});

test("a database that is stopped is unreadable inside, and says what to do", async () => {
  await engine.cloud.rds.send(new StopDBInstanceCommand({ DBInstanceIdentifier: identifier }));
  await instanceIs(engine.cloud, identifier, "stopped");
  const stopped = await access();
  expect(stopped).toMatchObject({ read: null, differences: [{ class: "unreadable", severity: "high" }] });
  expect(stopped.differences[0]!.reason).toMatch(/is stopped, not available; .*start-db-instance/);
  expect(accessWasRead(stopped).verdict).toBe("inconclusive");
});
