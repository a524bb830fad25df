import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Client, type ClientConfig } from "pg";
import { limits } from "./limits";
import { PostgresError } from "./postgres-errors";

/** What it takes to reach a server as its administrator. */
export interface ServerLocation {
  dataFolder: string;
  socketFolder: string;
  port: number;
}

/**
 * The cloud's sessions use its own database unless they need another: the master cannot connect to it, so nothing of
 * the master's is in it.
 */
export const ownDatabase = "rdsadmin";

/**
 * Runs statements as `rdsadmin` over the server's socket, which only this user can access. Each call opens a
 * connection: it takes 3–4 ms, and none stays open to hold up a stop.
 */
export async function queryAsAdministrator(
  location: ServerLocation,
  sql: string,
  values: unknown[] = [],
  database = ownDatabase,
): Promise<Record<string, unknown>[]> {
  const client = await connectAsAdministrator(location, database);
  try {
    // Without values the simple protocol, which takes several statements at once.
    const result: unknown = values.length === 0 ? await client.query(sql) : await client.query(sql, values);
    const last = Array.isArray(result) ? (result.at(-1) as unknown) : result;
    return (last as { rows: Record<string, unknown>[] }).rows;
  } finally {
    await client.end();
  }
}

/** Runs statements one after the other in one session, each in a transaction of its own. */
export async function runAsAdministrator(location: ServerLocation, statements: readonly string[]): Promise<void> {
  const client = await connectAsAdministrator(location);
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** For work that needs one session throughout; the caller ends it. */
export async function connectAsAdministrator(location: ServerLocation, database = ownDatabase): Promise<Client> {
  const client = new Client({ ...administratorConfig(location, database), query_timeout: limits.queryMilliseconds });
  client.on("error", () => undefined); // a server that goes away also fails the query, which reports it
  try {
    await client.connect();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "ECONNREFUSED") throw error;
    throw new PostgresError("not-running", `the server cannot be reached: ${message}`, "Start it first.", {
      cause: error,
    });
  }
  return client;
}

/**
 * How our own sessions are opened. Everything is set explicitly: omitted settings would come from the `PG*` variables
 * of the user who started the cloud, or from the customer's parameter group or `ALTER DATABASE … SET`.
 */
export function administratorConfig(location: ServerLocation, database: string): ClientConfig {
  const major = Number(readFileSync(join(location.dataFolder, "PG_VERSION"), "utf8"));
  const settings = { ...sessionSettings, ...(major >= 17 ? { transaction_timeout: "0" } : {}) };
  const config = {
    host: location.socketFolder,
    port: location.port,
    user: "rdsadmin",
    database,
    application_name: "rdsadmin",
    ssl: false,
    sslnegotiation: "postgres",
    replication: "false",
    options: Object.entries(settings)
      .map(([name, value]) => `-c ${name}=${value.replace(/[\\ ]/g, "\\$&")}`)
      .join(" "),
  };
  return config as ClientConfig; // the published types do not know `replication` and `sslnegotiation`
}

/** A session's options override every value that a parameter group, a database or a role can set. */
const sessionSettings: Record<string, string> = {
  // A library that is missing would refuse the login.
  session_preload_libraries: "",
  local_preload_libraries: "",
  statement_timeout: "0",
  lock_timeout: "0",
  idle_in_transaction_session_timeout: "0",
  idle_session_timeout: "0",
  temp_file_limit: "-1",
  default_transaction_read_only: "off",
  default_transaction_isolation: "read committed",
  default_transaction_deferrable: "off",
  default_tablespace: "",
  temp_tablespaces: "",
  default_table_access_method: "heap",
  session_replication_role: "origin",
  synchronous_commit: "local",
  search_path: "pg_catalog",
  // Programs parse the messages, and warnings of damaged pages must arrive.
  datestyle: "ISO",
  intervalstyle: "postgres",
  timezone: "UTC",
  extra_float_digits: "1",
  bytea_output: "hex",
  quote_all_identifiers: "off",
  standard_conforming_strings: "on",
  lc_messages: "C",
  client_min_messages: "notice",
  // Our statements can contain a password's verifier, which must not appear in the customer's log or statistics.
  log_statement: "none",
  log_duration: "off",
  log_min_duration_statement: "-1",
  log_min_duration_sample: "-1",
  log_transaction_sample_rate: "0",
  log_min_error_statement: "panic",
  "pg_stat_statements.track": "none",
};
