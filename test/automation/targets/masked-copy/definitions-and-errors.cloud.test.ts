import { inspect } from "node:util";
import { describeError } from "../../../../automation/errors";
import { inControlSession } from "../../../../automation/targets/control-session";
import { copyDatabase } from "../../../../automation/targets/masked-copy/copy-database";
import { validateCopy } from "../../../../automation/targets/masked-copy/copy-validation";
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
    ...["unexpected", "57P01"],
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
        inControlSession(asked.target, options, (other) => validateCopy(one, other, found, throughRoot)),
      );
      expect(valid).toMatchObject({ rows: 500, differingCounts: [], missing: [], unexpected: [] });
    },
  ));
