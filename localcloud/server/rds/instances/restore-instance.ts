import { randomBytes } from "node:crypto";
import type { z } from "zod";
import type { Call } from "../../wire/action";
import { AwsError } from "../../wire/aws-error";
import type { BackedUpInstance } from "../backups/automated-backups";
import { boolean, integer, list, tags, text } from "../../wire/query-input";
import { newInstance } from "./create-instance";
import type { CreateInput } from "./instance-input";
import type { InstanceRecord, InstanceShape } from "./instance-record";

/** What both kinds of restore take about the new instance. */
export const restoredSettings = {
  DBInstanceClass: text.optional(),
  Port: integer.optional(),
  AvailabilityZone: text.optional(),
  DBSubnetGroupName: text.optional(),
  MultiAZ: boolean.optional(),
  PubliclyAccessible: boolean.optional(),
  AutoMinorVersionUpgrade: boolean.optional(),
  LicenseModel: text.optional(),
  DBName: text.optional(),
  Engine: text.optional(),
  AllocatedStorage: integer.optional(),
  StorageType: text.optional(),
  Iops: integer.optional(),
  StorageThroughput: integer.optional(),
  OptionGroupName: text.optional(),
  Tags: tags.optional(),
  VpcSecurityGroupIds: list(text).optional(),
  EnableIAMDatabaseAuthentication: boolean.optional(),
  EnableCloudwatchLogsExports: list(text).optional(),
  CopyTagsToSnapshot: boolean.optional(),
  DBParameterGroupName: text.optional(),
  DeletionProtection: boolean.optional(),
  NetworkType: text.optional(),
  BackupTarget: text.optional(),
  BackupRetentionPeriod: integer.optional(),
  PreferredBackupWindow: text.optional(),
  DedicatedLogVolume: boolean.optional(),
  EngineLifecycleSupport: text.optional(),
  ManageMasterUserPassword: boolean.optional(),
  MasterUserSecretKmsKeyId: text.optional(),
};

export type RestoredSettings = z.output<z.ZodObject<typeof restoredSettings>> & {
  MaxAllocatedStorage?: number | undefined;
};

/**
 * The record of an instance to be restored: it inherits what RDS inherits; everything else is as in a new one. Nothing
 * is created yet.
 */
export function restoredInstance(
  identifier: string,
  request: RestoredSettings,
  source: BackedUpInstance,
  call: Call,
): InstanceRecord {
  const {
    ManageMasterUserPassword: managed,
    MasterUserSecretKmsKeyId: key,
    DBName: databaseName,
    ...requested
  } = request;
  const { shape } = source;
  if (managed || key !== undefined)
    throw new AwsError(
      "InvalidParameterCombination",
      "ManageMasterUserPassword can be given on a restore for RDS for Oracle only; for postgres turn it on with ModifyDBInstance once the DB instance is available",
    );
  if (databaseName !== undefined && databaseName !== shape.DBName)
    throw new AwsError(
      "InvalidParameterCombination",
      "DBName can't be given when restoring postgres: the databases are those that were backed up",
    );
  return inheritedInstance(identifier, requested, source, call);
}

/** The record of an instance that begins as a copy of another: its catalog comes with its master and password. */
export function inheritedInstance(
  identifier: string,
  requested: { [Name in keyof CreateInput]?: CreateInput[Name] | undefined },
  source: BackedUpInstance,
  call: Call,
): InstanceRecord {
  const input = {
    ...inherited(source.shape),
    ...withoutUnset(requested),
    Tags: requested.Tags ?? source.tags,
    DBInstanceIdentifier: identifier,
    MasterUserPassword: unusedPassword(),
  } as CreateInput;
  const { newMasterPassword: _unused, ...record } = newInstance(input, call);
  return record;
}

/**
 * The port is not inherited: the source on the same machine has it. Nor are, as on RDS, groups (including the subnet
 * group), protection, monitoring and Performance Insights.
 */
function inherited(shape: InstanceShape): Partial<CreateInput> {
  const hasProvisionedSpeed =
    shape.StorageType.startsWith("io") || (shape.StorageType === "gp3" && shape.AllocatedStorage >= 400);
  return withoutUnset({
    DBInstanceClass: shape.DBInstanceClass,
    Engine: shape.Engine,
    EngineVersion: shape.EngineVersion,
    MasterUsername: shape.MasterUsername,
    DBName: shape.DBName,
    AllocatedStorage: shape.AllocatedStorage,
    StorageType: shape.StorageType,
    Iops: hasProvisionedSpeed ? shape.Iops : undefined,
    StorageThroughput: hasProvisionedSpeed ? shape.StorageThroughput : undefined,
    StorageEncrypted: shape.StorageEncrypted,
    KmsKeyId: shape.KmsKeyId,
    BackupRetentionPeriod: shape.BackupRetentionPeriod,
    PreferredBackupWindow: shape.PreferredBackupWindow,
    PreferredMaintenanceWindow: shape.PreferredMaintenanceWindow,
    CACertificateIdentifier: shape.CACertificateIdentifier,
    LicenseModel: shape.LicenseModel,
  });
}

/** The check of a new instance requires one; the restored catalog has its own, as of the restored time. */
const unusedPassword = (): string => randomBytes(20).toString("hex");

function withoutUnset<T extends object>(settings: { [Name in keyof T]?: T[Name] | undefined }): Partial<T> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as Partial<T>;
}
