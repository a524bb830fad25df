import { verifyPages } from "../../../postgres/backups";
import { removeServer, type PostgresServer } from "../../../postgres/postgres-server";
import type { Cloud } from "../../cloud";
import { copyToGreen } from "../blue-green/logical";
import { switchOver } from "../blue-green/switchover";
import { backUp } from "../backups/back-up";
import { deleteBackups, retain } from "../backups/retention";
import { applyChanges } from "./apply-changes";
import type { InstanceRecord, Operation } from "./instance-record";
import { restore } from "./restore";
import { replicasOf } from "../replicas/replica-set";
import { forgetGoneReplicas, promoteReplica, replicate } from "../replicas/replicate";
import { recordReport, runnable, takeGroupValues } from "./running-server";

/**
 * The work of each operation from the start; every one can be repeated, whenever a kill happened. It writes its results
 * into the record itself; the caller sets the final status.
 */
export async function perform(instance: InstanceRecord, operation: Operation, cloud: Cloud): Promise<void> {
  switch (operation.kind) {
    case "create":
      return create(instance, cloud);
    case "restore":
      return restore(instance, operation, cloud);
    case "replicate":
      return replicate(instance, cloud);
    case "copy":
      return copyToGreen(instance, cloud);
    case "promote":
      return promoteReplica(instance, operation, cloud);
    case "switchover":
      return switchOver(operation, cloud);
    case "backup":
      return backUp(instance, operation, cloud);
    case "modify":
      return applyChanges(instance, operation, cloud);
    case "reboot":
      return reboot(instance, cloud);
    case "start":
      return start(instance, cloud);
    case "stop":
      return stop(instance, cloud);
    case "delete":
      return remove(instance, operation, cloud);
  }
}

async function create(instance: InstanceRecord, cloud: Cloud): Promise<void> {
  const { resourceId, shape } = instance;
  const prepared = takeGroupValues(instance, cloud);
  const server = await cloud.instances.servers.create(prepared, initialPassword(instance, cloud));
  cloud.instances.update(resourceId, (current) => {
    current.listeningPort = server.port;
    current.shape.InstanceCreateTime ??= cloud.clock.now().toISOString();
    delete current.newMasterPassword;
  });
  recordReport(instance, server.parameterReport, cloud);
  cloud.events.say(instance.region, "db-instance", shape.DBInstanceIdentifier, ["creation"], "DB instance created");
}

function initialPassword(instance: InstanceRecord, cloud: Cloud): string {
  if (!instance.masterSecret) return instance.newMasterPassword!;
  cloud.managedSecrets.create({
    dbiResourceId: instance.resourceId,
    identifier: instance.shape.DBInstanceIdentifier,
    region: instance.region,
    username: instance.shape.MasterUsername,
    kmsKeyId: instance.masterSecret.kmsKeyId,
  });
  return cloud.managedSecrets.credentials(instance.resourceId).password;
}

async function reboot(instance: InstanceRecord, cloud: Cloud): Promise<void> {
  const prepared = takeGroupValues(instance, cloud);
  if (prepared.activeParameters.default_transaction_read_only === "0")
    cloud.instances.update(instance.resourceId, (current) => void delete current.isReadOnly);
  const server = await runnable(cloud.instances.byResourceId(instance.resourceId) ?? prepared, cloud);
  cloud.events.say(
    instance.region,
    "db-instance",
    instance.shape.DBInstanceIdentifier,
    ["availability"],
    "DB instance shutdown",
  );
  const report = server.state() === "running" ? await server.restart() : await server.start();
  recordReport(instance, report, cloud);
  cloud.events.say(
    instance.region,
    "db-instance",
    instance.shape.DBInstanceIdentifier,
    ["availability"],
    "DB instance restarted",
  );
}

async function start(instance: InstanceRecord, cloud: Cloud): Promise<void> {
  const server = await runnable(takeGroupValues(instance, cloud), cloud);
  if (server.state() === "running") return forgetGoneReplicas(instance, cloud);
  const recovers = server.state() === "crashed";
  const say = (category: "recovery" | "notification", message: string) =>
    cloud.events.say(instance.region, "db-instance", instance.shape.DBInstanceIdentifier, [category], message);
  if (recovers)
    say(
      "recovery",
      "Recovery of the DB instance has started. Recovery time will vary with the amount of data to be recovered.",
    );
  recordReport(instance, await server.start(), cloud);
  await forgetGoneReplicas(instance, cloud);
  if (recovers) say("recovery", "Recovery of the DB instance is complete.");
  else say("notification", "DB instance started");
}

async function stop(instance: InstanceRecord, cloud: Cloud): Promise<void> {
  const server = await cloud.instances.servers.reopen(instance);
  if (server.state() !== "stopped") await server.stop("fast");
  cloud.events.say(
    instance.region,
    "db-instance",
    instance.shape.DBInstanceIdentifier,
    ["notification"],
    "DB instance stopped",
  );
}

async function remove(
  instance: InstanceRecord,
  operation: Operation & { kind: "delete" },
  cloud: Cloud,
): Promise<void> {
  const { resourceId, region } = instance;
  if (operation.keepBackups) await cloud.restorableTimes.refreshLast(resourceId);
  if (operation.finalSnapshot !== undefined && operation.step === "snapshot") {
    const server = await cloud.instances.servers.reopen(instance);
    await warnOfDamage(instance, server, cloud);
    if (server.state() !== "stopped") await server.stop("fast");
    await cloud.snapshots.takeFinal(instance, server, operation.finalSnapshot);
  }
  // From here on the database is gone; after a kill it must not be looked for again.
  cloud.instances.update(resourceId, (current) => {
    if (current.operation?.kind === "delete") current.operation.step = "remove";
  });
  // A clean stop hands its replicas, which are promoted next, everything that it has committed.
  if (replicasOf(instance, cloud).length > 0) await cloud.instances.servers.get(resourceId)?.stop("fast");
  await removeServer(cloud.instances.servers.folder(resourceId));
  if (operation.keepBackups) retain(instance, cloud.clock.now(), cloud);
  // A restore still reads from them: they are removed when it is done.
  else if (cloud.backups.isInUse(resourceId)) retain(instance, new Date(0), cloud);
  else await deleteBackups(resourceId, cloud);
  cloud.managedSecrets.delete(resourceId);
  cloud.events.say(region, "db-instance", instance.shape.DBInstanceIdentifier, ["deletion"], "DB instance deleted");
  cloud.instances.remove(resourceId);
  const source = cloud.instances.byResourceId(instance.replicaOf ?? "");
  if (source) await forgetGoneReplicas(source, cloud);
}

/** A final copy is taken even of a damaged database, as there will be no other; an event reports the damage. */
async function warnOfDamage(instance: InstanceRecord, server: PostgresServer, cloud: Cloud): Promise<void> {
  try {
    if (server.state() !== "running") await server.start();
    await verifyPages(server);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    cloud.events.say(
      instance.region,
      "db-instance",
      instance.shape.DBInstanceIdentifier,
      ["backup"],
      `The final snapshot is taken of a database that could not be verified: ${message}`,
    );
  }
}
