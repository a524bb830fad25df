import { readFileSync } from "node:fs";
import { join } from "node:path";
import { archiveHeartbeat, takeBaseBackup } from "../../../localcloud/postgres/backups";
import { majorOf } from "../../../localcloud/postgres/binaries";
import { type ParameterDefinition, parameterDefinitions } from "../../../localcloud/postgres/parameters";
import type { PostgresServer } from "../../../localcloud/postgres/postgres-server";
import { TestServers, master, versions } from "./servers";

const testServers = new TestServers();
const variables = {
  PGSSLMODE: "verify-full",
  PGHOST: "nowhere",
  PGPORT: "1",
  PGUSER: "nobody",
  PGOPTIONS: "-c no_such=1",
  PGSSLNEGOTIATION: "direct",
};
const before = { ...process.env };
beforeAll(() => void Object.assign(process.env, variables));
afterAll(async () => {
  for (const name of Object.keys(variables)) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, before);
  await testServers.close();
});

/** Everything the cloud does in a database in its own sessions. */
async function maintain(server: PostgresServer, version: string, name: string): Promise<void> {
  await archiveHeartbeat(server, testServers.settings(name).archiveFolder ?? join(testServers.folder, `${name}-wal`));
  await takeBaseBackup(server, version, join(testServers.folder, "backups", `${name}-${Math.random()}`));
  await server.setMasterPassword(master.username, master.password);
}

/** For each parameter the most unusual value that a customer may set. */
function extremes(definitions: ParameterDefinition[], end: "least" | "most"): Record<string, string> {
  const values: Record<string, string> = {};
  for (const { name, dataType, allowedValues, applyType, isModifiable, defaultValue } of definitions) {
    const range = /^(-?[\d.e+]+)-(-?[\d.e+]+)$/.exec(allowedValues ?? "");
    if (!isModifiable || applyType === "static" || name.startsWith("rds.") || name.startsWith("pgaudit.")) continue;
    if (dataType === "boolean") values[name] = defaultValue === "1" ? "0" : "1";
    else if (range && (dataType === "integer" || dataType === "float"))
      values[name] = (end === "least" ? range[1] : range[2]) as string;
    else if (allowedValues && dataType === "string")
      values[name] = allowedValues.split(",").at(end === "least" ? 0 : -1) as string;
  }
  return values;
}

test.each([versions[0], versions[2]] as string[])(
  "no parameter, database setting or variable of the caller reaches the cloud's own sessions on %s",
  async (version) => {
    const name = `hostile-${majorOf(version)}`;
    const archiveFolder = join(testServers.folder, `${name}-wal`);
    const server = await testServers.server(name, { engineVersion: version, archiveFolder });
    await maintain(server, version, name);
    for (const end of ["least", "most"] as const) {
      const values = {
        ...extremes(await parameterDefinitions(majorOf(version)), end),
        session_preload_libraries: "auto_explain,pg_hint_plan",
      };
      if (end === "least") Object.assign(values, { transaction_timeout: "1", statement_timeout: "1" });
      const { leftOut } = await server.applyParameters(values);
      expect(leftOut).toContainEqual(
        expect.objectContaining({ name: "session_preload_libraries", value: "pg_hint_plan" }),
      );
      await maintain(server, version, name);
    }
    await server.applyParameters({});
    const client = await testServers.connect(server, {
      database: "postgres",
      options: "-c work_mem=64kB",
      sslnegotiation: "postgres",
    } as object);
    for (const [setting, value] of Object.entries({
      default_transaction_read_only: "on",
      statement_timeout: "1",
      search_path: "nothing",
      datestyle: "German",
    }))
      await client.query(`alter database postgres set ${setting} = '${value}'`);
    await client.end();
    await maintain(server, version, name);
  },
);

test("a new database's log contains no error caused by the cloud", async () => {
  const server = await testServers.server("quiet", { archiveFolder: join(testServers.folder, "quiet-wal") });
  await maintain(server, versions[1] as string, "quiet");
  const [log] = await server.logFiles();
  const text = (await server.logFiles()).map(({ name }) => readFileSync(join(server.logFolder, name), "utf8")).join("");
  expect(log).toBeDefined();
  expect(text).not.toMatch(/ERROR|FATAL|PANIC/);
  expect(text).not.toContain("SCRAM-SHA-256");
});
