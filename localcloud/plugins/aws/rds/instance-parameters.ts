import { instanceProperties } from "./instance-properties";

/** What RDS calls each property, where Create, Restore and Modify agree. */
export const parameterNames: Record<string, string> = {
  allocatedStorage: "AllocatedStorage",
  autoMinorVersionUpgrade: "AutoMinorVersionUpgrade",
  availabilityZone: "AvailabilityZone",
  backupRetentionPeriod: "BackupRetentionPeriod",
  backupTarget: "BackupTarget",
  backupWindow: "PreferredBackupWindow",
  caCertIdentifier: "CACertificateIdentifier",
  characterSetName: "CharacterSetName",
  copyTagsToSnapshot: "CopyTagsToSnapshot",
  customIamInstanceProfile: "CustomIamInstanceProfile",
  customerOwnedIpEnabled: "EnableCustomerOwnedIp",
  databaseInsightsMode: "DatabaseInsightsMode",
  dbName: "DBName",
  dbSubnetGroupName: "DBSubnetGroupName",
  dedicatedLogVolume: "DedicatedLogVolume",
  deletionProtection: "DeletionProtection",
  domain: "Domain",
  domainAuthSecretArn: "DomainAuthSecretArn",
  domainDnsIps: "DomainDnsIps",
  domainFqdn: "DomainFqdn",
  domainIamRoleName: "DomainIAMRoleName",
  domainOu: "DomainOu",
  enabledCloudwatchLogsExports: "EnableCloudwatchLogsExports",
  engine: "Engine",
  engineLifecycleSupport: "EngineLifecycleSupport",
  engineVersion: "EngineVersion",
  iamDatabaseAuthenticationEnabled: "EnableIAMDatabaseAuthentication",
  instanceClass: "DBInstanceClass",
  iops: "Iops",
  kmsKeyId: "KmsKeyId",
  licenseModel: "LicenseModel",
  maintenanceWindow: "PreferredMaintenanceWindow",
  manageMasterUserPassword: "ManageMasterUserPassword",
  masterUserSecretKmsKeyId: "MasterUserSecretKmsKeyId",
  maxAllocatedStorage: "MaxAllocatedStorage",
  monitoringInterval: "MonitoringInterval",
  monitoringRoleArn: "MonitoringRoleArn",
  multiAz: "MultiAZ",
  ncharCharacterSetName: "NcharCharacterSetName",
  networkType: "NetworkType",
  optionGroupName: "OptionGroupName",
  parameterGroupName: "DBParameterGroupName",
  password: "MasterUserPassword",
  passwordWo: "MasterUserPassword",
  performanceInsightsEnabled: "EnablePerformanceInsights",
  performanceInsightsKmsKeyId: "PerformanceInsightsKMSKeyId",
  performanceInsightsRetentionPeriod: "PerformanceInsightsRetentionPeriod",
  port: "Port",
  publiclyAccessible: "PubliclyAccessible",
  replicaMode: "ReplicaMode",
  storageEncrypted: "StorageEncrypted",
  storageThroughput: "StorageThroughput",
  storageType: "StorageType",
  timezone: "Timezone",
  upgradeStorageConfig: "UpgradeStorageConfig",
  username: "MasterUsername",
  vpcSecurityGroupIds: "VpcSecurityGroupIds",
};

const notOnCreate = ["caCertIdentifier", "replicaMode", "upgradeStorageConfig"];

/**
 * What CreateDBInstance takes. The certificate is set afterwards, and only where it is not the Region's own, as
 * upstream does.
 */
export const createProperties = Object.keys(parameterNames).filter((name) => !notOnCreate.includes(name));

/**
 * What ModifyDBInstance takes. The life cycle is fixed at creation: upstream offers to change it anyway, and RDS
 * ignores the change.
 */
export const modifyProperties = Object.keys(parameterNames).filter(
  (name) =>
    !instanceProperties[name]?.createOnly &&
    !["engineLifecycleSupport", "passwordWo", "upgradeStorageConfig"].includes(name),
);

/** What a restore from a snapshot takes; the rest of what Modify takes is changed once the instance exists. */
export const restoreSnapshotProperties = list(`
  autoMinorVersionUpgrade availabilityZone backupTarget copyTagsToSnapshot customIamInstanceProfile customerOwnedIpEnabled
  dbSubnetGroupName dedicatedLogVolume deletionProtection domain domainAuthSecretArn domainDnsIps domainFqdn domainIamRoleName
  domainOu enabledCloudwatchLogsExports engine engineLifecycleSupport iamDatabaseAuthenticationEnabled instanceClass licenseModel
  multiAz networkType optionGroupName parameterGroupName port publiclyAccessible vpcSecurityGroupIds
`);

/**
 * A restore to a point in time takes more. What it inherits from its source is not changed afterwards: it shows as a
 * difference at the next `up`.
 */
export const restorePointInTimeProperties = [
  ...restoreSnapshotProperties,
  "dbName",
  "iops",
  "maxAllocatedStorage",
  "storageThroughput",
  "storageType",
];

export const afterSnapshotProperties = list(`
  allocatedStorage backupRetentionPeriod backupWindow databaseInsightsMode engineVersion iops maintenanceWindow
  manageMasterUserPassword masterUserSecretKmsKeyId maxAllocatedStorage monitoringInterval monitoringRoleArn password passwordWo
  performanceInsightsEnabled performanceInsightsKmsKeyId performanceInsightsRetentionPeriod storageThroughput storageType
`);

export const afterPointInTimeProperties = list(`
  manageMasterUserPassword masterUserSecretKmsKeyId monitoringInterval monitoringRoleArn password passwordWo
`);

/** Read replicas: what the request takes, and what is changed afterwards. */
export const replicaProperties = list(`
  autoMinorVersionUpgrade availabilityZone copyTagsToSnapshot customIamInstanceProfile dbSubnetGroupName deletionProtection
  enabledCloudwatchLogsExports iamDatabaseAuthenticationEnabled instanceClass iops kmsKeyId monitoringInterval monitoringRoleArn
  multiAz networkType optionGroupName performanceInsightsEnabled performanceInsightsKmsKeyId performanceInsightsRetentionPeriod
  port publiclyAccessible storageThroughput storageType upgradeStorageConfig vpcSecurityGroupIds
`);

export const afterReplicaProperties = list(`
  backupRetentionPeriod backupWindow caCertIdentifier maintenanceWindow manageMasterUserPassword masterUserSecretKmsKeyId
  maxAllocatedStorage parameterGroupName password passwordWo replicaMode
`);

/** What no API call returns, or upstream never reads: kept as the program gave it. */
export const stateOnlyProperties = list(`
  allowMajorVersionUpgrade applyImmediately blueGreenUpdate deleteAutomatedBackups finalSnapshotIdentifier identifierPrefix
  manageMasterUserPassword masterUserSecretKmsKeyId password passwordWoVersion restoreToPointInTime s3Import skipFinalSnapshot snapshotIdentifier
  upgradeStorageConfig warningEventCategories
`);

function list(names: string): string[] {
  return names.trim().split(/\s+/);
}
