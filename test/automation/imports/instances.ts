import type { DBInstance } from "@aws-sdk/client-rds";
import type { ExistingInstance } from "../../../automation/targets/existing-database";

/** What RDS describes of a database that the console made for production. */
export const instance: DBInstance = {
  DBInstanceIdentifier: "billing-production",
  DBInstanceArn: "arn:aws:rds:eu-central-1:123456789012:db:billing-production",
  DbiResourceId: "db-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  DBInstanceStatus: "available",
  Engine: "postgres",
  EngineVersion: "17.10",
  DBInstanceClass: "db.m7g.large",
  MasterUsername: "postgres",
  DBName: "billing",
  AllocatedStorage: 200,
  MaxAllocatedStorage: 1000,
  StorageType: "gp3",
  Iops: 3000,
  StorageThroughput: 125,
  StorageEncrypted: true,
  KmsKeyId: "arn:aws:kms:eu-central-1:123456789012:key/theirs",
  BackupRetentionPeriod: 7,
  PreferredBackupWindow: "03:00-03:30",
  PreferredMaintenanceWindow: "sun:04:00-sun:04:30",
  MultiAZ: true,
  AutoMinorVersionUpgrade: true,
  CopyTagsToSnapshot: true,
  DeletionProtection: true,
  IAMDatabaseAuthenticationEnabled: false,
  MonitoringInterval: 60,
  MonitoringRoleArn: "arn:aws:iam::123456789012:role/rds-monitoring-role",
  PerformanceInsightsEnabled: true,
  PerformanceInsightsRetentionPeriod: 7,
  PerformanceInsightsKMSKeyId: "arn:aws:kms:eu-central-1:123456789012:key/theirs",
  DatabaseInsightsMode: "standard",
  EnabledCloudwatchLogsExports: ["upgrade", "postgresql"],
  EngineLifecycleSupport: "open-source-rds-extended-support",
  CACertificateIdentifier: "rds-ca-rsa2048-g1",
  PubliclyAccessible: false,
  NetworkType: "IPV4",
  DBParameterGroups: [{ DBParameterGroupName: "billing-17" }],
  DBSubnetGroup: { DBSubnetGroupName: "billing", VpcId: "vpc-0123456789abcdef0" },
  VpcSecurityGroups: [{ VpcSecurityGroupId: "sg-0123456789abcdef0" }],
  TagList: [
    { Key: "owner", Value: "team-billing" },
    { Key: "aws:cloudformation:stack-name", Value: "billing" },
  ],
};

export const existing = (change: Partial<DBInstance> = {}): ExistingInstance => ({
  cloud: { account: "123456789012", region: "eu-central-1", address: "https://rds.eu-central-1.amazonaws.com" },
  instance: { ...instance, ...change },
  parameters: { work_mem: "65536", "rds.force_ssl": "1" },
});
