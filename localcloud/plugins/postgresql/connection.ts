import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { checkServerIdentity, type ConnectionOptions } from "node:tls";
import { Client, type ClientConfig } from "pg";
import type { Context, Value } from "../adapter";
import type { ServerAccess } from "./settings";

/** Rows have the columns their statement names. */
export type Query = (sql: string, values?: unknown[]) => Promise<Value[]>;

type Access = Pick<Context<ServerAccess>, "config" | "signal">;

/** A server that is starting refuses for a while; one that is stopped must not hold the whole operation up for long. */
const CONNECT_RETRY_MILLISECONDS = 15_000;
const CONNECT_PAUSE_MILLISECONDS = 250;
const starting = new Set(["57P03", "53300", "ECONNREFUSED", "ECONNRESET"]);

/** One connection for the time of `body`, each statement a transaction of its own. */
export async function onConnection<T>(
  access: Access,
  database: string | undefined,
  body: (query: Query) => Promise<T>,
): Promise<T> {
  await takeTurn(access.config.maxConnections);
  try {
    const client = await connect(access, database ?? access.config.database);
    // Destroying the socket is the only way to leave a statement that waits for a lock; the server rolls back.
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
    passTurn();
  }
}

async function connect({ config, signal }: Access, database: string): Promise<Client> {
  const giveUpAt = Date.now() + Math.min(CONNECT_RETRY_MILLISECONDS, config.connectTimeout * 1000);
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
      if (!starting.has(codeOf(error)) || Date.now() > giveUpAt)
        throw new Error(`error connecting to PostgreSQL server ${config.host}:${config.port}: ${messageOf(error)}`, {
          cause: error,
        });
      await sleep(CONNECT_PAUSE_MILLISECONDS, undefined, { signal });
    }
  }
}

/**
 * Everything is said: what is left out, node-postgres takes from the `PG*` variables of whoever started the engine, an
 * empty text too.
 */
function clientOptions(config: ServerAccess, database: string): ClientConfig {
  const options = {
    host: config.host,
    port: config.port,
    user: config.username,
    // Without one it would look for a file.
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

/** The modes as the official provider's driver has them: `require` encrypts only, unless it was given whom to trust. */
function tlsOptions({ sslmode, sslrootcert, host }: ServerAccess): ConnectionOptions | false {
  if (sslmode === "disable") return false;
  const authorities = sslrootcert ? { ca: readFileSync(sslrootcert) } : {};
  if (sslmode === "require" && !sslrootcert) return { rejectUnauthorized: false };
  // The client hands over a socket, so that TLS would not know which name to check an address against.
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

/** The engine asks for many resources at once, and a small server has few connections. */
async function takeTurn(connectionCountMax: number): Promise<void> {
  if (connectionCountMax > 0 && connections >= connectionCountMax)
    await new Promise<void>((resolve) => waiting.push(resolve));
  connections++;
}

function passTurn(): void {
  connections--;
  waiting.shift()?.();
}
