import { inspect } from "node:util";
import { describeError } from "../../../../automation/errors";
import type { DefinitionRule } from "../../../../automation/masking/profile";
import { inControlSession } from "../../../../automation/targets/control-session";
import { copyDatabase } from "../../../../automation/targets/masked-copy/copy-database";
import { validateCopy } from "../../../../automation/targets/masked-copy/copy-validation";
import { definitionsQuery } from "../../../../automation/targets/masked-copy/definitions";
import { disarmCopy, followColumns, writeComments } from "../../../../automation/targets/masked-copy/copy-settings";
import { readSchemaFacts } from "../../../../automation/targets/schema-facts";
import { diskFullOf } from "./disk-full";
import { constant, masksOf, TwoServers } from "./two-servers";

let servers: TwoServers;
beforeAll(async () => {
  servers = await TwoServers.start();
});
afterAll(() => servers?.stop());

/** A value of a column that is kept. */
const MARKER = "mk8MARKERkm";
const notes = `create table app.note (id int, text text, kept text); insert into app.note select i, 'text ' || i, '${MARKER}' from generate_series(1, 3) i`;

test.each([
  ["a key that masked rows break", "create unique index on app.note (text, kept)", "schema-not-loaded", "23505"],
  [
    "a function of an index that raises",
    `create function app.checked(text, text) returns text language plpgsql immutable as $$ begin
       if $1 like 'a note%' then raise exception 'not %', $2 using column = $2, constraint = $2; end if; return $1; end $$;
     create index on app.note (app.checked(text, kept))`,
    ...["schema-not-loaded", "P0001"],
  ],
  [
    "a check that raises",
    `create function app.checked(text, text) returns bool language plpgsql immutable as $$ begin
       if $1 like 'a note%' then raise exception 'not %', $2 using column = $2, constraint = $2; end if; return true; end $$;
     alter table app.note add check (app.checked(text, kept))`,
    ...["copy-refused", "P0001"],
  ],
  [
    "a cast in a materialized view",
    "create materialized view app.numbers as select case when text like 'a note%' then kept::int end from app.note",
    ...["copy-query-failed", "22P02"],
  ],
  [
    "a login trigger, with the code of a lost session",
    `reset role; create function app.refuse() returns event_trigger language plpgsql as $$ begin
       if session_user like 'shipshape%' then raise exception '%', (select min(kept) from app.note) using errcode = '57P01'; end if; end $$;
     create event trigger refuse on login execute function app.refuse(); alter event trigger refuse enable always`,
    ...["copy-connection-lost", "57P01"],
  ],
])("%s ends a copy, and no value is in any part of the error", async (_, sql, code, sqlstate) => {
  await servers.withDatabases(
    `create schema app authorization owner; set role owner; ${notes}; ${sql}`,
    async (database) => {
      const quiet = masksOf(
        { "app.note": [constant("app.note", "text", 1, "a note")] },
        { "app.note": ["id", "text", "kept"] },
      );
      const error = await copyDatabase(await servers.request(quiet, database)).catch((thrown: unknown) => thrown);
      expect(describeError(error)).toMatchObject({ code, message: expect.stringContaining(sqlstate) as string });
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(MARKER);
    },
  );
});

test("objects stay those of roles that may create there by a grant only, or no longer, and privileges are as before", () =>
  servers.withDatabases(
    `create role granted; create role former; create schema app authorization owner; grant usage, create on schema app, public to granted;
     ${notes}; alter table app.note owner to former; create table public.paid (id int); alter table public.paid owner to granted;
     create type app.mood as enum ('well'); alter type app.mood owner to granted;
     create function app.one() returns int language sql as 'select 1'; alter function app.one() owner to former;
     create statistics app.both on id, text from app.note; alter statistics app.both owner to granted;
     create publication sent for table app.note; alter publication sent owner to former`,
    async (database) => {
      const names = { "app.note": ["id", "text", "kept"], "public.paid": ["id"] };
      const quiet = masksOf({ "app.note": [constant("app.note", "text", 1, "a note")] }, names);
      const asked = await servers.request(quiet, database);
      const { found } = await copyDatabase(asked);
      const options = { rootCertificateFile: servers.rootCertificateFile };
      const valid = await inControlSession(asked.source, options, (one) =>
        inControlSession(asked.target, options, (other) => validateCopy(one, other, found)),
      );
      expect(valid).toMatchObject({ differingCounts: [], missing: [], unexpected: [] });
      const owners = `select pubowner::regrole::text as owner from pg_publication union all select stxowner::regrole::text from pg_statistic_ext`;
      expect(await servers.target.server.query(owners, [], database)).toEqual(
        ["former", "granted"].map((owner) => ({ owner })),
      );
      const may = `select has_schema_privilege('former', 'app', 'create') as app, has_database_privilege('former', current_database(), 'create') as all`;
      expect(await servers.target.server.query(may, [], database)).toEqual([{ app: false, all: false }]);
    },
  ));

test("a disk of the target that is full in mid-copy ends the copy with its SQLSTATE, stores nothing, and no value is in any part of the error", () =>
  servers.withDatabases(
    `create schema app authorization owner; set role owner; ${notes};
     insert into app.note select i, 'text ' || i, '${MARKER}' || i from generate_series(4, 20000) i;
     insert into app.note select 0, 'text', '${MARKER}' || string_agg(md5(i::text), '') from generate_series(1, 500) i`,
    async (database) => {
      await servers.target.server.query(diskFullOf("app.note"), [], database);
      const names = { "app.note": ["id", "text", "kept"] };
      const masked = masksOf({ "app.note": [constant("app.note", "text", 1, "a note")] }, names);
      const asked = await servers.request(masked, database);
      const error: unknown = await copyDatabase(asked).catch((thrown: unknown) => thrown);
      expect(describeError(error)).toMatchObject({
        code: "copy-storage-full",
        message: expect.stringContaining("ended the copying of app.note with SQLSTATE 53100") as string,
      });
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(MARKER);
      const query = (sql: string) => servers.target.server.query(sql, [], database);
      expect(await query("select count(*)::int as n from app.note")).toEqual([{ n: 0 }]);
    },
  ));

const defined = `create schema app authorization owner; set role owner;
create type app.plan as enum ('free', '${MARKER} special'); create domain app.code as text default '${MARKER}' check (value <> '${MARKER}');
create table app.customer (id int generated by default as identity primary key, plan app.plan default '${MARKER} special', code app.code, note text default '${MARKER}',
  constraint who check (note <> '${MARKER}'));
insert into app.customer (plan, code, note) select '${MARKER} special', 'x', 'y' from generate_series(1, 5);
select setval('app.customer_id_seq', 1000); create table app.log (id serial, at date);
comment on table app.customer is '${MARKER}'; comment on column app.customer.note is '${MARKER}'; comment on constraint who on app.customer is '${MARKER}';
comment on domain app.code is '${MARKER}'; comment on type app.plan is '${MARKER}';
create function app.who(int) returns text language sql as $$ select '${MARKER}' $$; comment on function app.who(int) is '${MARKER}';
create view app.special as select id from app.customer where note = '${MARKER}'; create index special_note on app.customer (id) where note = '${MARKER}';
create policy those on app.customer using (note <> '${MARKER}'); create rule quiet as on delete to app.log where old.at is null do instead select '${MARKER}';
create function app.touch() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger touched before update on app.customer for each row when (old.note = '${MARKER}') execute function app.touch();
create statistics app.both on id, (note || '${MARKER}') from app.customer;
comment on statistics app.both is 'of what is dropped'; comment on column app.log.at is 'kept of a column'; comment on function app.touch() is 'kept of a function'; reset role;
create publication those for table app.customer where (note = '${MARKER}'); alter publication those owner to boss;
reset role`;
const replacements: Record<string, string> = {
  enum: "free\nspecial",
  function: "create or replace function app.who(int) returns text language sql as $$ select 'nobody' $$",
  default: "'none'",
  check: "CHECK (note <> 'nothing')",
  trigger:
    "create trigger touched before update on app.customer for each row when (old.note = 'none') execute function app.touch()",
};

test("comments, labels, defaults, checks, bodies and conditions travel as the profile says, and the copy is whole", () =>
  servers.withDatabases(defined, async (database) => {
    const { source, target, rootCertificateFile } = servers;
    const facts = await inControlSession(source.login("boss", database), { rootCertificateFile }, readSchemaFacts);
    const rules = facts.definitions.map(({ id, kind, text }): [string, DefinitionRule] => {
      const replace = /touch\(\)|domain/.test(id) ? undefined : replacements[kind];
      // A default that is a label follows its label.
      if (!text.includes(MARKER) || id === "default of app.customer.plan") return [id, { keep: "a test" }];
      return [id, replace === undefined ? { drop: true } : { replace }];
    });
    const names = { "app.customer": ["id", "plan", "code", "note"], "app.log": ["id", "at"] };
    const asked = await servers.request(masksOf({}, names), database);
    const definitions = Object.fromEntries(rules);
    const result = await copyDatabase({ ...asked, definitions });
    const to = asked.target;
    await inControlSession(asked.source, { rootCertificateFile }, (from) =>
      inControlSession(to, { rootCertificateFile }, (client) => writeComments(from, client, database, definitions)),
    );
    await inControlSession(to, { rootCertificateFile }, followColumns);
    const texts = await inControlSession(to, { rootCertificateFile }, async (client) => {
      const { rows } = await client.query<{ place: string; text: string }>(definitionsQuery);
      return rows.filter(({ text }) => text.includes(MARKER));
    });
    expect(texts).toEqual([]);
    const query = (sql: string) => target.server.query(sql, [], database);
    expect(
      await query("select description as text from pg_description where description ~ '^(kept|of what)' order by 1"),
    ).toEqual([{ text: "kept of a column" }, { text: "kept of a function" }]);
    expect(await query("select distinct plan::text, app.who(1) from app.customer")).toEqual([
      { plan: "special", who: "nobody" },
    ]);
    expect(await query("insert into app.customer (code) values ('c') returning id, note")).toEqual([
      { id: 6, note: "none" },
    ]);
    expect(await query("insert into app.log (at) values (now()) returning id")).toEqual([{ id: 1 }]);
    const valid = await inControlSession(asked.source, { rootCertificateFile }, (one) =>
      inControlSession(to, { rootCertificateFile }, (other) => validateCopy(one, other, result.found)),
    );
    expect(valid).toMatchObject({ missing: [], unexpected: [], sequencesBehind: [] });
    const disarm = (...sql: string[]) =>
      inControlSession(to, { rootCertificateFile }, (client) =>
        disarmCopy(
          client,
          sql.map((one) => ({ sql: one })),
        ),
      );
    await expect(disarm("delete from app.customer", `select '${MARKER}'::int`)).rejects.toMatchObject({
      code: "disarming-failed",
      message: expect.not.stringContaining(MARKER) as string,
    });
    expect(await query("select count(*)::int as n from app.customer")).toEqual([{ n: 6 }]);
    await disarm("delete from app.customer");
    expect(await query("select count(*)::int as n from app.customer")).toEqual([{ n: 0 }]);
  }));

test("a definition that the profile does not classify ends a copy before the schema travels", () =>
  servers.withDatabases(`create schema app; comment on schema app is '${MARKER}'`, async (database) => {
    const request = await servers.request(masksOf({}, {}), database);
    await expect(copyDatabase({ ...request, definitions: {} })).rejects.toMatchObject({
      code: "copy-unplanned",
      message: expect.stringContaining("comment on schema app is new") as string,
    });
  }));

test("rows whose partition a mask decides find it in the copy, and are counted together", () =>
  servers.withDatabases(
    `create schema app authorization owner; set role owner; create table app.t (id text, n int) partition by hash (id);
     create table app.t0 partition of app.t for values with (modulus 2, remainder 0); create table app.t1 partition of app.t for values with (modulus 2, remainder 1);
     insert into app.t select 'id' || i, i from generate_series(1, 500) i`,
    async (database) => {
      const column = { table: "app.t", name: "id", type: "text", declared: "text", kind: "base" as const };
      const mask = { use: "pseudonym", with: {}, class: "id", column: { ...column, notNull: false, checks: [] } };
      const rule = [{ position: 0, mask }];
      const names = { "app.t0": ["id", "n"], "app.t1": ["id", "n"] };
      const throughRoot = ["app.t0", "app.t1"];
      const asked = await servers.request(masksOf({ "app.t0": rule, "app.t1": rule }, names), database);
      const { found } = await copyDatabase({ ...asked, throughRoot });
      const sql = "select count(*)::int as n, count(distinct id)::int as ids from app.t";
      expect(await servers.target.server.query(sql, [], database)).toEqual([{ n: 500, ids: 500 }]);
      const options = { rootCertificateFile: servers.rootCertificateFile };
      const valid = await inControlSession(asked.source, options, (one) =>
        inControlSession(asked.target, options, (other) => validateCopy(one, other, found, { throughRoot })),
      );
      expect(valid).toMatchObject({ rows: 500, differingCounts: [], missing: [], unexpected: [] });
    },
  ));
