import { prepareUpgrade } from "../../../postgres/postgres-server";
import { deleteBackups } from "../backups/retention";
import type { Cloud } from "../../cloud";
import type { DeferrableChanges, InstanceRecord, InstanceShape, Operation } from "./instance-record";
import { ensureRunning, recordReport } from "./running-server";

/**
 * Applies a modified instance's record to its database. Repeating it restarts the database once more and is otherwise
 * harmless.
 */
export async function applyChanges(
  instance: InstanceRecord,
  operation: Operation & { kind: "modify" },
  cloud: Cloud,
): Promise<void> {
  if (instance.masterSecret || instance.newMasterPassword !== undefined) {
    // The last attempt may have ended in any way: this server, the database or the machine may have been restarted
    // since.
    await ensureRunning(instance, cloud);
    await cloud.managedSecrets.serialize(instance.resourceId, () =>
      setMasterPassword(cloud.instances.byResourceId(instance.resourceId) ?? instance, cloud),
    );
  }
  if (operation.rotateMasterPassword) await cloud.managedSecrets.rotate(instance.resourceId);
  const changes = operation.changes;
  const changed = withChanges(instance, changes);
  if (changes.EngineVersion !== undefined && changes.EngineVersion !== instance.shape.EngineVersion)
    noteUpgrade(instance, cloud);
  if (needsRestart(instance, changed))
    await restartAs(changed, instance.shape.EngineVersion !== changed.shape.EngineVersion, cloud);
  if (changes.BackupRetentionPeriod === 0) await stopArchiving(changed, cloud);
  cloud.instances.update(instance.resourceId, (current) => {
    current.shape = withChanges(current, changes).shape;
    // RDS carries out what it has scheduled for the operating system or the engine with an upgrade.
    if (changes.EngineVersion !== undefined)
      current.maintenance = current.maintenance?.filter(({ Action }) => !isWithUpgrade.includes(Action)) ?? [];
    if (current.operation?.id === operation.id && current.operation.kind === "modify") current.operation.changes = {};
  });
  for (const name of Object.keys(changes) as (keyof DeferrableChanges)[]) {
    const message = finished[name];
    if (message)
      cloud.events.say(
        instance.region,
        "db-instance",
        changed.shape.DBInstanceIdentifier,
        ["configuration change"],
        message(changed.shape),
      );
  }
}

/** Noted before it: an upgrade that is repeated after a kill was begun the first time. */
function noteUpgrade({ resourceId, shape: { EngineVersion: from } }: InstanceRecord, cloud: Cloud): void {
  cloud.backups.update(resourceId, (backup) => {
    const known = backup.upgrades ?? [];
    if (known.at(-1)?.from !== from) backup.upgrades = [...known, { at: new Date().toISOString(), from }];
  });
}

/**
 * A password from the caller is set in the database; a managed one is generated and set, and the earlier secret
 * deleted.
 */
async function setMasterPassword(instance: InstanceRecord, cloud: Cloud): Promise<void> {
  const { resourceId, shape } = instance;
  const known = cloud.managedSecrets.describe(resourceId);
  const isNew = instance.masterSecret !== undefined && known === undefined;
  if (isNew)
    cloud.managedSecrets.create({
      dbiResourceId: resourceId,
      identifier: shape.DBInstanceIdentifier,
      region: instance.region,
      username: shape.MasterUsername,
      kmsKeyId: instance.masterSecret!.kmsKeyId,
    });
  // A managed password is set again with every change: a kill may have happened between creating its secret and this
  // line.
  const password = instance.masterSecret
    ? cloud.managedSecrets.credentials(resourceId).password
    : instance.newMasterPassword;
  if (password === undefined) return;
  await cloud.instances.setMasterPassword(resourceId, shape.MasterUsername, password);
  if (!instance.masterSecret) cloud.managedSecrets.delete(resourceId);
  cloud.instances.update(resourceId, (current) => {
    if (current.newMasterPassword === password) delete current.newMasterPassword;
  });
  if (isNew || !instance.masterSecret)
    cloud.events.say(
      instance.region,
      "db-instance",
      shape.DBInstanceIdentifier,
      ["configuration change"],
      "Reset master credentials",
    );
}

/**
 * As on RDS, switching backups off also removes the existing ones. When they are switched on, the first backup starts
 * the archive.
 */
async function stopArchiving(changed: InstanceRecord, cloud: Cloud): Promise<void> {
  const server = await cloud.instances.servers.reopen(changed);
  await server.archiveTo(undefined);
  await deleteBackups(changed.resourceId, cloud);
}

function withChanges(instance: InstanceRecord, changes: DeferrableChanges): InstanceRecord {
  const shape: InstanceShape = { ...instance.shape, ...changes };
  if (shape.MultiAZ && shape.SecondaryAvailabilityZone === undefined)
    shape.SecondaryAvailabilityZone = otherZone(shape.AvailabilityZone);
  if (!shape.MultiAZ) delete shape.SecondaryAvailabilityZone;
  return { ...instance, shape };
}

const otherZone = (zone: string): string => `${zone.slice(0, -1)}${zone.endsWith("a") ? "b" : "a"}`;

/**
 * A new class changes the memory, a new version the binaries; everything else changes without affecting the database.
 */
function needsRestart(before: InstanceRecord, after: InstanceRecord): boolean {
  return (
    before.shape.DBInstanceClass !== after.shape.DBInstanceClass ||
    before.shape.EngineVersion !== after.shape.EngineVersion
  );
}

/** The downtime for clients is one stop and one start; everything else is done before. */
async function restartAs(changed: InstanceRecord, isUpgrade: boolean, cloud: Cloud): Promise<void> {
  const { servers } = cloud.instances;
  // A restart applies every value of the parameter group, including those that waited for one.
  const values = cloud.parameterGroups.values(changed.region, changed.parameterGroup.name);
  cloud.instances.update(changed.resourceId, (current) => void (current.activeParameters = values));
  const server = await servers.reopen({ ...changed, activeParameters: values });
  await server.applyParameters(values);
  const say = (message: string) =>
    isUpgrade &&
    cloud.events.say(changed.region, "db-instance", changed.shape.DBInstanceIdentifier, ["maintenance"], message);
  if (server.state() === "running" && isUpgrade) await prepareUpgrade(server, changed.shape.EngineVersion);
  // RDS-EVENT-0266 to 0268. Which of them a minor has on RDS is not known: nobody may depend on one.
  say("The downtime started for the DB instance.");
  say("The engine version upgrade started.");
  recordReport(changed, server.state() === "running" ? await server.restart() : await server.start(), cloud);
  say("The engine version upgrade finished.");
  cloud.events.say(
    changed.region,
    "db-instance",
    changed.shape.DBInstanceIdentifier,
    ["availability"],
    "DB instance restarted",
  );
}

const isWithUpgrade = ["system-update", "db-upgrade"];

/** RDS's messages (User Guide, "Amazon RDS event categories and event messages"). */
const finished: Partial<Record<keyof DeferrableChanges, (shape: InstanceShape) => string>> = {
  DBInstanceIdentifier: (shape) => `Renamed instance to ${shape.DBInstanceIdentifier}`,
  DBInstanceClass: () => "Finished applying modification to DB instance class",
  EngineVersion: (shape) => `Database instance patched to ${shape.EngineVersion}`,
  AllocatedStorage: () => "Finished applying modification to allocated storage",
  StorageType: () => "Finished applying modification to storage type",
  MultiAZ: (shape) =>
    `Finished applying modification to convert to a ${shape.MultiAZ ? "Multi-AZ" : "Single-AZ"} DB instance`,
  BackupRetentionPeriod: () => "Finished updating backup retention period",
  CACertificateIdentifier: () => "Finished applying modification to CA certificate",
  IAMDatabaseAuthenticationEnabled: (shape) =>
    `IAM database authentication is now ${shape.IAMDatabaseAuthenticationEnabled ? "enabled" : "disabled"}; the embedded cloud has no IAM tokens to log in with`,
};
