// What is made of a copy later is compared with what was searched: each case changes a physical copy of one database.
import { createHash } from "node:crypto";
import type { CopyState } from "../../../../automation/copy-records";
import { inControlSession } from "../../../../automation/targets/control-session";
import { contentBeside, differencesFrom, readCopyState } from "../../../../automation/targets/masked-copy/copy-state";
import { FleetDatabase } from "../fleet-database";

const content = `
create schema app authorization keeper; set role keeper; create type app.state as enum ('new', 'paid');
create table app.customer (id int generated always as identity primary key, name text default 'nobody', state app.state);
insert into app.customer (name, state) select 'name ' || i, 'new' from generate_series(1, 100) i;
create function app.of(int) returns text language sql as $$ select name from app.customer where id = $1 $$;
create policy own on app.customer using (name = current_user);
create materialized view app.totals as select state, count(*) from app.customer group by 1`;

let fleet: FleetDatabase;
let state: CopyState;
const inside = <T>(database: string, work: Parameters<typeof inControlSession<T>>[2]) =>
  inControlSession(fleet.login("boss", database), { rootCertificateFile: fleet.rootCertificateFile }, work);

beforeAll(async () => {
  fleet = await FleetDatabase.start("17.10");
  // As a StandardDatabase has it: the master creates the roles.
  await fleet.within((client) => client.query("create role keeper; grant keeper to boss"));
  await fleet.store("create database searched owner boss");
  await fleet.server.query(content, undefined, "searched");
  state = await inside("searched", readCopyState);
  await fleet.within((client) => client.query("revoke keeper from boss granted by boss"));
  // As the hand-over does.
  await fleet.server.query("alter table app.customer enable row level security", undefined, "searched");
}, 120_000);
afterAll(() => fleet?.stop());

const changed = async (sql: string) => {
  await fleet.store("create database changed template searched owner boss");
  try {
    for (const one of sql.split("; ")) await fleet.server.query(one, undefined, "changed");
    const found = await inside("changed", (client) => differencesFrom(client, state));
    return {
      ...found,
      members: await fleet.server.query(
        "select from pg_auth_members where roleid = 'keeper'::regrole and member = 'boss'::regrole and inherit_option",
      ),
    };
  } finally {
    await fleet.store("drop database changed with (force)");
    await fleet.store("drop role if exists mallory");
  }
};

const same = { rows: 101, written: 0, definitions: [], members: [] };
test.each<[string, string, object]>([
  ["nothing", "select 1", same],
  ["how its rows are stored", "vacuum (full, freeze, analyze)", same],
  ["its name, and what a refresh says of it", "comment on database changed is 'masked copy by request 1'", same],
  ["a new row", "insert into app.customer (name) values ('Mallory')", { rows: 102, written: 1 }],
  ["a row that was written again", "update app.customer set name = 'Mallory' where id = 7", { rows: 101, written: 1 }],
  [
    "a row that was written and frozen",
    "update app.customer set name = 'Mallory' where id = 7; vacuum (freeze) app.customer",
    { written: 1 },
  ],
  ["a row that is gone", "delete from app.customer where id = 7", { rows: 100, written: 0 }],
  ["a materialized view that was filled again", "refresh materialized view app.totals", { written: 1 }],
  [
    "a new table",
    "create table app.more as select 'Mallory' as name; alter table app.more owner to keeper",
    { rows: 102, written: 1, definitions: expect.arrayContaining(["object"]) as string[] },
  ],
  [
    "the body of a function",
    "create or replace function app.of(int) returns text language sql as $$ select 'Mallory' $$",
    { definitions: ["function"] },
  ],
  ["a default", "alter table app.customer alter name set default 'Mallory'", { definitions: ["default"] }],
  ["a label", "alter type app.state add value 'Mallory'", { definitions: ["label", "object"] }],
  ["a comment", "comment on table app.customer is 'Mallory'", { definitions: ["comment"] }],
  ["a setting", "alter database changed set application_name = 'Mallory'", { definitions: ["setting"] }],
  ["a role that logs in", "create role mallory login", { definitions: ["login", "name of role"] }],
  ["a large object", "select lo_create(0)", { definitions: ["large object"] }],
])("a copy of it that differs in %s is told from it", async (_, sql, expected) => {
  expect(await changed(sql)).toMatchObject({ ...same, ...expected });
});

test("a large object that was searched may have been written since, and nothing would say so", async () => {
  await fleet.store("create database changed template searched owner boss");
  try {
    await fleet.server.query("select lo_from_bytea(4711, 'Mallory')", undefined, "changed");
    const searched = { "large object": createHash("sha256").update("4711").digest("hex") };
    const known = { ...state, definitions: { ...state.definitions, ...searched } };
    const found = await inside("changed", (client) => differencesFrom(client, known));
    expect(found).toMatchObject({ rows: 101, written: 0, definitions: ["large object"] });
  } finally {
    await fleet.store("drop database changed with (force)");
  }
});

test("other databases of the server, and tables in postgres, are named", async () => {
  await fleet.store("create table public.put_aside (name text)");
  try {
    const found = await inside("postgres", (client) => contentBeside(client, "searched"));
    expect(found).toEqual(["public.put_aside in the database postgres", "the database app"]);
  } finally {
    await fleet.store("drop table public.put_aside");
  }
});
