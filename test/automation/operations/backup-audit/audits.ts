import { builtIn } from "../../../../components/standards/built-in";
import { planBackupAudit, type AuditedDatabase } from "../../../../automation/operations/backup-audit/plan";
import type { BackupAuditOutcome } from "../../../../automation/operations/backup-audit/verify";
import { notAsked } from "../../../../automation/targets/aws-backup";
import type { SnapshotFound } from "../../../../automation/targets/database-backups";

export const source: AuditedDatabase = {
  identifier: "orders-staging",
  arn: "arn:aws:rds:eu-central-1:123456789012:db:orders-staging",
  resourceId: "db-ORDERS",
  databaseName: "orders",
  engineVersion: "17.10",
  tags: { service: "orders", owner: "team-orders", environment: "staging", tier: "gold" },
};
export const planOf = (tags: Record<string, string> = source.tags) =>
  planBackupAudit({ database: source.identifier }, { ...source, tags }, builtIn);

export const snapshot = (identifier: string, more: Partial<SnapshotFound> = {}): SnapshotFound => ({
  identifier,
  type: "manual",
  copyOf: null,
  createdAt: "2026-02-01T00:00:00.000Z",
  encrypted: true,
  owner: "team-orders",
  sharedWith: [],
  ...more,
});

/** An audit without any failure. */
export const good = {
  backups: {
    askedAt: "2026-03-01T10:00:00.000Z",
    createdAt: "2025-06-01T00:00:00.000Z",
    resourceId: "db-ORDERS",
    status: "available",
    backupRetentionDays: 7,
    restorableFrom: "2026-02-22T10:00:00.000Z",
    latestRestorableTime: "2026-03-01T09:56:00.000Z",
  },
  snapshots: { snapshots: [snapshot("before-release")], automated: 7, unanswered: [] },
  awsBackup: notAsked("the tier requires no plan"),
  checksums: { enabled: true, failures: 0 },
  evidence: {
    recoverability: "fresh",
    reason: "drill 260201100000-aaaaaaaa passed",
    drill: {
      requestId: "260201100000-aaaaaaaa",
      verdict: "pass",
      recoveryTarget: "2026-02-01T10:00:00.000Z",
      expiresOn: "2026-05-02T10:00:00.000Z",
    },
  },
} satisfies BackupAuditOutcome;
