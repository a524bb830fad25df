import type { Tag } from "../../storage/records";

/** The stored record of one DB instance; collection `instances`, by `resourceId`. */
export interface InstanceRecord {
  /** `db-…`: never changes, although the identifier can; names the folder of the database. */
  resourceId: string;
  region: string;
  status: InstanceStatus;
  /** What DescribeDBInstances returns, under RDS's own names. */
  shape: InstanceShape;
  tags: Tag[];
  parameterGroup: { name: string; status: "in-sync" | "pending-reboot" | "applying" };
  /**
   * The parameters the server runs with, or will at its next start: the group's values, except those that wait for a
   * reboot.
   */
  activeParameters: Record<string, string>;
  /** Changes that wait for the maintenance window, and since when. */
  pending: DeferrableChanges;
  pendingSince?: string;
  /** What AWS has scheduled, which here only a test or a demo does. */
  maintenance?: ScheduledMaintenance[];
  /** The operation in progress; a server started after a kill resumes it. */
  operation?: Operation;
  /** Set when the master password is managed by Secrets Manager. */
  masterSecret?: { arn?: string; kmsKeyId: string };
  /** A requested password that is not yet set in the database; removed from the record as soon as it is. */
  newMasterPassword?: string;
  /** The source's resource id; set while this is a read replica. */
  replicaOf?: string;
  /** Of a green instance of another major, until it has blue's name: the resource id of blue, whose rows it gets. */
  copyOf?: string;
  /** Of its blue, as long: the resource id of green. */
  copiedTo?: string;
  /** Of the role that replicas of this instance log in with; made with the first of them. */
  replicationPassword?: string;
  /** The old blue after a switchover: read-only, until its group says 0 for that and it is rebooted. */
  isReadOnly?: boolean;
  /** The TCP port, once the database has one. */
  listeningPort?: number;
}

export type InstanceStatus =
  | "creating"
  | "available"
  | "backing-up"
  | "modifying"
  | "upgrading"
  | "resetting-master-credentials"
  | "rebooting"
  | "starting"
  | "stopping"
  | "stopped"
  | "deleting"
  | "failed"
  | "storage-full"
  | "incompatible-parameters"
  | "incompatible-network"
  | "incompatible-restore";

/** A fault of this one instance; its operation stays in the record and is retried. */
export const faultStatuses: readonly InstanceStatus[] = [
  "failed",
  "storage-full",
  "incompatible-parameters",
  "incompatible-network",
  "incompatible-restore",
];

export interface InstanceShape {
  DBInstanceIdentifier: string;
  DBInstanceClass: string;
  Engine: string;
  EngineVersion: string;
  MasterUsername: string;
  DBName?: string;
  AllocatedStorage: number;
  MaxAllocatedStorage?: number;
  StorageType: string;
  Iops?: number;
  StorageThroughput?: number;
  StorageEncrypted: boolean;
  KmsKeyId?: string;
  InstanceCreateTime?: string;
  PreferredBackupWindow: string;
  BackupRetentionPeriod: number;
  PreferredMaintenanceWindow: string;
  VpcSecurityGroupIds: string[];
  DBSubnetGroupName: string;
  AvailabilityZone: string;
  SecondaryAvailabilityZone?: string;
  MultiAZ: boolean;
  AutoMinorVersionUpgrade: boolean;
  LicenseModel: string;
  PubliclyAccessible: boolean;
  CACertificateIdentifier: string;
  CopyTagsToSnapshot: boolean;
  MonitoringInterval: number;
  MonitoringRoleArn?: string;
  IAMDatabaseAuthenticationEnabled: boolean;
  DatabaseInsightsMode: string;
  PerformanceInsightsEnabled: boolean;
  PerformanceInsightsKMSKeyId?: string;
  PerformanceInsightsRetentionPeriod?: number;
  EnabledCloudwatchLogsExports: string[];
  DeletionProtection: boolean;
  NetworkType: string;
  BackupTarget: string;
  EngineLifecycleSupport: string;
  DedicatedLogVolume: boolean;
  /** The requested port; 0 means any free one. */
  Port: number;
}

export interface ScheduledMaintenance {
  Action: "system-update" | "db-upgrade" | "ca-certificate-rotation" | "hardware-maintenance";
  Description: string;
  /** Of a mandatory one: from then on it is applied without being asked. */
  AutoAppliedAfterDate?: string;
}

/** What waits for the maintenance window unless the call says ApplyImmediately. Names as in PendingModifiedValues. */
export interface DeferrableChanges {
  DBInstanceIdentifier?: string;
  DBInstanceClass?: string;
  EngineVersion?: string;
  AllocatedStorage?: number;
  StorageType?: string;
  Iops?: number;
  StorageThroughput?: number;
  MultiAZ?: boolean;
  BackupRetentionPeriod?: number;
  CACertificateIdentifier?: string;
  DBSubnetGroupName?: string;
  IAMDatabaseAuthenticationEnabled?: boolean;
  DedicatedLogVolume?: boolean;
}

export type Operation = { id: string } & (
  | { kind: "create" }
  | { kind: "restore"; from: RestoreOrigin }
  | { kind: "replicate" }
  | { kind: "copy" }
  | { kind: "promote"; retentionDays: number; backupWindow?: string }
  | { kind: "switchover"; deployment: string }
  | { kind: "backup"; snapshot?: string }
  | { kind: "modify"; changes: DeferrableChanges; rotateMasterPassword?: boolean }
  | { kind: "reboot" }
  | { kind: "start" }
  | { kind: "stop" }
  | { kind: "delete"; finalSnapshot?: string; step: "snapshot" | "remove"; keepBackups?: boolean }
);

/**
 * The source of a restored instance. With `target` (ISO 8601, whole second) to that time, else to the end of the backup
 * itself.
 */
export type RestoreOrigin = { base: { resourceId: string; id: string }; target?: string } | { snapshot: string };

export type OperationKind = Operation["kind"];

/** The status of an instance while an operation runs. */
export const statusOfOperation: Record<OperationKind, InstanceStatus> = {
  create: "creating",
  restore: "creating",
  replicate: "creating",
  copy: "creating",
  promote: "modifying",
  switchover: "modifying",
  backup: "backing-up",
  modify: "modifying",
  reboot: "rebooting",
  start: "starting",
  stop: "stopping",
  delete: "deleting",
};
