import { rm } from "node:fs/promises";
import { ensureArchive, takeBaseBackup } from "../../../postgres/backups";
import { PostgresError, type PostgresServer } from "../../../postgres/postgres-server";
import type { Cloud } from "../../cloud";
import type { InstanceRecord, Operation } from "../instances/instance-record";
import { logError } from "../../log";
import { backedUp } from "./automated-backups";
import { dropExpired } from "./retention";

/**
 * Takes the base backup that an operation requests, automated or for a manual snapshot. A failure leaves the instance
 * and the earlier backups as they are, and is reported as an event: a failed backup is no reason to stop serving.
 */
export async function backUp(
  instance: InstanceRecord,
  operation: Operation & { kind: "backup" },
  cloud: Cloud,
): Promise<void> {
  const { region, shape } = instance;
  const say = (message: string) =>
    cloud.events.say(region, "db-instance", shape.DBInstanceIdentifier, ["backup"], message);
  say("Backing up DB instance");
  try {
    const server = await cloud.instances.servers.reopen(instance);
    if (server.state() !== "running") await server.start();
    if (operation.snapshot === undefined) await takeAutomated(instance, server, operation.id, cloud);
    else await cloud.snapshots.take(instance, server, operation.snapshot);
    say("Finished DB instance backup");
  } catch (error) {
    if (!(error instanceof PostgresError)) logError(error);
    if (operation.snapshot !== undefined) cloud.snapshots.fail(region, operation.snapshot);
    say(`The backup failed; earlier ones are kept: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function takeAutomated(
  instance: InstanceRecord,
  server: PostgresServer,
  id: string,
  cloud: Cloud,
): Promise<void> {
  const { backups, clock } = cloud;
  const { resourceId, region, shape } = instance;
  const archive = backups.archiveFolder(resourceId);
  await ensureArchive(archive);
  const [current] = await server.query("select current_setting('archive_library') as library");
  if (current?.library === "") await server.archiveTo(archive); // backups were switched on a moment ago
  const takenAt = clock.now().toISOString();
  if (!backups.get(resourceId))
    backups.put({ resourceId, region, status: "active", source: backedUp(instance), base: [] });
  backups.update(resourceId, (backup) => void (backup.lastTriedAt = takenAt));
  const manifest = await takeBaseBackup(server, shape.EngineVersion, backups.baseFolder(resourceId, id));
  const base = {
    id,
    takenAt,
    restorableFrom: manifest.stoppedAt,
    engineVersion: manifest.engineVersion,
    startWal: manifest.startWal ?? "",
  };
  const kept = backups.update(resourceId, (backup) => {
    backup.source = backedUp(instance);
    backup.base = [...backup.base.filter((other) => other.id !== id), base];
  });
  if (kept === undefined) await rm(backups.folder(resourceId), { recursive: true, force: true });
  await dropExpired(resourceId, cloud);
}
