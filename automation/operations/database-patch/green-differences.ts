/** Pure: what of an instance differs in the one that takes its place: RDS makes it from blue, and leaves things out. */
import type { DBInstance } from "@aws-sdk/client-rds";
import { canonicalJson } from "../../records";

/** What a switchover has to leave as it was, by what a person calls it in the API. */
const kept: Record<string, (one: DBInstance) => unknown> = {
  DBInstanceClass: (one) => one.DBInstanceClass,
  StorageType: (one) => one.StorageType,
  AllocatedStorage: (one) => one.AllocatedStorage,
  MaxAllocatedStorage: (one) => one.MaxAllocatedStorage,
  MultiAZ: (one) => one.MultiAZ,
  StorageEncrypted: (one) => one.StorageEncrypted,
  KmsKeyId: (one) => one.KmsKeyId,
  PubliclyAccessible: (one) => one.PubliclyAccessible,
  AutoMinorVersionUpgrade: (one) => one.AutoMinorVersionUpgrade,
  IAMDatabaseAuthenticationEnabled: (one) => one.IAMDatabaseAuthenticationEnabled,
  EnabledCloudwatchLogsExports: (one) => [...(one.EnabledCloudwatchLogsExports ?? [])].sort(),
  MonitoringInterval: (one) => one.MonitoringInterval,
  MonitoringRoleArn: (one) => one.MonitoringRoleArn,
  PerformanceInsightsEnabled: (one) => one.PerformanceInsightsEnabled,
  PerformanceInsightsKMSKeyId: (one) => one.PerformanceInsightsKMSKeyId,
  PerformanceInsightsRetentionPeriod: (one) => one.PerformanceInsightsRetentionPeriod,
  CopyTagsToSnapshot: (one) => one.CopyTagsToSnapshot,
  CACertificateIdentifier: (one) => one.CACertificateIdentifier,
  DBParameterGroup: (one) => one.DBParameterGroups?.[0]?.DBParameterGroupName,
  VpcSecurityGroups: (one) => (one.VpcSecurityGroups ?? []).map((group) => group.VpcSecurityGroupId ?? "").sort(),
  DBSubnetGroup: (one) => one.DBSubnetGroup?.DBSubnetGroupName,
  MasterUsername: (one) => one.MasterUsername,
};

/** Of a green instance these follow only with the switchover. */
const keptBySwitchover: typeof kept = {
  BackupRetentionPeriod: (one) => one.BackupRetentionPeriod,
  DeletionProtection: (one) => one.DeletionProtection,
};

/**
 * "DBParameterGroup: prepared → default.postgres17", each; none, if green is as blue, with the parameter group that it
 * was to get.
 */
export function greenDifferences(
  blue: DBInstance,
  green: DBInstance,
  { isSwitched, parameterGroup }: { isSwitched: boolean; parameterGroup: string },
): string[] {
  const compared = isSwitched ? { ...kept, ...keptBySwitchover } : kept;
  return Object.entries(compared).flatMap(([name, of]) => {
    const [before, after] = [name === "DBParameterGroup" ? parameterGroup : shown(of(blue)), shown(of(green))];
    return before === after ? [] : [`${name}: ${before} → ${after}`];
  });
}

const shown = (value: unknown): string =>
  typeof value === "string" ? value : value === undefined || value === null ? "none" : canonicalJson(value);
