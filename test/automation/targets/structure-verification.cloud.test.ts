import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";
import { fileOf, type VerifiedBefore } from "../../../automation/targets/structure-pieces";
import { verifyStructures, type StructureReport } from "../../../automation/targets/structure-verification";
import { until } from "../../until";
import { FleetDatabase } from "./fleet-database";

// Small enough that these small tables are read in several pieces.
jest.mock("../../../automation/targets/limits", () => ({
  ...jest.requireActual<object>("../../../automation/targets/limits"),
  pieceBlocks: 5,
  verifiedBytesMin: 0,
}));

let database: FleetDatabase;
const budget = { secondsMax: 600, bytesMax: 2 ** 40, damagesMax: 20 };
const nothing: VerifiedBefore = { leftUnread: false, files: {} };
const verify = (
  secondsMax = budget.secondsMax,
  connections = 4,
  bytesMax = budget.bytesMax,
  before: VerifiedBefore = nothing,
  progress?: (share: number) => void,
) =>
  verifyStructures(
    {
      reader: "reader",
      prepare: () => database.session(),
      read: () => database.session("reader", secondsMax, true),
    },
    { ...budget, secondsMax, bytesMax, connections },
    before,
    undefined,
    progress,
  );
const names = (of: { relation: string }[]) => of.map(({ relation }) => relation).sort();

/** Functions that are harmless while an index is created, and harmful afterwards. */
const traps: [name: string, then: string][] = [
  [
    "claims damage",
    "raise exception using errcode = 'XX001', message = E'invalid page in block 7 of relation \\u001b]0;pwned\\u0007'",
  ],
  ["claims damage of an index", "raise exception using errcode = 'index_corrupted'"],
  ["denies permission", "raise exception using errcode = '42501'"],
  ["raises", "raise exception 'no'"],
  ["ends the session", "perform pg_terminate_backend(pg_backend_pid())"],
  ["never returns", "perform pg_sleep(3600)"],
];

beforeAll(async () => {
  database = await FleetDatabase.start();
  await database.addLogin("owner");
  await database.addLogin("reader");
  await database.admin("grant pg_read_all_data to reader");
  await database.admin(
    `create schema app authorization owner; grant owner to boss; create schema evil; grant usage on schema evil to public;
    set role owner;
    create function app.strip(t text) returns text language sql immutable as $$select translate(t, 'áé', 'ae')$$;
    create table app.customer (id int primary key, name text not null, gone boolean not null default false);
    insert into app.customer select i, 'Dr. Ádám ' || i from generate_series(1, 2000) i;
    create index customer_plain on app.customer (lower(name)) where not gone;
    create sequence app.counter;
    create unlogged table app.cache (id int primary key);
    create table app.tags (words text[]); create index tags_gin on app.tags using gin (words);
    create table app."od${"\\u001b"}[2Jd" (id int);
    reset role;`.replace("\\u001b", "\u001b"),
  );
  // A function that calls another without its schema: it works for the application, but only with its search path.
  await database.admin(`set role owner; set search_path = app;
    create function fold(t text) returns text language plpgsql immutable as $$ begin return lower(strip(t)); end $$;
    create table folded (name text); create index folded_name on folded (fold(name)); insert into folded select name from customer`);
  for (const [i, [, then]] of traps.entries())
    await database.admin(`set role owner; create table app.t${i} (i int); insert into app.t${i} select generate_series(1, 100);
      create function app.f${i}(i int) returns int language plpgsql immutable as 'begin return i; end'; create index t${i}_f on app.t${i} (app.f${i}(i));
      create index t${i}_p on app.t${i} (i) where app.f${i}(i) > 0;
      create or replace function app.f${i}(i int) returns int language plpgsql immutable as $$begin ${then}; return i; end$$`);
});
afterAll(async () => database?.stop());

test("the share that is done is told as it grows, up to the whole", async () => {
  const shares: number[] = [];
  const { relationsChecked } = await verify(undefined, 1, undefined, undefined, (share) => void shares.push(share));
  expect(shares.length).toBeGreaterThan(relationsChecked);
  expect(shares).toEqual([...shares].sort((one, other) => one - other));
  expect([shares[0]! < 0.5, shares.at(-1)]).toEqual([true, 1]);
});

test("indexes that use functions of the database are checked only structurally and named, and the functions are not called", async () => {
  const report = await verify();
  expect(report).toMatchObject({
    available: true,
    damages: [],
    left: { count: 0, bytes: 0, named: [] },
  } satisfies Partial<StructureReport>);
  const expected = traps.flatMap((_, i) => [`app.t${i}_f`, `app.t${i}_p`]);
  expect(names(report.structureOnly.named)).toEqual(["app.folded_name", ...expected]);
  expect(report.relationsChecked).toBeGreaterThan(100);
});

test("an index that only uses PostgreSQL's own functions is checked against its heap: a missing row is found", async () => {
  const ready = (yes: boolean) =>
    database.admin(`update pg_index set indisready = ${yes} where indexrelid = 'app.customer_plain'::regclass`);
  await ready(false);
  await database.admin("insert into app.customer values (0, 'not indexed')");
  await ready(true);
  expect((await verify()).damages).toEqual([
    {
      relation: "app.customer_plain",
      problem: expect.stringMatching(
        /^heap tuple \(\d+,\d+\) from table "customer" lacks matching index tuple/,
      ) as string,
    },
  ]);
  await database.admin("delete from app.customer where id = 0");
});

test("relations that cannot be checked are named with the reason: unlogged, invalid, another access method", async () => {
  await database.admin("update pg_index set indisvalid = false where indexrelid = 'app.customer_plain'::regclass");
  const { skipped } = await verify();
  await database.admin("update pg_index set indisvalid = true where indexrelid = 'app.customer_plain'::regclass");
  expect(
    skipped.named
      .filter(({ relation }) => relation.startsWith("app."))
      .sort((a, b) => (a.relation < b.relation ? -1 : 1)),
  ).toEqual([
    { relation: "app.cache", problem: "unlogged: its rows are in no backup" },
    { relation: "app.cache_pkey", problem: "unlogged: its rows are in no backup" },
    { relation: "app.customer_plain", problem: "an invalid index" },
    { relation: "app.tags_gin", problem: "access method gin" },
  ]);
});

test("an index ordered by functions of the database is not checked but named, as comparisons would call them; so are rows that contain it", async () => {
  await database.admin(`create type app.size as (i int); create table app.sized (i int, held app.size); insert into app.sized select i, row(i)::app.size from generate_series(1, 100) i;
    create function app.compare(a int, b int) returns int language plpgsql immutable as 'begin return btint4cmp(a, b); end';
    create operator class app.own for type int using btree as operator 1 <, operator 2 <=, operator 3 =, operator 4 >=, operator 5 >, function 1 app.compare(int, int);
    create index sized_i on app.sized (i app.own); create index sized_row on app.sized (held); create index sized_plain on app.sized (i);
    create or replace function app.compare(a int, b int) returns int language plpgsql immutable as $$begin raise 'damaged' using errcode = 'XX001'; end$$`);
  const { damages, left } = await verify();
  await database.admin(
    "drop table app.sized; drop operator family app.own using btree; drop function app.compare; drop type app.size",
  );
  expect(damages).toEqual([]);
  const problem = "functions of the database decide its order";
  expect(left.named.filter(({ relation }) => relation.startsWith("app."))).toEqual([
    { relation: "app.sized_i", problem },
    { relation: "app.sized_row", problem },
  ]);
});

test("the report names the checked database, and the instance's databases that were not checked", async () => {
  await database.store('create database "sa\u001bles"');
  expect(await verify()).toMatchObject({ database: "app", otherDatabases: ["postgres", '"sa\\u{1b}les"'] });
  await database.store('drop database "sa\u001bles"');
});

test("a relation whose backend crashes is named as not checked; the check continues once the server has recovered", async () => {
  const { left, relationsChecked } = await verifyWithCrash(1);
  expect(names(left.named)).toEqual(["app.tags"]);
  expect(relationsChecked).toBeGreaterThan(100);
});

test("a crash ends all sessions: the relations they were checking are checked again, one by one", async () => {
  const { left, relationsChecked, damages } = await verifyWithCrash(4);
  expect([left.count, damages]).toEqual([0, []]);
  expect(relationsChecked).toBe((await verify()).relationsChecked);
});

/** While app.tags is being checked, its backend crashes, and with it the session that blocked the check. */
async function verifyWithCrash(connections: number): Promise<StructureReport> {
  const holder = await database.session();
  holder.on("error", () => undefined);
  await holder.query("begin; lock table app.tags in access exclusive mode");
  const running = verify(budget.secondsMax, connections);
  const waiting =
    "select pid from pg_stat_activity where application_name = 'shipshape' and wait_event_type = 'Lock' and query like '%verify_heapam%'";
  const pid = await until(
    "the check waits for the lock",
    async () => (await database.server.query(waiting))[0]?.["pid"] as number | undefined,
  );
  process.kill(pid, "SIGKILL");
  const report = await running;
  await holder.end().catch(() => undefined);
  return report;
}

test("a relation whose check exceeds the budget is not checked, nor are those after it", async () => {
  const client = await database.session();
  // A lock that outlasts every check.
  await client.query("begin; lock table app.customer in access exclusive mode");
  const { unread, damages } = await verify(4);
  await client.query("rollback");
  await client.end();
  expect(damages).toEqual([]);
  expect(unread.named).toContainEqual({
    relation: "app.customer",
    problem: "its check did not finish within the time budget",
  });
  expect(unread.count).toBeGreaterThan(1);
});

test("what a budget of bytes left unread has its real size, and is read first by the next checks, until all is covered", async () => {
  const whole = await verify();
  expect(whole.unread.count).toBe(0);
  const [customer] = await database.server.query(
    "select oid::text as id, relfilenode::text as file, pg_relation_size(oid) / 8192 as blocks from pg_class where oid = 'app.customer'::regclass",
    [],
    "app",
  );
  const { id, file, blocks } = customer as { id: string; file: string; blocks: number };
  expect(whole.verified).toContainEqual({ id, file, blocks: [[0, Number(blocks)]] });

  const share = Math.ceil(whole.bytesChecked / 3);
  const before: VerifiedBefore = { leftUnread: true, files: {} };
  let drills = 0;
  for (let left = whole.bytesChecked; left > 0; drills++) {
    const report = await verify(600, 4, share, before);
    expect(report.bytesChecked + report.unread.bytes).toBe(whole.bytesChecked);
    expect(report.bytesChecked).toBeLessThanOrEqual(share);
    for (const one of report.verified)
      for (const [from, to] of one.blocks)
        (before.files[fileOf(one)] ??= []).unshift({ from, until: to, at: `2026-01-0${drills + 1}` });
    left = report.unread.bytes - report.unreadBytesVerified;
    expect(drills).toBeLessThan(6);
  }
  expect(drills).toBeGreaterThanOrEqual(3);
  expect(before.files[fileOf({ id, file })]!.length).toBeGreaterThan(1);
});

test("damage is found in whichever piece it is, named once by its block, and no block after it counts as read", async () => {
  await database.admin(
    "create table app.long (i int, filler text); insert into app.long select i, repeat('x', 900) from generate_series(1, 200) i; checkpoint",
  );
  const [found] = await database.server.query(
    "select oid::text as id, pg_relation_filepath(oid) as path from pg_class where oid = 'app.long'::regclass",
    [],
    "app",
  );
  await database.server.stop("fast");
  for (const block of [7, 13]) flipByte(join(database.server.dataFolder, found!["path"] as string), block);
  await database.server.start();
  const { damages, verified } = await verify();
  await database.admin("drop table app.long");
  expect(damages).toEqual([
    { relation: "app.long", problem: expect.stringMatching(/^invalid page in block 7 of /) as string },
  ]);
  expect(verified.find(({ id }) => id === found!["id"])?.blocks).toEqual([
    [0, 5],
    [15, 25],
  ]);
});

test("functions that shadow others in a stored search path, or overload those of amcheck, are not called", async () => {
  await database.admin(`create schema amcheck; alter extension amcheck set schema amcheck; grant all on schema amcheck to public;
    create view evil.pg_class as select * from pg_catalog.pg_class where relname = 'pg_am';
    alter role reader set search_path = evil, pg_catalog;
    create function amcheck.verify_heapam(relation regclass, on_error_stop boolean) returns table (blkno bigint, msg text) language sql as $$select 1, 'forged'$$;
    create function amcheck.bt_index_check(index oid, heapallindexed boolean) returns void language plpgsql as $$begin raise 'forged' using errcode = 'XX001'; end$$`);
  const report = await verify();
  await database.admin("alter role reader reset all");
  expect(report).toMatchObject({ available: true, damages: [], left: { count: 0 } });
  expect(report.relationsChecked).toBeGreaterThan(100);
});

test("replaced functions of amcheck are not called: amcheck counts as missing", async () => {
  await database.admin(
    `create or replace function amcheck.bt_index_check(index regclass, heapallindexed boolean) returns void language sql as 'select'`,
  );
  expect(await verify()).toMatchObject({
    available: false,
    unavailableReason: "the extension amcheck lacks its own bt_index_check",
    relationsChecked: 0,
  });
  await database.admin("drop extension amcheck cascade");
});

test("with a setting that hides damage, everything is undecided", async () => {
  await database.admin("alter role reader set zero_damaged_pages = on");
  expect(await verify()).toMatchObject({
    available: false,
    unavailableReason: "the setting zero_damaged_pages is on, which hides damage",
  });
  await database.admin("alter role reader reset all");
});

test("if an event trigger blocks the creation of amcheck, everything is undecided, and its message is safe for a terminal", async () => {
  await database.admin(`drop extension if exists amcheck;
    create function public.stop() returns event_trigger language plpgsql as $$begin raise exception E'no \\u001b[31mway\\n✓ pass'; end$$;
    create event trigger stop on ddl_command_start when tag in ('CREATE EXTENSION') execute function public.stop()`);
  expect(await verify()).toMatchObject({ available: false, unavailableReason: "no \\u{1b}[31mway\\u{a}✓ pass" });
  await database.admin("drop event trigger stop");
});

test("what an event trigger does while amcheck is created ends with that, and changes no result", async () => {
  await database.admin(`drop extension if exists amcheck; create view evil.pg_extension as select * from pg_catalog.pg_extension where false;
    create function public.meddle() returns event_trigger language plpgsql as $$begin
      perform set_config('search_path', 'evil, pg_catalog', false);
      create temp table if not exists pg_proc (oid oid);
    end$$;
    create event trigger meddle on ddl_command_end when tag in ('CREATE EXTENSION') execute function public.meddle()`);
  const report = await verify();
  await database.admin("drop event trigger meddle; drop view evil.pg_extension");
  expect(report).toMatchObject({ available: true, damages: [], left: { count: 0 }, unread: { count: 0 } });
  expect(report.relationsChecked).toBeGreaterThan(100);
});

test("real damage is found in a heap, in an index, and in an index with the database's own expression; names are safe for a terminal", async () => {
  const odd = (await database.server.query("select relname from pg_class where relname like 'od%d'", [], "app"))[0]![
    "relname"
  ] as string;
  await database.admin(`insert into app."${odd}" values (1)`);
  const files = await database.server.query(
    `select c.oid::regclass::text as name, pg_relation_filepath(c.oid) as path from pg_class c
     where c.oid in ('app.counter'::regclass, 'app.customer'::regclass, 'app.customer_pkey'::regclass, 'app.folded_name'::regclass) or relname like 'od%d'`,
    [],
    "app",
  );
  await database.server.stop("fast");
  for (const { path } of files) flipByte(join(database.server.dataFolder, path as string));
  await database.server.start();
  const { damages, left } = await verify();
  expect(left).toMatchObject({ count: 0 });
  // Each index is compared with its heap, whose first page is also damaged.
  expect(names(damages)).toEqual([
    'app."od\\u{1b}[2Jd"',
    "app.counter",
    "app.customer",
    "app.customer_pkey",
    "app.customer_plain",
    "app.folded_name",
  ]);
  for (const { problem } of damages) expect(problem).toMatch(/^invalid page in block 0 of relation base\/\d+\/\d+$/);
});

function flipByte(path: string, block = 0): void {
  const file = openSync(path, "r+");
  const byte = Buffer.alloc(1);
  readSync(file, byte, 0, 1, block * 8192 + 5000);
  writeSync(file, Buffer.from([byte[0]! ^ 0xff]), 0, 1, block * 8192 + 5000);
  closeSync(file);
}
