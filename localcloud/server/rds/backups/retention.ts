import { rm } from "node:fs/promises";
import { removeSegmentsBefore } from "../../../postgres/backups";
import type { Cloud } from "../../cloud";
import type { InstanceRecord } from "../instances/instance-record";
import { backedUp, type AutomatedBackupRecord, type BaseBackupRecord } from "./automated-backups";

/** Removes base backups that no time within the retention period needs, and the WAL before the oldest one kept. */
export async function dropExpired(resourceId: string, cloud: Cloud): Promise<void> {
  const { backups } = cloud;
  const backup = backups.get(resourceId);
  if (!backup) return;
  const days =
    cloud.instances.byResourceId(resourceId)?.shape.BackupRetentionPeriod ?? backup.source.shape.BackupRetentionPeriod;
  const expired = expiredOf(backup, cloud.clock.now().getTime() - days * 86_400_000).filter(
    ({ id }) => !backups.isInUse(resourceId, id),
  );
  if (expired.length === 0) return;
  // The record first: files that a kill leaves behind belong to no record, and are removed with the folder.
  const left = backups.update(
    resourceId,
    (current) => void (current.base = current.base.filter(({ id }) => !expired.some((other) => other.id === id))),
  );
  for (const { id } of expired) await rm(backups.baseFolder(resourceId, id), { recursive: true, force: true });
  const oldest = left?.base[0];
  if (oldest) await removeSegmentsBefore(backups.archiveFolder(resourceId), oldest.startWal);
  else await deleteBackups(resourceId, cloud);
}

/**
 * The newest backup from before the horizon can still restore every time after it; for a deleted instance, no time is
 * after its deletion.
 */
function expiredOf(backup: AutomatedBackupRecord, horizonMs: number): BaseBackupRecord[] {
  const { deletedAt } = backup.source;
  if (backup.status === "retained" && deletedAt !== undefined && Date.parse(deletedAt) < horizonMs) return backup.base;
  const needed = backup.base.findLastIndex(({ takenAt }) => Date.parse(takenAt) <= horizonMs);
  return backup.base.slice(0, Math.max(needed, 0));
}

/** Removes all automated backups of an instance that is deleted or has backups switched off. */
export async function deleteBackups(resourceId: string, cloud: Cloud): Promise<void> {
  cloud.backups.remove(resourceId);
  await rm(cloud.backups.folder(resourceId), { recursive: true, force: true });
}

/**
 * The instance is deleted and its backups stay, for their retention period from `deletedAt` on: from then on their
 * record describes the instance.
 */
export function retain(instance: InstanceRecord, deletedAt: Date, cloud: Cloud): void {
  cloud.backups.update(instance.resourceId, (backup) => {
    backup.status = "retained";
    backup.source = { ...backedUp(instance), deletedAt: deletedAt.toISOString() };
  });
}
