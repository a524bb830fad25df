import { Client } from "pg";
import { limits } from "./limits";
import { PostgresError } from "./postgres-errors";

/**
 * Runs statements as `rdsadmin` over the server's socket, which only this user may enter. A connection each: it takes
 * 3–4 ms, and none is left open to hold up a stop.
 */
export async function queryAsAdministrator(
  place: { socketFolder: string; port: number },
  sql: string,
  values: unknown[] = [],
  database = "postgres",
): Promise<Record<string, unknown>[]> {
  const client = await connectAsAdministrator(place, database);
  try {
    // Without values the simple protocol, which takes several statements at once.
    const result: unknown = values.length === 0 ? await client.query(sql) : await client.query(sql, values);
    const last = Array.isArray(result) ? (result.at(-1) as unknown) : result;
    return (last as { rows: Record<string, unknown>[] }).rows;
  } finally {
    await client.end();
  }
}

/** For what needs one session from beginning to end; the caller ends it. */
export async function connectAsAdministrator(place: { socketFolder: string; port: number }, database = "postgres"): Promise<Client> {
  const client = new Client({
    host: place.socketFolder,
    port: place.port,
    user: "rdsadmin",
    database,
    application_name: "rdsadmin",
    query_timeout: limits.queryMilliseconds,
  });
  client.on("error", () => undefined); // a server that goes away also fails the query, where it is heard
  try {
    await client.connect();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "ECONNREFUSED") throw error;
    throw new PostgresError("not-running", `the server cannot be reached: ${message}`, "Start it first.", { cause: error });
  }
  return client;
}
