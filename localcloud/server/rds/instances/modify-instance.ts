import { AwsError } from "../../wire/aws-error";
import type { Call } from "../../wire/action";
import { compareVersions, familyOf, majorOf, offeredVersions, upgradeTargets } from "./engine-versions";
import type { ModifyInput } from "./instance-input";
import type { DeferrableChanges, InstanceRecord, InstanceShape } from "./instance-record";
import * as references from "./references";
import * as check from "./setting-checks";
import { checkStorage, growthCap, grownStorage, includedSpeed } from "./storage-checks";

/** The effect of a ModifyDBInstance, checked as RDS checks it. */
export interface Modification {
  /** Takes effect at once, whatever ApplyImmediately says (User Guide, "Settings for DB instances"). */
  now: Partial<InstanceShape>;
  /** Waits for the maintenance window unless the call says ApplyImmediately. */
  deferrable: DeferrableChanges;
  parameterGroup?: string;
  newMasterPassword?: string;
  manageMasterPassword?: { on: boolean; kmsKeyId: string };
  rotateMasterPassword: boolean;
}

export function modificationOf(instance: InstanceRecord, input: ModifyInput, call: Call): Modification {
  checkAlone(input);
  const deferrable = deferrableChanges(instance, input, call);
  const now = immediateChanges(instance, input, call);
  const version = deferrable.EngineVersion ?? instance.shape.EngineVersion;
  const result = { ...instance.shape, ...now, ...deferrable };
  check.checkWords(input, familyOf(version));
  check.checkWindows(result);
  check.checkMonitoring(result);
  check.checkInsights(result);
  checkStorage({ ...result, MaxAllocatedStorage: input.MaxAllocatedStorage ?? result.MaxAllocatedStorage }, input);
  return {
    now,
    deferrable,
    ...masterPassword(instance, input, call),
    ...(input.DBParameterGroupName === undefined
      ? {}
      : { parameterGroup: references.parameterGroup(call, input.DBParameterGroupName, version) }),
  };
}

function checkAlone(input: ModifyInput): void {
  if (input.DBInstanceClass !== undefined) check.checkInstanceClass(input.DBInstanceClass);
  if (input.NewDBInstanceIdentifier !== undefined)
    check.checkIdentifier("NewDBInstanceIdentifier", input.NewDBInstanceIdentifier, 63);
  check.checkBackupRetention(input.BackupRetentionPeriod);
  if (input.CACertificateIdentifier !== undefined) check.checkCertificateAuthority(input.CACertificateIdentifier);
  if (input.MasterUserPassword !== undefined) check.checkPassword(input.MasterUserPassword);
}

function deferrableChanges(instance: InstanceRecord, input: ModifyInput, call: Call): DeferrableChanges {
  const { shape } = instance;
  const size =
    input.AllocatedStorage === undefined ? undefined : grownStorage(shape.AllocatedStorage, input.AllocatedStorage);
  const type = input.StorageType ?? shape.StorageType;
  // A change of storage type, or a step over the threshold, comes with its own included speed.
  const speed =
    type !== shape.StorageType || size !== undefined ? includedSpeed(type, size ?? shape.AllocatedStorage) : {};
  const retention = input.BackupRetentionPeriod;
  const switchesBackups = retention !== undefined && (retention === 0) !== (shape.BackupRetentionPeriod === 0);
  return withoutUnset<DeferrableChanges>({
    DBInstanceIdentifier: newIdentifier(instance, input, call),
    DBInstanceClass: input.DBInstanceClass,
    EngineVersion: newVersion(instance, input),
    AllocatedStorage: size,
    StorageType: input.StorageType,
    Iops: input.Iops ?? speed.Iops,
    StorageThroughput: input.StorageThroughput ?? speed.StorageThroughput,
    MultiAZ: input.MultiAZ,
    BackupRetentionPeriod: switchesBackups ? retention : undefined,
    CACertificateIdentifier: input.CACertificateIdentifier,
    DBSubnetGroupName: newSubnetGroup(instance, input, call),
    IAMDatabaseAuthenticationEnabled: input.EnableIAMDatabaseAuthentication,
    DedicatedLogVolume: input.DedicatedLogVolume,
  });
}

function immediateChanges(instance: InstanceRecord, input: ModifyInput, call: Call): Partial<InstanceShape> {
  const { shape } = instance;
  const retention = input.BackupRetentionPeriod;
  const vpcId = call.cloud.subnetGroups.get(call.region, shape.DBSubnetGroupName).vpcId;
  const changes = withoutUnset<Partial<InstanceShape>>({
    // A change between two non-zero numbers of days applies soon, not in the window; to or from 0 waits, as it takes a
    // backup or drops them.
    BackupRetentionPeriod:
      retention !== undefined && retention > 0 && shape.BackupRetentionPeriod > 0 ? retention : undefined,
    PreferredBackupWindow: input.PreferredBackupWindow,
    PreferredMaintenanceWindow: input.PreferredMaintenanceWindow?.toLowerCase(),
    VpcSecurityGroupIds:
      input.VpcSecurityGroupIds === undefined
        ? undefined
        : references.securityGroups(call, input.VpcSecurityGroupIds, vpcId),
    AutoMinorVersionUpgrade: input.AutoMinorVersionUpgrade,
    PubliclyAccessible: input.PubliclyAccessible,
    CopyTagsToSnapshot: input.CopyTagsToSnapshot,
    MonitoringInterval: input.MonitoringInterval,
    DatabaseInsightsMode: input.DatabaseInsightsMode,
    EnabledCloudwatchLogsExports: logExports(instance, input),
    DeletionProtection: input.DeletionProtection,
  });
  return {
    ...changes,
    ...storageCap(instance, input),
    ...monitoringRole(instance, input, call),
    ...insights(instance, input, call),
  };
}

function newIdentifier(instance: InstanceRecord, input: ModifyInput, call: Call): string | undefined {
  const name = input.NewDBInstanceIdentifier?.toLowerCase();
  if (name === undefined || name === instance.shape.DBInstanceIdentifier) return undefined;
  if (call.cloud.instances.find(call.region, name))
    throw new AwsError("DBInstanceAlreadyExists", `DB instance already exists: ${name}`);
  return name;
}

function newVersion(instance: InstanceRecord, input: ModifyInput): string | undefined {
  const from = instance.shape.EngineVersion;
  const to = input.EngineVersion;
  if (to === undefined || to === from || to === majorOf(from)) return undefined;
  if (!offeredVersions().includes(to))
    throw new AwsError(
      "InvalidParameterCombination",
      `cannot upgrade postgres from ${from} to ${to}: version ${to} is not available; available are ${offeredVersions().join(", ")}`,
    );
  if (compareVersions(to, from) < 0)
    throw new AwsError(
      "InvalidParameterCombination",
      `cannot upgrade postgres from ${from} to ${to}: a DB instance is never downgraded`,
    );
  const target = upgradeTargets(from).find((candidate) => candidate.version === to);
  if (target?.isMajor && !input.AllowMajorVersionUpgrade)
    throw new AwsError(
      "InvalidParameterCombination",
      `the AllowMajorVersionUpgrade flag must be present when upgrading to a new major version: ${from} to ${to}`,
    );
  if (target?.isMajor)
    throw new AwsError(
      "InvalidParameterCombination",
      `the embedded cloud does not upgrade to another major version (${from} to ${to}): its PostgreSQL comes without pg_upgrade. Create an instance of the new version and move the data`,
    );
  return to;
}

function newSubnetGroup(instance: InstanceRecord, input: ModifyInput, call: Call): string | undefined {
  if (input.DBSubnetGroupName === undefined || input.DBSubnetGroupName === instance.shape.DBSubnetGroupName)
    return undefined;
  const [from, to] = [instance.shape.DBSubnetGroupName, input.DBSubnetGroupName].map((name) =>
    call.cloud.subnetGroups.get(call.region, name),
  );
  if (from!.vpcId === to!.vpcId)
    throw new AwsError(
      "InvalidVPCNetworkStateFault",
      `you cannot move DB instance ${instance.shape.DBInstanceIdentifier} to subnet group ${to!.name}. The specified DB subnet group and DB instance are in the same VPC. Choose a DB subnet group in different VPC than the specified DB instance and try again`,
    );
  return to!.name;
}

/** With autoscaling turned off the member is present and undefined. */
function storageCap(instance: InstanceRecord, input: ModifyInput): Pick<InstanceShape, "MaxAllocatedStorage"> {
  const cap = input.MaxAllocatedStorage;
  return cap === undefined
    ? {}
    : { MaxAllocatedStorage: growthCap(cap, input.AllocatedStorage ?? instance.shape.AllocatedStorage) };
}

/** Turning enhanced monitoring off drops its role: the member is present and undefined. */
function monitoringRole(
  instance: InstanceRecord,
  input: ModifyInput,
  call: Call,
): Pick<InstanceShape, "MonitoringRoleArn"> {
  if (input.MonitoringRoleArn !== undefined)
    return { MonitoringRoleArn: references.monitoringRole(call, input.MonitoringRoleArn) };
  return input.MonitoringInterval === 0
    ? { MonitoringRoleArn: undefined }
    : { MonitoringRoleArn: instance.shape.MonitoringRoleArn };
}

function insights(instance: InstanceRecord, input: ModifyInput, call: Call): Partial<InstanceShape> {
  const { shape } = instance;
  const key =
    input.PerformanceInsightsKMSKeyId === undefined
      ? undefined
      : references.keyArn(call, input.PerformanceInsightsKMSKeyId);
  // RDS accepts key and retention together with "off", as clients resend them, and ignores them.
  if (!(input.EnablePerformanceInsights ?? shape.PerformanceInsightsEnabled))
    return {
      PerformanceInsightsEnabled: false,
      PerformanceInsightsRetentionPeriod: undefined,
      PerformanceInsightsKMSKeyId: undefined,
    };
  if (
    key !== undefined &&
    shape.PerformanceInsightsKMSKeyId !== undefined &&
    key !== shape.PerformanceInsightsKMSKeyId
  ) {
    throw new AwsError(
      "InvalidParameterCombination",
      `you can't change the KMS key of Performance Insights after it was set: it is ${shape.PerformanceInsightsKMSKeyId}`,
    );
  }
  return {
    PerformanceInsightsEnabled: true,
    PerformanceInsightsKMSKeyId: shape.PerformanceInsightsKMSKeyId ?? key ?? references.keyArn(call, "alias/aws/rds"),
    PerformanceInsightsRetentionPeriod:
      input.PerformanceInsightsRetentionPeriod ?? shape.PerformanceInsightsRetentionPeriod ?? 7,
  };
}

function logExports(instance: InstanceRecord, input: ModifyInput): string[] | undefined {
  const change = input.CloudwatchLogsExportConfiguration;
  if (!change) return undefined;
  const { EnableLogTypes: on = [], DisableLogTypes: off = [] } = change;
  check.checkLogExports([...on, ...off]);
  return [...new Set([...instance.shape.EnabledCloudwatchLogsExports, ...on])]
    .filter((type) => !off.includes(type))
    .sort();
}

function masterPassword(
  instance: InstanceRecord,
  input: ModifyInput,
  call: Call,
): Pick<Modification, "newMasterPassword" | "manageMasterPassword" | "rotateMasterPassword"> {
  const managed = instance.masterSecret !== undefined;
  const willBeManaged = input.ManageMasterUserPassword ?? managed;
  const rotate = input.RotateMasterUserPassword ?? false;
  const password = input.MasterUserPassword;
  if (willBeManaged && password !== undefined)
    throw new AwsError(
      "InvalidParameterCombination",
      "you can't specify MasterUserPassword for an instance with ManageMasterUserPassword turned on: Secrets Manager generates the password",
    );
  if (!willBeManaged && managed && password === undefined)
    throw new AwsError(
      "InvalidParameterCombination",
      "turning ManageMasterUserPassword off needs a MasterUserPassword",
    );
  if (rotate && !managed)
    throw new AwsError(
      "InvalidParameterCombination",
      "RotateMasterUserPassword needs a master password that Secrets Manager manages",
    );
  if (rotate && !input.ApplyImmediately)
    throw new AwsError("InvalidParameterCombination", "RotateMasterUserPassword needs ApplyImmediately");
  if (!willBeManaged && input.MasterUserSecretKmsKeyId !== undefined)
    throw new AwsError("InvalidParameterCombination", "MasterUserSecretKmsKeyId needs ManageMasterUserPassword");
  const kmsKeyId =
    input.MasterUserSecretKmsKeyId === undefined
      ? instance.masterSecret?.kmsKeyId
      : references.keyArn(call, input.MasterUserSecretKmsKeyId);
  if (managed && willBeManaged && kmsKeyId !== instance.masterSecret?.kmsKeyId)
    throw new AwsError(
      "InvalidParameterCombination",
      "the KMS key of a managed master password cannot be changed while it is managed",
    );
  return {
    ...(password === undefined ? {} : { newMasterPassword: password }),
    ...(willBeManaged === managed
      ? {}
      : {
          manageMasterPassword: {
            on: willBeManaged,
            kmsKeyId: kmsKeyId ?? references.keyArn(call, "alias/aws/secretsmanager"),
          },
        }),
    rotateMasterPassword: rotate,
  };
}

function withoutUnset<T extends object>(changes: { [Name in keyof T]?: T[Name] | undefined }): Partial<T> {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as Partial<T>;
}
