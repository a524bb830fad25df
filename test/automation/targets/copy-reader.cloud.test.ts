import type { Client } from "pg";
import { runAssertion } from "../../../automation/targets/assertion-run";
import { catalogLosses, missingRoles } from "../../../automation/targets/catalog-comparison";
import { takeInventory } from "../../../automation/targets/catalog-inventory";
import { inventoryKinds } from "../../../automation/targets/catalog-kinds";
import { openControlSession } from "../../../automation/targets/control-session";
import { createReader, readerOf } from "../../../automation/targets/copy-reader";
import { commitsAround, commitTimes, readRecoveryPoint } from "../../../automation/targets/recovery-point";
import { compareSequences, readFilledColumns, readSequences } from "../../../automation/targets/sequences";
import { FleetDatabase } from "./fleet-database";

let database: FleetDatabase;

/** What the owner of a database can leave in it for its readers. */
const content = `
create schema app authorization owner; create schema evil authorization owner; grant usage on schema app, evil to public;
set role owner;
create table app.noted (who text);
create function app.note(i int) returns int language plpgsql immutable as 'begin return i; end';
create table app.item (id int generated always as identity primary key, name text not null, box int);
insert into app.item (name) select 'item ' || i from generate_series(1, 30) i;
-- With a constant argument, the function runs while a query of the table is planned.
create index item_noted on app.item ((id + app.note(1)));
create function evil.max(int) returns int language sql immutable as 'select 1';
create function evil.count() returns bigint language sql as 'select 0::bigint';
create table app.hidden (id serial primary key, name text);
insert into app.hidden (name) values ('a');
alter table app.hidden enable row level security;
create policy few on app.hidden using (false);
create function app.write() returns int language plpgsql security definer as $$begin insert into app.noted values ('write'); return 1; end$$;
grant execute on function app.write() to public;
create function app.all_hidden() returns setof app.hidden language sql stable security definer set search_path = pg_catalog, pg_temp
  begin atomic select * from app.hidden; end;
revoke execute on function app.all_hidden from public; grant execute on function app.all_hidden to pg_read_all_data;
reset role;
create function app.act() returns void language plpgsql as $$begin
  begin insert into app.noted values (current_user); exception when others then null; end;
  begin execute 'create role gained_by_' || current_user; exception when others then null; end;
end$$;
-- An immutable function may not write, but may call one that does.
create or replace function app.note(i int) returns int language plpgsql immutable as $$begin
  perform app.act();
  perform set_config('search_path', 'evil, pg_catalog', false), set_config('row_security', 'on', false), set_config('statement_timeout', '0', false);
  return i;
end$$`;

beforeAll(async () => {
  database = await FleetDatabase.start();
  await database.addLogin("owner");
  await database.admin(content);
  await database.admin("revoke connect on database app from public; grant connect on database app to boss");
  await database.within((client) => createReader(client, reader()));
});
afterAll(async () => database?.stop());

const reader = () => readerOf(database.login());
const asReader = async <T>(work: (client: Client) => Promise<T>, statementSeconds = 60): Promise<T> => {
  const client = await openControlSession(reader(), {
    rootCertificateFile: database.rootCertificateFile,
    statementSeconds,
    readOnly: true,
  });
  return work(client).finally(() => client.end().catch(() => undefined));
};
const noted = async () =>
  (await database.server.query("select who from app.noted", [], "app")).map((row) => row["who"]);

test("the reader of a copy may read everything, and nothing else; creating it again changes nothing", async () => {
  await database.within((client) => createReader(client, reader()));
  const [rights] = await database.server.query(
    `select rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls as powers,
       (select array_agg(g.rolname::text order by 1) from pg_auth_members m join pg_roles g on g.oid = m.roleid where m.member = r.oid) as member_of,
       has_table_privilege(r.oid, 'app.item', 'select') as reads, has_table_privilege(r.oid, 'app.item', 'insert, update, delete, truncate') as writes,
       has_schema_privilege(r.oid, 'app', 'create') or has_database_privilege(r.oid, 'app', 'create') as creates
     from pg_roles r where rolname = '${reader().user}'`,
    [],
    "app",
  );
  expect(rights).toEqual({
    powers: false,
    member_of: ["pg_read_all_data"],
    reads: true,
    writes: false,
    creates: false,
  });
  for (const statement of [
    "insert into app.noted values ('reader')",
    "set transaction read write; insert into app.noted values ('reader')",
    "set role boss",
    "set role owner",
    "create table app.mine (i int)",
    "copy (select 1) to program 'true'",
  ])
    await expect(asReader((client) => client.query(statement))).rejects.toThrow(/permission denied|read-only/);
  expect(await noted()).toEqual([]);
});

test("its name and password are those of one copy, so that nothing can be prepared for it", () => {
  const login = database.login();
  expect(readerOf(login)).toEqual(readerOf(login));
  for (const other of [
    { ...login, password: "another" },
    { ...login, resourceId: "db-OTHER" },
  ])
    expect([readerOf(other).user, readerOf(other).password]).not.toEqual([
      readerOf(login).user,
      readerOf(login).password,
    ]);
});

test("the inventory of a copy is what it was before the reader was let in", async () => {
  const own = await database.within(takeInventory);
  expect(await asReader(takeInventory)).toEqual(own);
  await database.admin(`drop owned by ${reader().user}; drop role ${reader().user}`);
  expect(await database.within(takeInventory)).toEqual(own);
  await database.within((client) => createReader(client, reader()));
});

test("what rows need of sequences is read right, whatever the owner's functions do meanwhile, and they gain nothing", async () => {
  const [item, hidden] = ["app.item_id_seq", "app.hidden_id_seq"];
  const { values, filled } = await asReader(async (client) => ({
    values: await readSequences(client),
    filled: await readFilledColumns(client),
  }));
  const idOf = (name: string) => values.find((s) => s.name === name)!.id;
  expect(values.map(({ name, last }) => [name, last])).toEqual([
    [item, "30"],
    [hidden, "1"],
  ]);
  expect(filled.lastOf).toEqual({ [idOf(item)]: "30" });
  expect(filled.unread).toEqual({ [idOf(hidden)]: expect.stringMatching(/row-level security/) as string });
  const gained = async () =>
    (await database.server.query("select rolname from pg_roles where rolname like 'gained%'")).map((r) => r["rolname"]);
  expect([await noted(), await gained()]).toEqual([[], []]);
  // Reading as the master would have given it the master's rights.
  await database.admin("grant pg_read_all_data to boss");
  await database.within((client) => client.query("select max(id) from app.item"));
  expect(await gained()).toEqual(["gained_by_boss"]);
});

describe("sequences", () => {
  const one = (last: string | null, more = {}) => ({
    id: "1",
    name: "app.s",
    ascends: true,
    cycles: false,
    last,
    ...more,
  });
  const compare = (before: string | null, after: string | null, last: string | null, needed?: string, more = {}) =>
    compareSequences({ before: [one(before, more)], after: [one(after, more)] }, [one(last, more)], {
      lastOf: needed === undefined ? {} : { 1: needed },
      unread: {},
    });
  test("may be ahead of the source's, as recovery leaves them, and not behind", () => {
    expect(compare("10", "12", "42")).toMatchObject({ comparedWithSource: 1, behindSource: [] });
    expect(compare("10", "12", "10").behindSource).toEqual([]);
    expect(compare("10", "12", "9").behindSource).toEqual(["app.s"]);
    expect(compare("10", "12", null).behindSource).toEqual(["app.s"]);
    expect(compare("-10", "-12", "-9", undefined, { ascends: false }).behindSource).toEqual(["app.s"]);
    expect(compare("9223372036854775806", "9223372036854775807", "9223372036854775805").behindSource).toEqual([
      "app.s",
    ]);
  });
  test("that were set back in the source meanwhile, or that it does not let us read, are not compared with it", () => {
    expect(compare("10", "2", "1")).toMatchObject({ comparedWithSource: 0, behindSource: [] });
    expect(compare(null, null, "1")).toMatchObject({ comparedWithSource: 0, behindSource: [] });
  });
  test("that are gone are behind", () => {
    const gone = compareSequences({ before: [one("1")], after: [one("1")] }, [], { lastOf: {}, unread: {} });
    expect(gone.behindSource).toEqual(["sequence with id 1"]);
  });
  test("behind their rows are lost, unless the source's was there, too, or is unknown", () => {
    expect(compare("10", "12", "10", "11").behindRows).toEqual([{ name: "app.s", wasInSource: true }]);
    expect(compare(null, null, "10", "11").behindRows).toEqual([{ name: "app.s", wasInSource: null }]);
    expect(compare("10", "12", "10", "10").behindRows).toEqual([]);
    const today = (last: string) =>
      compareSequences({ today: [one(last)] }, [one("10")], { lastOf: { 1: "11" }, unread: {} });
    expect(today("10").behindRows).toEqual([{ name: "app.s", wasInSource: true }]);
    expect(today("30").behindRows).toEqual([{ name: "app.s", wasInSource: null }]);
  });
  test("whose rows cannot be read are undecided, unless they were compared with the source's", () => {
    const unread = (last: string | null) =>
      compareSequences({ before: [one(last)], after: [one(last)] }, [one("10")], {
        lastOf: {},
        unread: { 1: "a policy" },
      });
    expect(unread(null).unreadable).toEqual(["app.s (a policy)"]);
    expect(unread("10").unreadable).toEqual([]);
  });
});

describe("a team's assertion", () => {
  const run = (sql: string, searchPath: string[] = [], seconds = 60) =>
    asReader((client) => runAssertion(client, sql, searchPath), seconds);
  test("counts the rows that contradict it, and reads none of them", async () => {
    expect(await run("select id from app.item where id > 100")).toMatchObject({ rows: 0, problem: null });
    expect(await run("select *, name as name from app.item where id > 27 order by id")).toMatchObject({ rows: 3 });
    expect(await run("select from generate_series(1, 5000)")).toMatchObject({ rows: 1001 });
  });
  test("names tables by their schemas, or by the path that it asks for", async () => {
    expect(await run("select from item")).toMatchObject({ rows: null, problem: 'relation "item" does not exist' });
    expect(await run("select from item", ["app"])).toMatchObject({ rows: 30 });
    // PostgreSQL's own come first in any case.
    expect(await run("select from item having count(*) = 0", ["app", "evil"])).toMatchObject({ rows: 0 });
  });
  test.each([
    ["a function of its database", "select from app.write()"],
    ["a common table expression", "with x as (delete from app.item returning 1) select from x"],
    [
      "a second statement",
      "select 1) as a) as b; commit; begin read write; select app.write(); commit; select from (select from (select 1",
    ],
    ["a statement that is no query", "insert into app.noted values ('x')"],
    ["a role with more rights", "select from (select set_config('role', 'owner', true)) s"],
  ])("cannot write through %s, and is undecided", async (_, sql) => {
    expect(await run(sql)).toMatchObject({ rows: null, problem: expect.any(String) as string });
    expect(await noted()).toEqual([]);
  });
  test("that takes too long, ends its session, or would see only some rows is undecided", async () => {
    expect(await run("select from pg_sleep(30)", [], 1)).toMatchObject({
      rows: null,
      problem: "it exceeded its time limit",
    });
    expect(await run("select from (select pg_terminate_backend(pg_backend_pid())) s")).toMatchObject({ rows: null });
    expect(await run("select from app.hidden")).toMatchObject({
      problem: expect.stringMatching(/row-level security/) as string,
    });
  });
});

test("an assertion sees behind row-level security only what the owner of the table shows it, through a function", async () => {
  const run = (sql: string) => asReader((client) => runAssertion(client, sql, []));
  expect(await run("select from app.all_hidden()")).toMatchObject({ rows: 1, problem: null });
  await database.admin("alter table app.hidden force row level security");
  expect(await run("select from app.all_hidden()")).toMatchObject({
    rows: null,
    problem: expect.stringMatching(/row-level security/) as string,
  });
  await database.admin("alter table app.hidden no force row level security");
});

test("a lost role, extension, grant, policy and sequence are called by their names", async () => {
  await database.admin(`create role reporting; grant select on app.item to reporting; create extension citext schema app;
    create policy others on app.item to reporting using (true); create sequence app.counter; alter table app.item owner to reporting`);
  await database.store("create database copied template app");
  await database.server.query(
    "drop extension citext; revoke select on app.item from reporting; drop policy others on app.item; drop sequence app.counter; alter table app.item owner to owner; alter table app.hidden disable row level security",
    undefined,
    "copied",
  );
  const copy = await openControlSession(database.login("boss", "copied"), {
    rootCertificateFile: database.rootCertificateFile,
  });
  const found = await database.within((source) => catalogLosses(source, copy, inventoryKinds));
  await copy.end();
  expect(found!.lostCount).toBeGreaterThan(found!.lost.length);
  const all = await database.within(async (source) => {
    const other = await openControlSession(database.login("boss", "copied"), {
      rootCertificateFile: database.rootCertificateFile,
    });
    const of = await catalogLosses(source, other, [
      "extension",
      "policy",
      "sequence",
      "privilege",
      "owner",
      "row-level security",
    ]);
    await other.end();
    return of;
  });
  expect(all!.lost).toEqual(
    expect.arrayContaining([
      "extension citext",
      "policy others on table app.item",
      "sequence app.counter",
      "privilege: table app.item",
      "owner: table app.item",
      "row-level security: table app.hidden",
    ]),
  );
  expect(await database.within(missingRoles)).toEqual([]);
});

test("of an earlier moment only what its transactions wrote is missed", async () => {
  await database.admin("create table app.dated (i int)");
  await database.store("drop database copied with (force)");
  await database.store("create database copied template app");
  await database.admin("create table app.since (i int)");
  await database.server.query("drop table app.dated", undefined, "copied");
  const copy = await openControlSession(database.login("boss", "copied"), {
    rootCertificateFile: database.rootCertificateFile,
  });
  const [since] = await database.server.query(
    "select xmin::text as id from pg_class where relname = 'since'",
    [],
    "app",
  );
  const { nextTransaction } = await readRecoveryPoint(copy, "2999-01-01");
  // As in a copy that ends before that transaction: it has no time for it.
  const unaware = {
    query: async (sql: string, values: [string[]]) => {
      const answer = await copy.query<Record<string, unknown>>(sql, values);
      if (!sql.includes("with ordinality as t (id, place)")) return answer;
      return { rows: answer.rows.map((row, at) => (values[0][at] === since!["id"] ? { at: null } : row)) };
    },
  } as unknown as Client;
  const lostIn = async (of: Client) =>
    (await database.within((source) => catalogLosses(source, of, ["relation"], { nextTransaction })))!.lost.sort();
  expect(await lostIn(unaware)).toEqual(["relation: table app.dated"]);
  expect(await lostIn(copy)).toEqual(["relation: table app.dated", "relation: table app.since"]);
  await copy.end();
});

test("a role that is referred to and is not there is missed, whatever the source is like", async () => {
  await database.admin("create role lost; grant select on app.item to lost");
  const [role] = await database.server.query("select oid::text as id from pg_roles where rolname = 'lost'");
  await database.admin("set allow_system_table_mods = on; delete from pg_authid where rolname = 'lost'");
  expect(await database.within(missingRoles)).toEqual([`role with id ${String(role!["id"])}`]);
});

test("the commits beside a moment are found by their times, which no user can write", async () => {
  const committed = async () => {
    const [row] = await database.server.query("select pg_current_xact_id()::text as id", [], "app");
    const [time] = await database.server.query(
      `select to_char(pg_xact_commit_timestamp('${String(row!["id"])}'::xid) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at`,
      [],
      "app",
    );
    return { transaction: String(row!["id"]), committedAt: String(time!["at"]) };
  };
  const first = await committed();
  await new Promise((resolve) => setTimeout(resolve, 600));
  const second = await committed();
  const between = new Date((Date.parse(first.committedAt) + Date.parse(second.committedAt)) / 2).toISOString();
  const { nextTransaction, lastCommitAt } = await asReader((client) => readRecoveryPoint(client, between));
  expect(lastCommitAt).toBe(first.committedAt);
  expect(await asReader((client) => commitsAround(client, between, nextTransaction))).toEqual({
    before: first,
    after: second,
  });
  expect(await asReader((client) => commitTimes(client, [second.transaction, "1", "4000000000"]))).toEqual([
    second.committedAt,
    null,
    null,
  ]);
});
