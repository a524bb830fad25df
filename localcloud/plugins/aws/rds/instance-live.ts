import type { DBInstance } from "@aws-sdk/client-rds";
import type { PropertyValues } from "../../adapter/wire";
import type { AwsConfig } from "../configuration";
import { liveTags, tagsFromList } from "../tags";
import { stateOnlyProperties } from "./instance-parameters";

/**
 * What DescribeDBInstances returns, in the form that state keeps. `known` supplies what no API returns (such as how to
 * delete it).
 */
export function liveInstance(
  instance: DBInstance,
  known: PropertyValues,
  config: AwsConfig,
  region: string,
): PropertyValues {
  const kept = Object.fromEntries(stateOnlyProperties.map((name) => [name, known[name]]));
  return {
    ...kept,
    ...settings(instance),
    ...outputs(instance),
    ...liveTags(tagsFromList(instance.TagList), known, config),
    engineVersion: declaredVersion(instance, known.engineVersion),
    region,
  };
}

function settings(instance: DBInstance): PropertyValues {
  return {
    allocatedStorage: instance.AllocatedStorage,
    autoMinorVersionUpgrade: instance.AutoMinorVersionUpgrade,
    availabilityZone: instance.AvailabilityZone,
    backupRetentionPeriod: instance.BackupRetentionPeriod,
    backupTarget: instance.BackupTarget,
    backupWindow: instance.PreferredBackupWindow,
    caCertIdentifier: instance.CACertificateIdentifier,
    characterSetName: instance.CharacterSetName,
    copyTagsToSnapshot: instance.CopyTagsToSnapshot,
    customIamInstanceProfile: instance.CustomIamInstanceProfile,
    customerOwnedIpEnabled: instance.CustomerOwnedIpEnabled,
    databaseInsightsMode: instance.DatabaseInsightsMode,
    dbName: instance.DBName,
    dbSubnetGroupName: instance.DBSubnetGroup?.DBSubnetGroupName,
    dedicatedLogVolume: instance.DedicatedLogVolume,
    deletionProtection: instance.DeletionProtection,
    enabledCloudwatchLogsExports: instance.EnabledCloudwatchLogsExports ?? [],
    engine: instance.Engine,
    engineLifecycleSupport: instance.EngineLifecycleSupport,
    iamDatabaseAuthenticationEnabled: instance.IAMDatabaseAuthenticationEnabled,
    identifier: instance.DBInstanceIdentifier,
    instanceClass: instance.DBInstanceClass,
    iops: instance.Iops,
    kmsKeyId: instance.KmsKeyId,
    licenseModel: instance.LicenseModel,
    maintenanceWindow: instance.PreferredMaintenanceWindow,
    maxAllocatedStorage: instance.MaxAllocatedStorage,
    monitoringInterval: instance.MonitoringInterval,
    monitoringRoleArn: instance.MonitoringRoleArn,
    multiAz: instance.MultiAZ,
    ncharCharacterSetName: instance.NcharCharacterSetName,
    networkType: instance.NetworkType,
    optionGroupName: instance.OptionGroupMemberships?.[0]?.OptionGroupName,
    parameterGroupName: instance.DBParameterGroups?.[0]?.DBParameterGroupName,
    performanceInsightsEnabled: instance.PerformanceInsightsEnabled,
    performanceInsightsKmsKeyId: instance.PerformanceInsightsKMSKeyId,
    performanceInsightsRetentionPeriod: instance.PerformanceInsightsRetentionPeriod,
    publiclyAccessible: instance.PubliclyAccessible,
    replicaMode: instance.ReplicaMode,
    replicateSourceDb: instance.ReadReplicaSourceDBInstanceIdentifier,
    storageEncrypted: instance.StorageEncrypted,
    storageThroughput: instance.StorageThroughput,
    storageType: instance.StorageType,
    timezone: instance.Timezone,
    username: instance.MasterUsername,
    vpcSecurityGroupIds: (instance.VpcSecurityGroups ?? []).map((group) => group.VpcSecurityGroupId),
  };
}

function outputs(instance: DBInstance): PropertyValues {
  const { Address: address, HostedZoneId: hostedZoneId, Port: port } = instance.Endpoint ?? {};
  const listener = instance.ListenerEndpoint;
  const secret = instance.MasterUserSecret;
  return {
    address,
    arn: instance.DBInstanceArn,
    endpoint: address !== undefined && port !== undefined ? `${address}:${port}` : undefined,
    engineVersionActual: instance.EngineVersion,
    hostedZoneId,
    latestRestorableTime: instance.LatestRestorableTime?.toISOString().replace(/\.\d+Z$/, "Z"),
    listenerEndpoints: listener
      ? [{ address: listener.Address, hostedZoneId: listener.HostedZoneId, port: listener.Port }]
      : [],
    masterUserSecrets: secret
      ? [{ kmsKeyId: secret.KmsKeyId, secretArn: secret.SecretArn, secretStatus: secret.SecretStatus }]
      : [],
    port: port ?? instance.DbInstancePort,
    replicas: instance.ReadReplicaDBInstanceIdentifiers ?? [],
    resourceId: instance.DbiResourceId,
    status: instance.DBInstanceStatus,
    upgradeRolloutOrder: instance.UpgradeRolloutOrder,
  };
}

/**
 * State keeps the version as the program wrote it while that is still right: as a prefix of the running version (17 of
 * 17.10), or as the one pending for the maintenance window. Otherwise it is the running version, so that the difference
 * shows.
 */
function declaredVersion(instance: DBInstance, declared: string | undefined): string | undefined {
  const actual = instance.EngineVersion;
  if (declared === undefined || declared === "") return actual;
  const matches =
    actual === declared ||
    actual?.startsWith(`${declared}.`) ||
    instance.PendingModifiedValues?.EngineVersion === declared;
  return matches ? declared : actual;
}
