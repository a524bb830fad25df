import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { createServer, type PostgresServer } from "../postgres/postgres-server";
import type { Cloud } from "./cloud";
import { defaultVersion, majorOf, resolveVersion } from "./rds/instances/engine-versions";
import { limits } from "./limits";
import { log, logError } from "./log";
import type { Collection } from "./storage/store";

interface ControlPlaneRecord {
  /** The version that created it: its files are of that major. */
  engineVersion: string;
  password: string;
}

/**
 * A PostgreSQL for Shipshape's own records of requests, runs and evidence; in production, SHIPSHAPE_DATABASE_URL names
 * one. It is not a DB instance, so the RDS API does not know it, but it is created, adopted after a kill and stopped
 * like theirs.
 */
export class ControlPlaneDatabase {
  private readonly records: Collection<ControlPlaneRecord>;
  private server: PostgresServer | undefined;
  private starting: Promise<void> | undefined;
  private watch: NodeJS.Timeout | undefined;

  constructor(private readonly cloud: Cloud) {
    this.records = cloud.store.collection<ControlPlaneRecord>("control-plane");
  }

  /** Starts it, and keeps it running. A failure to start is logged; the cloud works without it. */
  async begin(): Promise<void> {
    await this.start();
    this.watch = setInterval(() => this.look(), limits.controlPlaneWatchMs);
  }

  /** How to connect as its owner; undefined while it is not running. */
  get url(): string | undefined {
    const record = this.records.get(owner);
    if (!record || this.server === undefined) return undefined;
    const authority = encodeURIComponent(join(this.cloud.settings.dataFolder, "ca", "ca.pem"));
    return `postgresql://${owner}:${record.password}@127.0.0.1:${this.server.port}/${owner}?sslmode=verify-full&sslrootcert=${authority}`;
  }

  async close(): Promise<void> {
    clearInterval(this.watch);
    await this.starting;
    if (this.server && this.server.state() !== "stopped") await this.server.stop("fast").catch(logError);
  }

  private look(): void {
    if (this.starting !== undefined || this.server?.state() === "running") return;
    log("the control plane's database is not running; starting it");
    void this.start();
  }

  private async start(): Promise<void> {
    this.starting = this.make()
      .catch(logError)
      .finally(() => (this.starting = undefined));
    await this.starting;
  }

  private async make(): Promise<void> {
    const known = this.records.get(owner);
    // Another minor of the same major can use the files as they are.
    const engineVersion =
      known === undefined
        ? defaultVersion()
        : (resolveVersion(known.engineVersion) ?? resolveVersion(majorOf(known.engineVersion)));
    if (engineVersion === undefined)
      return log(`no PostgreSQL ${known?.engineVersion ?? ""} is installed, so the control plane has no database`);
    const record = { engineVersion, password: known?.password ?? randomBytes(24).toString("hex") };
    // The record first: a killed creation continues with the same password.
    this.records.put(owner, record);
    const { settings, instances } = this.cloud;
    const folder = join(instances.servers.databasesFolder, "control-plane");
    const identity = { caFolder: join(settings.dataFolder, "ca") };
    const server = {
      folder,
      engineVersion: record.engineVersion,
      port: 0,
      identity,
      parameters: {},
      memoryBytes: settings.databaseMemoryCapBytes,
    };
    this.server = await createServer(server, { username: owner, password: record.password, databaseName: owner });
    // A mark that only this server's superuser can make: names that this cloud issues count here, and nowhere else.
    await this.server.query("create schema if not exists embedded_cloud", [], owner);
  }
}

/** The name of its user and its database, and the id of its record. */
const owner = "shipshape";
