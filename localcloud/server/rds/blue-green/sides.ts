/** What the phases of a switchover, physical or logical, have in common. */
import { runningPort, type PostgresServer } from "../../../postgres/postgres-server";
import type { Cloud } from "../../cloud";
import type { InstanceRecord } from "../instances/instance-record";
import { recordReport } from "../instances/running-server";
import type { DeploymentRecord, Switchover } from "./deployments";

export interface Sides {
  deployment: DeploymentRecord;
  switchover: Switchover;
  blue: InstanceRecord;
  green: InstanceRecord;
  cloud: Cloud;
}
export type Next = Switchover["phase"] | "done" | "cancelled";
export type Phases = Record<Switchover["phase"], (sides: Sides) => Promise<Next>>;

/** Green gets what blue has for its backups; its archive begins. */
export async function beginBackups({ blue, green, cloud }: Sides): Promise<void> {
  cloud.instances.update(green.resourceId, (current) => {
    current.shape.BackupRetentionPeriod = blue.shape.BackupRetentionPeriod;
    current.shape.PreferredBackupWindow = blue.shape.PreferredBackupWindow;
  });
  const archiving = await cloud.instances.servers.reopen(cloud.instances.byResourceId(green.resourceId)!);
  await archiving.applyParameters(green.activeParameters);
}

/** Running at the port of its record. */
export async function startAt(instance: InstanceRecord | undefined, cloud: Cloud): Promise<void> {
  if (!instance) return;
  const server: PostgresServer = await cloud.instances.servers.reopen(instance);
  if (server.state() === "running" && runningPort(server) !== server.port) await server.stop("fast");
  await server.applyParameters(instance.activeParameters);
  recordReport(instance, await server.start(), cloud);
}

export function cancel({ deployment, blue, green, cloud }: Sides, reason: string): Next {
  cloud.instances.update(blue.resourceId, (current) => void (current.status = "available"));
  cloud.instances.update(green.resourceId, (current) => {
    if ((current.replicaOf ?? current.copyOf) !== undefined) current.shape.BackupRetentionPeriod = 0;
  });
  cloud.deployments.update(deployment.id, (one) => {
    one.status = "SWITCHOVER_FAILED";
    one.statusDetails = reason;
    delete one.switchover;
  });
  cloud.deployments.say(deployment, "failure", `Switchover on blue/green deployment was canceled. ${reason}`);
  return "cancelled";
}
