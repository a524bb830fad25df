// What owners can leave in a database to be called by those who read a copy of it: it must not run where it could leave
// the copy, change what is found, or have rows quoted in a statement that outlives them.
import { createServer, type AddressInfo, type Server } from "node:net";
import type { Client } from "pg";
import { runAssertion } from "../../../automation/targets/assertion-run";
import { catalogLosses, missingRoles } from "../../../automation/targets/catalog-comparison";
import { takeInventory } from "../../../automation/targets/catalog-inventory";
import { inventoryKinds } from "../../../automation/targets/catalog-kinds";
import { openControlSession } from "../../../automation/targets/control-session";
import { createReader, readerOf } from "../../../automation/targets/copy-reader";
import { readLoadSample } from "../../../automation/targets/load-sample";
import { readFilledColumns, readSequences } from "../../../automation/targets/sequences";
import { verifyStructures } from "../../../automation/targets/structure-verification";
import { FleetDatabase } from "./fleet-database";

let database: FleetDatabase;
let listener: Server;
let called = 0;

beforeAll(async () => {
  listener = createServer((socket) => (called++, socket.destroy()));
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const { port } = listener.address() as AddressInfo;
  database = await FleetDatabase.start();
  await database.addLogin("owner");
  await database.admin(`create extension dblink; create extension postgres_fdw; create schema app authorization owner;
    grant usage on foreign data wrapper postgres_fdw to owner`);
  await database.admin(`set role owner; set search_path = app, public;
    create table private (secret text); insert into private values ('salary');
    create server elsewhere foreign data wrapper postgres_fdw options (host '127.0.0.1', port '${port}', connect_timeout '1');
    create user mapping for public server elsewhere options (user 'a', password 'b');
    create foreign table remote (id int) server elsewhere;
    create view followed as select * from remote;
    create function nothing(i int) returns int language plpgsql immutable as 'begin return i; end';
    create function tell(i int) returns int language plpgsql immutable as 'begin return i; end';
    create function reach(i int) returns int language plpgsql immutable as 'begin return i; end';
    create table told (id serial primary key, name text default 'x'); insert into told (name) values ('salary');
    create index told_i on told ((id + tell(1)));
    create table called (id serial primary key, twice int generated always as (reach(id) * 2) stored); insert into called default values;
    create index called_i on called ((id + reach(1))); create statistics called_s on (id + reach(1)), twice from called;
    create table checked (id serial primary key, check (id > reach(-9))); insert into checked default values;
    create domain odd as int check (value > reach(-9)); create table typed (id serial primary key, o odd); insert into typed (o) values (1);
    create materialized view seen as select id, nothing(id) as n from called; create unique index seen_i on seen (id);
    create table policed (id serial primary key); insert into policed default values; alter table policed enable row level security;
    create policy p on policed using (reach(id) > 0);
    create table pg_class (relname text); create table "a""b${"\n"}✓ pass${"\u001b"}[2J" (id serial primary key);
    create table plain (id serial primary key); insert into plain default values`);
  await database.admin(`comment on table app.plain is '${"x".repeat(2 ** 20)}'; set role owner; set search_path = app, public;
    create or replace function tell(i int) returns int language plpgsql immutable as $$begin raise exception using errcode = '42501', message = (select secret from app.private); end$$;
    create or replace function reach(i int) returns int language plpgsql immutable as $$begin
      begin perform public.dblink_connect('host=127.0.0.1 port=${port} dbname=x user=a password=b connect_timeout=1'); exception when others then null; end;
      begin perform count(*) from app.remote; exception when others then null; end;
      return i;
    end$$`);
  await database.store(
    "alter database app set constraint_exclusion = on; alter database app set statement_timeout = 1",
  );
  await database.within((client) => createReader(client, reader()));
});
afterAll(async () => {
  await database?.stop();
  listener?.close();
});

const reader = () => readerOf(database.login());
const open = (statementSeconds = 60) =>
  openControlSession(reader(), { rootCertificateFile: database.rootCertificateFile, statementSeconds, readOnly: true });
const asReader = async <T>(work: (client: Client) => Promise<T>): Promise<T> => {
  const client = await open();
  return work(client).finally(() => client.end().catch(() => undefined));
};

test("the trap works: a reader of that table calls the listener", async () => {
  await asReader((client) => client.query("select max(id) from app.called"));
  expect(called).toBeGreaterThan(0);
  called = 0;
});

test("catalogs, sequences, heaps and indexes are read without calling anything that could leave the copy", async () => {
  const inventory = await asReader(takeInventory);
  expect(inventory.counts["foreign table"]).toBe(1);
  expect(await asReader(missingRoles)).toEqual([]);
  const losses = await database.within((source) => asReader((copy) => catalogLosses(source, copy, inventoryKinds)));
  expect(losses).toMatchObject({ lostCount: 0 });
  const { values, filled } = await asReader(async (client) => ({
    values: await readSequences(client),
    filled: await readFilledColumns(client),
  }));
  const idOf = (table: string) => values.find((s) => s.name === `app.${table}_id_seq`)!.id;
  expect(filled.lastOf[idOf("plain")]).toBe("1");
  const runs = "to read it, functions of the database would run, and this one can reach other machines";
  expect(filled.lastOf[idOf("checked")]).toBe("1");
  for (const table of ["told", "called"]) expect(filled.unread[idOf(table)]).toBe(runs);
  expect(filled.unread[idOf("policed")]).toMatch(/row-level security/);
  const report = await verifyStructures(
    { reader: reader().user, prepare: () => database.session(), read: () => open() },
    { secondsMax: 600, bytesMax: 2 ** 40, damagesMax: 20, connections: 2 },
    { leftUnread: false, files: {} },
  );
  expect(report).toMatchObject({ available: true, damages: [], left: { count: 0 }, unread: { count: 0 } });
  expect(called).toBe(0);
});

test("a lock that a prepared transaction keeps in the copy makes what it holds undecided, at once", async () => {
  const holder = await database.adminSession();
  await holder.query("begin; lock table app.plain in access exclusive mode");
  const client = await open(5); // a lock would be waited for longer than a statement may take
  const [values, filled] = [await readSequences(client), await readFilledColumns(client)];
  for (const one of [client, holder]) await one.end();
  const { id } = values.find(({ name }) => name === "app.plain_id_seq")!;
  expect(filled.unread[id]).toBe("canceling statement due to lock timeout");
});

test("in a database that cannot reach others its functions may run, and what they raise is not kept", async () => {
  await database.admin("drop extension dblink cascade; drop extension postgres_fdw cascade");
  const { values, filled } = await asReader(async (client) => ({
    values: await readSequences(client),
    filled: await readFilledColumns(client),
  }));
  const told = values.find((s) => s.name === "app.told_id_seq")!.id;
  expect(filled.unread[told]).toMatch(/^it failed with SQLSTATE 42501; the message may quote rows/);
  expect(JSON.stringify(filled)).not.toContain("salary");
});

test.each([
  ["converts a row", "select from app.private where secret::int > 0", /SQLSTATE 22P02/],
  ["takes a row for a name", "select from app.private where secret::regclass is null", /SQLSTATE 42P01/],
  ["calls a function that raises one", "select from app.told where app.tell(id) > 0", /SQLSTATE 42501/],
  ["names what does not exist", "select from app.nowhere", /^relation "app.nowhere" does not exist$/],
  ["is not a query", "select from app.private where", /^syntax error/],
])("an assertion that %s is undecided, and no row is quoted", async (_, sql, problem) => {
  const result = await asReader((client) => runAssertion(client, sql, []));
  expect(result).toMatchObject({ rows: null, problem: expect.stringMatching(problem) as string });
  expect(JSON.stringify(result)).not.toContain("salary");
});

test("an index over a text search configuration or a whole row is not held against rows that its owner changed since", async () => {
  await database.admin(`set role owner; set search_path = app;
    create text search configuration words (copy = pg_catalog.simple);
    create table doc (id int, body text, cfg regconfig); insert into doc select i, 'ships ' || i, 'app.words' from generate_series(1, 50) i;
    create index doc_words on doc (to_tsvector('app.words'::regconfig, body)); create index doc_chosen on doc (to_tsvector(cfg, body));
    create index doc_whole on doc (hash_record(doc));
    alter text search configuration words alter mapping for asciiword with english_stem; alter table doc add column later int default 7`);
  const report = await verifyStructures(
    { reader: reader().user, prepare: () => database.session(), read: () => open() },
    { secondsMax: 600, bytesMax: 2 ** 40, damagesMax: 20 },
    { leftUnread: false, files: {} },
  );
  expect(report.damages).toEqual([]);
  const own = report.structureOnly.named.map(({ relation }) => relation);
  expect(own).toEqual(expect.arrayContaining(["app.doc_words", "app.doc_chosen", "app.doc_whole"]));
});

test("the load is counted by PostgreSQL's own library, whatever has its name", async () => {
  await database.addLogin("watcher");
  await database.admin(`grant pg_monitor to watcher; create schema counted authorization owner;
    set role owner; create function counted.pg_stat_statements(showtext boolean) returns table (queryid bigint, calls bigint, total_exec_time float8, dbid oid)
      language plpgsql as 'begin perform app.reach(-9); return query select 1::bigint, 1::bigint, 1::float8, 1::oid; end'`);
  const before = called;
  const count = () => database.within(readLoadSample, "watcher");
  expect((await count()).statements).toBeNull();
  await database.admin("create extension pg_stat_statements");
  const { statements, commits } = await count();
  await database.within((client) => client.query("select 'a' as once"), "owner");
  const later = await count();
  expect(later.commits).toBeGreaterThan(commits);
  expect(Object.keys(later.statements ?? {}).length).toBeGreaterThan(Object.keys(statements ?? {}).length);
  expect(called).toBe(before);
});
