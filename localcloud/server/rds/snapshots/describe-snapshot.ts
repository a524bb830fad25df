import { rdsArn } from "../../wire/arn";
import type { AutomatedBackupRecord, BackedUpInstance, BaseBackupRecord } from "../backups/automated-backups";
import type { Tag } from "../../storage/records";
import type { SnapshotRecord } from "./snapshots";

/** A manual or automated snapshot, in one form, for DescribeDBSnapshots. */
export interface AnySnapshot {
  identifier: string;
  region: string;
  type: "manual" | "automated";
  status: string;
  createdAt: string;
  originallyCreatedAt?: string | undefined;
  copyOf?: string | undefined;
  source: BackedUpInstance;
  tags: Tag[];
  sharedWith?: string[] | undefined;
}

export function manual(snapshot: SnapshotRecord): AnySnapshot {
  return { ...snapshot, type: "manual" };
}

/** Each automated base backup is a snapshot too, as on RDS: `rds:orders-2026-11-23-03-34`. */
export function automated(backup: AutomatedBackupRecord, base: BaseBackupRecord): AnySnapshot {
  const { shape, tags } = backup.source;
  const minute = base.takenAt.slice(0, 16).replace(/[T:]/g, "-");
  const source = { ...backup.source, shape: { ...shape, EngineVersion: base.engineVersion } };
  return {
    identifier: `rds:${shape.DBInstanceIdentifier}-${minute}`,
    region: backup.region,
    type: "automated",
    status: "available",
    createdAt: base.takenAt,
    source,
    tags: base.tags ?? (shape.CopyTagsToSnapshot ? tags : []),
  };
}

export function describeSnapshot(snapshot: AnySnapshot, accountId: string): object {
  const { shape, resourceId, port } = snapshot.source;
  const isComplete = snapshot.status === "available";
  return {
    DBSnapshotIdentifier: snapshot.identifier,
    DBSnapshotArn: snapshotArn(snapshot, accountId),
    DBInstanceIdentifier: shape.DBInstanceIdentifier,
    DbiResourceId: resourceId,
    Status: snapshot.status,
    SnapshotType: snapshot.type,
    PercentProgress: isComplete ? 100 : 0,
    SnapshotCreateTime: isComplete ? snapshot.createdAt : undefined,
    OriginalSnapshotCreateTime: isComplete ? (snapshot.originallyCreatedAt ?? snapshot.createdAt) : undefined,
    SourceDBSnapshotIdentifier: snapshot.copyOf,
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

export function snapshotArn(snapshot: { region: string; identifier: string }, accountId: string): string {
  return rdsArn(accountId, snapshot.region, "snapshot", snapshot.identifier);
}
