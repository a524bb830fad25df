import { join } from "node:path";
import { rdsArn } from "../arn";
import { AwsError } from "../aws-error";
import type { InstanceRecord, InstanceShape } from "../instances/instance-record";
import type { Tag } from "../records";
import type { Collection, Store } from "../store";

/** A DB snapshot: a copy of a stopped database's folder, and what is needed to know of the instance it came from. */
export interface SnapshotRecord {
  identifier: string;
  region: string;
  status: "creating" | "available";
  createdAt: string;
  source: { resourceId: string; port: number; shape: InstanceShape };
  tags: Tag[];
}

export class Snapshots {
  private readonly records: Collection<SnapshotRecord>;

  constructor(
    store: Store,
    private readonly dataFolder: string,
  ) {
    this.records = store.collection<SnapshotRecord>("snapshots");
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

  remove(snapshot: SnapshotRecord): void {
    this.records.delete(key(snapshot.region, snapshot.identifier));
  }

  /** Where the copy of the database lies; a snapshot's name cannot leave this folder, as it is letters, digits and hyphens. */
  folder(region: string, identifier: string): string {
    return join(this.dataFolder, "snapshots", region, identifier.toLowerCase());
  }
}

export function snapshotOf(instance: InstanceRecord, identifier: string, now: Date): SnapshotRecord {
  return {
    identifier: identifier.toLowerCase(),
    region: instance.region,
    status: "creating",
    createdAt: now.toISOString(),
    source: { resourceId: instance.resourceId, port: instance.listeningPort ?? 0, shape: instance.shape },
    tags: instance.shape.CopyTagsToSnapshot ? instance.tags : [],
  };
}

export function describeSnapshot(snapshot: SnapshotRecord): object {
  const { shape, resourceId, port } = snapshot.source;
  return {
    DBSnapshotIdentifier: snapshot.identifier,
    DBSnapshotArn: rdsArn(snapshot.region, "snapshot", snapshot.identifier),
    DBInstanceIdentifier: shape.DBInstanceIdentifier,
    DbiResourceId: resourceId,
    Status: snapshot.status,
    SnapshotType: "manual",
    PercentProgress: snapshot.status === "available" ? 100 : 0,
    SnapshotCreateTime: snapshot.status === "available" ? snapshot.createdAt : undefined,
    OriginalSnapshotCreateTime: snapshot.status === "available" ? snapshot.createdAt : undefined,
    Engine: shape.Engine,
    EngineVersion: shape.EngineVersion,
    LicenseModel: shape.LicenseModel,
    AllocatedStorage: shape.AllocatedStorage,
    StorageType: shape.StorageType,
    Iops: shape.Iops,
    StorageThroughput: shape.StorageThroughput,
    Encrypted: shape.StorageEncrypted,
    KmsKeyId: shape.KmsKeyId,
    Port: port,
    AvailabilityZone: shape.AvailabilityZone,
    InstanceCreateTime: shape.InstanceCreateTime,
    MasterUsername: shape.MasterUsername,
    OptionGroupName: `default:postgres-${shape.EngineVersion.split(".")[0]}`,
    BackupRetentionPeriod: shape.BackupRetentionPeriod,
    PreferredBackupWindow: shape.PreferredBackupWindow,
    IAMDatabaseAuthenticationEnabled: shape.IAMDatabaseAuthenticationEnabled,
    SnapshotTarget: "region",
    DedicatedLogVolume: shape.DedicatedLogVolume,
    TagList: snapshot.tags,
  };
}

const key = (region: string, identifier: string): string => `${region}/${identifier.toLowerCase()}`;
