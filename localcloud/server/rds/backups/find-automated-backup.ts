import type { Call } from "../../wire/action";
import { AwsError } from "../../wire/aws-error";
import type { AutomatedBackupRecord } from "./automated-backups";

export interface AutomatedBackupName {
  /** The identifier of an existing DB instance. */
  identifier?: string | undefined;
  resourceId?: string | undefined;
  arn?: string | undefined;
}

/**
 * The automated backup that is named.
 * @throws AwsError PointInTimeRestoreNotEnabled, DBInstanceNotFound, DBInstanceAutomatedBackupNotFound
 */
export function findAutomatedBackup(name: AutomatedBackupName, { cloud, region }: Call): AutomatedBackupRecord {
  const instance = name.identifier === undefined ? undefined : cloud.instances.get(region, name.identifier);
  const resourceId =
    instance?.resourceId ?? name.resourceId?.replace(/^db-[a-z0-9]+$/i, (id) => `db-${id.slice(3).toUpperCase()}`);
  const found = cloud.backups
    .list(region)
    .find((backup) =>
      resourceId === undefined
        ? automatedBackupArn(backup, cloud.accountId) === name.arn
        : backup.resourceId === resourceId,
    );
  if (found) return found;
  const live = instance ?? (resourceId === undefined ? undefined : cloud.instances.byResourceId(resourceId));
  if (live?.shape.BackupRetentionPeriod === 0)
    throw new AwsError(
      "PointInTimeRestoreNotEnabled",
      `point-in-time restore is not enabled for ${live.shape.DBInstanceIdentifier}: its backup retention period is 0`,
    );
  if (live)
    throw new AwsError(
      "InvalidRestoreFault",
      `DB instance ${live.shape.DBInstanceIdentifier} has no restorable time yet: its first automated backup is not complete`,
    );
  throw new AwsError("DBInstanceAutomatedBackupNotFound", `automated backup not found: ${name.resourceId ?? name.arn}`);
}

/** RDS generates the id; here it is derived from the instance's, so that it need not be stored. */
export function automatedBackupArn(backup: AutomatedBackupRecord, accountId: string): string {
  return `arn:aws:rds:${backup.region}:${accountId}:auto-backup:ab-${backup.resourceId.slice("db-".length).toLowerCase()}`;
}
