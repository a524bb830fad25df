import { readFileSync } from "node:fs";
import { Client } from "pg";
import type { Cloud } from "../cloud";

export type Query = (sql: string) => Promise<unknown[]>;

/**
 * Logs in with a connection string of the component, over TLS that trusts only the cloud's own certificate authority.
 */
export async function loggedIn<T>(
  cloud: Pick<Cloud, "env">,
  url: string,
  work: (query: Query) => Promise<T>,
): Promise<T> {
  // pg reads the trusted certificates only from the string's parameters; here the environment names the file, as libpq
  // expects it.
  const ssl = { ca: readFileSync(cloud.env.PGSSLROOTCERT ?? ""), rejectUnauthorized: true };
  const client = new Client({ connectionString: url.replace("sslmode=verify-full", "sslmode="), ssl });
  await client.connect();
  try {
    return await work(async (sql) => (await client.query(sql)).rows as unknown[]);
  } finally {
    await client.end();
  }
}
