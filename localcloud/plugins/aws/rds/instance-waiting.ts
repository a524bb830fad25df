import { DescribeDBInstancesCommand, type DBInstance, type RDSClient } from "@aws-sdk/client-rds";
import { undefinedIfNotFound } from "../aws-error";
import { waitFor } from "../waiting";

export interface Timeout {
  timeoutSeconds: number;
  signal: AbortSignal;
}

/** Finds an instance by its resource id, which survives a rename, or its identifier, which people use to import. */
export async function findInstance(rds: RDSClient, id: string): Promise<DBInstance | undefined> {
  if (/^db-[0-9A-Za-z]{2,255}$/.test(id)) {
    const { DBInstances } = await rds.send(
      new DescribeDBInstancesCommand({ Filters: [{ Name: "dbi-resource-id", Values: [id] }] }),
    );
    if (DBInstances?.[0]) return DBInstances[0];
  }
  const found = await undefinedIfNotFound(["DBInstanceNotFound"], () =>
    rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: id })),
  );
  return found?.DBInstances?.[0];
}

/** On the way to `available`; any other status that is not the target is a failure that waiting does not fix. */
const transitional = [
  "backing-up",
  "configuring-enhanced-monitoring",
  "configuring-iam-database-auth",
  "configuring-log-exports",
  "creating",
  "maintenance",
  "modifying",
  "moving-to-vpc",
  "rebooting",
  "renaming",
  "resetting-master-credentials",
  "starting",
  "stopping",
  "upgrading",
];
const ready = ["available", "storage-optimization"];

export function waitAvailable(rds: RDSClient, id: string, timeout: Timeout): Promise<DBInstance> {
  return waitFor({ what: `RDS DB Instance ${id} to become available`, ...timeout }, async () => {
    const live = await findInstance(rds, id);
    const status = live?.DBInstanceStatus ?? "gone";
    if (live && ready.includes(status)) return live;
    if (transitional.includes(status)) return undefined;
    throw new Error(`unexpected state '${status}', wanted target '${ready.join(", ")}'`);
  });
}

/** Waits until no operation is in progress on it, whatever the outcome; returns at once when it is gone. */
export async function waitSettled(rds: RDSClient, id: string, timeout: Timeout): Promise<void> {
  await waitFor({ what: `operations in progress on RDS DB Instance ${id}`, ...timeout }, async () => {
    const live = await findInstance(rds, id);
    return transitional.includes(live?.DBInstanceStatus ?? "gone") ? undefined : true;
  });
}

export async function waitDeleted(rds: RDSClient, id: string, timeout: Timeout): Promise<void> {
  await waitFor({ what: `RDS DB Instance ${id} to be deleted`, ...timeout }, async () =>
    (await findInstance(rds, id)) ? undefined : true,
  );
}
