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
import type { OperationContext } from "../operation-context";
import type { AuditedDatabase, BackupAuditPlan } from "./plan";
import type { ChecksumsFound } from "./verify";

export type BackupAuditSteps = ReturnType<typeof backupAuditSteps>;

export function backupAuditSteps(s: Pick<OperationContext, "access" | "recoveryOf" | "standard">) {
  const clients = awsClients(s.access);

  return {
    async observe(identifier: string): Promise<AuditedDatabase> {
      const instance = await describeDatabase(clients, identifier);
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
      const found = await automatedBackupsOf(clients, plan.source.identifier);
      requireSameDatabase(plan.source.identifier, found.resourceId, plan.source.resourceId);
      return found;
    },

    snapshots: ({ source }: BackupAuditPlan): Promise<SnapshotsFound> =>
      snapshotsOf(clients, source.identifier, source.resourceId),

    /** Where the tier requires no plan, nothing is asked, and no right is needed. */
    async awsBackup({ source, objectives }: BackupAuditPlan, { createdAt }: BackupsFound): Promise<AwsBackupFound> {
      const { awsBackupOf, notAsked } = await import("../../targets/aws-backup");
      if (objectives.backupPlan === "none") return notAsked("the tier requires no plan");
      return awsBackupOf(s.access, { arn: source.arn, tags: source.tags, createdAt });
    },

    /** If the database does not answer, this check alone is undecided. */
    async pageChecksums(plan: BackupAuditPlan): Promise<ChecksumsFound> {
      const { identifier, databaseName } = plan.source;
      try {
        const login = await findDatabaseLogin(clients, s.standard, identifier, controlRole, databaseName);
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
