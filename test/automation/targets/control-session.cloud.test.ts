import { inControlSession } from "../../../automation/targets/control-session";
import { deleteMarkers, readMarkers, writeMarker } from "../../../automation/targets/recovery-markers";
import { readRecoveryPoint } from "../../../automation/targets/recovery-point";
import { FleetDatabase } from "./fleet-database";

let database: FleetDatabase;

beforeAll(async () => {
  database = await FleetDatabase.start();
  await database.addLogin("shipshape");
  await database.addLogin("weak");
  await database.admin(
    "create schema shipshape authorization shipshape; grant shipshape, weak to boss; grant weak to shipshape",
  );
});
afterAll(async () => database?.stop());

/**
 * Settings that owners store for everyday reasons, or to mislead: for a role, a database, or a role in a database.
 */
const stored = [
  "datestyle = 'SQL, DMY'",
  "datestyle = 'German'",
  "timezone = 'Asia/Kolkata'",
  "intervalstyle = 'iso_8601'",
  "extra_float_digits = -15",
  "quote_all_identifiers = on",
  "bytea_output = 'escape'",
  "standard_conforming_strings = off",
  "transform_null_equals = on",
  "xmloption = 'document'",
  "default_transaction_read_only = on",
  "default_transaction_isolation = 'serializable'",
  "default_transaction_deferrable = on",
  "statement_timeout = '1ms'",
  "lock_timeout = '1ms'",
  "idle_in_transaction_session_timeout = '1ms'",
  "idle_session_timeout = '1ms'",
  "transaction_timeout = '1ms'",
  "exit_on_error = on",
  "row_security = on",
  "synchronous_commit = off",
  "client_encoding = 'LATIN1'",
  "default_tablespace = 'nowhere'",
  "default_table_access_method = 'nothing'",
  "local_preload_libraries = 'not_there'",
  "search_path = evil, pg_catalog",
  "role = 'weak'",
  "maintenance_work_mem = '1MB'",
];
const scopes = ["role shipshape", "database app", "role shipshape in database app"];

test.each(scopes)(
  "no setting stored by alter %s affects a session of the control plane, which still writes and reads its markers",
  async (scope) => {
    await database.within((client) => writeMarker(client, "settings", "before"), "shipshape");
    const plain = await database.within(async (client) => (await client.query(SESSION)).rows, "shipshape");
    await database.store(stored.map((setting) => `alter ${scope} set ${setting}`).join("; "));
    try {
      const hostile = await database.within(async (client) => (await client.query(SESSION)).rows, "shipshape");
      expect(hostile).toEqual(plain);
      const markers = await database.within(async (client) => {
        await deleteMarkers(client, "settings");
        const before = await writeMarker(client, "settings", "before");
        return { before, all: await readMarkers(client, "settings", ["before", "after"]) };
      }, "shipshape");
      expect(markers.all).toEqual([markers.before]);
      expect(Math.abs(Date.parse(markers.before.committedAt) - Date.now())).toBeLessThan(60_000);
      expect(markers.before.committedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    } finally {
      await database.store(`alter ${scope} reset all`);
    }
  },
);

/** All settings of a session, except those that identify it. */
const SESSION = `select current_user as is, session_user as login, json_object_agg(name, setting order by name) as settings from pg_settings
  where name not in ('application_name', 'log_parameter_max_length', 'in_hot_standby')`;

test("a login of the control plane's role acts as the role, whatever its owner stored, so the other login has what it made", async () => {
  for (const user of ["shipshape_a", "shipshape_b"]) {
    await database.addLogin(user);
    await database.admin(`grant shipshape to ${user}; alter role ${user} set role = 'weak'`);
    const session = { rootCertificateFile: database.rootCertificateFile };
    const login = { ...database.login(user), role: "shipshape" };
    await inControlSession(login, session, async (client) => {
      expect((await client.query("select session_user as login, current_user as is")).rows).toEqual([
        { login: user, is: "shipshape" },
      ]);
      await client.query("drop table if exists shipshape.made");
      await client.query("create table shipshape.made ()");
    });
  }
});

test("objects in a stored search path that shadow catalogs, functions, operators and types change no result", async () => {
  await database.admin(`create schema evil; grant usage on schema evil to public;
    create view evil.pg_class as select * from pg_catalog.pg_class where false;
    create view evil.pg_settings as select * from pg_catalog.pg_settings where false;
    create function evil.pg_xact_commit_timestamp(xid) returns timestamptz language sql as $$select '2000-01-01'::timestamptz$$;
    create function evil.current_setting(text) returns text language sql as $$select 'off'$$;
    create function evil.clock_timestamp() returns timestamptz language sql as $$select '2000-01-01'::timestamptz$$;
    create function evil.greater(bigint, bigint) returns boolean language sql as 'select true';
    create operator evil.>= (leftarg = bigint, rightarg = bigint, function = evil.greater);
    create function evil.same(text, text) returns boolean language sql as 'select false';
    create operator evil.= (leftarg = text, rightarg = text, function = evil.same);
    create domain evil.timestamptz as pg_catalog.timestamptz;
    alter role shipshape set search_path = evil, pg_catalog; alter role boss set search_path = evil, pg_catalog`);
  const marker = await database.within((client) => writeMarker(client, "shadows", "before"), "shipshape");
  expect(await database.within((client) => readMarkers(client, "shadows", ["before"]))).toEqual([marker]);
  const { lastCommitAt } = await database.within((client) => readRecoveryPoint(client, "2999-01-01"));
  expect(Math.abs(Date.parse(lastCommitAt!) - Date.now())).toBeLessThan(60_000);
  await database.admin("alter role shipshape reset all; alter role boss reset all");
});

test("settings, temporary objects and the role of a login trigger are gone before the first statement", async () => {
  await database.admin(`create function public.at_login() returns event_trigger language plpgsql security definer as $$begin
      if session_user <> 'rdsadmin' then
        perform set_config('search_path', 'evil, pg_catalog', false), set_config('datestyle', 'German', false), set_config('timezone', 'Asia/Kolkata', false);
        create temp table pg_class (oid oid); grant all on pg_class to public;
      end if;
    end$$; create event trigger trap on login execute function public.at_login(); alter event trigger trap enable always`);
  try {
    const seen = await database.within(async (client) => {
      const { rows } = await client.query(
        "select current_setting('search_path') as path, current_setting('DateStyle') as dates, count(*) > 100 as whole from pg_class",
      );
      return rows as unknown[];
    });
    expect(seen).toEqual([{ path: "pg_catalog,pg_temp", dates: "ISO, MDY", whole: true }]);
  } finally {
    await database.admin("drop event trigger trap");
  }
});

test("a login trigger that never returns is an error within the time limit of a login", async () => {
  await database.admin(`create function public.never() returns event_trigger language plpgsql as $$begin
      if session_user <> 'rdsadmin' then perform pg_sleep(600); end if; end$$; create event trigger never on login execute function public.never()`);
  try {
    await expect(database.session("boss", 3)).rejects.toMatchObject({ code: "database-unreachable" });
  } finally {
    await database.admin("drop event trigger never");
  }
});

/** Each makes the table of markers differ from the one that drills create. */
const tampered: [what: string, how: string][] = [
  [
    "a trigger that removes rows",
    "create function public.none() returns trigger language plpgsql as 'begin return null; end'; create trigger t before insert on shipshape.recovery_marker for each row execute function public.none()",
  ],
  ["a rule", "create rule r as on insert to shipshape.recovery_marker do instead nothing"],
  ["row-level security", "alter table shipshape.recovery_marker enable row level security, force row level security"],
  [
    "a view instead of it",
    "alter table shipshape.recovery_marker rename to old; create view shipshape.recovery_marker as select * from shipshape.old",
  ],
  [
    "columns of a type with its own code",
    "create domain shipshape.odd as text; alter table shipshape.recovery_marker alter run_id type shipshape.odd",
  ],
  ["a table that inherits from it", "create table shipshape.other () inherits (shipshape.recovery_marker)"],
  [
    "a generated column that runs a function",
    "create function public.slow(t text) returns text language sql immutable as 'select t'; alter table shipshape.recovery_marker add column x text generated always as (public.slow(name)) stored",
  ],
  ["a default of its own", "alter table shipshape.recovery_marker alter written_at set default '2000-01-01'"],
  ["a default where there is none", "alter table shipshape.recovery_marker alter name set default 'x'"],
  ["a check", "alter table shipshape.recovery_marker add check (pg_sleep(0) is not null)"],
  [
    "an index that uses a function",
    "create function public.slow(t text) returns text language sql immutable as 'select t'; create index on shipshape.recovery_marker (public.slow(name))",
  ],
  [
    "statistics that use a function",
    "create function public.slow(t text) returns text language sql immutable as 'select t'; create statistics shipshape.s on (public.slow(name)), run_id from shipshape.recovery_marker",
  ],
  ["an unlogged table", "alter table shipshape.recovery_marker set unlogged"],
];

test.each(tampered)(
  "%s on the table of markers is refused with a code, for writing and for reading",
  async (_what, how) => {
    await database.within((client) => writeMarker(client, "tampered", "before"), "shipshape");
    await database.admin(how);
    try {
      const refused = { code: "marker-table-changed" };
      await expect(
        database.within((client) => writeMarker(client, "tampered", "after"), "shipshape"),
      ).rejects.toMatchObject(refused);
      await expect(database.within((client) => readMarkers(client, "tampered", ["before"]))).rejects.toMatchObject(
        refused,
      );
    } finally {
      await database.admin(
        "drop schema shipshape cascade; drop function if exists public.slow; create schema shipshape authorization shipshape",
      );
    }
  },
);

test("markers that an earlier drill could not remove are removed by the next, those of a running drill are not", async () => {
  await database.within(async (client) => {
    await writeMarker(client, "earlier", "before");
    await writeMarker(client, "under way", "before");
    await client.query(
      "update shipshape.recovery_marker set written_at = now() - interval '3 days' where run_id = 'earlier'",
    );
    await writeMarker(client, "next", "before");
    const { rows } = await client.query("select run_id from shipshape.recovery_marker order by run_id");
    expect(rows).toEqual([{ run_id: "next" }, { run_id: "under way" }]);
  }, "shipshape");
});
