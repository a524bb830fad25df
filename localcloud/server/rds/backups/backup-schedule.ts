import type { Cloud } from "../../cloud";
import type { InstanceRecord, Operation } from "../instances/instance-record";
import { currentBackupWindow } from "../instances/windows";
import { limits } from "../../limits";

/** The first automated backup is due at once: after the instance's creation, and after backups were switched on. */
export function followUp(instance: InstanceRecord, done: Operation, cloud: Cloud): { kind: "backup" } | undefined {
  const mayNeedBackup =
    ["create", "restore", "modify", "start", "promote", "switchover"].includes(done.kind) &&
    instance.shape.BackupRetentionPeriod > 0;
  return mayNeedBackup && !cloud.backups.get(instance.resourceId)?.base.length ? { kind: "backup" } : undefined;
}

/** A backup is due once in each backup window, by the cloud's clock; after a failure, again some time later. */
export function backupIsDue(instance: InstanceRecord, cloud: Cloud): boolean {
  const { shape, resourceId } = instance;
  if (shape.BackupRetentionPeriod === 0) return false;
  const backup = cloud.backups.get(resourceId);
  const now = cloud.clock.now();
  const sinceTried = now.getTime() - Date.parse(backup?.lastTriedAt ?? "");
  if (sinceTried >= 0 && sinceTried < limits.backupRetryMs) return false;
  const newest = backup?.base.at(-1);
  if (!newest) return true;
  const window = currentBackupWindow(shape.PreferredBackupWindow, now);
  return window !== undefined && Date.parse(newest.takenAt) < window.getTime();
}
