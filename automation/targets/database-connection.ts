import { readFile } from "node:fs/promises";
import { Client } from "pg";
import { reasonOf, ShipshapeError } from "../errors";
import { databaseConnectTimeoutSeconds } from "./limits";
import type { DatabaseLogin } from "./database-login";

/** An open connection over TLS whose certificate was verified against the given authority. The caller ends it. */
export async function connectToDatabase(
  login: DatabaseLogin,
  rootCertificateFile?: string,
  session: { options?: string; queryTimeoutSeconds?: number } = {},
): Promise<Client> {
  const ca = rootCertificateFile === undefined ? undefined : await readFile(rootCertificateFile, "utf8");
  const client = new Client({
    host: login.host,
    port: login.port,
    database: login.database,
    user: login.user,
    password: login.password,
    ssl: { rejectUnauthorized: true, ...(ca && { ca }) },
    connectionTimeoutMillis: databaseConnectTimeoutSeconds * 1000,
    application_name: "shipshape",
    // Always set: otherwise node-postgres uses the caller's PGOPTIONS, which are for other databases.
    options: session.options ?? "-c client_encoding=UTF8",
    ...(session.queryTimeoutSeconds !== undefined && { query_timeout: session.queryTimeoutSeconds * 1000 }),
  });
  // A server that ends the connection later must not end this process; the next query reports it.
  client.on("error", () => undefined);
  try {
    await client.connect();
    return client;
  } catch (thrown) {
    const address = `${login.host}:${login.port}`;
    throw new ShipshapeError(
      "database-unreachable",
      { identifier: login.identifier, address, role: login.user, reason: reasonOf(thrown) },
      { cause: thrown },
    );
  }
}
