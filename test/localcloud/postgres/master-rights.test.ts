import type { Client } from "pg";
import type { PostgresServer } from "../../../localcloud/postgres/postgres-server";
import { TestServers, master, outcome, versions } from "./servers";

/** Statement → RDS's result: "ok" or the SQLSTATE. In this order, in the database `orders`. */
const asMaster: [statement: string, expected: string][] = [
  ["create role owner nologin", "ok"],
  ["create role app login password 'app-password'", "ok"],
  ["create role shipshape login password 'shipshape-password' connection limit 5", "ok"],
  ["create schema app authorization owner", "ok"],
  ["create schema shipshape authorization shipshape", "ok"],
  ["grant owner to app", "ok"],
  ["alter default privileges for role owner in schema app grant select on tables to shipshape", "ok"],
  ["set role owner; create table app.t (id int primary key); insert into app.t values (1); reset role", "ok"],
  ["grant usage on schema app to app, shipshape", "ok"],
  ["revoke connect, temporary on database orders from public", "ok"],
  ["grant connect on database orders to app, shipshape", "ok"],
  ["alter role app set statement_timeout = '5s'", "ok"],
  ["grant rds_iam to shipshape", "ok"],
  ["revoke rds_iam from shipshape", "ok"],
  ["select rolpassword from pg_authid", "42501"], // before the next: it may read whatever its own roles may
  ["grant pg_monitor, pg_read_all_data to shipshape", "ok"],
  ["grant rds_superuser to app", "ok"],
  ["revoke rds_superuser from app", "ok"],
  ["grant rds_replication to app", "ok"],
  ["create database second owner owner", "ok"],
  ["create database third template template0 lc_collate 'C' lc_ctype 'C'", "ok"],
  ["drop database third", "ok"],
  ["create table own (id int)", "ok"],
  ["reassign owned by owner to orders_admin", "ok"],
  ["checkpoint", "ok"],
  ["set session_replication_role = replica; set session_replication_role = origin", "ok"],
  ["select query from pg_stat_activity where query <> ''", "ok"],
  ["select pg_terminate_backend(pid) from pg_stat_activity where usename = 'app'", "ok"],
  ["alter role orders_admin password 'first-Password-1'", "ok"],
  // What RDS refuses, too.
  ["drop role rds_iam", "2BP01"],
  ["drop role rds_superuser", "2BP01"],
  ["alter role rdsadmin password 'x'", "42501"],
  ["alter role orders_admin superuser", "42501"],
  ["alter role rds_superuser superuser", "42501"],
  ["create role r superuser", "42501"],
  ["create role r replication", "42501"],
  ["create role r bypassrls", "42501"],
  ["set role rdsadmin", "42501"],
  ["grant rdsadmin to app", "42501"],
  ["copy (select 1) to program 'id'", "42501"],
  ["copy app.t from '/etc/passwd'", "42501"],
  ["select pg_read_file('/etc/passwd')", "42501"],
  ["select pg_ls_dir('.')", "42501"],
  ["select lo_import('/etc/passwd')", "42501"],
  ["alter system set work_mem = '1MB'", "42501"],
  ["load 'pg_surgery'", "42501"],
  ["create function f() returns int language c as 'x', 'y'", "42501"],
  [
    "create function e() returns event_trigger language plpgsql as 'begin end'; create event trigger e on ddl_command_end execute function e()",
    "42501",
  ],
  ["create tablespace x location '/tmp/x'", "42501"],
  ["set log_statement = 'none'", "42501"],
  ["set session authorization rdsadmin", "42501"],
  ["select pg_switch_wal()", "42501"],
  ["select pg_reload_conf()", "42501"],
  ["select pg_rotate_logfile()", "42501"],
  ["select pg_terminate_backend(pid) from pg_stat_activity where usename = 'rdsadmin'", "42501"],
  ["create cast (text as int) with inout", "42501"],
  ["alter database rdsadmin owner to orders_admin", "42501"],
  ["drop database rdsadmin", "42501"],
];

describe.each(versions)("the master of PostgreSQL %s", (engineVersion) => {
  const testServers = new TestServers();
  let server: PostgresServer;
  let client: Client;
  let administrator: Client;

  beforeAll(async () => {
    server = await testServers.server("db", { engineVersion });
    client = await testServers.connect(server);
    // A login of rdsadmin that the master would like to end.
    administrator = await testServers.connect(server, {
      host: server.socketFolder,
      user: "rdsadmin",
      database: "postgres",
      ssl: false,
    });
  });
  afterAll(async () => {
    await client.end();
    await administrator.end();
    await testServers.close();
  });

  it("may do what RDS's may, and is refused what RDS refuses", async () => {
    const actual: [string, string][] = [];
    for (const [statement] of asMaster) {
      actual.push([statement, await outcome(client, statement)]);
      await client.query("reset role; reset session authorization");
    }
    expect(actual).toEqual(asMaster);
  });

  it("is NOSUPERUSER CREATEDB CREATEROLE NOREPLICATION, in rds_superuser, and owns its database", async () => {
    const [role] = await server.query(
      "select rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls, rolvaliduntil::text from pg_roles where rolname = $1",
      [master.username],
    );
    expect(role).toEqual({
      rolsuper: false,
      rolcreatedb: true,
      rolcreaterole: true,
      rolreplication: false,
      rolbypassrls: false,
      rolvaliduntil: "infinity",
    });
    const [owner] = await server.query(
      "select datdba::regrole::text as name from pg_database where datname = 'orders'",
    );
    expect(owner).toEqual({ name: "orders_admin" });
  });

  it("gives no administrator access: no rdsadmin over the network, no database rdsadmin", async () => {
    const refused = { code: "28000" };
    await expect(
      testServers.connect(server, { user: "rdsadmin", password: "x", database: "postgres" }),
    ).rejects.toMatchObject(refused);
    await expect(testServers.connect(server, { database: "rdsadmin" })).rejects.toMatchObject(refused);
  });

  it("may grant rds_iam, whose members cannot log in: the embedded cloud has no IAM tokens", async () => {
    await client.query(
      "create role by_token login password 'token-password'; grant connect on database orders to by_token",
    );
    const login = { user: "by_token", password: "token-password" };
    await (await testServers.connect(server, login)).end();
    await client.query("grant rds_iam to by_token");
    await expect(testServers.connect(server, login)).rejects.toMatchObject({ code: "28000" });
  });

  it("accepts a new password at once, and no log shows it", async () => {
    await server.setMasterPassword(master.username, "second-Password-2");
    await expect(testServers.connect(server)).rejects.toMatchObject({ code: "28P01" });
    await (await testServers.connect(server, { password: "second-Password-2" })).end();
  });
});
