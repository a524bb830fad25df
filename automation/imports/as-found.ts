/** An instance as RDS describes it, in the names of `aws.rds.Instance`, where it differs from the standard. */
import type { DBInstance } from "@aws-sdk/client-rds";
import { sqlNamePattern, type Found } from "../../components/found-properties";
import { tooOld } from "../../components/imported-database";
import { decidedProperties } from "../../components/decided-properties";
import type { StandardShape } from "../../components/standard-shape";
import { isReserved } from "../../components/standards/reserved-names";
import { stripedStorage } from "../../components/standards/fixed";
import type { Standard } from "../../components/standards/standard";

/** What a program must say so that its first `up` changes nothing; `null` where the API shows nothing. */
export function asFound(instance: DBInstance, shape: StandardShape, standard: Standard): Found {
  const own = decidedProperties(shape) as Readonly<Record<string, unknown>>;
  const differing = Object.entries(comparable(instance)).filter(([name, value]) => !same(value, own[name]));
  const { MasterUsername: username, EngineVersion: version = "" } = instance;
  return inOrder({
    ...Object.fromEntries(differing),
    ...onlyTheirs(instance),
    ...(username === standard.birth.masterUsername ? {} : { username }),
    ...(tooOld(version, standard) || !isPlain(version) ? { engineVersion: version } : {}),
    ...(ownDatabase(instance) ? {} : { dbName: instance.DBName ?? null }),
  });
}

/** The initial database, if it has a name that the standard allows. */
export const ownDatabase = ({ DBName: name }: DBInstance): string | undefined =>
  name !== undefined &&
  name === name.toLowerCase() &&
  sqlNamePattern.test(name) &&
  /^[a-z]/.test(name) &&
  !isReserved(name)
    ? name
    : undefined;

/** Without what RDS appends to minors of Extended Support and rebuilt ones. */
export const isPlain = (version: string): boolean => /^\d{2}\.\d{1,2}$/.test(version);

/** Properties that the standard decides alone. */
function comparable(instance: DBInstance): Found {
  return {
    allocatedStorage: instance.AllocatedStorage ?? null,
    autoMinorVersionUpgrade: instance.AutoMinorVersionUpgrade ?? false,
    backupRetentionPeriod: instance.BackupRetentionPeriod ?? 0,
    backupWindow: instance.PreferredBackupWindow ?? null,
    caCertIdentifier: instance.CACertificateIdentifier ?? null,
    copyTagsToSnapshot: instance.CopyTagsToSnapshot ?? false,
    databaseInsightsMode: instance.DatabaseInsightsMode ?? "standard",
    deletionProtection: instance.DeletionProtection ?? false,
    enabledCloudwatchLogsExports: instance.EnabledCloudwatchLogsExports ?? [],
    engineLifecycleSupport: instance.EngineLifecycleSupport ?? null,
    iamDatabaseAuthenticationEnabled: instance.IAMDatabaseAuthenticationEnabled ?? false,
    instanceClass: instance.DBInstanceClass ?? null,
    maintenanceWindow: instance.PreferredMaintenanceWindow ?? null,
    maxAllocatedStorage: instance.MaxAllocatedStorage ?? 0,
    monitoringInterval: instance.MonitoringInterval ?? 0,
    multiAz: instance.MultiAZ ?? false,
    networkType: instance.NetworkType ?? "IPV4",
    performanceInsightsEnabled: instance.PerformanceInsightsEnabled ?? false,
    performanceInsightsRetentionPeriod: instance.PerformanceInsightsRetentionPeriod ?? null,
    publiclyAccessible: instance.PubliclyAccessible ?? false,
    storageEncrypted: instance.StorageEncrypted ?? false,
    storageType: instance.StorageType ?? null,
  };
}

/** What a database of the standard gets from its platform or from resources of its own: always as found. */
function onlyTheirs(instance: DBInstance): Found {
  const { MasterUserSecret: secret, TagList: tags = [] } = instance;
  return {
    dbSubnetGroupName: instance.DBSubnetGroup?.DBSubnetGroupName ?? "default",
    kmsKeyId: instance.KmsKeyId ?? null,
    // Managed by RDS, it stays so without being sent again.
    manageMasterUserPassword: secret ? null : false,
    ...(secret ? { masterUserSecretKmsKeyId: null } : {}),
    monitoringRoleArn: instance.MonitoringRoleArn ?? null,
    parameterGroupName: instance.DBParameterGroups?.[0]?.DBParameterGroupName ?? null,
    performanceInsightsKmsKeyId: instance.PerformanceInsightsKMSKeyId ?? null,
    // Nobody can set or remove AWS's own.
    tags: Object.fromEntries(
      tags.flatMap(({ Key = "", Value = "" }) => (/^aws:/i.test(Key) ? [] : [[Key, Value] as const])),
    ),
    vpcSecurityGroupIds: (instance.VpcSecurityGroups ?? []).map(({ VpcSecurityGroupId = "" }) => VpcSecurityGroupId),
    ...provisionedSpeed(instance),
  };
}

/** RDS shows what a gp3 volume includes, but accepts it back only from 400 GiB up. */
function provisionedSpeed({
  StorageType: type = "",
  AllocatedStorage: size = 0,
  Iops: iops,
  StorageThroughput: throughput,
}: DBInstance): Found {
  const striped = type === "gp3" && size >= stripedStorage.fromGib;
  if (!striped && !type.startsWith("io")) return {};
  const included = striped ? stripedStorage : { iops: undefined, throughput: undefined };
  return {
    ...(iops === included.iops ? {} : { iops: iops ?? null }),
    ...(throughput === included.throughput ? {} : { storageThroughput: throughput ?? null }),
  };
}

const sorted = (value: unknown): unknown => (Array.isArray(value) ? [...(value as string[])].sort() : value);
const same = (found: unknown, own: unknown): boolean => JSON.stringify(sorted(found)) === JSON.stringify(sorted(own));

const inOrder = (found: object): Found =>
  Object.fromEntries(Object.entries(found).sort(([one], [other]) => (one < other ? -1 : 1)));
