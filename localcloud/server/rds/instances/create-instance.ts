import { randomBytes } from "node:crypto";
import { AwsError } from "../../wire/aws-error";
import type { Call } from "../../wire/action";
import { limits } from "../../limits";
import { defaultGroupOf } from "../parameter-groups/parameter-groups";
import { defaultSecurityGroupId } from "../../recorded/default-network";
import { familyOf, installedVersion } from "./engine-versions";
import type { CreateInput } from "./instance-input";
import type { InstanceRecord, InstanceShape } from "./instance-record";
import * as references from "./references";
import * as check from "./setting-checks";
import { checkStorage, growthCap, includedSpeed } from "./storage-checks";
import { defaultBackupWindow, defaultMaintenanceWindow } from "./windows";

/**
 * The record of a new instance: the input checked as RDS checks it, with defaults filled in. Nothing is created yet.
 */
export function newInstance(input: CreateInput, call: Call): InstanceRecord {
  checkAlone(input);
  refuseTaken(input, call);
  const shape = newShape(input, call);
  checkTogether(input, shape);
  const kmsKeyId = input.ManageMasterUserPassword
    ? references.keyArn(call, input.MasterUserSecretKmsKeyId ?? "alias/aws/secretsmanager")
    : undefined;
  return {
    resourceId: `db-${base32(26)}`,
    region: call.region,
    status: "creating",
    shape,
    tags: input.Tags ?? [],
    parameterGroup: {
      name: references.parameterGroup(
        call,
        input.DBParameterGroupName ?? defaultGroupOf(shape.EngineVersion),
        shape.EngineVersion,
      ),
      status: "in-sync",
    },
    activeParameters: {},
    pending: {},
    ...(kmsKeyId === undefined ? { newMasterPassword: input.MasterUserPassword! } : { masterSecret: { kmsKeyId } }),
  };
}

function checkAlone(input: CreateInput): void {
  check.checkIdentifier("DBInstanceIdentifier", input.DBInstanceIdentifier, 63);
  if (input.Engine !== "postgres")
    throw new AwsError("InvalidParameterValue", `invalid DB engine: ${input.Engine}; the embedded cloud has postgres`);
  check.checkInstanceClass(input.DBInstanceClass);
  if (input.MasterUsername === undefined)
    throw new AwsError("MissingParameter", "the parameter MasterUsername must be provided and must not be blank");
  check.checkMasterUsername(input.MasterUsername);
  if (input.DBName !== undefined) check.checkDatabaseName(input.DBName);
  if (input.Port !== undefined && (input.Port < 1150 || input.Port > 65535))
    throw new AwsError("InvalidParameterValue", `invalid database port: ${input.Port}; it must be from 1150 to 65535`);
  check.checkBackupRetention(input.BackupRetentionPeriod);
  check.checkLogExports(input.EnableCloudwatchLogsExports ?? []);
  if (input.CACertificateIdentifier !== undefined) check.checkCertificateAuthority(input.CACertificateIdentifier);
  checkMasterPassword(input);
}

function checkMasterPassword(input: CreateInput): void {
  if (input.ManageMasterUserPassword) {
    if (input.MasterUserPassword !== undefined)
      throw new AwsError(
        "InvalidParameterCombination",
        "you can't specify MasterUserPassword when ManageMasterUserPassword is true: Secrets Manager generates the password",
      );
    return;
  }
  if (input.MasterUserSecretKmsKeyId !== undefined)
    throw new AwsError("InvalidParameterCombination", "MasterUserSecretKmsKeyId needs ManageMasterUserPassword");
  if (input.MasterUserPassword === undefined)
    throw new AwsError(
      "MissingParameter",
      "the parameter MasterUserPassword must be provided and must not be blank, unless ManageMasterUserPassword is true",
    );
  check.checkPassword(input.MasterUserPassword);
}

function refuseTaken(input: CreateInput, call: Call): void {
  const instances = call.cloud.instances.list(call.region);
  if (instances.some((instance) => instance.shape.DBInstanceIdentifier === input.DBInstanceIdentifier.toLowerCase()))
    throw new AwsError("DBInstanceAlreadyExists", `DB instance already exists: ${input.DBInstanceIdentifier}`);
  if (instances.length >= limits.instances)
    throw new AwsError(
      "InstanceQuotaExceeded",
      `the quota of ${limits.instances} DB instances in this Region is used up`,
    );
}

function newShape(input: CreateInput, call: Call): InstanceShape {
  const identifier = input.DBInstanceIdentifier.toLowerCase();
  const subnetGroup = call.cloud.subnetGroups.get(call.region, input.DBSubnetGroupName ?? "default");
  const zones = [...new Set(subnetGroup.subnets.map((subnet) => subnet.zone))].sort();
  const multiAz = input.MultiAZ ?? false;
  if (input.AvailabilityZone !== undefined && multiAz)
    throw new AwsError(
      "InvalidParameterCombination",
      "requesting a specific availability zone is not valid for Multi-AZ instances",
    );
  if (input.AvailabilityZone !== undefined && !zones.includes(input.AvailabilityZone))
    throw new AwsError(
      "InvalidVPCNetworkStateFault",
      `the DB subnet group has no subnet in ${input.AvailabilityZone}; it has ${zones.join(", ")}`,
    );
  const zone = input.AvailabilityZone ?? zones[0]!;
  const encrypted = input.StorageEncrypted ?? false;
  if (input.KmsKeyId !== undefined && !encrypted)
    throw new AwsError("InvalidParameterCombination", "KmsKeyId can be given only with StorageEncrypted");
  const type = input.StorageType ?? (input.Iops === undefined ? "gp2" : "io1");
  const size = input.AllocatedStorage;
  if (size === undefined)
    throw new AwsError("MissingParameter", "the parameter AllocatedStorage must be provided and must not be blank");
  return {
    DBInstanceIdentifier: identifier,
    DBInstanceClass: input.DBInstanceClass,
    Engine: "postgres",
    EngineVersion: installedVersion(input.EngineVersion),
    MasterUsername: input.MasterUsername!,
    ...(input.DBName === undefined ? {} : { DBName: input.DBName }),
    AllocatedStorage: size,
    ...(growthCap(input.MaxAllocatedStorage, size) === undefined
      ? {}
      : { MaxAllocatedStorage: input.MaxAllocatedStorage! }),
    StorageType: type,
    ...includedSpeed(type, size),
    ...(input.Iops === undefined ? {} : { Iops: input.Iops }),
    ...(input.StorageThroughput === undefined ? {} : { StorageThroughput: input.StorageThroughput }),
    StorageEncrypted: encrypted,
    ...(encrypted ? { KmsKeyId: references.keyArn(call, input.KmsKeyId ?? "alias/aws/rds") } : {}),
    ...windows(identifier, input),
    BackupRetentionPeriod: input.BackupRetentionPeriod ?? 1,
    VpcSecurityGroupIds: references.securityGroups(
      call,
      input.VpcSecurityGroupIds ?? [defaultSecurityGroupId],
      subnetGroup.vpcId,
    ),
    DBSubnetGroupName: subnetGroup.name,
    AvailabilityZone: zone,
    ...(multiAz ? { SecondaryAvailabilityZone: zones.find((other) => other !== zone)! } : {}),
    MultiAZ: multiAz,
    AutoMinorVersionUpgrade: input.AutoMinorVersionUpgrade ?? true,
    LicenseModel: input.LicenseModel ?? "postgresql-license",
    // RDS's own default depends on the subnet group; the default subnet group here is private.
    PubliclyAccessible: input.PubliclyAccessible ?? false,
    CACertificateIdentifier: input.CACertificateIdentifier ?? check.defaultCertificateAuthority,
    CopyTagsToSnapshot: input.CopyTagsToSnapshot ?? false,
    MonitoringInterval: input.MonitoringInterval ?? 0,
    ...(input.MonitoringRoleArn === undefined
      ? {}
      : { MonitoringRoleArn: references.monitoringRole(call, input.MonitoringRoleArn) }),
    IAMDatabaseAuthenticationEnabled: input.EnableIAMDatabaseAuthentication ?? false,
    DatabaseInsightsMode: input.DatabaseInsightsMode ?? "standard",
    ...insights(input, call),
    EnabledCloudwatchLogsExports: [...new Set(input.EnableCloudwatchLogsExports ?? [])].sort(),
    DeletionProtection: input.DeletionProtection ?? false,
    NetworkType: input.NetworkType ?? "IPV4",
    BackupTarget: input.BackupTarget ?? "region",
    EngineLifecycleSupport: input.EngineLifecycleSupport ?? "open-source-rds-extended-support",
    DedicatedLogVolume: input.DedicatedLogVolume ?? false,
    Port: input.Port ?? 0,
  };
}

function windows(
  identifier: string,
  input: CreateInput,
): Pick<InstanceShape, "PreferredBackupWindow" | "PreferredMaintenanceWindow"> {
  check.checkWindows(input);
  const backup = input.PreferredBackupWindow ?? defaultBackupWindow(identifier, input.PreferredMaintenanceWindow);
  return {
    PreferredBackupWindow: backup,
    PreferredMaintenanceWindow:
      input.PreferredMaintenanceWindow?.toLowerCase() ?? defaultMaintenanceWindow(identifier, backup),
  };
}

function insights(
  input: CreateInput,
  call: Call,
): Pick<
  InstanceShape,
  "PerformanceInsightsEnabled" | "PerformanceInsightsKMSKeyId" | "PerformanceInsightsRetentionPeriod"
> {
  const given = {
    ...(input.PerformanceInsightsKMSKeyId === undefined
      ? {}
      : { PerformanceInsightsKMSKeyId: input.PerformanceInsightsKMSKeyId }),
    ...(input.PerformanceInsightsRetentionPeriod === undefined
      ? {}
      : { PerformanceInsightsRetentionPeriod: input.PerformanceInsightsRetentionPeriod }),
  };
  if (!input.EnablePerformanceInsights) return { PerformanceInsightsEnabled: false, ...given };
  return {
    PerformanceInsightsEnabled: true,
    PerformanceInsightsKMSKeyId: references.keyArn(call, input.PerformanceInsightsKMSKeyId ?? "alias/aws/rds"),
    PerformanceInsightsRetentionPeriod: input.PerformanceInsightsRetentionPeriod ?? 7,
  };
}

function checkTogether(input: CreateInput, shape: InstanceShape): void {
  check.checkWords(input, familyOf(shape.EngineVersion));
  checkStorage(shape, input);
  check.checkMonitoring(shape);
  check.checkInsights(shape);
}

/** Resource ids are 26 characters of the base-32 alphabet. */
function base32(length: number): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  return [...randomBytes(length)].map((byte) => alphabet[byte % 32]).join("");
}
