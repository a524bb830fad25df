/** The control plane's own database: connections, transactions, and numbered migrations. Fleet databases are reached in `targets/` only. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { controlPlaneConnectionsMax } from "./limits";

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

/** Opens the control plane's database and brings its schema up to date. Two processes may do so at once: one migrates, the other waits. */
export async function openDatabase(url: string): Promise<ControlPlaneDatabase> {
  const pool = new pg.Pool({ connectionString: url, max: controlPlaneConnectionsMax, application_name: "shipshape", options: `-c search_path=${SCHEMA}` });
  pool.on("error", () => {}); // an idle connection that dies is replaced at its next use; the query then reports
  const database: ControlPlaneDatabase = { url, ...over(pool), close: () => pool.end() };
  try {
    await migrate(database);
  } catch (error) {
    await pool.end();
    throw error;
  }
  return database;
}

function over(pool: pg.Pool): Database {
  return {
    query: async (sql, values) => (await pool.query(sql, values)).rows,
    transaction: async (work) => {
      const client = await pool.connect();
      const inside: Database = { query: async (sql, values) => (await client.query(sql, values)).rows, transaction: (nested) => nested(inside, client) };
      try {
        await client.query("begin");
        const result = await work(inside, client);
        await client.query("commit");
        client.release();
        return result;
      } catch (error) {
        // A connection that cannot roll back is thrown away, not returned half-way through a transaction.
        await client.query("rollback").then(
          () => client.release(),
          (failure: Error) => client.release(failure),
        );
        throw error;
      }
    },
  };
}

/** Applies the migrations that are missing, each once, in the order of their numbers, all in one transaction. */
async function migrate(database: Database): Promise<void> {
  const folder = join(__dirname, "migrations");
  const files = readdirSync(folder)
    .filter((f) => /^\d{4}-.*\.sql$/.test(f))
    .sort();
  await database.transaction(async (t) => {
    await t.query("select pg_advisory_xact_lock(hashtext('shipshape migrations'))");
    await t.query(`create schema if not exists ${SCHEMA}`);
    await t.query("create table if not exists migration (name text primary key, applied_at timestamptz not null default clock_timestamp())");
    const applied = new Set((await t.query<{ name: string }>("select name from migration")).map((m) => m.name));
    for (const file of files.filter((f) => !applied.has(f))) {
      await t.query(readFileSync(join(folder, file), "utf8"));
      await t.query("insert into migration (name) values ($1)", [file]);
    }
  });
}
