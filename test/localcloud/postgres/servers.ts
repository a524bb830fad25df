import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, type ClientConfig } from "pg";
import { availableVersions, majorOf } from "../../../localcloud/postgres/binaries";
import {
  type PostgresServer,
  type PostgresServerSettings,
  createServer,
} from "../../../localcloud/postgres/postgres-server";
import { processesIn } from "../../../localcloud/postgres/processes";

/** The newest installed minor of each major. */
export const versions = ["16", "17", "18"].map(
  (major) =>
    availableVersions()
      .filter((version) => majorOf(version) === major)
      .pop() as string,
);

export const master = { username: "orders_admin", password: "first-Password-1", databaseName: "orders" };

/** The servers of one test file, in a folder that PostgreSQL's user can reach; `close` removes processes and files. */
export class TestServers {
  readonly folder = mkdtempSync(join(tmpdir(), "shipshape-postgres-"));
  readonly #servers = new Map<string, PostgresServer>();

  constructor() {
    chmodSync(this.folder, 0o755);
  }

  settings(name: string, more: Partial<PostgresServerSettings> = {}): PostgresServerSettings {
    return {
      folder: join(this.folder, name),
      engineVersion: versions[1] as string,
      port: 0,
      identity: { caFolder: join(this.folder, "ca") },
      parameters: {},
      memoryBytes: 512 * 1024 ** 2,
      ...more,
    };
  }

  async server(name: string, more: Partial<PostgresServerSettings> = {}): Promise<PostgresServer> {
    const server = await createServer(this.settings(name, more), master);
    this.#servers.set(name, server);
    return server;
  }

  get authority(): string {
    return readFileSync(join(this.folder, "ca", "ca.pem"), "utf8");
  }

  async connect(server: PostgresServer, more: ClientConfig = {}): Promise<Client> {
    const { username: user, password, databaseName: database } = master;
    const client = new Client({
      host: "127.0.0.1",
      port: server.port,
      user,
      password,
      database,
      ssl: { ca: this.authority },
      ...more,
    });
    client.on("error", () => undefined);
    await client.connect();
    return client;
  }

  async close(): Promise<void> {
    for (const server of this.#servers.values()) await server.stop("immediate");
    const left = [...this.#servers.values()].flatMap((server) => processesIn(server.dataFolder));
    rmSync(this.folder, { recursive: true });
    expect(left).toEqual([]);
  }
}

/** The result of a statement: "ok", or its SQLSTATE. */
export async function outcome(client: Client, statement: string): Promise<string> {
  return client.query(statement).then(
    () => "ok",
    (error: { code?: string; message: string }) => error.code ?? error.message,
  );
}
