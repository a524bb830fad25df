import { readFileSync } from "node:fs";
import { Client } from "pg";
import type { Cloud } from "../cloud";

export type Query = (sql: string) => Promise<unknown[]>;

/**
 * Logs in with a connection string as the component gives it, over TLS that trusts the cloud's own authority and
 * nothing else.
 */
export async function loggedIn<T>(
  cloud: Pick<Cloud, "env">,
  url: string,
  work: (query: Query) => Promise<T>,
): Promise<T> {
  // pg would read the trusted certificates from the string's own parameters only; the file is told by the environment,
  // as libpq has it.
  const ssl = { ca: readFileSync(cloud.env.PGSSLROOTCERT ?? ""), rejectUnauthorized: true };
  const client = new Client({ connectionString: url.replace("sslmode=verify-full", "sslmode="), ssl });
  await client.connect();
  try {
    return await work(async (sql) => (await client.query(sql)).rows as unknown[]);
  } finally {
    await client.end();
  }
}
