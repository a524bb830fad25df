/**
 * The control plane's own database: connections, transactions, and numbered migrations. Only `targets/` connects to
 * fleet databases.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { reasonOf, ShipshapeError } from "./errors";
import {
  controlPlaneBusyPollMilliseconds,
  controlPlaneBusySeconds,
  controlPlaneConnectionsMax,
  controlPlaneConnectSeconds,
  controlPlaneIdleTransactionSeconds,
  statementsKnownMax,
} from "./limits";

export interface Database {
  query<Row extends object = Record<string, unknown>>(sql: string, values?: unknown[]): Promise<Row[]>;
  /** `client` is the connection itself, for libraries that join the transaction. */
  transaction<T>(work: (inside: Database, client: pg.ClientBase) => Promise<T>): Promise<T>;
}

export interface ControlPlaneDatabase extends Database {
  readonly url: string;
  close(): Promise<void>;
}

const SCHEMA = "shipshape";

/**
 * Opens the control plane's database and brings its schema up to date. Two processes may do so at once: one migrates,
 * the other waits. `beforeQuery` throws if this process may no longer act. Errors, here and at each query:
 * control-plane-unreachable.
 */
export async function openDatabase(url: string, beforeQuery: () => void = () => {}): Promise<ControlPlaneDatabase> {
  // Anything else would be interpreted as the name of a database on this machine.
  if (!/^postgres(ql)?:\/\//.test(url))
    throw new ShipshapeError("control-plane-unreachable", {
      address: "(none)",
      reason: "SHIPSHAPE_DATABASE_URL does not begin with postgresql://",
    });
  const pool = await connected(url);
  const database: ControlPlaneDatabase = { url, ...over(pool, url, beforeQuery), close: () => pool.end() };
  try {
    await migrate(database);
  } catch (error) {
    await pool.end();
    throw error;
  }
  return database;
}

/**
 * Sends the statements of every step under a name of their own, so that PostgreSQL parses and plans each once for a
 * connection: those that add a row, or find one by its key, whatever the tables contain.
 */
class PreparingClient extends pg.Client {
  // The overloads of the base class take callbacks, other queries and settings, which are passed on as they are.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  override query(...given: any[]): any {
    const [text, values, ...rest] = given as [unknown, unknown, ...unknown[]];
    const name = typeof text === "string" && Array.isArray(values) ? nameOf(text) : undefined;
    return Reflect.apply(super.query, this, name === undefined ? given : [{ name, text, values }, ...rest]);
  }
}

const byKey = /^\s*insert into |\bwhere (?:workflow_uuid|request_id|id|request\.id) ?= ?\$\d/i;
/** Its result would be another one once a column is added, which PostgreSQL refuses for a prepared statement. */
const everyColumn = /(?:select|returning|,)\s+(?:\w+\.)?\*/i;
const names = new Map<string, string | undefined>();

/** Undefined for a statement that is not prepared. */
function nameOf(text: string): string | undefined {
  if (!names.has(text) && names.size < statementsKnownMax)
    names.set(text, byKey.test(text) && !everyColumn.test(text) ? `s${names.size}` : undefined);
  return names.get(text);
}

/** Connections to the control plane's database, also for the durable engine, whose steps then join its transactions. */
export function connections(url: string, max: number): pg.Pool {
  const settings = {
    connectionString: url,
    connectionTimeoutMillis: controlPlaneConnectSeconds * 1000,
    keepAlive: true,
  };
  const idle_in_transaction_session_timeout = controlPlaneIdleTransactionSeconds * 1000;
  const pool = new pg.Pool({
    ...settings,
    idle_in_transaction_session_timeout,
    max,
    application_name: "shipshape",
    options: `-c search_path=${SCHEMA}`,
    Client: PreparingClient,
  });
  pool.on("error", () => {}); // an idle connection that dies is replaced at its next use; the query then reports it
  return pool;
}

/** Whatever prevents the first connection (an address, a password, a certificate) prevents all others. */
async function connected(url: string): Promise<pg.Pool> {
  const pool = connections(url, controlPlaneConnectionsMax);
  try {
    (await patiently(() => pool.connect())).release();
    return pool;
  } catch (error) {
    await pool.end();
    throw new ShipshapeError(
      "control-plane-unreachable",
      { address: addressOf(url), reason: reasonOf(error) },
      { cause: error },
    );
  }
}

/** A connection on which someone else has begun a transaction, and ends it. */
export function joined(client: pg.ClientBase, beforeQuery: () => void): Database {
  const inside: Database = {
    query: async <Row extends object>(sql: string, values?: unknown[]) => {
      beforeQuery();
      return (await client.query<Row>(sql, values)).rows;
    },
    transaction: (nested) => nested(inside, client),
  };
  return inside;
}

function over(pool: pg.Pool, url: string, beforeQuery: () => void): Database {
  const ask = (client: pg.Pool | pg.PoolClient, sql: string, values?: unknown[]) =>
    translateConnectionErrors(url, async () => {
      const { rows } = await patiently(() => (beforeQuery(), client.query(sql, values)));
      return rows;
    });
  return {
    query: (sql, values) => ask(pool, sql, values),
    transaction: async (work) => {
      const client = await translateConnectionErrors(url, () => patiently(() => pool.connect()));
      const broken = () => {}; // otherwise an error between two queries would be unhandled; the next query reports it
      client.on("error", broken);
      const inside: Database = {
        query: (sql, values) => ask(client, sql, values),
        transaction: (nested) => nested(inside, client),
      };
      const release = (failure?: Error) => (client.removeListener("error", broken), client.release(failure));
      try {
        await inside.query("begin");
        const result = await work(inside, client);
        await inside.query("commit");
        release();
        return result;
      } catch (error) {
        // A connection that cannot roll back is discarded, not returned in the middle of a transaction.
        await client.query("rollback").then(() => release(), release);
        throw error;
      }
    },
  };
}

/**
 * Waits for a connection while the server has none left, or is starting: nothing was done then, and others give theirs
 * back. A run must not fail because many began at once.
 */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (const endsAt = Date.now() + controlPlaneBusySeconds * 1000; ; await sleep(controlPlaneBusyPollMilliseconds))
    try {
      return await work();
    } catch (error) {
      if (!isBusy((error as { code?: unknown }).code) || Date.now() > endsAt) throw error;
    }
}

/** too_many_connections and cannot_connect_now: both only refuse a connection. */
const isBusy = (code: unknown): boolean => code === "53300" || code === "57P03";

/**
 * An error that says the connection is gone or cannot be opened becomes control-plane-unreachable; any other is
 * unchanged.
 */
export async function translateConnectionErrors<T>(url: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ShipshapeError || !isConnectionError(error)) throw error;
    throw new ShipshapeError(
      "control-plane-unreachable",
      { address: addressOf(url), reason: reasonOf(error) },
      { cause: error },
    );
  }
}

/**
 * By the codes of the operating system and of PostgreSQL (connection exceptions, shutdown, starting up, too many
 * connections); node-postgres only gives texts.
 */
function isConnectionError(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isConnectionError);
  const { code = "", message = "" } = (error ?? {}) as { code?: string; message?: string };
  if (/^(ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EPIPE|08|57P0|53300)/.test(String(code)))
    return true;
  return /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed)/.test(
    message,
  );
}

/** Host, port and database: the error must not show the password. */
function addressOf(url: string): string {
  if (!URL.canParse(url)) return "(an unreadable address)";
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}

/** Applies the missing migrations in order, all in one transaction. */
async function migrate(database: Database): Promise<void> {
  const folder = join(__dirname, "migrations");
  const files = readdirSync(folder)
    .filter((f) => /^\d{4}-.*\.sql$/.test(f))
    .sort();
  await database.transaction(async (t) => {
    await t.query("select pg_advisory_xact_lock(hashtext('shipshape migrations'))");
    await t.query(`create schema if not exists ${SCHEMA}`);
    await t.query(
      "create table if not exists migration (name text primary key, applied_at timestamptz not null default clock_timestamp())",
    );
    const applied = new Set((await t.query<{ name: string }>("select name from migration")).map((m) => m.name));
    for (const file of files.filter((f) => !applied.has(f))) {
      await t.query(readFileSync(join(folder, file), "utf8"));
      await t.query("insert into migration (name) values ($1)", [file]);
    }
  });
}
