/** Pure: how the RDS API names what `aws.rds.Instance` has, where both have one value. */
import { instanceType } from "../drift-detection/differences";

const names: Record<string, string> = {
  allocatedStorage: "AllocatedStorage",
  autoMinorVersionUpgrade: "AutoMinorVersionUpgrade",
  backupRetentionPeriod: "BackupRetentionPeriod",
  backupWindow: "PreferredBackupWindow",
  caCertIdentifier: "CACertificateIdentifier",
  copyTagsToSnapshot: "CopyTagsToSnapshot",
  deletionProtection: "DeletionProtection",
  iamDatabaseAuthenticationEnabled: "IAMDatabaseAuthenticationEnabled",
  instanceClass: "DBInstanceClass",
  iops: "Iops",
  maintenanceWindow: "PreferredMaintenanceWindow",
  maxAllocatedStorage: "MaxAllocatedStorage",
  monitoringInterval: "MonitoringInterval",
  multiAz: "MultiAZ",
  networkType: "NetworkType",
  performanceInsightsEnabled: "PerformanceInsightsEnabled",
  performanceInsightsRetentionPeriod: "PerformanceInsightsRetentionPeriod",
  publiclyAccessible: "PubliclyAccessible",
  storageThroughput: "StorageThroughput",
  storageType: "StorageType",
};

/** Undefined: the API of instances does not show it as one value. */
export const apiNameOf = (type: string, property: string | null): string | undefined =>
  type === instanceType && property !== null && Object.hasOwn(names, property) ? names[property] : undefined;
