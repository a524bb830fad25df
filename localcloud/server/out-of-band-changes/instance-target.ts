import type { Cloud } from "../cloud";
import type { InstanceRecord, InstanceShape } from "../rds/instances/instance-record";
import { instanceArn } from "../rds/instances/describe-instance";
import type { Properties } from "../recorded/recorded-type";
import type { ChangeTarget } from "./change-target";
import { tagList, tagMap } from "./tag-map";

/** Properties of `aws.rds.Instance` and the members of the record they map to. */
const memberOf: Record<string, keyof InstanceShape> = {
  identifier: "DBInstanceIdentifier",
  instanceClass: "DBInstanceClass",
  engine: "Engine",
  engineVersion: "EngineVersion",
  username: "MasterUsername",
  dbName: "DBName",
  allocatedStorage: "AllocatedStorage",
  maxAllocatedStorage: "MaxAllocatedStorage",
  storageType: "StorageType",
  iops: "Iops",
  storageThroughput: "StorageThroughput",
  storageEncrypted: "StorageEncrypted",
  kmsKeyId: "KmsKeyId",
  backupWindow: "PreferredBackupWindow",
  backupRetentionPeriod: "BackupRetentionPeriod",
  maintenanceWindow: "PreferredMaintenanceWindow",
  vpcSecurityGroupIds: "VpcSecurityGroupIds",
  dbSubnetGroupName: "DBSubnetGroupName",
  availabilityZone: "AvailabilityZone",
  multiAz: "MultiAZ",
  autoMinorVersionUpgrade: "AutoMinorVersionUpgrade",
  licenseModel: "LicenseModel",
  publiclyAccessible: "PubliclyAccessible",
  caCertIdentifier: "CACertificateIdentifier",
  copyTagsToSnapshot: "CopyTagsToSnapshot",
  monitoringInterval: "MonitoringInterval",
  monitoringRoleArn: "MonitoringRoleArn",
  iamDatabaseAuthenticationEnabled: "IAMDatabaseAuthenticationEnabled",
  databaseInsightsMode: "DatabaseInsightsMode",
  performanceInsightsEnabled: "PerformanceInsightsEnabled",
  performanceInsightsKmsKeyId: "PerformanceInsightsKMSKeyId",
  performanceInsightsRetentionPeriod: "PerformanceInsightsRetentionPeriod",
  enabledCloudwatchLogsExports: "EnabledCloudwatchLogsExports",
  deletionProtection: "DeletionProtection",
  networkType: "NetworkType",
  backupTarget: "BackupTarget",
  engineLifecycleSupport: "EngineLifecycleSupport",
  dedicatedLogVolume: "DedicatedLogVolume",
};

/** What only the program knows, such as `skipFinalSnapshot`, cannot be changed here. */
export function instanceTarget(cloud: Cloud, instance: InstanceRecord): ChangeTarget {
  const settings = Object.entries(memberOf).map(([property, member]) => [property, instance.shape[member]]);
  return {
    arn: instanceArn(instance, cloud.accountId),
    properties: {
      ...Object.fromEntries(settings),
      parameterGroupName: instance.parameterGroup.name,
      manageMasterUserPassword: instance.masterSecret !== undefined,
      masterUserSecretKmsKeyId: instance.masterSecret?.kmsKeyId,
      tags: tagMap(instance.tags),
    },
    write: (changed) => write(cloud, instance, changed),
  };
}

function write(cloud: Cloud, instance: InstanceRecord, changed: Properties): void {
  const { tags, parameterGroupName, manageMasterUserPassword, masterUserSecretKmsKeyId, ...settings } = changed;
  const shape = Object.fromEntries(
    Object.entries(settings).map(([property, value]) => [memberOf[property], value ?? undefined]),
  );
  cloud.instances.update(instance.resourceId, (current) => {
    Object.assign(current.shape, shape);
    if (tags !== undefined) current.tags = tagList(tags);
    if (parameterGroupName !== undefined)
      current.parameterGroup = { name: String(parameterGroupName), status: "pending-reboot" };
    if (masterUserSecretKmsKeyId !== undefined && current.masterSecret)
      current.masterSecret.kmsKeyId = String(masterUserSecretKmsKeyId);
    if (manageMasterUserPassword === false) delete current.masterSecret;
  });
  const secret = cloud.secrets.list().find((one) => one.managed?.dbiResourceId === instance.resourceId);
  if (masterUserSecretKmsKeyId !== undefined && secret)
    cloud.secrets.overwrite(secret, { kmsKeyId: String(masterUserSecretKmsKeyId) });
  // The database keeps the last password, which is no longer managed.
  if (manageMasterUserPassword === false) cloud.managedSecrets.delete(instance.resourceId);
}
