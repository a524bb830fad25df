/** A snapshot of our own of one instance: taken once, by its name, and waited for. */
import {
  CreateDBSnapshotCommand,
  DBSnapshotAlreadyExistsFault,
  DBSnapshotNotFoundFault,
  DeleteDBSnapshotCommand,
  InvalidDBInstanceStateFault,
  paginateDescribeDBSnapshots,
} from "@aws-sdk/client-rds";
import { cloudPause, poll } from "../poll";
import { ShipshapeError } from "../errors";
import type { AwsClients } from "./aws-access";
import { findSnapshot } from "./database-instance";
import { completeList } from "./rds-queries";

export interface WantedSnapshot {
  identifier: string;
  /** Of the instance. */
  resourceId: string;
  name: string;
  tags: Record<string, string>;
}

/** Resolves to its ARN once it can be restored. Errors: snapshot-not-usable. */
export async function takeSnapshot(clients: AwsClients, wanted: WantedSnapshot, signal: AbortSignal): Promise<string> {
  const { name, identifier } = wanted;
  const unusable = (reason: string) => new ShipshapeError("snapshot-not-usable", { name, identifier, reason });
  const arn = await poll({ every: cloudPause, signal }, async () => {
    const found = await findSnapshot(clients, name);
    if (!found) return void (await begin(clients, wanted));
    // The name has the request's id, and anyone may give it to another snapshot.
    if (found.DbiResourceId !== wanted.resourceId) throw unusable(`it is of ${found.DbiResourceId ?? "another"}`);
    if (found.Status === "failed") throw unusable("RDS could not finish it");
    return found.Status === "available" ? (found.DBSnapshotArn ?? "") : undefined;
  });
  return arn ?? "";
}

async function begin({ rds }: AwsClients, { identifier, name, tags }: WantedSnapshot): Promise<void> {
  try {
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    await rds.send(new CreateDBSnapshotCommand({ DBInstanceIdentifier: identifier, DBSnapshotIdentifier: name, Tags }));
  } catch (error) {
    // Another attempt has begun it; or a backup is under way, and it is asked again.
    if (!(error instanceof DBSnapshotAlreadyExistsFault || error instanceof InvalidDBInstanceStateFault)) throw error;
  }
}

/** The names of an instance's own snapshots, by its resource id: those of AWS Backup, and automated ones, are not. */
export async function manualSnapshotsOf({ rds: client }: AwsClients, resourceId: string): Promise<string[]> {
  const found = await completeList(
    "DescribeDBSnapshots",
    () => paginateDescribeDBSnapshots({ client }, { DbiResourceId: resourceId, SnapshotType: "manual" }),
    (page) => page.DBSnapshots,
  );
  return found.flatMap(({ DBSnapshotIdentifier: name }) => name ?? []);
}

/**
 * Deletes one that has these tags, of that instance, and waits until RDS knows none of that name. False: it is another's
 * and stays. Safe to repeat.
 */
export async function removeSnapshot(
  clients: AwsClients,
  one: Omit<WantedSnapshot, "identifier">,
  signal: AbortSignal,
) {
  const found = await findSnapshot(clients, one.name);
  if (!found) return true;
  const has = (key: string, value: string) => found.TagList?.some((tag) => tag.Key === key && tag.Value === value);
  const isOwn = Object.entries(one.tags).every(([key, value]) => has(key, value));
  if (found.DbiResourceId !== one.resourceId || !isOwn) return false;
  try {
    await clients.rds.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: one.name }));
  } catch (error) {
    if (!(error instanceof DBSnapshotNotFoundFault)) throw error;
  }
  await poll(
    { every: cloudPause, signal },
    async () => (await findSnapshot(clients, one.name)) === undefined || undefined,
  );
  return true;
}
