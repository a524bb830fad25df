import { join } from "node:path";
import type { Cloud } from "../../cloud";
import type { InstanceRecord, InstanceShape } from "../instances/instance-record";
import type { Tag } from "../../storage/records";
import type { Collection } from "../../storage/store";

/** The automated backups of one DB instance; collection `automated-backups`, by its resource id. */
export interface AutomatedBackupRecord {
  resourceId: string;
  region: string;
  /** `retained`: the instance was deleted, its backups were kept. */
  status: "active" | "retained";
  /** The instance as it was at its last backup, or when it was deleted. */
  source: BackedUpInstance;
  /** Oldest first. */
  base: BaseBackupRecord[];
  /** Oldest first, by the databases' clock: what is restored to a moment before one runs the version of then. */
  upgrades?: { at: string; from: string }[];
  /** Everything committed up to then can be restored. By the databases' clock, which is the machine's. */
  latestRestorableTime?: string;
  /** When one was last started, by the cloud's clock. */
  lastTriedAt?: string;
}

export interface BackedUpInstance {
  /** When the instance was deleted, by the cloud's clock; for a retained backup. */
  deletedAt?: string;
  resourceId: string;
  port: number;
  shape: InstanceShape;
  tags: Tag[];
}

export interface BaseBackupRecord {
  id: string;
  /** When it was taken, by the cloud's clock, which backup windows and retention follow. */
  takenAt: string;
  /** The earliest time that can be restored from it, by the databases' clock. */
  restorableFrom: string;
  engineVersion: string;
  /** The first WAL segment it needs. */
  startWal: string;
  /** Tags of the automated snapshot; copied from the instance until set. */
  tags?: Tag[];
}

/** The records, and the location of the files: below the databases' folder, where they outlive their instance. */
export class AutomatedBackups {
  private readonly records: Collection<AutomatedBackupRecord>;

  constructor(private readonly cloud: Cloud) {
    this.records = cloud.store.collection<AutomatedBackupRecord>("automated-backups");
  }

  get(resourceId: string): AutomatedBackupRecord | undefined {
    return this.records.get(resourceId);
  }

  list(region?: string): AutomatedBackupRecord[] {
    return this.records.list().filter((backup) => region === undefined || backup.region === region);
  }

  put(backup: AutomatedBackupRecord): void {
    this.records.put(backup.resourceId, backup);
  }

  /** Reads, changes and writes a record atomically; undefined when it is gone. */
  update(resourceId: string, change: (backup: AutomatedBackupRecord) => void): AutomatedBackupRecord | undefined {
    const backup = this.records.get(resourceId);
    if (!backup) return undefined;
    change(backup);
    this.records.put(resourceId, backup);
    return backup;
  }

  remove(resourceId: string): void {
    this.records.delete(resourceId);
  }

  folder(resourceId: string): string {
    return this.cloud.instances.servers.backupsFolder(resourceId);
  }

  archiveFolder(resourceId: string): string {
    return this.cloud.instances.servers.archiveFolder(resourceId);
  }

  baseFolder(resourceId: string, id: string): string {
    return join(this.folder(resourceId), "base", id);
  }

  /** Whether an unfinished restore still reads from these files. */
  isInUse(resourceId: string, baseId?: string): boolean {
    return this.cloud.instances
      .list()
      .some(
        ({ operation }) =>
          operation?.kind === "restore" &&
          "base" in operation.from &&
          operation.from.base.resourceId === resourceId &&
          (baseId === undefined || operation.from.base.id === baseId),
      );
  }
}

export function backedUp(instance: InstanceRecord): BackedUpInstance {
  return {
    resourceId: instance.resourceId,
    port: instance.listeningPort ?? 0,
    shape: instance.shape,
    tags: instance.tags,
  };
}

/** The first and the last whole second that can be restored to; undefined before the first backup. */
export function restoreWindow(backup: AutomatedBackupRecord): { earliest: Date; latest: Date } | undefined {
  const [oldest] = backup.base;
  if (!oldest || backup.latestRestorableTime === undefined) return undefined;
  const window = {
    earliest: new Date(Math.ceil(Date.parse(oldest.restorableFrom) / 1000) * 1000),
    latest: new Date(backup.latestRestorableTime),
  };
  return window.earliest <= window.latest ? window : undefined;
}
