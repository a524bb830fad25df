import { DescribeDBInstancesCommand, type DBInstance, type RDSClient } from "@aws-sdk/client-rds";
import { orGone } from "../aws-error";
import { waitFor } from "../waiting";

export interface Timeout {
  timeoutSeconds: number;
  signal: AbortSignal;
}

/** By resource id, which survives a rename; else by identifier, which is what people import by. */
export async function findInstance(rds: RDSClient, id: string): Promise<DBInstance | undefined> {
  if (/^db-[0-9A-Za-z]{2,255}$/.test(id)) {
    const { DBInstances } = await rds.send(
      new DescribeDBInstancesCommand({ Filters: [{ Name: "dbi-resource-id", Values: [id] }] }),
    );
    if (DBInstances?.[0]) return DBInstances[0];
  }
  const found = await orGone(["DBInstanceNotFound"], () =>
    rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: id })),
  );
  return found?.DBInstances?.[0];
}

/** On the way to `available`; anything else that is not the goal is a failure that waiting does not mend. */
const underWay = [
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
    if (underWay.includes(status)) return undefined;
    throw new Error(`unexpected state '${status}', wanted target '${ready.join(", ")}'`);
  });
}

/** Until nothing is under way with it, whatever comes of that; at once when it is gone. */
export async function waitSettled(rds: RDSClient, id: string, timeout: Timeout): Promise<void> {
  await waitFor({ what: `what is under way with RDS DB Instance ${id}`, ...timeout }, async () => {
    const live = await findInstance(rds, id);
    return underWay.includes(live?.DBInstanceStatus ?? "gone") ? undefined : true;
  });
}

export async function waitDeleted(rds: RDSClient, id: string, timeout: Timeout): Promise<void> {
  await waitFor({ what: `RDS DB Instance ${id} to be deleted`, ...timeout }, async () =>
    (await findInstance(rds, id)) ? undefined : true,
  );
}
