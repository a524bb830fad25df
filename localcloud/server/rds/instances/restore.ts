import type { RecoverySource } from "../../../postgres/postgres-server";
import type { Cloud } from "../../cloud";
import type { InstanceRecord, Operation, RestoreOrigin } from "./instance-record";
import { recordReport, takeGroupValues } from "./running-server";

/**
 * Creates a database from a backup; started over after a kill. A failed recovery leaves only the instance with its
 * error status.
 */
export async function restore(
  instance: InstanceRecord,
  operation: Operation & { kind: "restore" },
  cloud: Cloud,
): Promise<void> {
  const { resourceId, region, shape } = instance;
  const prepared = takeGroupValues(instance, cloud);
  const server = await cloud.instances.servers.restore(prepared, sourceOf(instance, operation.from, cloud));
  cloud.instances.update(resourceId, (current) => {
    current.listeningPort = server.port;
    current.shape.InstanceCreateTime ??= cloud.clock.now().toISOString();
  });
  recordReport(instance, server.parameterReport, cloud);
  const [reached] = await server.query(
    "select timeline_id as timeline, checkpoint_lsn as lsn from pg_control_checkpoint()",
  );
  const message = `${describeOrigin(operation.from, cloud)} on timeline ${String(reached?.timeline)}, checkpoint at ${String(reached?.lsn)}`;
  cloud.events.say(region, "db-instance", shape.DBInstanceIdentifier, ["restoration"], message);
}

function sourceOf(instance: InstanceRecord, from: RestoreOrigin, cloud: Cloud): RecoverySource {
  const masterUsername = instance.shape.MasterUsername;
  if ("snapshot" in from)
    return { masterUsername, backupFolder: cloud.snapshots.folder(instance.region, from.snapshot) };
  const { resourceId, id } = from.base;
  const pointInTime =
    from.target === undefined
      ? undefined
      : { archiveFolder: cloud.backups.archiveFolder(resourceId), target: new Date(from.target) };
  return { masterUsername, backupFolder: cloud.backups.baseFolder(resourceId, id), pointInTime };
}

function describeOrigin(from: RestoreOrigin, cloud: Cloud): string {
  if ("snapshot" in from) return `Restored from snapshot ${from.snapshot}`;
  const source = cloud.backups.get(from.base.resourceId)?.source.shape.DBInstanceIdentifier ?? from.base.resourceId;
  return from.target === undefined
    ? `Restored from an automated snapshot of ${source}`
    : `Restored from DB instance ${source} to ${from.target}`;
}
