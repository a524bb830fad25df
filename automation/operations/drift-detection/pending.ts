import type { PendingModifiedValues } from "@aws-sdk/client-rds";

/** How `aws.rds.Instance` names what RDS says is pending; what is missing here the provider has no property for. */
const names: Partial<Record<keyof PendingModifiedValues, string>> = {
  AllocatedStorage: "allocatedStorage",
  BackupRetentionPeriod: "backupRetentionPeriod",
  CACertificateIdentifier: "caCertIdentifier",
  DBInstanceClass: "instanceClass",
  DBInstanceIdentifier: "identifier",
  DedicatedLogVolume: "dedicatedLogVolume",
  EngineVersion: "engineVersion",
  IAMDatabaseAuthenticationEnabled: "iamDatabaseAuthenticationEnabled",
  Iops: "iops",
  LicenseModel: "licenseModel",
  MultiAZ: "multiAz",
  Port: "port",
  StorageThroughput: "storageThroughput",
  StorageType: "storageType",
};

/** What waits, by the provider's names; a password that waits is only named. */
export function pendingByProvider(pending: PendingModifiedValues): Record<string, unknown> {
  const values = Object.entries(names).flatMap(([name, property]) => {
    const value = pending[name as keyof PendingModifiedValues];
    return value === undefined ? [] : [[property, value] as const];
  });
  return Object.fromEntries([
    ...values,
    ...(pending.MasterUserPassword === undefined ? [] : [["password", "another password"] as const]),
  ]);
}
