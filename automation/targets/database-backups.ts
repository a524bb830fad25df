/** The backups of one database as the RDS API reports them, and with whom its snapshots are shared. */
import {
  paginateDescribeDBInstanceAutomatedBackups,
  paginateDescribeDBSnapshots,
  type DBSnapshot,
  type DescribeDBSnapshotsMessage,
} from "@aws-sdk/client-rds";
import type { AwsClients } from "./aws-access";
import { describeDatabase } from "./database-login";
import { completeList, RdsQueries } from "./rds-queries";
import { sharedAccountsOf } from "./snapshot-sharing";

export interface BackupsFound {
  askedAt: string;
  /** When the database was created, or restored. */
  createdAt: string;
  resourceId: string;
  /** RDS's word: `available`, `stopped` … */
  status: string;
  /** 0: automated backups are switched off. */
  backupRetentionDays: number;
  /** Null if there are no automated backups, or none is complete yet. */
  restorableFrom: string | null;
  latestRestorableTime: string | null;
}

/** Errors: database-unknown, fleet-unreadable. */
export async function automatedBackupsOf(clients: AwsClients, identifier: string): Promise<BackupsFound> {
  const { rds: client } = clients;
  const instance = await describeDatabase(clients, identifier);
  const backups = await completeList(
    "DescribeDBInstanceAutomatedBackups",
    () => paginateDescribeDBInstanceAutomatedBackups({ client }, { DBInstanceIdentifier: identifier }),
    (page) => page.DBInstanceAutomatedBackups,
  );
  const resourceId = instance.DbiResourceId ?? "";
  const window = backups.find((b) => b.DbiResourceId === resourceId)?.RestoreWindow;
  const backupRetentionDays = instance.BackupRetentionPeriod ?? 0;
  const latest = backupRetentionDays > 0 ? instance.LatestRestorableTime : undefined;
  return {
    askedAt: new Date().toISOString(),
    createdAt: (instance.InstanceCreateTime ?? new Date(0)).toISOString(),
    resourceId,
    status: instance.DBInstanceStatus ?? "unknown",
    backupRetentionDays,
    restorableFrom: (latest && window?.EarliestTime?.toISOString()) ?? null,
    latestRestorableTime: latest?.toISOString() ?? null,
  };
}

/** A snapshot that someone took or copied, or that AWS Backup took. */
export interface SnapshotFound {
  identifier: string;
  /** RDS's word: `manual`, `awsbackup`. */
  type: string;
  /** The snapshot that it is a copy of. */
  copyOf: string | null;
  createdAt: string | null;
  encrypted: boolean;
  owner: string | null;
  /** The accounts that may restore it, or `all`; null if the API did not say. */
  sharedWith: string[] | null;
}

export interface SnapshotsFound {
  snapshots: SnapshotFound[];
  automated: number;
  /** Why the sharing of some is unknown. */
  unanswered: string[];
}

/** Its snapshots in this Region and account, by its resource id, or by its name where RDS gives no id. */
export async function snapshotsOf(
  { rds: client }: AwsClients,
  identifier: string,
  resourceId: string,
): Promise<SnapshotsFound> {
  const list = (of: DescribeDBSnapshotsMessage) =>
    completeList(
      "DescribeDBSnapshots",
      () => paginateDescribeDBSnapshots({ client }, of),
      (page) => page.DBSnapshots,
    );
  const named = await list({ DBInstanceIdentifier: identifier });
  const own = new Map(
    [...(await list({ DbiResourceId: resourceId })), ...named.filter((s) => !s.DbiResourceId)].map((s) => [
      s.DBSnapshotArn,
      s,
    ]),
  );
  // Automated ones cannot be shared, and have the encryption and tags of their database.
  const kept = [...own.values()].filter((s) => s.SnapshotType !== "automated");
  const queries = new RdsQueries();
  const shared = await sharedAccountsOf(client, queries, kept);
  return {
    snapshots: kept.map((s, at) => snapshotFound(s, shared[at])),
    automated: own.size - kept.length,
    unanswered: queries.unanswered,
  };
}

const snapshotFound = (s: DBSnapshot, sharedWith: string[] | undefined): SnapshotFound => ({
  identifier: s.DBSnapshotIdentifier ?? "",
  type: s.SnapshotType ?? "unknown",
  copyOf: s.SourceDBSnapshotIdentifier || null,
  createdAt: s.SnapshotCreateTime?.toISOString() ?? null,
  encrypted: s.Encrypted === true,
  owner: s.TagList?.find(({ Key }) => Key === "owner")?.Value || null,
  sharedWith: sharedWith ?? null,
});
