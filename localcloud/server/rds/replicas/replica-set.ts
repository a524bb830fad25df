/** Pure but for the records: which instances are replicas of which, and what follows for calls on them. */
import { compareVersions } from "../instances/engine-versions";
import type { DeferrableChanges, InstanceRecord } from "../instances/instance-record";
import type { Cloud } from "../../cloud";
import { AwsError } from "../../wire/aws-error";

export function replicasOf(source: InstanceRecord, cloud: Cloud): InstanceRecord[] {
  return cloud.instances.list(source.region).filter(({ replicaOf }) => replicaOf === source.resourceId);
}

/** The members of a DB instance that tell about replication, as DescribeDBInstances has them. */
export function describeReplication(instance: InstanceRecord, cloud: Cloud): object {
  const names = replicasOf(instance, cloud).map(({ shape }) => shape.DBInstanceIdentifier);
  if (instance.replicaOf === undefined) return { ReadReplicaDBInstanceIdentifiers: names };
  const source = cloud.instances.byResourceId(instance.replicaOf);
  return {
    ReadReplicaDBInstanceIdentifiers: names,
    ReadReplicaSourceDBInstanceIdentifier: source?.shape.DBInstanceIdentifier,
    StatusInfos: instance.status === "creating" ? [] : [cloud.replication.statusInfo(instance.resourceId)],
  };
}

/** The slot on its source that keeps WAL for this replica; RDS names it likewise. */
export function slotOf(replica: Pick<InstanceRecord, "resourceId" | "region">): string {
  return `rds_${replica.region}_${replica.resourceId}`.toLowerCase().replaceAll("-", "_");
}

export const isReplicaSlot = (slot: string): boolean => /^rds_[a-z0-9_]+_db_[a-z0-9]{26}$/.test(slot);

/** RDS upgrades no source beyond its replicas: they would meet WAL of a newer minor than theirs. */
export function olderReplicas(source: InstanceRecord, version: string | undefined, cloud: Cloud): InstanceRecord[] {
  if (version === undefined) return [];
  return replicasOf(source, cloud).filter(({ shape }) => compareVersions(shape.EngineVersion, version) < 0);
}

/** What of these changes waits longer, because replicas must be upgraded first. */
export function delayed(instance: InstanceRecord, changes: DeferrableChanges, cloud: Cloud): DeferrableChanges {
  return olderReplicas(instance, changes.EngineVersion, cloud).length === 0
    ? {}
    : { EngineVersion: changes.EngineVersion! };
}

export function withoutThose(changes: DeferrableChanges, waiting: DeferrableChanges): DeferrableChanges {
  return Object.fromEntries(Object.entries(changes).filter(([name]) => !(name in waiting))) as DeferrableChanges;
}

/** RDS-EVENT-0048. */
export function sayDelayed({ region, shape }: InstanceRecord, cloud: Cloud): void {
  const message =
    "Database engine version upgrade has been delayed because this instance has read replicas that need to be upgraded first.";
  cloud.events.say(region, "db-instance", shape.DBInstanceIdentifier, ["maintenance"], message);
}

/** What RDS refuses to change on an instance that replicates or is replicated. */
export function checkModifiedReplication(
  instance: InstanceRecord,
  input: {
    MasterUserPassword?: string | undefined;
    ManageMasterUserPassword?: boolean | undefined;
    BackupRetentionPeriod?: number | undefined;
  },
  cloud: Cloud,
): void {
  const { DBInstanceIdentifier: name } = instance.shape;
  const isReplica = instance.replicaOf !== undefined;
  if (isReplica && input.MasterUserPassword !== undefined)
    throw new AwsError(
      "InvalidParameterCombination",
      "Cannot change master user password on an RDS postgres Read Replica because it uses physical replication and therefore cannot differ from its parent.",
    );
  if (isReplica && input.ManageMasterUserPassword)
    throw new AwsError("InvalidParameterValue", "ManageMasterUserPassword isn't supported for read replica");
  if (isReplica && input.BackupRetentionPeriod)
    throw new AwsError(
      "InvalidParameterCombination",
      `the embedded cloud takes no backups of a read replica: back up the source of ${name}, or promote it first`,
    );
  if (isReplica || replicasOf(instance, cloud).length === 0) return;
  if (input.ManageMasterUserPassword)
    throw new AwsError(
      "InvalidParameterValue",
      `ManageMasterUserPassword isn't supported for ${name}, which has read replicas; delete or promote them first`,
    );
  if (input.BackupRetentionPeriod === 0)
    throw new AwsError(
      "InvalidParameterCombination",
      `BackupRetentionPeriod can't be set to 0: ${name} is a source to read replicas; delete or promote them first`,
    );
}

/** @throws AwsError InvalidDBInstanceState for a replica, or the source of one */
export function refuseReplication(instance: InstanceRecord, verb: string, cloud: Cloud): void {
  const { DBInstanceIdentifier: name } = instance.shape;
  if (instance.replicaOf !== undefined)
    throw new AwsError("InvalidDBInstanceState", `instance ${name} is a read replica; it can't be ${verb}.`);
  const replicas = replicasOf(instance, cloud).map(({ shape }) => shape.DBInstanceIdentifier);
  if (replicas.length > 0)
    throw new AwsError(
      "InvalidDBInstanceState",
      `instance ${name} has the read replicas ${replicas.join(", ")}; it can't be ${verb}.`,
    );
}
