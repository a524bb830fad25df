import { randomBytes, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { reachableFolder } from "../../../postgres/reachable-folder";
import { ensureArchive } from "../../../postgres/backups";
import {
  createReplica,
  createServer,
  openServer,
  removeServer,
  restoreServer,
  type Following,
  type ReplicaSource,
  type RecoverySource,
  type PostgresServer,
  type PostgresServerSettings,
} from "../../../postgres/postgres-server";
import type { LocalCloudSettings } from "../../../settings";
import { findInstanceClass, maxConnectionsOf } from "./instance-classes";
import type { InstanceRecord } from "./instance-record";
import { slotOf } from "../replicas/replica-set";

/** The PostgreSQL servers of the instances: how each is set up, and which are open in this process. */
export class InstanceServers {
  /** The folder of the databases, each in a subfolder named by its resource id. */
  readonly databasesFolder: string;
  /** The reason, when that is not in the data folder. */
  readonly folderReason: string | undefined;
  private readonly open = new Map<string, PostgresServer>();

  /** @param given @default `databases` of the data folder, or what PostgreSQL can reach instead */
  constructor(
    private readonly settings: LocalCloudSettings,
    given: string | undefined,
    private readonly find: (resourceId: string) => InstanceRecord | undefined,
  ) {
    const { folder, reason }: ReturnType<typeof reachableFolder> =
      given === undefined ? reachableFolder(join(settings.dataFolder, "databases")) : { folder: given };
    this.databasesFolder = folder;
    this.folderReason = reason;
  }

  get(resourceId: string): PostgresServer | undefined {
    return this.open.get(resourceId);
  }

  folder(resourceId: string): string {
    return join(this.databasesFolder, resourceId);
  }

  /** Creates the database, or finishes creating it. */
  async create(instance: InstanceRecord, password: string): Promise<PostgresServer> {
    const { MasterUsername: username, DBName: databaseName } = instance.shape;
    const server = await createServer(await this.withArchive(instance), {
      username,
      password,
      ...(databaseName === undefined ? {} : { databaseName }),
    });
    this.open.set(instance.resourceId, server);
    return server;
  }

  /** Creates the database from a backup, or finishes creating it. @throws PostgresError cannot-recover */
  async restore(instance: InstanceRecord, source: RecoverySource): Promise<PostgresServer> {
    const server = await restoreServer(await this.withArchive(instance), source);
    this.open.set(instance.resourceId, server);
    return server;
  }

  /** Creates a database with nothing in it, whatever an attempt has left there: it is filled by the caller. */
  async createEmpty(instance: InstanceRecord): Promise<PostgresServer> {
    await removeServer(this.folder(instance.resourceId));
    const master = { username: instance.shape.MasterUsername, password: randomBytes(20).toString("hex") };
    const server = await createServer(await this.withArchive(instance), master);
    this.open.set(instance.resourceId, server);
    return server;
  }

  /** Creates the standby of a replica, or finishes creating it. */
  async replicate(instance: InstanceRecord, source: ReplicaSource): Promise<PostgresServer> {
    const server = await createReplica(await this.withArchive(instance), source);
    this.open.set(instance.resourceId, server);
    return server;
  }

  /**
   * The server with the instance's current settings: reopened when its class or version has changed. A running one
   * stays running.
   */
  async reopen(instance: InstanceRecord): Promise<PostgresServer> {
    const server = await openServer(await this.withArchive(instance));
    this.open.set(instance.resourceId, server);
    return server;
  }

  forget(resourceId: string): void {
    this.open.delete(resourceId);
  }

  /** When the certificate that the database presents expires; undefined before it has one. */
  certificateValidTill(resourceId: string): Date | undefined {
    try {
      return new Date(new X509Certificate(readFileSync(join(this.folder(resourceId), "tls", "server.crt"))).validTo);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  }

  /** The folder of an instance's backups, next to all databases: they can outlive their instance. */
  backupsFolder(resourceId: string): string {
    return join(this.databasesFolder, "backups", resourceId);
  }

  archiveFolder(resourceId: string): string {
    return join(this.backupsFolder(resourceId), "wal");
  }

  private async withArchive(instance: InstanceRecord): Promise<PostgresServerSettings> {
    const settings = this.serverSettings(instance);
    if (settings.archiveFolder !== undefined) await ensureArchive(settings.archiveFolder);
    return settings;
  }

  private serverSettings(instance: InstanceRecord): PostgresServerSettings {
    const { shape } = instance;
    const instanceClass = findInstanceClass(shape.DBInstanceClass);
    const memoryBytes = Math.min((instanceClass?.memoryGiB ?? 1) * 1024 ** 3, this.settings.databaseMemoryCapBytes);
    return {
      folder: this.folder(instance.resourceId),
      engineVersion: shape.EngineVersion,
      port: instance.listeningPort ?? shape.Port,
      identity: { caFolder: join(this.settings.dataFolder, "ca") },
      parameters: instance.activeParameters,
      archiveFolder: shape.BackupRetentionPeriod > 0 ? this.archiveFolder(instance.resourceId) : undefined,
      follows: this.sourceOf(instance),
      publishes: instance.copiedTo !== undefined,
      isReadOnly: instance.isReadOnly ?? false,
      memoryBytes,
      // The class's default, as far as one machine can support it for many servers.
      // A standby refuses to start with fewer than its source, whatever its class.
      maxConnectionsDefault:
        instance.replicaOf !== undefined
          ? connectionsMax
          : instanceClass
            ? Math.min(maxConnectionsOf(instanceClass), connectionsMax)
            : connectionsMin,
    };
  }

  private sourceOf(instance: InstanceRecord): Following | undefined {
    const of = instance.replicaOf ?? instance.copyOf;
    const source = of === undefined ? undefined : this.find(of);
    if (source?.listeningPort === undefined || source.replicationPassword === undefined) return undefined;
    return {
      isLogical: instance.copyOf !== undefined,
      port: source.listeningPort,
      slot: slotOf(instance),
      name: instance.shape.DBInstanceIdentifier,
      password: source.replicationPassword,
    };
  }
}

/** Each connection slot costs shared memory and semaphores, used or not. */
const connectionsMax = 200;
const connectionsMin = 100;
