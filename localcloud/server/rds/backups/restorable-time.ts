import { setTimeout as sleep } from "node:timers/promises";
import { archiveHeartbeat } from "../../../postgres/backups";
import type { PostgresServer } from "../../../postgres/postgres-server";
import type { Cloud } from "../../cloud";
import type { InstanceRecord } from "../instances/instance-record";
import { limits } from "../../limits";
import { logError } from "../../log";

/**
 * LatestRestorableTime, made when somebody asks: RDS archives every five minutes; here a heartbeat reaches the archive
 * within milliseconds, so what a program committed before it asked is restorable.
 */
export class RestorableTimes {
  private readonly asking = new Map<string, Promise<void>>();
  /** By the machine's clock. */
  private readonly beaten = new Map<string, number>();

  constructor(private readonly cloud: Cloud) {}

  /** Brings the instances' records up to date. A database that does not answer keeps the time it had. */
  async refresh(instances: InstanceRecord[]): Promise<void> {
    await Promise.all(instances.map((instance) => this.refreshOne(instance)));
  }

  /** Before the database is no more: the last moment its backups can lead to. */
  async refreshLast(resourceId: string): Promise<void> {
    const server = this.cloud.instances.servers.get(resourceId);
    if (this.cloud.backups.get(resourceId)?.base.length && server?.state() === "running")
      await this.beat(resourceId, server);
  }

  private async refreshOne(instance: InstanceRecord): Promise<void> {
    const { resourceId, status } = instance;
    const backup = this.cloud.backups.get(resourceId);
    const server = this.cloud.instances.servers.get(resourceId);
    if (!backup || backup.base.length === 0 || !beating.includes(status) || server?.state() !== "running") return;
    if (Date.now() - (this.beaten.get(resourceId) ?? 0) < limits.heartbeatMs) return;
    const asked =
      this.asking.get(resourceId) ?? this.beat(resourceId, server).finally(() => this.asking.delete(resourceId));
    this.asking.set(resourceId, asked);
    await Promise.race([asked, sleep(limits.heartbeatWaitMs, undefined, { ref: false })]);
  }

  private async beat(resourceId: string, server: PostgresServer): Promise<void> {
    try {
      const latest = wholeSecond(await archiveHeartbeat(server, this.cloud.backups.archiveFolder(resourceId)));
      this.beaten.set(resourceId, Date.now());
      this.cloud.backups.update(resourceId, (backup) => void (backup.latestRestorableTime = latest.toISOString()));
    } catch (error) {
      logError(error);
    }
  }
}

/** In these a database takes commits that are archived. */
const beating = ["available", "backing-up", "modifying", "storage-full"];

const wholeSecond = (time: Date): Date => new Date(Math.floor(time.getTime() / 1000) * 1000);
