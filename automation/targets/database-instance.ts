/** What operations read and change of one DB instance through the RDS API, except logging in to it. */
import {
  DBInstanceAutomatedBackupNotFoundFault,
  DBInstanceNotFoundFault,
  DeleteDBInstanceCommand,
  DescribeDBInstanceAutomatedBackupsCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  DBSnapshotNotFoundFault,
  DescribeEventsCommand,
  InvalidDBSnapshotStateFault,
  InvalidRestoreFault,
  PointInTimeRestoreNotEnabledFault,
  RestoreDBInstanceFromDBSnapshotCommand,
  RestoreDBInstanceToPointInTimeCommand,
  paginateDescribeEvents,
  type DBInstance,
  type DBSnapshot,
} from "@aws-sdk/client-rds";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { targetDatabase, type TargetDatabase } from "../fleet-records";
import type { AwsClients } from "./aws-access";
import { RdsQueries } from "./rds-queries";

/** The database that RDS has described. */
export const targetOf = (instance: DBInstance): TargetDatabase =>
  targetDatabase({
    identifier: instance.DBInstanceIdentifier ?? "",
    resourceId: instance.DbiResourceId ?? "",
    arn: instance.DBInstanceArn ?? "",
  });

/** The instance, or undefined if RDS knows none of that name. */
export async function findDatabase({ rds }: AwsClients, identifier: string): Promise<DBInstance | undefined> {
  try {
    return (await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier }))).DBInstances?.[0];
  } catch (error) {
    if (error instanceof DBInstanceNotFoundFault) return undefined;
    throw error;
  }
}

/** By what it keeps when it is renamed. */
export async function findDatabaseById({ rds }: AwsClients, resourceId: string): Promise<DBInstance | undefined> {
  const which = { Filters: [{ Name: "dbi-resource-id", Values: [resourceId] }] };
  return (await rds.send(new DescribeDBInstancesCommand(which))).DBInstances?.[0];
}

/** States that last until someone acts. RDS gets new ones for what it does: any other is something being done. */
const lasting = new Set([
  "available",
  "failed",
  "inaccessible-encryption-credentials",
  "inaccessible-encryption-credentials-recoverable",
  "incompatible-network",
  "incompatible-option-group",
  "incompatible-parameters",
  "incompatible-restore",
  "insufficient-capacity",
  "restore-error",
  "stopped",
  "storage-full",
]);
/** Whether something is still being done to an instance. */
export const isInFlight = (status: string): boolean => !lasting.has(status);
/** States a restore ends in if its backup cannot be recovered. */
export const restoreFailed = new Set(["incompatible-restore", "failed", "incompatible-parameters"]);

export interface ThrowawayRequest {
  identifier: string;
  from:
    | {
        /** The source by its resource id, which is still valid when the instance itself is gone. */
        resourceId: string;
        /** On a whole second, RDS's resolution. */
        restoreTime: string;
      }
    | { snapshot: string };
  instanceClass: string;
  /** The source's group: a default group would start the server without commit timestamps, and they would be lost. */
  parameterGroupName: string;
  subnetGroupName: string;
  securityGroupIds: string[];
  engineLifecycleSupport: string;
  tags: Record<string, string>;
}

/**
 * Asks RDS to restore a throwaway. It inherits what the request omits, including the source's backup retention: the
 * copy of real data would be backed up at once, and that backup would outlive it. So the retention is 0, and tags are
 * not copied to snapshots. RDS accepts a managed master password only in a later change. Resolves to RDS's reason if it
 * refuses because of the backups.
 */
export async function restoreThrowaway({ rds }: AwsClients, t: ThrowawayRequest): Promise<string | undefined> {
  const settings = {
    DBInstanceClass: t.instanceClass,
    DBParameterGroupName: t.parameterGroupName,
    DBSubnetGroupName: t.subnetGroupName,
    VpcSecurityGroupIds: t.securityGroupIds,
    EngineLifecycleSupport: t.engineLifecycleSupport,
    PubliclyAccessible: false,
    MultiAZ: false,
    AutoMinorVersionUpgrade: false,
    DeletionProtection: false,
    BackupRetentionPeriod: 0,
    CopyTagsToSnapshot: false,
    Tags: Object.entries(t.tags).map(([Key, Value]) => ({ Key, Value })),
  };
  try {
    if ("snapshot" in t.from)
      await rds.send(
        new RestoreDBInstanceFromDBSnapshotCommand({
          DBInstanceIdentifier: t.identifier,
          DBSnapshotIdentifier: t.from.snapshot,
          ...settings,
        }),
      );
    else
      await rds.send(
        new RestoreDBInstanceToPointInTimeCommand({
          TargetDBInstanceIdentifier: t.identifier,
          SourceDbiResourceId: t.from.resourceId,
          RestoreTime: new Date(t.from.restoreTime),
          ...settings,
        }),
      );
    return undefined;
  } catch (error) {
    if (
      error instanceof InvalidRestoreFault ||
      error instanceof PointInTimeRestoreNotEnabledFault ||
      error instanceof DBInstanceAutomatedBackupNotFoundFault ||
      error instanceof DBSnapshotNotFoundFault ||
      error instanceof InvalidDBSnapshotStateFault
    )
      return `${error.name}: ${error.message}`;
    throw error;
  }
}

/** The snapshot, or undefined if RDS knows none of that name in this account and Region. */
export async function findSnapshot({ rds }: AwsClients, identifier: string): Promise<DBSnapshot | undefined> {
  try {
    return (await rds.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: identifier }))).DBSnapshots?.[0];
  } catch (error) {
    if (error instanceof DBSnapshotNotFoundFault) return undefined;
    throw error;
  }
}

/**
 * Backups of an instance, existing or deleted: automated backups and snapshots, by their names in the cloud. An empty
 * list is not an error.
 */
export async function findBackups({ rds }: AwsClients, identifier: string, resourceId?: string): Promise<string[]> {
  const which = resourceId === undefined ? { DBInstanceIdentifier: identifier } : { DbiResourceId: resourceId };
  const automated = await rds.send(new DescribeDBInstanceAutomatedBackupsCommand(which)).then(
    ({ DBInstanceAutomatedBackups = [] }) => DBInstanceAutomatedBackups,
    (error: unknown) => {
      if (error instanceof DBInstanceAutomatedBackupNotFoundFault) return [];
      throw error;
    },
  );
  const { DBSnapshots = [] } = await rds.send(new DescribeDBSnapshotsCommand({ DBInstanceIdentifier: identifier }));
  return [
    ...automated.map((one) => `automated backup ${one.DBInstanceAutomatedBackupsArn ?? one.DbiResourceId}`),
    ...DBSnapshots.map((one) => `snapshot ${one.DBSnapshotIdentifier}`),
  ];
}

/** Deletes a throwaway completely: no final snapshot, no retained backups. It is not an error if it is already gone. */
export async function deleteDatabase({ rds }: AwsClients, identifier: string): Promise<void> {
  try {
    await rds.send(
      new DeleteDBInstanceCommand({
        DBInstanceIdentifier: identifier,
        SkipFinalSnapshot: true,
        DeleteAutomatedBackups: true,
      }),
    );
  } catch (error) {
    if (!(error instanceof DBInstanceNotFoundFault)) throw error;
  }
}

/** The messages of the instance's events of the last hour, oldest first. */
export async function databaseEvents({ rds }: AwsClients, identifier: string): Promise<string[]> {
  const { Events = [] } = await rds.send(
    new DescribeEventsCommand({ SourceType: "db-instance", SourceIdentifier: identifier, Duration: 60 }),
  );
  return Events.sort((a, b) => (a.Date?.getTime() ?? 0) - (b.Date?.getTime() ?? 0)).map((e) => e.Message ?? "");
}

/** RDS keeps events for 14 days. */
const eventMinutes = 14 * 24 * 60;

/** All events of the instance that RDS still has; none if the API refuses them. */
export async function eventsOf(
  { rds: client }: AwsClients,
  identifier: string,
): Promise<{ at: string; message: string }[]> {
  const of = { SourceType: "db-instance" as const, SourceIdentifier: identifier, Duration: eventMinutes };
  const events = await new RdsQueries().all(
    "DescribeEvents",
    () => paginateDescribeEvents({ client }, of),
    (page) => page.Events,
  );
  return events.map(({ Date: at, Message: message = "" }) => ({ at: at?.toISOString() ?? "", message }));
}

/** The ARN that the cloud's records have for calls of these clients; undefined if STS does not say. */
export const callerOf = ({ sts }: AwsClients): Promise<string | undefined> =>
  sts.send(new GetCallerIdentityCommand({})).then(
    ({ Arn }) => Arn,
    () => undefined,
  );
