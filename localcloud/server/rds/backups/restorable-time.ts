import { setTimeout as sleep } from "node:timers/promises";
import { archiveHeartbeat } from "../../../postgres/backups";
import type { PostgresServer } from "../../../postgres/postgres-server";
import type { Cloud } from "../../cloud";
import type { InstanceRecord } from "../instances/instance-record";
import { limits } from "../../limits";
import { logError } from "../../log";

/**
 * LatestRestorableTime, refreshed on demand: RDS archives every five minutes; here a heartbeat reaches the archive
 * within milliseconds, so everything a program committed before its call is restorable.
 */
export class RestorableTimes {
  private readonly refreshing = new Map<string, Promise<void>>();
  /** When each database's last heartbeat was written, by the machine's clock. */
  private readonly lastBeats = new Map<string, number>();

  constructor(private readonly cloud: Cloud) {}

  /** Updates the instances' records. A database that does not answer keeps its previous time. */
  async refresh(instances: InstanceRecord[]): Promise<void> {
    await Promise.all(instances.map((instance) => this.refreshOne(instance)));
  }

  /** Called before the database is removed: the latest time its backups can restore. */
  async refreshLast(resourceId: string): Promise<void> {
    const server = this.cloud.instances.servers.get(resourceId);
    if (this.cloud.backups.get(resourceId)?.base.length && server?.state() === "running")
      await this.beat(resourceId, server);
  }

  private async refreshOne(instance: InstanceRecord): Promise<void> {
    const { resourceId, status } = instance;
    const backup = this.cloud.backups.get(resourceId);
    const server = this.cloud.instances.servers.get(resourceId);
    if (!backup || backup.base.length === 0 || !heartbeatStatuses.includes(status) || server?.state() !== "running")
      return;
    if (Date.now() - (this.lastBeats.get(resourceId) ?? 0) < limits.heartbeatMs) return;
    const requested =
      this.refreshing.get(resourceId) ??
      this.beat(resourceId, server).finally(() => this.refreshing.delete(resourceId));
    this.refreshing.set(resourceId, requested);
    await Promise.race([requested, sleep(limits.heartbeatWaitMs, undefined, { ref: false })]);
  }

  private async beat(resourceId: string, server: PostgresServer): Promise<void> {
    try {
      const latest = wholeSecond(await archiveHeartbeat(server, this.cloud.backups.archiveFolder(resourceId)));
      this.lastBeats.set(resourceId, Date.now());
      this.cloud.backups.update(resourceId, (backup) => void (backup.latestRestorableTime = latest.toISOString()));
    } catch (error) {
      logError(error);
    }
  }
}

/** Statuses in which a database accepts commits that are archived. */
const heartbeatStatuses = ["available", "backing-up", "modifying", "storage-full"];

const wholeSecond = (time: Date): Date => new Date(Math.floor(time.getTime() / 1000) * 1000);
