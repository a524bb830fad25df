import type { Cloud } from "../../cloud";
import { backupIsDue } from "../backups/backup-schedule";
import { dropExpired } from "../backups/retention";
import { sweepBackups } from "../backups/sweep";
import { limits } from "../../limits";
import { hasFault } from "./instances";
import type { InstanceRecord } from "./instance-record";
import { nextMaintenance } from "./windows";
import { logError } from "../../log";

/**
 * Looks after the instances from time to time: windows that have come, databases that died, faults that may be over.
 */
export class Maintenance {
  private timer: NodeJS.Timeout | undefined;
  private readonly crashes = new Map<string, { count: number; last: number }>();
  private readonly tried = new Map<string, number>();
  private secretsLookedAt = 0;
  private backupsLookedAt = 0;

  constructor(private readonly cloud: Cloud) {}

  /** After a start of this server: operations are resumed, running databases adopted, the others started. */
  async begin(): Promise<void> {
    await sweepBackups(this.cloud).catch(logError);
    for (const instance of this.cloud.instances.list()) await this.takeUp(instance).catch(logError);
    this.cloud.clock.onSet(() => {
      this.secretsLookedAt = 0;
      this.backupsLookedAt = 0;
      this.lookAndGoOn();
    });
    this.timer = setInterval(() => this.lookAndGoOn(), limits.watchMs);
  }

  end(): void {
    clearInterval(this.timer);
  }

  private async takeUp(instance: InstanceRecord): Promise<void> {
    const { instances } = this.cloud;
    // Its backup will not have become better meanwhile.
    if (instance.status === "incompatible-restore") return;
    // Opened first, whatever it was at: the operation, and everybody who asks meanwhile, then finds the database that
    // runs.
    const server = await instances.servers.reopen(instance).catch((error: unknown) => {
      if (!instance.operation) throw error;
    });
    if (instance.operation || !server) return instances.schedule(instance.resourceId);
    if (instance.status === "available" && server.state() !== "running") instances.begin(instance, { kind: "start" });
    if (instance.status === "stopped" && server.state() === "running") await server.stop("fast");
  }

  /** What fails, on a disk that is full, is looked at again the next time; it must not end the server. */
  private lookAndGoOn(): void {
    try {
      this.look();
    } catch (error) {
      logError(error);
    }
  }

  private look(): void {
    this.tendSecrets();
    this.tendBackups();
    for (const instance of this.cloud.instances.list()) {
      if (this.cloud.instances.isBusy(instance.resourceId)) continue;
      if (instance.operation !== undefined || hasFault(instance)) this.tryAgain(instance);
      else if (instance.status === "available") this.lookAt(instance);
    }
  }

  /** Managed master passwords rotate by the clock, and what a kill interrupted is finished. */
  private tendSecrets(): void {
    if (Date.now() - this.secretsLookedAt < limits.secretsWatchMs) return;
    this.secretsLookedAt = Date.now();
    this.cloud.managedSecrets.tend();
  }

  /** Backups that outlived their retention period go. */
  private tendBackups(): void {
    if (Date.now() - this.backupsLookedAt < limits.retentionWatchMs) return;
    this.backupsLookedAt = Date.now();
    for (const { resourceId } of this.cloud.backups.list())
      if (!this.cloud.instances.isBusy(resourceId)) void dropExpired(resourceId, this.cloud).catch(logError);
  }

  private lookAt(instance: InstanceRecord): void {
    const { instances, clock } = this.cloud;
    if (instances.servers.get(instance.resourceId)?.state() !== "running") return this.recover(instance);
    if (backupIsDue(instance, this.cloud)) return void instances.begin(instance, { kind: "backup" });
    if (instance.pendingSince === undefined) return;
    const due = nextMaintenance(instance.shape.PreferredMaintenanceWindow, new Date(instance.pendingSince));
    if (due <= clock.now()) {
      const { pending, pendingSince: _since, ...rest } = instance;
      instances.begin(
        { ...rest, pending: {} },
        { kind: "modify", changes: pending },
        pending.EngineVersion ? "upgrading" : "modifying",
      );
    }
  }

  /** RDS restarts a crashed database by itself; one that dies again and again is left alone and said to have failed. */
  private recover(instance: InstanceRecord): void {
    const { instances, events } = this.cloud;
    const before = this.crashes.get(instance.resourceId);
    const recent = before !== undefined && Date.now() - before.last < limits.crashForgottenMs;
    const count = recent ? before.count + 1 : 1;
    this.crashes.set(instance.resourceId, { count, last: Date.now() });
    const say = (message: string) =>
      events.say(instance.region, "db-instance", instance.shape.DBInstanceIdentifier, ["failure"], message);
    if (count <= limits.crashRestartsInRow) {
      say("The database process ended unexpectedly; it is being restarted.");
      instances.begin(instance, { kind: "start" });
      return;
    }
    say(
      `The database process ended ${count} times within a minute each; reboot the DB instance to try again. Its log tells why.`,
    );
    instances.update(instance.resourceId, (current) => void (current.status = "failed"));
  }

  /**
   * A full disk or a taken port passes; a deletion or a change that was asked for is to end, as is work whose end could
   * not be written down. Bad parameters and worse wait for the user.
   */
  private tryAgain(instance: InstanceRecord): void {
    const mayPass = ["storage-full", "incompatible-network"].includes(instance.status) || !hasFault(instance);
    const isToEnd =
      instance.operation?.kind === "delete" || (instance.operation?.kind === "modify" && instance.status === "failed");
    if (!mayPass && !isToEnd) return;
    const last = this.tried.get(instance.resourceId) ?? 0;
    if (Date.now() - last < limits.faultRetryMs) return;
    this.tried.set(instance.resourceId, Date.now());
    this.cloud.instances.schedule(instance.resourceId);
  }
}
