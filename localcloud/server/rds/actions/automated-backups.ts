import { z } from "zod";
import { action, type Action, type Call } from "../../wire/action";
import { AwsError } from "../../wire/aws-error";
import { restoreWindow, type AutomatedBackupRecord } from "../backups/automated-backups";
import { automatedBackupArn, findAutomatedBackup } from "../backups/find-automated-backup";
import { deleteBackups } from "../backups/retention";
import { instanceArn } from "../instances/describe-instance";
import { filtered, page } from "../../wire/paging";
import { paging, text } from "../../wire/query-input";
import { rdsArn } from "../../wire/arn";

export const automatedBackupActions: Action[] = [
  action({
    name: "DescribeDBInstanceAutomatedBackups",
    input: z.strictObject({
      ...paging,
      DbiResourceId: text.optional(),
      DBInstanceIdentifier: text.optional(),
      DBInstanceAutomatedBackupsArn: text.optional(),
    }),
    async run(input, call) {
      const { cloud, region } = call;
      await cloud.restorableTimes.refresh(cloud.instances.list(region));
      const found = cloud.backups
        .list(region)
        .filter(
          (backup) =>
            (input.DbiResourceId === undefined ||
              backup.resourceId.toLowerCase() === input.DbiResourceId.toLowerCase()) &&
            [undefined, backup.source.shape.DBInstanceIdentifier].includes(input.DBInstanceIdentifier?.toLowerCase()) &&
            [undefined, automatedBackupArn(backup, cloud.accountId)].includes(input.DBInstanceAutomatedBackupsArn),
        );
      const requested = input.DbiResourceId ?? input.DBInstanceAutomatedBackupsArn;
      if (found.length === 0 && requested !== undefined)
        throw new AwsError("DBInstanceAutomatedBackupNotFound", `automated backup not found: ${requested}`);
      const kept = filtered(found, input.Filters, {
        status: (backup) => [statusOf(backup)],
        "db-instance-id": ({ source, region: its }) => [
          source.shape.DBInstanceIdentifier,
          rdsArn(cloud.accountId, its, "db", source.shape.DBInstanceIdentifier),
        ],
        "dbi-resource-id": ({ resourceId }) => [resourceId],
      });
      const { entries, ...rest } = page(kept, input, (backup) => backup.resourceId);
      return { ...rest, DBInstanceAutomatedBackups: entries.map((backup) => describeAutomatedBackup(backup, call)) };
    },
  }),
  action({
    name: "DeleteDBInstanceAutomatedBackup",
    input: z.strictObject({ DbiResourceId: text.optional(), DBInstanceAutomatedBackupsArn: text.optional() }),
    async run(input, call) {
      if ((input.DbiResourceId === undefined) === (input.DBInstanceAutomatedBackupsArn === undefined))
        throw new AwsError(
          "InvalidParameterCombination",
          "exactly one of DbiResourceId and DBInstanceAutomatedBackupsArn must be given",
        );
      const backup = findAutomatedBackup(
        { resourceId: input.DbiResourceId, arn: input.DBInstanceAutomatedBackupsArn },
        call,
      );
      if (backup.status === "active")
        throw new AwsError(
          "InvalidDBInstanceAutomatedBackupState",
          `the automated backup of ${backup.source.shape.DBInstanceIdentifier} is active: only retained backups can be deleted, others are deleted with their DB instance or by a backup retention period of 0`,
        );
      if (call.cloud.backups.isInUse(backup.resourceId))
        throw new AwsError(
          "InvalidDBInstanceAutomatedBackupState",
          `the automated backup of ${backup.source.shape.DBInstanceIdentifier} is being restored`,
        );
      const described = describeAutomatedBackup(backup, call);
      await deleteBackups(backup.resourceId, call.cloud);
      return { DBInstanceAutomatedBackup: { ...described, Status: "deleting" } };
    },
  }),
];

const statusOf = (backup: AutomatedBackupRecord): string => (backup.base.length === 0 ? "creating" : backup.status);

function describeAutomatedBackup(backup: AutomatedBackupRecord, { cloud }: Call): object {
  const live = cloud.instances.byResourceId(backup.resourceId);
  const { shape, tags, port } = live ? { ...backup.source, shape: live.shape, tags: live.tags } : backup.source;
  const window = restoreWindow(backup);
  return {
    DBInstanceArn: live
      ? instanceArn(live, cloud.accountId)
      : rdsArn(cloud.accountId, backup.region, "db", shape.DBInstanceIdentifier),
    DbiResourceId: backup.resourceId,
    Region: backup.region,
    DBInstanceIdentifier: shape.DBInstanceIdentifier,
    RestoreWindow: window && { EarliestTime: window.earliest, LatestTime: window.latest },
    AllocatedStorage: shape.AllocatedStorage,
    Status: statusOf(backup),
    Port: port,
    AvailabilityZone: shape.AvailabilityZone,
    InstanceCreateTime: shape.InstanceCreateTime,
    MasterUsername: shape.MasterUsername,
    Engine: shape.Engine,
    EngineVersion: shape.EngineVersion,
    LicenseModel: shape.LicenseModel,
    Iops: shape.Iops,
    StorageThroughput: shape.StorageThroughput,
    StorageType: shape.StorageType,
    OptionGroupName: `default:postgres-${shape.EngineVersion.split(".")[0]}`,
    Encrypted: shape.StorageEncrypted,
    KmsKeyId: shape.KmsKeyId,
    IAMDatabaseAuthenticationEnabled: shape.IAMDatabaseAuthenticationEnabled,
    BackupRetentionPeriod: shape.BackupRetentionPeriod,
    PreferredBackupWindow: shape.PreferredBackupWindow,
    DBInstanceAutomatedBackupsArn: automatedBackupArn(backup, cloud.accountId),
    BackupTarget: shape.BackupTarget,
    DedicatedLogVolume: shape.DedicatedLogVolume,
    TagList: tags,
  };
}
