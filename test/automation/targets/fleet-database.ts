import { mkdtempSync, chmodSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Client } from "pg";
import { openControlSession } from "../../../automation/targets/control-session";
import type { DatabaseLogin } from "../../../automation/targets/database-login";
import { connectAsAdministrator } from "../../../localcloud/postgres/administrator";
import { createServer, type PostgresServer } from "../../../localcloud/postgres/postgres-server";

/** A server as RDS runs it, with a database that a test can make as hostile as owners could. */
export class FleetDatabase {
  private constructor(
    private readonly folder: string,
    readonly server: PostgresServer,
    private readonly engineVersion: string,
  ) {}

  static async start(engineVersion = "17.10", parameters: Record<string, string> = {}): Promise<FleetDatabase> {
    const folder = mkdtempSync(join(tmpdir(), "shipshape-fleet-"));
    chmodSync(folder, 0o755);
    const settings = {
      folder: join(folder, "server"),
      engineVersion,
      port: 0,
      identity: { caFolder: join(folder, "ca") },
      parameters: { track_commit_timestamp: "1", ...parameters },
      memoryBytes: 2 ** 30,
    };
    const server = await createServer(settings, { username: "boss", password: PASSWORD, databaseName: "app" });
    await server.start();
    return new FleetDatabase(folder, server, engineVersion);
  }

  async stop(): Promise<void> {
    await this.server.stop("immediate");
    rmSync(this.folder, { recursive: true, force: true });
  }

  login(user = "boss", database = "app"): DatabaseLogin {
    return {
      identifier: "app",
      resourceId: "db-APP",
      majorVersion: Number.parseInt(this.engineVersion, 10),
      host: "127.0.0.1",
      port: this.server.port,
      database,
      user,
      password: PASSWORD,
    };
  }

  get rootCertificateFile(): string {
    return join(this.folder, "ca", "ca.pem");
  }

  /** A session as the control plane opens one. */
  session(user = "boss", statementSeconds = 60, readOnly = false): Promise<Client> {
    return openControlSession(this.login(user), {
      rootCertificateFile: this.rootCertificateFile,
      statementSeconds,
      readOnly,
    });
  }

  async within<T>(work: (client: Client) => Promise<T>, user = "boss"): Promise<T> {
    const client = await this.session(user);
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }

  /** As the superuser that only the cloud itself has, for what tests may do but customers may not. */
  async admin(sql: string): Promise<void> {
    const client = await connectAsAdministrator(this.server, "app");
    try {
      // The cloud's own sessions only search pg_catalog. A separate call, as several statements at once are one transaction.
      await client.query("set search_path = public");
      await client.query(sql);
    } finally {
      await client.end();
    }
  }

  /** A session of that superuser with the settings that the control plane uses for its own. */
  async adminSession(): Promise<Client> {
    const client = await connectAsAdministrator(this.server, "app");
    await client.query(
      "set search_path = pg_catalog, pg_temp; set timezone = 'UTC'; set datestyle = 'ISO, MDY'; set allow_system_table_mods = on",
    );
    return client;
  }

  /** From another database, where settings stored for this one do not apply. */
  async store(statements: string): Promise<void> {
    await this.server.query(statements, undefined, "postgres");
  }

  addLogin = (user: string): Promise<void> => this.admin(`create role ${user} login password '${PASSWORD}'`);
}

/** Constant, since the login is requested again and again. */
const PASSWORD = "a-Password-of-tests-1";
