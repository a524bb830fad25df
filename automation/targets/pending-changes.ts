/**
 * What RDS has accepted but not applied yet, for every database of an account and Region. A state does not contain it:
 * the provider reads current values.
 */
import { paginateDescribeDBInstances, type DBInstance, type PendingModifiedValues } from "@aws-sdk/client-rds";
import type { AwsClients } from "./aws-access";
import { completeList } from "./rds-queries";

export interface PendingChanges {
  identifier: string;
  /** `ddd:hh:mm-ddd:hh:mm`, UTC: when RDS applies it, unless a change with ApplyImmediately is sent before. */
  window: string;
  changes: { property: string; runs: string; pending: string }[];
  /** Sends the current values, at once; undefined if one of the changes cannot be cancelled. */
  cancel: string | undefined;
}

/** Errors: fleet-unreadable. */
export async function pendingChanges({ rds: client }: AwsClients): Promise<PendingChanges[]> {
  const instances = await completeList(
    "DescribeDBInstances",
    () => paginateDescribeDBInstances({ client }, {}),
    (page) => page.DBInstances,
  );
  return instances.map(pendingOf).filter(({ changes }) => changes.length > 0);
}

type Name = keyof PendingModifiedValues & keyof DBInstance;

/**
 * How `aws rds modify-db-instance` names each value; what is missing here (a new password) has no old value to send.
 */
const options: Partial<Record<keyof PendingModifiedValues, (old: string) => string>> = {
  DBInstanceClass: (old) => `--db-instance-class ${old}`,
  AllocatedStorage: (old) => `--allocated-storage ${old}`,
  StorageType: (old) => `--storage-type ${old}`,
  Iops: (old) => `--iops ${old}`,
  StorageThroughput: (old) => `--storage-throughput ${old}`,
  EngineVersion: (old) => `--engine-version ${old}`,
  MultiAZ: (old) => (old === "true" ? "--multi-az" : "--no-multi-az"),
  BackupRetentionPeriod: (old) => `--backup-retention-period ${old}`,
  DBInstanceIdentifier: (old) => `--new-db-instance-identifier ${old}`,
  CACertificateIdentifier: (old) => `--ca-certificate-identifier ${old}`,
  LicenseModel: (old) => `--license-model ${old}`,
  IAMDatabaseAuthenticationEnabled: (old) =>
    old === "true" ? "--enable-iam-database-authentication" : "--no-enable-iam-database-authentication",
  DedicatedLogVolume: (old) => (old === "true" ? "--dedicated-log-volume" : "--no-dedicated-log-volume"),
};

export function pendingOf(instance: DBInstance): PendingChanges {
  const identifier = instance.DBInstanceIdentifier ?? "";
  const pending = Object.entries(instance.PendingModifiedValues ?? {}).filter(([, value]) => isSet(value)) as [
    keyof PendingModifiedValues,
    unknown,
  ][];
  const changes = pending.map(([property, value]) => ({
    property,
    runs: text(instance[property as Name]),
    pending: text(value),
  }));
  // When a volume's size is reverted, its speed is too; RDS refuses speed options below 400 GiB.
  const isResized = changes.some(({ property }) => property === "AllocatedStorage");
  const taken = changes.filter(({ property }) => !(isResized && ["Iops", "StorageThroughput"].includes(property)));
  const words = taken.map(({ property, runs }) => options[property]?.(runs));
  return {
    identifier,
    window: instance.PreferredMaintenanceWindow ?? "",
    changes,
    cancel: words.includes(undefined)
      ? undefined
      : `aws rds modify-db-instance --db-instance-identifier ${identifier} ${words.join(" ")} --apply-immediately`,
  };
}

const isSet = (value: unknown): boolean => value !== undefined && !(Array.isArray(value) && value.length === 0);
const text = (value: unknown): string => (typeof value === "object" ? JSON.stringify(value) : String(value ?? "-"));
