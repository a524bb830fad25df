import { rm } from "node:fs/promises";
import { join } from "node:path";
import { takeBaseBackup, takeColdBackup } from "../../../postgres/backups";
import type { PostgresServer } from "../../../postgres/postgres-server";
import { AwsError } from "../../wire/aws-error";
import { backedUp, type BackedUpInstance } from "../backups/automated-backups";
import type { Cloud } from "../../cloud";
import type { InstanceRecord } from "../instances/instance-record";
import type { Tag } from "../../storage/records";
import type { Collection } from "../../storage/store";

/** A manual DB snapshot: a base backup, and a description of its instance. */
export interface SnapshotRecord {
  identifier: string;
  region: string;
  status: "creating" | "available" | "failed";
  createdAt: string;
  /** When the data was taken, where this is a copy. */
  originallyCreatedAt?: string;
  /** ARN of the snapshot this is a copy of. */
  copyOf?: string;
  source: BackedUpInstance;
  tags: Tag[];
  /** Accounts that may restore it, or `all`. */
  sharedWith?: string[];
}

export class Snapshots {
  private readonly records: Collection<SnapshotRecord>;

  constructor(private readonly cloud: Cloud) {
    this.records = cloud.store.collection<SnapshotRecord>("snapshots");
  }

  find(region: string, identifier: string): SnapshotRecord | undefined {
    return this.records.get(key(region, identifier));
  }

  /** @throws AwsError DBSnapshotNotFound */
  get(region: string, identifier: string): SnapshotRecord {
    const snapshot = this.find(region, identifier);
    if (!snapshot) throw new AwsError("DBSnapshotNotFound", `DBSnapshot not found: ${identifier}`);
    return snapshot;
  }

  list(region: string): SnapshotRecord[] {
    return this.records.list().filter((snapshot) => snapshot.region === region);
  }

  put(snapshot: SnapshotRecord): void {
    this.records.put(key(snapshot.region, snapshot.identifier), snapshot);
  }

  /**
   * Removes it with its files. The record first: files left by a kill in between belong to no record, and a snapshot of
   * the same name overwrites them.
   */
  async remove(snapshot: SnapshotRecord): Promise<void> {
    this.records.delete(key(snapshot.region, snapshot.identifier));
    await rm(this.folder(snapshot.region, snapshot.identifier), { recursive: true, force: true });
  }

  /**
   * The folder of the base backup; a snapshot's name cannot leave it, as it consists of letters, digits and hyphens.
   */
  folder(region: string, identifier: string): string {
    return join(this.cloud.instances.servers.databasesFolder, "snapshots", region, identifier.toLowerCase());
  }

  /** Takes a snapshot of a running database. Repeated after a kill, it continues with the same record. */
  async take(instance: InstanceRecord, server: PostgresServer, identifier: string): Promise<void> {
    await this.fill(instance, identifier, (folder) => takeBaseBackup(server, instance.shape.EngineVersion, folder));
  }

  /** Takes a snapshot of a database that was shut down, as a deletion does first: no commit is missing from it. */
  async takeFinal(instance: InstanceRecord, server: PostgresServer, identifier: string): Promise<void> {
    await this.fill(instance, identifier, (folder) =>
      takeColdBackup(server.dataFolder, instance.shape.EngineVersion, folder),
    );
  }

  /** A snapshot that could not be taken is shown as failed, and can be deleted. */
  fail(region: string, identifier: string): void {
    const snapshot = this.find(region, identifier);
    if (snapshot?.status === "creating") this.put({ ...snapshot, status: "failed" });
  }

  private async fill(
    instance: InstanceRecord,
    identifier: string,
    take: (folder: string) => Promise<unknown>,
  ): Promise<void> {
    const known = this.find(instance.region, identifier);
    if (known?.status === "available") return;
    const snapshot = known ?? snapshotOf(instance, identifier, this.cloud.clock.now());
    this.put(snapshot);
    await take(this.folder(instance.region, identifier));
    // Its tags may have changed meanwhile; it cannot be deleted while it is being created.
    this.put({ ...(this.find(instance.region, identifier) ?? snapshot), status: "available" });
    this.cloud.events.say(instance.region, "db-snapshot", snapshot.identifier, ["creation"], "Manual snapshot created");
  }
}

export function snapshotOf(instance: InstanceRecord, identifier: string, now: Date, tags?: Tag[]): SnapshotRecord {
  const copied = instance.shape.CopyTagsToSnapshot ? instance.tags : [];
  return {
    identifier: identifier.toLowerCase(),
    region: instance.region,
    status: "creating",
    createdAt: now.toISOString(),
    source: backedUp(instance),
    tags: tags ?? copied,
  };
}

const key = (region: string, identifier: string): string => `${region}/${identifier.toLowerCase()}`;
