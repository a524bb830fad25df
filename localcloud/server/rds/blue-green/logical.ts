/**
 * Green of another major: a server of its own, with roles and schema of blue, that gets blue's rows by logical
 * replication. What it does not carry (DDL, large objects) stops the switchover, as on RDS; sequences are set there.
 */
import {
  allowCopy,
  copyLogically,
  fillViews,
  schemaFingerprint,
  unfollow,
  unpublish,
  untilCopied,
  type LogicalPair,
} from "../../../postgres/postgres-server";
import type { Cloud } from "../../cloud";
import { logError } from "../../log";
import type { InstanceRecord } from "../instances/instance-record";
import { recordReport, takeGroupValues } from "../instances/running-server";
import { slotOf } from "../replicas/replica-set";

/** The work of creating green; started over after a kill. */
export async function copyToGreen(instance: InstanceRecord, cloud: Cloud): Promise<void> {
  const { instances } = cloud;
  // That of an earlier deployment would take from blue what it is given here.
  await cloud.deployments.separated(instance.copyOf ?? "");
  const earlier = instances.byResourceId(instance.copyOf ?? "")?.copiedTo ?? instance.resourceId;
  const blue = instances.update(instance.copyOf ?? "", (current) => void (current.copiedTo = instance.resourceId));
  if (!blue) throw new Error(`the source of ${instance.shape.DBInstanceIdentifier} is gone`);
  const source = await instances.servers.reopen(blue);
  await source.applyParameters(blue.activeParameters);
  // Of an earlier deployment, too, which may have been deleted a moment ago.
  for (const resourceId of new Set([earlier, instance.resourceId]))
    await unpublish(source, slotOf({ ...instance, resourceId }));
  await allowCopy(source, instances.replicationPassword(blue.resourceId));
  const copy = await instances.servers.createEmpty(takeGroupValues(instance, cloud));
  const made = instances.update(instance.resourceId, (current) => {
    current.listeningPort = copy.port;
    current.shape.InstanceCreateTime ??= cloud.clock.now().toISOString();
  });
  if (!made) return;
  recordReport(instance, copy.parameterReport, cloud);
  // As it was before green got it: DDL that comes meanwhile stops the switchover, too.
  const schema = await schemaFingerprint(source);
  await copyLogically({ source, copy, name: slotOf(instance) }, blue.shape.MasterUsername);
  await untilCopied(copy);
  await fillViews(copy);
  for (const { id } of cloud.deployments.list().filter((one) => one.green === instance.resourceId))
    cloud.deployments.update(id, (one) => void (one.schema = schema));
  const { region, shape } = instance;
  cloud.events.say(region, "db-instance", shape.DBInstanceIdentifier, ["creation"], "DB instance created");
}

/** The servers of a deployment to another major. */
export async function pairOf(blue: InstanceRecord, green: InstanceRecord, cloud: Cloud): Promise<LogicalPair> {
  const { servers } = cloud.instances;
  return { source: await servers.reopen(blue), copy: await servers.reopen(green), name: slotOf(green) };
}

/**
 * Once a deployment is over or deleted, blue keeps nothing for green, and green follows nobody. Looked for again and
 * again, as a kill may have come in between.
 */
export class Separations {
  private readonly underWay = new Map<string, Promise<void>>();

  constructor(private readonly cloud: Cloud) {}

  look(): void {
    const { instances, deployments } = this.cloud;
    const open = deployments.list().filter(({ status }) => status !== "SWITCHOVER_COMPLETED");
    for (const one of instances.list()) {
      const { resourceId, copiedTo, copyOf, status } = one;
      const isOpen = open.some(({ blue, green }) => blue === resourceId || green === resourceId);
      const isOver = (copiedTo ?? copyOf) !== undefined && !isOpen && status === "available" && !one.operation;
      if (!isOver || this.underWay.has(resourceId)) continue;
      const separation = this.separate(one)
        .catch(logError)
        .finally(() => this.underWay.delete(resourceId));
      this.underWay.set(resourceId, separation);
    }
  }

  /** Once none of this instance is under way. */
  async ended(resourceId: string): Promise<void> {
    await this.underWay.get(resourceId);
  }

  private async separate(before: InstanceRecord): Promise<void> {
    const { instances } = this.cloud;
    const { copiedTo, copyOf: _of, ...alone } = before;
    // Green can no longer log in: it would take its slot again.
    const server = await instances.servers.reopen(alone);
    if (server.state() !== "running") return;
    await server.applyParameters(alone.activeParameters);
    if (copiedTo === undefined) await unfollow(server, slotOf(before));
    else await unpublish(server, slotOf({ ...before, resourceId: copiedTo }));
    instances.update(before.resourceId, (current) => {
      delete current.copiedTo;
      delete current.copyOf;
    });
  }
}
