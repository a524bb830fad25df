import { randomBytes, randomUUID } from "node:crypto";
import { PostgresError } from "../../../postgres/postgres-errors";
import { AwsError } from "../../wire/aws-error";
import type { Cloud } from "../../cloud";
import { limits } from "../../limits";
import { logError } from "../../log";
import type { Collection } from "../../storage/store";
import { faultOf } from "./faults";
import {
  faultStatuses,
  statusOfOperation,
  type InstanceRecord,
  type InstanceStatus,
  type Operation,
} from "./instance-record";
import { InstanceServers } from "./instance-servers";
import { followUp } from "../backups/backup-schedule";
import { perform } from "./operations";

/** An operation without the id, which is assigned when it starts. */
export type OperationRequest = Operation extends infer Each ? (Each extends unknown ? Omit<Each, "id"> : never) : never;

/**
 * All DB instances: their records, and the work on the databases behind them. An API call changes the record and starts
 * an operation; the work follows, one operation at a time for each instance. The operation stays in the record until it
 * is done, so that a server started after a kill resumes it: every operation can be repeated from the start.
 */
export class Instances {
  readonly servers: InstanceServers;
  private readonly records: Collection<InstanceRecord>;
  private readonly working = new Map<string, Promise<void>>();
  private closing = false;

  constructor(
    private readonly cloud: Cloud,
    databasesFolder?: string,
  ) {
    this.records = cloud.store.collection<InstanceRecord>("instances");
    this.servers = new InstanceServers(cloud.settings, databasesFolder, (id) => this.records.get(id));
  }

  list(region?: string): InstanceRecord[] {
    return this.records
      .list()
      .filter((instance) => region === undefined || instance.region === region)
      .sort((a, b) => (a.shape.DBInstanceIdentifier < b.shape.DBInstanceIdentifier ? -1 : 1));
  }

  find(region: string, identifier: string): InstanceRecord | undefined {
    return this.list(region).find((instance) => instance.shape.DBInstanceIdentifier === identifier.toLowerCase());
  }

  /** @throws AwsError DBInstanceNotFound */
  get(region: string, identifier: string): InstanceRecord {
    const instance = this.find(region, identifier);
    if (!instance) throw new AwsError("DBInstanceNotFound", `DBInstance ${identifier} not found.`);
    return instance;
  }

  byResourceId(resourceId: string): InstanceRecord | undefined {
    return this.records.get(resourceId);
  }

  /** Reads, changes and writes a record atomically; undefined when it is gone. */
  update(resourceId: string, change: (instance: InstanceRecord) => void): InstanceRecord | undefined {
    const instance = this.records.get(resourceId);
    if (!instance) return undefined;
    change(instance);
    this.records.put(resourceId, instance);
    return instance;
  }

  remove(resourceId: string): void {
    this.servers.forget(resourceId);
    this.records.delete(resourceId);
  }

  /** Writes the record with its operation, then starts the work. A caller then sees the operation's status. */
  begin(
    instance: InstanceRecord,
    request: OperationRequest,
    status: InstanceStatus = statusOfOperation[request.kind],
  ): InstanceRecord {
    const begun: InstanceRecord = { ...instance, status, operation: { ...request, id: randomUUID() } as Operation };
    this.records.put(begun.resourceId, begun);
    this.schedule(begun.resourceId);
    return begun;
  }

  /** Resumes the operation in the record, after a restart of this server or a fault of the instance. */
  schedule(resourceId: string): void {
    if (this.working.has(resourceId) || this.closing) return;
    const work = this.cloud.work.take(() => this.work(resourceId)).catch(logError);
    this.working.set(
      resourceId,
      work.finally(() => this.working.delete(resourceId)),
    );
  }

  /** Retries what a fault interrupted, when a call requests it or makes it possible. */
  retry(instance: InstanceRecord): InstanceRecord {
    const { operation } = instance;
    if (!operation) return this.begin(instance, { kind: "start" });
    const retried: InstanceRecord = { ...instance, status: statusOfOperation[operation.kind] };
    this.records.put(retried.resourceId, retried);
    this.schedule(retried.resourceId);
    return retried;
  }

  /** What replicas of this instance log in with; made on first use. */
  replicationPassword(resourceId: string): string {
    const known = this.records.get(resourceId)?.replicationPassword;
    if (known !== undefined) return known;
    const password = randomBytes(24).toString("hex");
    this.update(resourceId, (instance) => void (instance.replicationPassword = password));
    return password;
  }

  isBusy(resourceId: string): boolean {
    return this.working.has(resourceId);
  }

  /** Waits until no operation is running for this instance. */
  async settled(resourceId: string): Promise<void> {
    await this.working.get(resourceId);
  }

  /**
   * Accepts no more work, lets running operations finish, and stops every database. Records keep their statuses for the
   * next start.
   */
  async close(): Promise<void> {
    this.closing = true;
    const timeout = new Promise<void>((resolve) => setTimeout(resolve, limits.stopMs).unref());
    await Promise.race([Promise.all(this.working.values()), timeout]);
    await Promise.all(
      this.list().map(async ({ resourceId }) => {
        const server = this.servers.get(resourceId);
        if (server && server.state() !== "stopped") await server.stop("fast").catch(logError);
      }),
    );
  }

  /** For Secrets Manager's rotations. */
  async setMasterPassword(resourceId: string, username: string, password: string): Promise<void> {
    const instance = this.byResourceId(resourceId);
    // After a kill of this process it may not have been opened yet.
    const server = this.servers.get(resourceId) ?? (instance && (await this.servers.reopen(instance)));
    if (server?.state() !== "running")
      throw new AwsError("InvalidDBInstanceState", `the database of ${resourceId} is not running`);
    await server.setMasterPassword(username, password);
  }

  private async work(resourceId: string): Promise<void> {
    for (;;) {
      const instance = this.records.get(resourceId);
      const operation = instance?.operation;
      if (!instance || !operation || this.closing) return;
      try {
        await perform(instance, operation, this.cloud);
        this.finish(resourceId, operation);
      } catch (error) {
        this.fail(instance, operation, error);
        // Another call may have replaced it with another operation meanwhile, such as a delete.
        if (this.records.get(resourceId)?.operation?.id === operation.id) return;
      }
    }
  }

  private finish(resourceId: string, done: Operation): void {
    this.update(resourceId, (instance) => {
      if (instance.operation?.id !== done.id) return;
      delete instance.operation;
      instance.status = done.kind === "stop" ? "stopped" : "available";
      const next = followUp(instance, done, this.cloud);
      if (next)
        Object.assign(instance, { status: statusOfOperation[next.kind], operation: { ...next, id: randomUUID() } });
    });
  }

  /** The instance shows the fault; its operation stays, to be retried. */
  private fail(instance: InstanceRecord, operation: Operation, error: unknown): void {
    if (!(error instanceof PostgresError)) logError(error);
    const fault = faultOf(error);
    const reported = instance.status === fault.status;
    this.update(instance.resourceId, (current) => {
      if (current.operation?.id === operation.id) current.status = fault.status;
    });
    if (!reported)
      this.cloud.events.say(
        instance.region,
        "db-instance",
        instance.shape.DBInstanceIdentifier,
        [fault.category],
        fault.message,
      );
  }
}

export function hasFault(instance: InstanceRecord): boolean {
  return faultStatuses.includes(instance.status);
}
