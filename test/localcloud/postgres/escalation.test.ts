import { chmodSync, copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Client } from "pg";
import { binariesView } from "../../../localcloud/postgres/binaries-view";
import { checkParameter } from "../../../localcloud/postgres/parameters";
import type { PostgresServer } from "../../../localcloud/postgres/postgres-server";
import { TestServers, master, outcome, versions } from "./servers";
import { shadowedFunctions, shadowedOperators, statements } from "./attacks";
import { connectionStatements } from "./attacks-by-connection";

/**
 * The master tries to become rdsadmin, or to run a program as the server's user. Its code, if run with more rights,
 * creates a role `pwned` and a file; neither may ever exist.
 */
describe.each(versions)("the master of PostgreSQL %s gains no rights", (engineVersion) => {
  const major = engineVersion.split(".")[0] as string;
  const testServers = new TestServers();
  const folder = mkdtempSync(join(tmpdir(), "shipshape-escalation-"));
  const witness = join(folder, "witness");
  let server: PostgresServer;
  let client: Client;

  beforeAll(async () => {
    chmodSync(folder, 0o777);
    server = await testServers.server("db", { engineVersion });
    client = await testServers.connect(server);
    await client.query("create role app login password 'app-password'; grant app to current_user");
    for (const database of ["orders", "postgres", "template1"]) await setTraps(database);
  });
  afterAll(async () => {
    await client?.end();
    await testServers.close();
    rmSync(folder, { recursive: true });
  });

  /** In a schema `evil` that is first on the path of the master, and of all sessions of the databases that it owns. */
  async function setTraps(database: string): Promise<void> {
    const session = await testServers.connect(server, { database });
    await session.query(`create schema evil;
      create function evil.spring() returns text language plpgsql as $$ begin
        if (select rolsuper from pg_catalog.pg_roles where rolname operator(pg_catalog.=) current_user) then
          begin
            execute 'create role pwned superuser';
          exception when others then null;
          end;
          execute 'copy (select 1) to program ''cat > ${witness}''';
        end if;
        return current_user::text;
      end $$`);
    for (const [signature, result] of shadowedFunctions)
      await session.query(
        `create function evil.${signature} returns ${result} language plpgsql as $$ begin perform evil.spring(); ${result.startsWith("setof") ? "return" : "return null"}; end $$`,
      );
    for (const [index, [operator, left, right, result]] of shadowedOperators.entries())
      await session.query(`create function evil.operator_${index}(${left}, ${right}) returns ${result} language plpgsql as $$ begin
          perform evil.spring(); return $1 operator(pg_catalog.${operator}) $2; end $$;
        create operator evil.${operator} (leftarg = ${left}, rightarg = ${right}, function = evil.operator_${index})`);
    for (const setting of ["search_path = evil, pg_catalog", "default_transaction_read_only = off"])
      await session.query(`alter database ${database} set ${setting}`);
    await session.end();
  }

  async function expectNothingGained(): Promise<void> {
    const rows = await server.query(
      "select rolname from pg_catalog.pg_roles where rolsuper or rolname = 'pwned' or rolreplication or rolbypassrls",
    );
    expect(rows).toEqual([{ rolname: "rdsadmin" }]);
    expect(existsSync(witness)).toBe(false);
  }

  it("the traps work: they spring for a superuser", async () => {
    const careless = await testServers.connect(server, {
      host: server.socketFolder,
      user: "rdsadmin",
      database: "orders",
      ssl: false,
    });
    await careless.query("begin; select evil.spring()").catch(() => undefined);
    const { rows } = await careless.query("select 1 as found from pg_catalog.pg_roles where rolname = 'pwned'");
    await careless.query("rollback");
    await careless.end();
    expect([rows.length, existsSync(witness)]).toEqual([1, true]);
    rmSync(witness);
  });

  it("through any of the cloud's own sessions", async () => {
    await server.applyParameters({ work_mem: "8192" });
    await server.setMasterPassword(master.username, master.password);
    await server.applyParameters({});
    await server.restart();
    client = await testServers.connect(server);
    await expectNothingGained();
  });

  it("through any version of any extension, installed and updated over traps in its own schema", async () => {
    await client.query("set search_path = evil, public, pg_catalog");
    const { rows } = await client.query<{ name: string; version: string }>(
      "select name, version from pg_catalog.pg_available_extension_versions where name <> 'plpgsql'",
    );
    expect(rows.length).toBeGreaterThan(60);
    for (const { name, version } of rows) {
      await outcome(client, `create extension "${name}" version '${version}' schema evil cascade`);
      await outcome(client, `alter extension "${name}" update`);
      await outcome(client, `drop extension "${name}" cascade`);
    }
    await expectNothingGained();
  });

  it("through anything that runs with more rights than its caller: it has a fixed search_path, and is written in C", async () => {
    await client.query("set search_path = public, pg_catalog");
    const refused: string[] = [];
    for (const { name } of (await client.query<{ name: string }>("select name from pg_catalog.pg_available_extensions"))
      .rows)
      if ((await outcome(client, `create extension if not exists "${name}" schema public cascade`)) !== "ok")
        refused.push(name);
    expect(refused).toEqual([]);
    const definers = await server.query(
      `select p.oid::regprocedure::text as routine, l.lanname as language, p.proconfig[1] as setting, has_function_privilege('public', p.oid, 'execute') as open
       from pg_catalog.pg_proc p join pg_catalog.pg_language l on l.oid = p.prolang where p.prosecdef`,
      [],
      "orders",
    );
    expect(definers.length).toBeGreaterThan(20);
    const safe = { language: "c", setting: "search_path=pg_catalog, public, pg_temp", open: false };
    expect(definers).toEqual(definers.map(({ routine }) => ({ routine, ...safe })));
    const [others] = await server.query(
      `select (select count(*)::int from pg_catalog.pg_event_trigger) as event_triggers,
         (select count(*)::int from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace where p.oid >= 16384 and p.proowner = 10
           and not exists (select from pg_catalog.pg_depend d where d.objid = p.oid and d.deptype = 'e')) as loose_functions,
         (select count(*)::int from pg_catalog.pg_class c where c.relowner = 10 and c.relkind in ('r', 'm') and c.oid >= 16384) as tables`,
      [],
      "orders",
    );
    expect(others).toEqual({ event_triggers: 0, loose_functions: 0, tables: 0 });
  });

  it("with the extensions that the attacks use installed", async () => {
    const { rows } = await client.query(
      "select count(*)::int as found from pg_catalog.pg_extension where extname in ('dblink', 'postgres_fdw', 'pageinspect')",
    );
    expect(rows).toEqual([{ found: 3 }]);
  });

  it.each([...statements, ...connectionStatements])("%s", async (_claim, attack) => {
    await client.query("reset session authorization; reset role; set search_path = evil, public, pg_catalog");
    for (const statement of attack(server, witness)) await outcome(client, statement);
    await outcome(client, "rollback");
    await expectNothingGained();
  });

  describe("through a parameter that names a file, a library or a command", () => {
    let library: string;
    let names: string[];

    beforeAll(async () => {
      library = join(folder, "evil.so");
      copyFileSync(join((await binariesView(engineVersion)).libraries, "auto_explain.so"), library);
      chmodSync(library, 0o755);
      const rows = await server.query(
        `select name from pg_catalog.pg_settings where context <> 'internal' and vartype = 'string'
         and (name ~ '(librar|_path|file|command|director|provider|conninfo|_dir$|filename)' or short_desc ~* '(librar|file|command|director)')`,
      );
      names = rows
        .map(({ name }) => String(name))
        .filter((name) => !["search_path", "log_file_mode", "temp_tablespaces"].includes(name));
      expect(names).toEqual(
        expect.arrayContaining([
          "session_preload_libraries",
          "local_preload_libraries",
          "jit_provider",
          "ssl_key_file",
          "archive_command",
        ]),
      );
    });

    /** auto_explain's settings exist only where its library was loaded, from anywhere. */
    const isLoaded = async (session: Client) =>
      (await session.query("select from pg_catalog.pg_settings where name like 'auto_explain.%'")).rowCount !== 0;

    it("no parameter group can contain one", async () => {
      const taken: string[] = [];
      for (const name of names)
        for (const value of [library, "evil", `pg_stat_statements,${library}`, "$libdir/../evil", `touch ${witness}`])
          if ((await checkParameter(major, name, value)) === undefined) taken.push(`${name}=${value}`);
      expect(taken).toEqual([]);
    });

    it("nor does one that a group already has take effect: the server leaves it out", async () => {
      const { invalid } = await server.applyParameters(Object.fromEntries(names.map((name) => [name, library])));
      expect(invalid.map(({ name }) => name).sort()).toEqual(names.map((name) => name.toLowerCase()).sort());
      const session = await testServers.connect(server);
      expect(await isLoaded(session)).toBe(false);
      await session.end();
    });

    it("nor can a session, a role, a database or a connection set one", async () => {
      for (const name of names) {
        for (const statement of [
          `set ${name} = '${library}'`,
          `alter role app set ${name} = '${library}'`,
          `alter database orders set ${name} = '${library}'`,
        ])
          await outcome(client, statement);
        const options = `-c ${name}=${library}`;
        for (const login of [{ options }, { user: "app", password: "app-password" }]) {
          const session = await testServers.connect(server, login).catch((error: { code: string }) => error.code);
          if (typeof session === "string")
            expect([name, session]).toEqual([name, expect.stringMatching(/^(42501|55P02|22023|58P01|42704)$/)]);
          else {
            expect([name, await isLoaded(session)]).toEqual([name, false]);
            await session.end();
          }
        }
        for (const statement of [`alter role app reset ${name}`, `alter database orders reset ${name}`])
          await outcome(client, statement);
      }
      await expectNothingGained();
    });

    it("a library that RDS has and this machine lacks is left out and named, and no session is lost", async () => {
      expect(await checkParameter(major, "session_preload_libraries", "auto_explain")).toBeUndefined();
      const { leftOut } = await server.applyParameters({ session_preload_libraries: "auto_explain,pg_hint_plan" });
      expect(leftOut).toEqual([expect.objectContaining({ name: "session_preload_libraries", value: "pg_hint_plan" })]);
      const session = await testServers.connect(server);
      expect(await isLoaded(session)).toBe(true);
      await session.end();
      await server.applyParameters({});
    });
  });
});
