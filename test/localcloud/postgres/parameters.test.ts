import type { Client } from "pg";
import { evaluateFormula } from "../../../localcloud/postgres/parameter-formula";
import { checkParameter, parameterDefinitions } from "../../../localcloud/postgres/parameters";
import type { PostgresServer } from "../../../localcloud/postgres/postgres-server";
import { TestServers, versions } from "./servers";

const nothing = { leftOut: [], pendingReboot: [], invalid: [] };

describe.each(versions)("parameters of PostgreSQL %s", (engineVersion) => {
  const major = engineVersion.split(".")[0] as string;
  const testServers = new TestServers();
  let server: PostgresServer;
  let client: Client;
  const show = async (...names: string[]) => {
    const shown: unknown[] = [];
    for (const name of names) shown.push(...Object.values((await client.query(`show ${name}`)).rows[0] as object));
    return shown;
  };

  beforeAll(async () => {
    server = await testServers.server("db", {
      engineVersion,
      parameters: { shared_preload_libraries: "pg_stat_statements,pgaudit", "pgaudit.log": "ddl,role" },
    });
    client = await testServers.connect(server);
  });
  afterAll(async () => {
    await client.end();
    await testServers.close();
  });

  it("have RDS's defaults where nothing is given, except for the memory of the instance class", async () => {
    expect(
      await show(
        "rds.force_ssl",
        "idle_in_transaction_session_timeout",
        "track_io_timing",
        "timezone",
        "rds.log_retention_period",
      ),
    ).toEqual(["1", "1d", "on", "UTC", "4320"]);
    expect(await show("shared_buffers", "max_connections", "wal_level")).toEqual(["128MB", "56", "replica"]);
  });

  it("leave out a library the binaries lack, report it, and keep its settings as placeholders", async () => {
    expect(await show("shared_preload_libraries", "pgaudit.log")).toEqual(["pg_stat_statements", "ddl,role"]);
    const { leftOut } = await server.applyParameters({ shared_preload_libraries: "pgaudit,pg_stat_statements" });
    expect(leftOut).toEqual([
      {
        name: "shared_preload_libraries",
        value: "pgaudit",
        reason: `the embedded PostgreSQL ${engineVersion} has no library 'pgaudit'`,
      },
    ]);
  });

  it("take effect at once when dynamic, after a restart when static, and report which", async () => {
    expect(await server.applyParameters({ work_mem: "8192", log_min_duration_statement: "1000" })).toEqual(nothing);
    expect(await show("work_mem", "log_min_duration_statement")).toEqual(["8MB", "1s"]);

    const wanted = { max_connections: "60", "rds.logical_replication": "1", track_commit_timestamp: "1" };
    const report = await server.applyParameters(wanted);
    expect(report).toEqual({
      ...nothing,
      pendingReboot: ["max_connections", "track_commit_timestamp", "rds.logical_replication"],
    });
    expect(await show("work_mem", "max_connections")).toEqual(["4MB", "56"]);

    await client.end();
    expect(await server.restart()).toEqual(nothing);
    client = await testServers.connect(server);
    expect(await show("max_connections", "wal_level", "track_commit_timestamp")).toEqual(["60", "logical", "on"]);
    expect(await server.applyParameters(wanted)).toEqual(nothing);
  });

  it("refuse bad values by name; the good ones of the same change take effect, and the next start succeeds", async () => {
    const report = await server.applyParameters({
      statement_timeout: "7000",
      work_mem: "1",
      timezone: "Nowhere/Else",
      log_statement: "some",
      fsync: "0",
      nonsense: "1",
    });
    expect(report.invalid.map(({ name }) => name).sort()).toEqual([
      "fsync",
      "log_statement",
      "nonsense",
      "timezone",
      "work_mem",
    ]);
    expect(report.invalid.find(({ name }) => name === "timezone")?.reason).toBe(
      'invalid value for parameter "TimeZone": "Nowhere/Else"',
    );
    expect(await show("statement_timeout")).toEqual(["7s"]);
    await client.end();
    await server.restart();
    client = await testServers.connect(server);
    expect(await show("statement_timeout")).toEqual(["7s"]);
  });

  it("that are refused together at start fail that start by name, leave data as it was, and can be corrected", async () => {
    await client.query("create table kept as select 1 as one");
    await client.end();
    await server.applyParameters({ shared_buffers: String((900 * 1024 ** 2) / 8) }); // 900 GiB in pages of 8 kB
    await expect(server.restart()).rejects.toMatchObject({
      code: "incompatible-parameters",
      message: expect.stringContaining("shared memory") as string,
    });
    expect(server.state()).toBe("stopped");
    await server.applyParameters({});
    await server.start();
    client = await testServers.connect(server);
    expect((await client.query("select one from kept")).rows).toEqual([{ one: 1 }]);
  });

  it("are listed with type, range, default and apply type as the server has them", async () => {
    const definitions = await parameterDefinitions(major);
    const find = (name: string) => definitions.find((definition) => definition.name === name);
    expect(definitions.length).toBeGreaterThan(300);
    expect(find("max_connections")).toMatchObject({
      dataType: "integer",
      allowedValues: "1-262143",
      applyType: "static",
      isModifiable: true,
      defaultValue: "LEAST({DBInstanceClassMemory/9531392},5000)",
      source: "system",
    });
    expect(find("work_mem")).toMatchObject({
      dataType: "integer",
      unit: "kB",
      defaultValue: "4096",
      applyType: "dynamic",
      source: "engine-default",
    });
    expect(find("rds.force_ssl")).toMatchObject({
      dataType: "boolean",
      allowedValues: "0,1",
      defaultValue: "1",
      applyType: "dynamic",
      isModifiable: true,
    });
    expect(find("log_lock_waits")).toMatchObject({ dataType: "boolean", allowedValues: "0,1" });
    expect(find("port")).toMatchObject({ isModifiable: false });
    expect(find("server_version")).toBeUndefined();
    expect(find("pg_stat_statements.track")).toMatchObject({ allowedValues: "none,top,all", isModifiable: true });
  });

  it.each([
    ["work_mem", "65536", "ok"],
    ["work_mem", "64MB", "refused"],
    ["work_mem", "{DBInstanceClassMemory/65536}", "ok"],
    ["work_mem", "{Memory/65536}", "refused"],
    ["log_lock_waits", "1", "ok"],
    ["log_lock_waits", "yes", "refused"],
    ["autovacuum_vacuum_scale_factor", "0.02", "ok"],
    ["autovacuum_vacuum_scale_factor", "200", "refused"],
    ["password_encryption", "scram-sha-256", "ok"],
    ["password_encryption", "plain", "refused"],
    ["log_connections", "1", "ok"],
    ["timezone", "Europe/Berlin", "ok"],
    ["timezone", "Mars/Olympus", "refused"],
    ["shared_preload_libraries", "pg_stat_statements,pgaudit", "ok"],
    ["shared_preload_libraries", "mine", "refused"],
    ["pgaudit.log", "ddl,role", "ok"],
    ["pgaudit.log", "everything", "refused"],
    ["rds.force_ssl", "2", "refused"],
    ["rds.log_retention_period", "10", "refused"],
    ["rds.extensions", "file_fdw", "refused"],
    ["search_path", "app,public", "ok"],
    ["application_name", "two\nlines", "refused"],
    ["archive_command", "true", "refused"],
  ])("check %s = %s: %s", async (name, value, expected) => {
    const reason = await checkParameter(major, name, value);
    expect(reason === undefined ? "ok" : "refused").toBe(expected);
    if (reason !== undefined) expect(reason.length).toBeGreaterThan(20);
  });
});

describe("a formula", () => {
  const memory = 8 * 1024 ** 3;
  it.each([
    ["LEAST({DBInstanceClassMemory/9531392},5000)", 901],
    ["GREATEST({DBInstanceClassMemory*1024/63963136},65536)", 137518],
    ["GREATEST({log(DBInstanceClassMemory/21474836480)*600},200)", 200],
    ["{DBInstanceClassMemory/32768}", 262144],
    ["SUM({DBInstanceClassMemory/1073741824},-2)", 6],
    ["{(1+2)*3}", 9],
  ])("%s is %d", (formula, expected) => {
    expect(evaluateFormula(formula, { DBInstanceClassMemory: memory })).toBe(expected);
  });

  it.each(["{DBInstanceClassMemory/}", "LEAST(1,2", "{1 2}", "MEDIAN(1,2)", "{1/0}", ""])(
    "'%s' is refused",
    (formula) => {
      expect(() => evaluateFormula(formula, { DBInstanceClassMemory: memory })).toThrow(/'/);
    },
  );
});
