import type { Client } from "pg";
import { takeInventory, type CatalogInventory } from "../../../automation/targets/catalog-inventory";
import { inventoryKinds } from "../../../automation/targets/catalog-kinds";
import { FleetDatabase } from "./fleet-database";

let database: FleetDatabase;

const content = `
create role reader; create role keeper;
create schema shop;
create type shop.colour as enum ('red', 'green');
create domain shop.positive as int constraint above_zero check (value > 0);
create type shop.pair as (a int, b text);
create table shop.item (id int primary key, name text not null default 'x', price shop.positive, colour shop.colour, kind text);
create table shop.child (item int references shop.item, note text);
create table shop.part (id int, at date) partition by range (at);
create table shop.part_1 partition of shop.part for values from ('2020-01-01') to ('2021-01-01');
create sequence shop.counter; create sequence shop.numbers owned by shop.item.id;
create index item_name on shop.item (name);
create view shop.cheap as select id from shop.item where price < 10;
create materialized view shop.summary as select count(*) from shop.item;
create function shop.f(i int) returns int language sql immutable as 'select i + 1';
create function shop.touched() returns trigger language plpgsql as 'begin return new; end';
create procedure shop.p() language sql as 'select 1';
create aggregate shop.total (int) (sfunc = int4pl, stype = int, initcond = '0');
create trigger touch before update on shop.item for each row execute function shop.touched();
create rule no_delete as on delete to shop.child do instead nothing;
alter table shop.item enable row level security;
create policy mine on shop.item to reader using (true);
create function shop.eq(a shop.pair, b shop.pair) returns boolean language sql immutable as 'select (a).a = (b).a';
create operator shop.=== (leftarg = shop.pair, rightarg = shop.pair, function = shop.eq);
create function shop.to_text(p shop.pair) returns text language sql immutable as 'select (p).b';
create cast (shop.pair as text) with function shop.to_text(shop.pair);
create collation shop.german (provider = icu, locale = 'de-DE');
create statistics shop.both on name, kind from shop.item;
create text search configuration shop.words (copy = simple);
create publication changes for table shop.child;
alter default privileges in schema shop grant select on tables to reader;
comment on table shop.item is 'things';
alter role reader set work_mem = '8MB';
grant reader to keeper;
create extension pg_trgm schema shop;`;

/** Changes that a restored copy must not have, each with the comparison's name for it. */
const changes: [change: string, kind: string][] = [
  ["alter function shop.f(int) security definer", "routine"],
  ["alter function shop.f(int) set search_path = public", "routine"],
  ["alter function shop.f(int) volatile", "routine"],
  ["alter function shop.f(int) leakproof", "routine"],
  ["alter function shop.f(int) parallel safe", "routine"],
  ["alter function shop.f(int) strict", "routine"],
  ["grant execute on function shop.f(int) to reader", "privilege"],
  ["revoke execute on function shop.f(int) from public", "privilege"],
  ["alter function shop.f(int) owner to keeper", "owner"],
  ["create or replace function shop.f(i int) returns int language sql immutable as 'select i + 2'", "routine"],
  ["create or replace procedure shop.p() language sql as 'select 2'", "routine"],
  ["grant select (name) on shop.item to reader", "privilege"],
  ["alter table shop.item alter name drop not null", "column"],
  ["alter table shop.item alter name set statistics 500", "column"],
  ["alter table shop.item alter name set storage external", "column"],
  ["alter table shop.item alter name set default 'y'", "default"],
  ["alter type shop.colour add value 'blue'", "enum label"],
  ["alter type shop.colour rename value 'red' to 'rouge'", "enum label"],
  ["alter table shop.item disable trigger touch", "trigger"],
  ["alter table shop.item enable always trigger touch", "trigger"],
  ["alter table shop.child disable trigger all", "trigger"],
  ["drop trigger touch on shop.item", "trigger"],
  ["alter table shop.item force row level security", "row-level security"],
  ["alter table shop.item disable row level security", "row-level security"],
  ["alter policy mine on shop.item to public", "policy"],
  ["alter policy mine on shop.item using (id > 0)", "policy"],
  ["drop policy mine on shop.item", "policy"],
  ["alter domain shop.positive drop constraint above_zero", "constraint"],
  ["alter domain shop.positive set default 1", "type"],
  ["alter domain shop.positive set not null", "type"],
  ["alter type shop.pair add attribute c int", "column"],
  ["alter table shop.child drop constraint child_item_fkey", "constraint"],
  ["alter table shop.item add constraint named check (name <> '') not valid", "constraint"],
  ["alter table shop.part detach partition shop.part_1", "inheritance"],
  ["alter default privileges in schema shop revoke select on tables from reader", "default privilege"],
  ["drop rule no_delete on shop.child", "rule"],
  ["alter table shop.child disable rule no_delete", "rule"],
  ["alter sequence shop.counter increment by 2", "sequence"],
  ["alter sequence shop.numbers owned by none", "sequence owner"],
  ["refresh materialized view shop.summary with no data", "relation"],
  ["drop operator shop.=== (shop.pair, shop.pair)", "operator"],
  ["drop cast (shop.pair as text)", "cast"],
  ["drop index shop.item_name", "index"],
  ["alter index shop.item_name rename to item_names", "relation"],
  ["create or replace view shop.cheap as select id from shop.item where price < 20", "rule"],
  ["alter view shop.cheap set (security_invoker = true)", "relation"],
  ["alter table shop.item replica identity full", "relation"],
  ["alter table shop.item set (fillfactor = 70)", "relation"],
  ["alter table shop.part_1 set unlogged", "relation"],
  ["grant select on shop.item to reader", "privilege"],
  ["alter table shop.item owner to keeper", "owner"],
  ["grant usage on schema shop to reader", "privilege"],
  ["grant usage on type shop.colour to reader; revoke usage on type shop.colour from public", "privilege"],
  ["drop statistics shop.both", "statistics object"],
  ["alter collation shop.german rename to deutsch", "collation"],
  ["alter text search configuration shop.words drop mapping for word", "text search map"],
  ["alter publication changes drop table shop.child", "published table"],
  ["comment on table shop.item is 'other things'", "comment"],
  ["alter extension pg_trgm drop function shop.similarity(text, text)", "extension member"],
  ["alter role reader set work_mem = '9MB'", "stored setting"],
  ["alter database app set default_transaction_isolation = 'serializable'", "stored setting"],
  ["revoke reader from keeper", "membership"],
  ["alter role reader connection limit 3", "role"],
  ["drop aggregate shop.total (int)", "aggregate"],
  ["revoke connect on database app from public", "privilege"],
];

/** Objects that the content above lacks, so that each kind occurs once. */
const rareObjects = [
  "create function shop.on_ddl() returns event_trigger language plpgsql as 'begin end'; create event trigger watch on ddl_command_end execute function shop.on_ddl()",
  "create type shop.span as range (subtype = int)",
  "create operator class shop.own for type int using btree as operator 1 <, function 1 btint4cmp(int, int)",
  "create access method own type index handler bthandler",
  "create conversion shop.conv for 'UTF8' to 'LATIN1' from utf8_to_iso8859_1",
  "create trusted language other handler plpgsql_call_handler",
  "create function shop.i(internal) returns internal language internal immutable as 'jsonb_in'; create transform for shop.pair language plpgsql (from sql with function shop.i(internal))",
  "create text search dictionary shop.dict (template = simple)",
  "create text search parser shop.pars (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype)",
  "create foreign data wrapper w; create server s foreign data wrapper w; create foreign table shop.ft (i int) server s; create user mapping for boss server s",
  "create publication all_of_it for tables in schema shop",
  "insert into pg_seclabel values (0, 0, 0, 'p', 'l')",
];

/** Objects that end with their session, and those that may depend on them. */
const passing = [
  "create temp table held (id int primary key, name text)",
  "comment on constraint held_pkey on held is 'c'; comment on column held.name is 'c'",
  "create trigger touch before insert on held for each row execute function shop.touched(); comment on trigger touch on held is 'c'",
  "create rule kept as on delete to held do instead nothing; comment on rule kept on held is 'c'",
  "create policy mine on held using (true); comment on policy mine on held is 'c'",
  "create statistics pg_temp.both on id, name from held; comment on statistics pg_temp.both is 'c'",
  "create type pg_temp.span as range (subtype = int); comment on type pg_temp.span is 'c'",
  "create type pg_temp.colour as enum ('red'); create cast (pg_temp.colour as text) with inout",
  "create function pg_temp.less(a pg_temp.colour, b pg_temp.colour) returns boolean language sql as 'select true'",
  "create operator pg_temp.<<< (leftarg = pg_temp.colour, rightarg = pg_temp.colour, function = pg_temp.less)",
  "comment on operator pg_temp.<<< (pg_temp.colour, pg_temp.colour) is 'c'",
  "create aggregate pg_temp.total (int) (sfunc = int4pl, stype = int)",
  "create collation pg_temp.plain (locale = 'C'); create conversion pg_temp.conv for 'UTF8' to 'LATIN1' from utf8_to_iso8859_1",
  "create text search dictionary pg_temp.dict (template = simple); create text search configuration pg_temp.words (copy = simple)",
];

let admin: Client;
let before: CatalogInventory;

beforeAll(async () => {
  database = await FleetDatabase.start();
  await database.admin(content);
  admin = await database.adminSession();
  before = await takeInventory(admin);
});
afterAll(async () => {
  await admin?.end();
  await database?.stop();
});

const differingKinds = (a: CatalogInventory, b: CatalogInventory) =>
  inventoryKinds.filter((kind) => a.digests[kind] !== b.digests[kind]);

/** Rolled back, so that each change is tested separately. */
async function changed(change: string): Promise<string[]> {
  try {
    await admin.query(`begin; ${change}`);
    return differingKinds(before, await takeInventory(admin));
  } finally {
    await admin.query("rollback");
  }
}

test.each(changes)("a copy differs after: %s", async (change, kind) => {
  expect(await changed(change)).toContain(kind);
});

test("every compared kind exists in this database or is created by one of the changes", async () => {
  const seen = new Set(Object.keys(before.digests));
  for (const change of rareObjects) for (const kind of await changed(change)) seen.add(kind);
  expect(inventoryKinds.filter((kind) => !seen.has(kind))).toEqual([]);
});

test("changes that alter no object are not differences: rows, statistics, files, sequence values, temporary tables", async () => {
  await database.admin(
    "insert into shop.item (id) select generate_series(1, 1000); select nextval('shop.counter'); create table shop.gone (i int primary key)",
  );
  before = await takeInventory(admin);
  for (const statement of [
    "update shop.item set name = 'z'",
    "vacuum full shop.item",
    "analyze",
    "reindex table shop.item",
    "truncate shop.item cascade",
  ])
    await database.admin(statement);
  await database.admin("select nextval('shop.counter'); select lo_create(0)");
  const other = await database.adminSession();
  await other.query(
    "create temp table passing (id int primary key, name text default 'x', serial serial); create index on passing (name)",
  );
  for (const statement of passing) await other.query(statement);
  await other.query(
    "create function pg_temp.helper() returns int language sql as 'select 1'; create type pg_temp.mood as enum ('good')",
  );
  expect(differingKinds(before, await takeInventory(admin))).toEqual([]);
  await other.end();
  // A flag that the next login clears if there is no login trigger left.
  await admin.query("begin; update pg_database set dathasloginevt = not dathasloginevt where datname = 'app'");
  expect(differingKinds(before, await takeInventory(admin))).toEqual([]);
  await admin.query("rollback");
});

test("no cast of an owner's type runs, although the catalog contains values of such a type", async () => {
  await database.admin(`create type shop.mood as enum ('good'); create table shop.visit (id int); insert into shop.visit values (1);
    alter table shop.visit add column mood shop.mood not null default 'good'`);
  before = await takeInventory(admin);
  await admin.query("begin");
  for (const type of ["json", "jsonb", "text"])
    await admin.query(`create function shop.to_${type}(m shop.mood) returns ${type} language plpgsql as $$begin raise 'this ran as %', current_user; end$$;
      create cast (shop.mood as ${type}) with function shop.to_${type}(shop.mood)`);
  expect(differingKinds(before, await takeInventory(admin))).toEqual(["routine", "cast", "owner"]);
  await admin.query("rollback");
});

test("the owner's login reads the same inventory as the superuser, even with other settings stored for it", async () => {
  await database.addLogin("plain");
  await database.admin(
    "alter role plain set timezone = 'Asia/Kolkata'; alter role plain set datestyle = 'SQL, DMY'; alter role plain set quote_all_identifiers = on",
  );
  await database.admin(
    "alter role plain set search_path = shop, pg_catalog; create view shop.pg_class as select * from pg_catalog.pg_class limit 1",
  );
  before = await takeInventory(admin);
  expect(await database.within(takeInventory, "plain")).toEqual(before);
  expect(await database.within(takeInventory)).toEqual(before);
});
