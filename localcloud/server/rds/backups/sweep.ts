import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { removal } from "../../../postgres/base-backup";
import type { Cloud } from "../../cloud";

/**
 * At the start of this server: removes backup files without a record, which a kill left behind. Files of running
 * operations stay.
 */
export async function sweepBackups(cloud: Cloud): Promise<void> {
  const { backups, instances, snapshots } = cloud;
  const inProgress = new Set(instances.list().map(({ operation }) => operation?.id));
  const folder = join(instances.servers.databasesFolder, "backups");
  for (const resourceId of await fileNames(folder)) {
    const known = backups.get(resourceId);
    const owner = instances.byResourceId(resourceId);
    if (!known && !owner) await rm(join(folder, resourceId), removal);
    for (const id of await fileNames(join(folder, resourceId, "base"))) {
      if (!known?.base.some((base) => base.id === id) && !inProgress.has(id))
        await rm(join(folder, resourceId, "base", id), removal);
    }
  }
  for (const region of new Set(instances.list().map((instance) => instance.region))) {
    for (const { identifier, status } of snapshots.list(region))
      if (status === "creating" && !isTaken(region, identifier, cloud)) snapshots.fail(region, identifier);
  }
  const snapshotsFolder = join(instances.servers.databasesFolder, "snapshots");
  for (const region of await fileNames(snapshotsFolder)) {
    for (const name of await fileNames(join(snapshotsFolder, region)))
      if (!snapshots.find(region, name)) await rm(join(snapshotsFolder, region, name), removal);
  }
}

function isTaken(region: string, snapshot: string, { instances }: Cloud): boolean {
  return instances
    .list(region)
    .some(
      ({ operation }) =>
        (operation?.kind === "backup" && operation.snapshot === snapshot) ||
        (operation?.kind === "delete" && operation.finalSnapshot?.toLowerCase() === snapshot),
    );
}

async function fileNames(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
}
