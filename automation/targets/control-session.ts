/**
 * Sessions of the control plane in databases that others own. The owner of a database can set defaults for every
 * session in it (ALTER ROLE … SET, ALTER DATABASE … SET), and can shadow functions, operators, types and tables through
 * the search path. Neither may affect what a check finds. So each session sends its settings in the startup packet,
 * which overrides stored settings and applies before a login trigger runs; whatever such a trigger changes or creates
 * in the session is discarded before our first statement.
 *
 * With `pg_catalog` first and temporary tables last, an unqualified name in our SQL is always PostgreSQL's own: only a
 * superuser can create anything in `pg_catalog`. Our own tables are schema-qualified.
 */
import { DatabaseError, type Client } from "pg";
import { ShipshapeError } from "../errors";
import { controlLockSeconds, controlStatementSeconds } from "./limits";
import { connectToDatabase } from "./database-connection";
import type { DatabaseLogin } from "./database-login";
import { shownText } from "./shown-text";

export interface ControlSessionOptions {
  rootCertificateFile?: string | undefined;
  /** The longest that one statement may take. @default controlStatementSeconds */
  statementSeconds?: number;
  /** Every transaction is read-only. @default false */
  readOnly?: boolean;
}

/** An open session that no setting of the database, the role or a login trigger affects. The caller ends it. */
export async function openControlSession(login: DatabaseLogin, options: ControlSessionOptions = {}): Promise<Client> {
  const statementSeconds = options.statementSeconds ?? controlStatementSeconds;
  const client = await connectToDatabase(login, options.rootCertificateFile, {
    options: startupOptions(login.majorVersion, statementSeconds, options.readOnly ?? false),
    // The server ends a statement that takes too long; this is for a server or a network that no longer answers.
    queryTimeoutSeconds: statementSeconds + controlLockSeconds,
  });
  try {
    await client.query("discard all"); // resets every setting to the startup packet's value, and drops temporary tables
    // Which a stored setting can change, and no reset undoes. What the login of a role creates must belong to the role.
    await client.query(`set role ${login.role === undefined ? "none" : client.escapeIdentifier(login.role)}`);
    return client;
  } catch (error) {
    await client.end();
    throw error;
  }
}

/**
 * Does `work` in such a session and ends it. A database error gets a code and keeps the database's message; the loss of
 * a session is passed on unchanged, since another attempt may succeed. Errors: database-query-failed.
 */
export async function inControlSession<T>(
  login: DatabaseLogin,
  options: ControlSessionOptions,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = await openControlSession(login, options);
  try {
    return await work(client);
  } catch (error) {
    if (sessionWasLost(error)) throw error;
    throw new ShipshapeError(
      "database-query-failed",
      { identifier: login.identifier, role: login.user, reason: shownText((error as DatabaseError).message) },
      { cause: error },
    );
  } finally {
    await client.end();
  }
}

/** Without a SQLSTATE, or with one of these classes, the session ended rather than the statement failing. */
export const sessionWasLost = (error: unknown): boolean =>
  !(error instanceof DatabaseError) || /^(08|57P)/.test(error.code ?? "");

/**
 * Why a query failed that may run code of the database or read its rows. A statement outlives the rows, and has other
 * readers: so the database's message is kept only where it can quote none of them. A message about the text of our query
 * has a position in it, and one from a function a context; no function can choose the routine of PostgreSQL it is from.
 */
export function shownFailure(error: unknown): string {
  if (!(error instanceof DatabaseError)) return shownText((error as Error).message);
  const { code = "", message, position, where, internalQuery, routine = "" } = error;
  const isOurs = where === undefined && internalQuery === undefined;
  const isFixed = namesOnly.has(routine) || (isOurs && (position !== undefined || /^(25|53|55|57)/.test(code)));
  return isFixed
    ? shownText(message)
    : `it failed with SQLSTATE ${shownText(code)}; the message may quote rows, and is not kept: run it to see it`;
}

/** What PostgreSQL itself says of a table that a policy or a missing privilege hides. */
const namesOnly = new Set(["check_enable_rls", "aclcheck_error"]);

/** These affect what PostgreSQL does or prints. */
const settings: Record<string, string> = {
  search_path: "pg_catalog,pg_temp",
  // How values are printed and parsed.
  DateStyle: "ISO,MDY",
  IntervalStyle: "postgres",
  TimeZone: "UTC",
  array_nulls: "on",
  backslash_quote: "safe_encoding",
  bytea_output: "hex",
  extra_float_digits: "1",
  quote_all_identifiers: "off",
  standard_conforming_strings: "on",
  transform_null_equals: "off",
  xmlbinary: "base64",
  xmloption: "content",
  // What may be read and written, and how durably. An error is better than rows that a policy silently omits.
  default_transaction_deferrable: "off",
  default_transaction_isolation: "read\\ committed",
  default_transaction_read_only: "off",
  row_security: "off",
  synchronous_commit: "on",
  // Where new objects go, and how much memory amcheck has to look for rows missing from an index: the less, the more it
  // misses.
  default_table_access_method: "heap",
  default_tablespace: "",
  maintenance_work_mem: "128MB",
  temp_tablespaces: "",
  work_mem: "32MB",
  // What ends a session or slows it down. A missing library would make the login fail.
  client_min_messages: "warning",
  constraint_exclusion: "partition", // with "on", functions in checks of every table that is read run while that is planned
  exit_on_error: "off",
  idle_session_timeout: "0",
  jit: "off",
  local_preload_libraries: "",
  max_parallel_workers_per_gather: "0",
};

/** An unknown name in a startup packet makes the connection fail. */
function startupOptions(majorVersion: number, statementSeconds: number, readOnly: boolean): string {
  const own = {
    ...(readOnly && { default_transaction_read_only: "on" }),
    statement_timeout: `${statementSeconds}s`,
    lock_timeout: `${controlLockSeconds}s`,
    idle_in_transaction_session_timeout: `${statementSeconds}s`,
    ...(majorVersion >= 17 && { transaction_timeout: "0" }),
  };
  return Object.entries({ ...settings, ...own })
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(" ");
}
