import { setTimeout as sleep } from "node:timers/promises";
import {
  allowReplica,
  caughtUp,
  dropSlots,
  promote,
  replicationState,
  type PostgresServer,
} from "../../../postgres/postgres-server";
import type { Cloud } from "../../cloud";
import { limits } from "../../limits";
import { logError } from "../../log";
import type { InstanceRecord, Operation } from "../instances/instance-record";
import { recordReport, takeGroupValues } from "../instances/running-server";
import { isReplicaSlot, replicasOf, slotOf } from "./replica-set";

/**
 * Creates the standby of a replica's record; started over after a kill. A source that restarts meanwhile (a patch, a
 * crash) costs an attempt, not the replica.
 */
export async function replicate(instance: InstanceRecord, cloud: Cloud): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await replicateOnce(instance, cloud);
      return;
    } catch (error) {
      const source = cloud.instances.byResourceId(instance.replicaOf ?? "");
      const mayPass = source !== undefined && !(await isRunning(source, cloud));
      if (!mayPass || attempt >= limits.replicaAttempts) throw error;
      await sleep(limits.replicaRetryMs);
    }
  }
}

async function replicateOnce(instance: InstanceRecord, cloud: Cloud): Promise<void> {
  const source = cloud.instances.byResourceId(instance.replicaOf ?? "");
  if (!source) throw new Error(`the source of ${instance.shape.DBInstanceIdentifier} is gone`);
  const server = await cloud.instances.servers.reopen(source);
  const password = cloud.instances.replicationPassword(source.resourceId);
  // A server that an earlier version of this cloud started does not know replicas yet: it reads its rules again.
  await server.applyParameters(source.activeParameters);
  await allowReplica(server, password, slotOf(instance));
  const prepared = takeGroupValues(instance, cloud);
  const replica = await cloud.instances.servers.replicate(prepared, {
    server,
    engineVersion: source.shape.EngineVersion,
    masterUsername: source.shape.MasterUsername,
  });
  cloud.instances.update(instance.resourceId, (current) => {
    current.listeningPort = replica.port;
    current.shape.InstanceCreateTime ??= cloud.clock.now().toISOString();
  });
  recordReport(instance, replica.parameterReport, cloud);
  await caughtUp(server, replica);
  const say = (category: "creation" | "read replica", message: string) =>
    cloud.events.say(instance.region, "db-instance", instance.shape.DBInstanceIdentifier, [category], message);
  say("creation", "DB instance created");
  say("read replica", "Replication for the Read Replica resumed");
}

async function isRunning(source: InstanceRecord, cloud: Cloud): Promise<boolean> {
  const server = cloud.instances.servers.get(source.resourceId);
  return source.status === "available" && server?.state() === "running" && !cloud.instances.isBusy(source.resourceId);
}

/** Makes a replica an instance of its own. Its source may be gone. */
export async function promoteReplica(
  instance: InstanceRecord,
  operation: Operation & { kind: "promote" },
  cloud: Cloud,
): Promise<void> {
  const { resourceId, region } = instance;
  const { retentionDays, backupWindow } = operation;
  const prepared = cloud.instances.update(resourceId, (current) => {
    current.shape.BackupRetentionPeriod = retentionDays;
    if (backupWindow !== undefined) current.shape.PreferredBackupWindow = backupWindow;
  });
  // Told before its promotion where to archive: PostgreSQL restarts its archiver for a new place only after 10 s.
  const server = await cloud.instances.servers.reopen(prepared ?? instance);
  await server.applyParameters(instance.activeParameters);
  if (server.state() !== "running") await server.start();
  await promote(server);
  // From here on it follows nobody: its configuration is written without a source.
  const alone = cloud.instances.update(resourceId, (current) => void delete current.replicaOf);
  if (!alone) return;
  const own = await cloud.instances.servers.reopen(alone);
  recordReport(alone, await own.applyParameters(alone.activeParameters), cloud);
  cloud.events.say(
    region,
    "db-instance",
    alone.shape.DBInstanceIdentifier,
    ["read replica"],
    "Replication for the Read Replica was terminated; it is a DB instance of its own now",
  );
  const source = cloud.instances.byResourceId(instance.replicaOf ?? "");
  if (source) await forgetGoneReplicas(source, cloud);
}

/** Drops what the source keeps for replicas that it has no more. */
export async function forgetGoneReplicas(source: InstanceRecord, cloud: Cloud): Promise<void> {
  const server = cloud.instances.servers.get(source.resourceId);
  if (server?.state() !== "running") return; // its next start does it
  // The old blue of a deployment could follow the new one, as long as the deployment is there.
  const blues = cloud.deployments.list().flatMap((one) => {
    const blue = one.green === source.resourceId ? cloud.instances.byResourceId(one.blue) : undefined;
    return blue ? [blue] : [];
  });
  const kept = [...replicasOf(source, cloud), ...blues].map(slotOf);
  await dropSlots(server, (slot) => isReplicaSlot(slot) && !kept.includes(slot)).catch(logError);
}

/** Whether each replica streams, as last seen: Describe asks PostgreSQL, which answers in milliseconds. */
export class Replication {
  private readonly states = new Map<string, Awaited<ReturnType<typeof replicationState>>>();

  constructor(private readonly cloud: Cloud) {}

  async refresh(instances: InstanceRecord[]): Promise<void> {
    const replicas = instances.filter(({ replicaOf }) => replicaOf !== undefined);
    await Promise.all(
      replicas.map(({ resourceId }) => this.look(resourceId, this.cloud.instances.servers.get(resourceId))),
    );
  }

  /** `replicating`, or `error` while its source does not answer (User Guide, "Monitoring read replication"). */
  statusInfo(resourceId: string): object {
    const isNormal = this.states.get(resourceId) === "streaming";
    return {
      StatusType: "read replication",
      Normal: isNormal,
      Status: isNormal ? "replicating" : "error",
      Message: isNormal ? undefined : "The replica does not receive changes from its source; it keeps trying.",
    };
  }

  /** One that is being removed has no files, and streams nothing. */
  private async look(resourceId: string, server: PostgresServer | undefined): Promise<void> {
    const state = async () => (server?.state() === "running" ? replicationState(server) : ("stopped" as const));
    this.states.set(resourceId, await state().catch(() => "stopped" as const));
  }
}
