import {
  checkpoint,
  isStandby,
  keepWalFor,
  promote,
  transactionsInTheWay,
  waitUntilHasAllOf,
} from "../../../postgres/postgres-server";
import type { Cloud } from "../../cloud";
import type { Operation } from "../instances/instance-record";
import { forgetGoneReplicas } from "../replicas/replicate";
import { slotOf } from "../replicas/replica-set";
import { logicalPhases } from "./logical-switchover";
import { beginBackups, cancel, startAt, type Next, type Phases, type Sides } from "./sides";

/**
 * The switchover, as an operation of the green instance: blue is stopped cleanly, green proven to have
 * everything, promoted, and moved to blue's name and port. Each phase can be repeated, whenever a kill happened.
 */
export async function switchOver(operation: Operation & { kind: "switchover" }, cloud: Cloud): Promise<void> {
  for (;;) {
    const deployment = cloud.deployments.byId(operation.deployment);
    const blue = deployment && cloud.instances.byResourceId(deployment.blue);
    const green = deployment && cloud.instances.byResourceId(deployment.green);
    if (!deployment?.switchover || !blue || !green) return;
    const next = await (deployment.isLogical ? logical : physical)[deployment.switchover.phase]({
      ...{ deployment, switchover: deployment.switchover, blue, green, cloud },
    });
    if (next === "done" || next === "cancelled") return;
    cloud.deployments.update(deployment.id, ({ switchover }) => void (switchover!.phase = next));
  }
}

const physical: Phases = { guard, stop, promote: promoteGreen, move };
const logical: Phases = { ...logicalPhases, move };

/** RDS's guardrails. Nothing has changed for clients when one of them stops it. */
async function guard(sides: Sides): Promise<Next> {
  const { blue, green, switchover, cloud } = sides;
  const { servers } = cloud.instances;
  const [writer, standby] = [await servers.reopen(blue), await servers.reopen(green)];
  const inTheWay = await transactionsInTheWay(writer);
  if (inTheWay) return cancel(sides, `Switchover guardrail: ${inTheWay} on ${blue.shape.DBInstanceIdentifier}.`);
  if (!(await waitUntilHasAllOf(writer, standby, new Date(switchover.deadline))))
    return cancel(sides, "Switchover guardrail: the replica lag of green is beyond the timeout.");
  // Before its promotion: its checkpoints would recycle what blue needs to follow it on the way back.
  await keepWalFor(standby, slotOf(blue));
  await beginBackups(sides);
  for (const server of [standby, writer]) await checkpoint(server);
  return "stop";
}

/** A fast stop hands over everything to the standby that is connected. */
async function stop({ blue, cloud }: Sides): Promise<Next> {
  await (await cloud.instances.servers.reopen(blue)).stop("fast");
  return "promote";
}

async function promoteGreen(sides: Sides): Promise<Next> {
  const { blue, green, switchover, cloud } = sides;
  const { servers } = cloud.instances;
  const [writer, standby] = [await servers.reopen(blue), await servers.reopen(green)];
  if (standby.state() !== "running") await standby.start();
  if (await isStandby(standby)) {
    // Only a clean stop says in its files what it has written last.
    if (writer.state() === "crashed") await writer.start();
    if (writer.state() === "running") return "stop";
    if (!(await waitUntilHasAllOf(writer, standby, new Date(switchover.deadline)))) {
      await writer.start();
      return cancel(sides, "The switchover exceeded its timeout and was rolled back.");
    }
    await promote(standby);
  }
  return "move";
}

/** The names and the ports in the records, then the servers: old blue comes back where nobody looks for it. */
async function move({ deployment, switchover: { live, old }, blue, green, cloud }: Sides): Promise<Next> {
  const { instances, events } = cloud;
  instances.update(blue.resourceId, (current) => {
    current.shape.DBInstanceIdentifier = old.name;
    current.listeningPort = old.port;
    current.isReadOnly = true;
  });
  const moved = instances.update(green.resourceId, (current) => {
    delete current.replicaOf;
    delete current.copyOf;
    delete current.isReadOnly;
    current.shape.DBInstanceIdentifier = live.name;
    current.shape.DeletionProtection = blue.shape.DeletionProtection;
    current.listeningPort = live.port;
    current.tags = blue.tags;
  });
  await startAt(moved, cloud);
  await startAt(instances.byResourceId(blue.resourceId), cloud);
  await forgetGoneReplicas(blue, cloud);
  instances.update(blue.resourceId, (current) => void (current.status = "available"));
  cloud.deployments.update(deployment.id, (one) => {
    one.status = "SWITCHOVER_COMPLETED";
    delete one.switchover;
  });
  cloud.deployments.say(deployment, "notification", "Switchover completed on blue/green deployment.");
  for (const [from, to] of [
    [blue.shape.DBInstanceIdentifier, old.name],
    [green.shape.DBInstanceIdentifier, live.name],
  ])
    if (from !== to)
      events.say(deployment.region, "db-instance", to!, ["configuration change"], `Renamed instance to ${to}`);
  return "done";
}
