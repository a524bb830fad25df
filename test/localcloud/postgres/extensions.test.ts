import type { Client } from "pg";
import { supportedExtensions } from "../../../localcloud/postgres/extensions";
import type { PostgresServer } from "../../../localcloud/postgres/postgres-server";
import { TestServers, outcome, versions } from "./servers";

describe.each(versions)("extensions of PostgreSQL %s", (engineVersion) => {
  const testServers = new TestServers();
  let server: PostgresServer;
  let client: Client;

  beforeAll(async () => {
    server = await testServers.server("db", { engineVersion });
    client = await testServers.connect(server);
    await client.query(`create role app login password 'app-password'; grant create on database orders to app; create table t (id int primary key);
      create role shipshape login password 'shipshape-password'; grant select on t to shipshape`);
  });
  afterAll(async () => {
    await client.end();
    await testServers.close();
  });

  it("may be installed by the master when RDS supports them", async () => {
    const refused: [string, string][] = [];
    for (const name of supportedExtensions) {
      const result = await outcome(client, `create extension if not exists "${name}" cascade`);
      if (result !== "ok") refused.push([name, result]);
    }
    expect(refused).toEqual([]);
    const { rows } = await client.query('select name from pg_available_extensions order by name collate "C"');
    expect(rows.map(({ name }) => name)).toEqual([...supportedExtensions].sort());
    expect((await client.query("show rds.extensions")).rows[0]).toEqual({
      "rds.extensions": supportedExtensions.join(","),
    });
  });

  it("let the master use and grant what their scripts reserve for a superuser", async () => {
    const statements = [
      "select bt_index_check('t_pkey'::regclass)",
      "select * from verify_heapam('t')",
      "grant execute on function bt_index_check(regclass, boolean) to shipshape",
      "grant execute on function verify_heapam(regclass, boolean, boolean, text, bigint, bigint) to shipshape",
      "select count(*) from pg_stat_statements",
      "select pg_stat_statements_reset()",
      "select lsn from page_header(get_raw_page('t_pkey', 0))",
      "create server other foreign data wrapper postgres_fdw options (host '127.0.0.1')",
      "drop extension hstore",
    ];
    for (const statement of statements)
      expect([statement, await outcome(client, statement)]).toEqual([statement, "ok"]);
    const shipshape = await testServers.connect(server, { user: "shipshape", password: "shipshape-password" });
    expect(await outcome(shipshape, "select * from verify_heapam('t')")).toBe("ok");
    expect(await outcome(shipshape, "select lsn from page_header(get_raw_page('t_pkey', 0))")).toBe("42501");
    await shipshape.end();
  });

  it("give no access to the administrator's socket", async () => {
    const asAdministrator = `host=${server.socketFolder} port=${server.port} user=rdsadmin dbname=postgres`;
    expect(await outcome(client, `select * from dblink('${asAdministrator}', 'select 1') as r (a int)`)).toBe("2F003");
    expect(await outcome(client, `select dblink_connect_u('c', '${asAdministrator}')`)).toBe("42501");
    expect(await outcome(client, "set rds.extensions = 'file_fdw'; create extension file_fdw")).toBe("0A000");
  });

  it.each([
    ["file_fdw", "0A000"],
    ["pg_surgery", "0A000"],
    ["pgaudit", "0A000"],
    ["vector", "0A000"],
  ])("refuse %s to the master", async (name, expected) => {
    expect(await outcome(client, `create extension ${name}`)).toBe(expected);
  });

  it("let another role install only the trusted ones, in any database, whatever its template", async () => {
    await client.query("create database bare template template0 owner app");
    for (const database of ["orders", "bare"]) {
      const app = await testServers.connect(server, { user: "app", password: "app-password", database });
      expect(await outcome(app, "create extension if not exists hstore")).toBe("ok");
      expect(await outcome(app, "drop extension if exists pg_freespacemap; create extension pg_freespacemap")).toBe(
        "42501",
      );
      await app.end();
    }
  });

  it("are limited further by rds.allowed_extensions", async () => {
    await client.query("drop extension if exists citext");
    await server.applyParameters({ "rds.allowed_extensions": "pg_trgm, hstore" });
    expect(await outcome(client, "create extension citext")).toBe("42501");
    await server.applyParameters({ "rds.allowed_extensions": "*" });
    expect(await outcome(client, "create extension citext")).toBe("ok");
  });
});
