import { z } from "zod";
import { boolean, integer, list, tags, text } from "../../wire/query-input";

/** Parameters that CreateDBInstance and ModifyDBInstance share. */
const settings = {
  AllocatedStorage: integer.optional(),
  MaxAllocatedStorage: integer.optional(),
  StorageType: text.optional(),
  Iops: integer.optional(),
  StorageThroughput: integer.optional(),
  MasterUserPassword: text.optional(),
  ManageMasterUserPassword: boolean.optional(),
  MasterUserSecretKmsKeyId: text.optional(),
  VpcSecurityGroupIds: list(text).optional(),
  DBSubnetGroupName: text.optional(),
  DBParameterGroupName: text.optional(),
  OptionGroupName: text.optional(),
  BackupRetentionPeriod: integer.optional(),
  PreferredBackupWindow: text.optional(),
  PreferredMaintenanceWindow: text.optional(),
  MultiAZ: boolean.optional(),
  EngineVersion: text.optional(),
  AutoMinorVersionUpgrade: boolean.optional(),
  LicenseModel: text.optional(),
  PubliclyAccessible: boolean.optional(),
  CopyTagsToSnapshot: boolean.optional(),
  MonitoringInterval: integer.optional(),
  MonitoringRoleArn: text.optional(),
  EnableIAMDatabaseAuthentication: boolean.optional(),
  DatabaseInsightsMode: text.optional(),
  EnablePerformanceInsights: boolean.optional(),
  PerformanceInsightsKMSKeyId: text.optional(),
  PerformanceInsightsRetentionPeriod: integer.optional(),
  DeletionProtection: boolean.optional(),
  NetworkType: text.optional(),
  CACertificateIdentifier: text.optional(),
  DedicatedLogVolume: boolean.optional(),
};

export const createInput = z.strictObject({
  ...settings,
  DBInstanceIdentifier: text,
  DBInstanceClass: text,
  Engine: text,
  MasterUsername: text.optional(),
  DBName: text.optional(),
  Port: integer.optional(),
  AvailabilityZone: text.optional(),
  StorageEncrypted: boolean.optional(),
  KmsKeyId: text.optional(),
  EnableCloudwatchLogsExports: list(text).optional(),
  BackupTarget: text.optional(),
  EngineLifecycleSupport: text.optional(),
  Tags: tags.optional(),
});
export type CreateInput = z.output<typeof createInput>;

export const modifyInput = z.strictObject({
  ...settings,
  DBInstanceIdentifier: text,
  DBInstanceClass: text.optional(),
  NewDBInstanceIdentifier: text.optional(),
  ApplyImmediately: boolean.default(false),
  AllowMajorVersionUpgrade: boolean.default(false),
  RotateMasterUserPassword: boolean.optional(),
  CertificateRotationRestart: boolean.optional(),
  CloudwatchLogsExportConfiguration: z
    .strictObject({ EnableLogTypes: list(text).optional(), DisableLogTypes: list(text).optional() })
    .optional(),
});
export type ModifyInput = z.output<typeof modifyInput>;
