import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { checkServerIdentity, type ConnectionOptions } from "node:tls";
import { Client, type ClientConfig } from "pg";
import type { Context, Value } from "../adapter";
import type { ServerAccess } from "./settings";

/** Rows have the columns their statement names. */
export type Query = (sql: string, values?: unknown[]) => Promise<Value[]>;

type Access = Pick<Context<ServerAccess>, "config" | "signal">;

/** A starting server refuses connections for a while; a stopped one must not hold up the whole operation for long. */
const CONNECT_RETRY_MILLISECONDS = 15_000;
const CONNECT_PAUSE_MILLISECONDS = 250;
const starting = new Set(["57P03", "53300", "ECONNREFUSED", "ECONNRESET"]);

/** One connection for the duration of `body`, each statement in its own transaction. */
export async function onConnection<T>(
  access: Access,
  database: string | undefined,
  body: (query: Query) => Promise<T>,
): Promise<T> {
  await acquireSlot(access.config.maxConnections);
  try {
    const client = await connect(access, database ?? access.config.database);
    // Destroying the socket is the only way to abandon a statement that waits for a lock; the server rolls back.
    const leave = () =>
      (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    access.signal.addEventListener("abort", leave);
    try {
      return await body(async (sql, values) => (await client.query(sql, values)).rows);
    } finally {
      access.signal.removeEventListener("abort", leave);
      await client.end().catch(() => {});
    }
  } finally {
    releaseSlot();
  }
}

async function connect({ config, signal }: Access, database: string): Promise<Client> {
  const deadline = Date.now() + Math.min(CONNECT_RETRY_MILLISECONDS, config.connectTimeout * 1000);
  for (;;) {
    signal.throwIfAborted();
    const client = new Client(clientOptions(config, database));
    // Without a listener an error on an idle connection would end the process.
    client.on("error", () => {});
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end().catch(() => {});
      if (!starting.has(codeOf(error)) || Date.now() > deadline)
        throw new Error(`error connecting to PostgreSQL server ${config.host}:${config.port}: ${messageOf(error)}`, {
          cause: error,
        });
      await sleep(CONNECT_PAUSE_MILLISECONDS, undefined, { signal });
    }
  }
}

/**
 * Everything is set explicitly: node-postgres takes omitted and empty settings from the `PG*` variables of the user who
 * started the engine.
 */
function clientOptions(config: ServerAccess, database: string): ClientConfig {
  const options = {
    host: config.host,
    port: config.port,
    user: config.username,
    // Without a password node-postgres would look for a file.
    password: () => config.password ?? "",
    database,
    connectionTimeoutMillis: config.connectTimeout * 1000,
    application_name: "Pulumi provider postgresql",
    client_encoding: "UTF8",
    options: "-c client_encoding=UTF8",
    replication: "false",
    ssl: tlsOptions(config),
    sslnegotiation: "postgres",
  };
  return options as ClientConfig; // the published types do not know `replication` and `sslnegotiation`
}

/** The modes as in the official provider's driver: `require` only encrypts, unless it was given a root certificate. */
function tlsOptions({ sslmode, sslrootcert, host }: ServerAccess): ConnectionOptions | false {
  if (sslmode === "disable") return false;
  const authorities = sslrootcert ? { ca: readFileSync(sslrootcert) } : {};
  if (sslmode === "require" && !sslrootcert) return { rejectUnauthorized: false };
  // The client hands over a socket, so TLS would not know which host name to check the certificate against.
  const identity =
    sslmode === "verify-full"
      ? (_: string, certificate: Parameters<typeof checkServerIdentity>[1]) => checkServerIdentity(host, certificate)
      : () => undefined;
  return { ...authorities, rejectUnauthorized: true, checkServerIdentity: identity };
}

const codeOf = (error: unknown): string =>
  String((error as { code?: unknown }).code ?? (error instanceof AggregateError ? codeOf(error.errors[0]) : ""));

const messageOf = (error: unknown): string =>
  error instanceof AggregateError
    ? error.errors.map(messageOf).join("; ")
    : error instanceof Error
      ? error.message
      : String(error);

let connections = 0;
const waiting: (() => void)[] = [];

/** The engine works on many resources at once, and a small server has few connections. */
async function acquireSlot(connectionCountMax: number): Promise<void> {
  if (connectionCountMax > 0 && connections >= connectionCountMax)
    await new Promise<void>((resolve) => waiting.push(resolve));
  connections++;
}

function releaseSlot(): void {
  connections--;
  waiting.shift()?.();
}
