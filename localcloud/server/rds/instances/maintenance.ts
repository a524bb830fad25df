import type { Cloud } from "../../cloud";
import { backupIsDue } from "../backups/backup-schedule";
import { dropExpired } from "../backups/retention";
import { sweepBackups } from "../backups/sweep";
import { limits } from "../../limits";
import { hasFault } from "./instances";
import type { InstanceRecord } from "./instance-record";
import { delayed, withoutThose } from "../replicas/replica-set";
import { nextMaintenance } from "./windows";
import { logError } from "../../log";

/** Checks the instances periodically: windows that have begun, databases that crashed, faults that may be over. */
export class Maintenance {
  private timer: NodeJS.Timeout | undefined;
  private readonly crashes = new Map<string, { count: number; last: number }>();
  private readonly tried = new Map<string, number>();
  private secretsCheckedAt = 0;
  private backupsCheckedAt = 0;

  constructor(private readonly cloud: Cloud) {}

  /** After a start of this server: operations are resumed, running databases adopted, the others started. */
  async begin(): Promise<void> {
    await sweepBackups(this.cloud).catch(logError);
    for (const instance of this.cloud.instances.list()) await this.resume(instance).catch(logError);
    this.cloud.clock.onSet(() => {
      this.secretsCheckedAt = 0;
      this.backupsCheckedAt = 0;
      this.checkAll();
    });
    this.timer = setInterval(() => this.checkAll(), limits.watchMs);
  }

  end(): void {
    clearInterval(this.timer);
  }

  private async resume(instance: InstanceRecord): Promise<void> {
    const { instances } = this.cloud;
    // Nothing to resume: the backup is still as broken as before.
    if (instance.status === "incompatible-restore") return;
    // Opened first, whatever its operation: the operation, and every call meanwhile, then finds the running database.
    const server = await instances.servers.reopen(instance).catch((error: unknown) => {
      if (!instance.operation) throw error;
    });
    if (instance.operation || !server) return instances.schedule(instance.resourceId);
    if (instance.status === "available" && server.state() !== "running") instances.begin(instance, { kind: "start" });
    if (instance.status === "stopped" && server.state() === "running") await server.stop("fast");
  }

  /** What fails, such as on a full disk, is retried the next time; it must not stop the server. */
  private checkAll(): void {
    try {
      this.look();
    } catch (error) {
      logError(error);
    }
  }

  private look(): void {
    this.maintainSecrets();
    this.maintainBackups();
    this.cloud.deployments.look();
    for (const instance of this.cloud.instances.list()) {
      if (this.cloud.instances.isBusy(instance.resourceId)) continue;
      if (instance.operation !== undefined || hasFault(instance)) this.tryAgain(instance);
      else if (instance.status === "available") this.check(instance);
    }
  }

  /** Rotates managed master passwords by the clock, and finishes what a kill interrupted. */
  private maintainSecrets(): void {
    if (Date.now() - this.secretsCheckedAt < limits.secretsWatchMs) return;
    this.secretsCheckedAt = Date.now();
    this.cloud.managedSecrets.maintain();
  }

  /** Removes backups that have outlived their retention period. */
  private maintainBackups(): void {
    if (Date.now() - this.backupsCheckedAt < limits.retentionWatchMs) return;
    this.backupsCheckedAt = Date.now();
    for (const { resourceId } of this.cloud.backups.list())
      if (!this.cloud.instances.isBusy(resourceId)) void dropExpired(resourceId, this.cloud).catch(logError);
  }

  private check(instance: InstanceRecord): void {
    const { instances, clock } = this.cloud;
    if (instances.servers.get(instance.resourceId)?.state() !== "running") return this.recover(instance);
    if (instance.replicaOf !== undefined && !instances.byResourceId(instance.replicaOf))
      return void instances.begin(instance, { kind: "promote", retentionDays: 0 }); // its source was deleted
    if (backupIsDue(instance, this.cloud)) return void instances.begin(instance, { kind: "backup" });
    if (instance.pendingSince === undefined) return;
    const due = nextMaintenance(instance.shape.PreferredMaintenanceWindow, new Date(instance.pendingSince));
    if (due <= clock.now()) {
      this.applyPending(instance);
    }
  }

  /** What must wait for the replicas stays, and is looked at again until they have it. */
  private applyPending(instance: InstanceRecord): void {
    const { pending, pendingSince, ...rest } = instance;
    const waits = delayed(instance, pending, this.cloud);
    const changes = withoutThose(pending, waits);
    if (Object.keys(changes).length === 0) return;
    const stays = Object.keys(waits).length > 0 && pendingSince !== undefined ? { pendingSince } : {};
    const status = changes.EngineVersion ? "upgrading" : "modifying";
    this.cloud.instances.begin({ ...rest, ...stays, pending: waits }, { kind: "modify", changes }, status);
  }

  /** RDS restarts a crashed database automatically; one that keeps crashing is left alone and reported as failed. */
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
      `The database process ended ${count} times within a minute each; reboot the DB instance to try again. Its log has the reason.`,
    );
    instances.update(instance.resourceId, (current) => void (current.status = "failed"));
  }

  /**
   * A full disk or a taken port is temporary; a requested deletion or change must finish, as must work whose completion
   * could not be recorded. Bad parameters and worse wait for the user.
   */
  private tryAgain(instance: InstanceRecord): void {
    const isTemporary = ["storage-full", "incompatible-network"].includes(instance.status) || !hasFault(instance);
    const isToEnd =
      instance.operation?.kind === "delete" ||
      (["modify", "switchover"].includes(instance.operation?.kind ?? "") && instance.status === "failed");
    if (!isTemporary && !isToEnd) return;
    const last = this.tried.get(instance.resourceId) ?? 0;
    if (Date.now() - last < limits.faultRetryMs) return;
    this.tried.set(instance.resourceId, Date.now());
    this.cloud.instances.schedule(instance.resourceId);
  }
}
