/** The effects of a backup audit: each reads, and changes nothing. */
import { ShipshapeError, type ErrorCode } from "../../errors";
import { awsClients } from "../../targets/aws-access";
import type { AwsBackupFound } from "../../targets/aws-backup";
import { inControlSession } from "../../targets/control-session";
import {
  automatedBackupsOf,
  snapshotsOf,
  type BackupsFound,
  type SnapshotsFound,
} from "../../targets/database-backups";
import {
  controlRole,
  describeDatabase,
  findDatabaseLogin,
  requireSameDatabase,
  tagsOf,
} from "../../targets/database-login";
import { readPageChecksums } from "../../targets/page-checksums";
import { accessTo, locate } from "../../targets/locations";
import type { OperationContext } from "../operation-context";
import type { AuditedDatabase, BackupAuditPlan } from "./plan";
import type { BackupAuditRequest } from "./request";
import type { ChecksumsFound } from "./verify";

export type BackupAuditSteps = ReturnType<typeof backupAuditSteps>;

export function backupAuditSteps(s: Pick<OperationContext, "access" | "recoveryOf" | "standard">) {
  const clientsOf = ({ database }: BackupAuditPlan) => awsClients(accessTo(s.access, database));

  return {
    async observe(asked: BackupAuditRequest): Promise<AuditedDatabase> {
      const identifier = asked.database;
      const instance = await describeDatabase(awsClients(await locate(s.access, asked)), identifier);
      const { DBClusterIdentifier: cluster, ReadReplicaSourceDBInstanceIdentifier: replicated } = instance;
      if (cluster || replicated)
        throw new ShipshapeError("backups-elsewhere", {
          identifier,
          source: cluster ? `cluster ${cluster}` : replicated!,
        });
      return {
        identifier,
        arn: instance.DBInstanceArn ?? "",
        resourceId: instance.DbiResourceId ?? "",
        databaseName: instance.DBName ?? "postgres",
        engineVersion: instance.EngineVersion ?? "",
        tags: tagsOf(instance),
      };
    },

    async backups(plan: BackupAuditPlan): Promise<BackupsFound> {
      const found = await automatedBackupsOf(clientsOf(plan), plan.source.identifier);
      requireSameDatabase(plan.source.identifier, found.resourceId, plan.source.resourceId);
      return found;
    },

    snapshots: (plan: BackupAuditPlan): Promise<SnapshotsFound> =>
      snapshotsOf(clientsOf(plan), plan.source.identifier, plan.source.resourceId),

    /** Where the tier requires no plan, nothing is asked, and no right is needed. */
    async awsBackup(
      { source, objectives, database }: BackupAuditPlan,
      { createdAt }: BackupsFound,
    ): Promise<AwsBackupFound> {
      const { awsBackupOf, notAsked } = await import("../../targets/aws-backup");
      if (objectives.backupPlan === "none") return notAsked("the tier requires no plan");
      return awsBackupOf(accessTo(s.access, database), { arn: source.arn, tags: source.tags, createdAt });
    },

    /** If the database does not answer, this check alone is undecided. */
    async pageChecksums(plan: BackupAuditPlan): Promise<ChecksumsFound> {
      const { identifier, databaseName } = plan.source;
      try {
        const login = await findDatabaseLogin(clientsOf(plan), s.standard, identifier, controlRole, databaseName);
        requireSameDatabase(identifier, login.resourceId, plan.source.resourceId);
        return await inControlSession(login, { rootCertificateFile: s.access.rootCertificateFile }, readPageChecksums);
      } catch (error) {
        if (error instanceof ShipshapeError && unanswered.has(error.code)) return { undecided: error.message };
        throw error;
      }
    },

    evidence: ({ database }: BackupAuditPlan, { restorableFrom, backupRetentionDays }: BackupsFound) =>
      s.recoveryOf({
        ...database,
        backupRetentionDays,
        restorableFrom: restorableFrom === null ? null : new Date(restorableFrom),
        // What is known of its recovery depends on neither.
        tags: {},
        size: { instanceClass: "", storageGib: 0, storageType: "" },
      }),
  };
}

const unanswered: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "database-not-available",
  "database-role-unknown",
  "database-unreachable",
  "database-query-failed",
]);
