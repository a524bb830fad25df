/** What the engine keeps of a stack that was removed. */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { PROJECT, type StackContext } from "./stack-state";

/**
 * A folder backend keeps backups, the history and an empty lock folder of a removed stack, and the engine keeps its
 * logs. Those of a throwaway describe a copy of real data; in a bucket, versioning and lifecycle rules decide.
 */
export async function removeTraces(
  { PULUMI_BACKEND_URL: backend = "", PULUMI_HOME: home }: StackContext["environment"],
  stackName: string,
): Promise<void> {
  if (home !== undefined) await removeBeginningWith(join(home, "logs"), `organization+${PROJECT}+${stackName}-`);
  if (!backend.startsWith("file://")) return;
  // Pulumi treats it as a URL: a percent sign or a hash in a folder's name is escaped.
  const state = join(decodeURIComponent(backend.slice("file://".length)), ".pulumi");
  for (const kind of ["history", "backups", "locks/organization"])
    await rm(join(state, kind, PROJECT, stackName), { recursive: true, force: true });
  await removeBeginningWith(join(state, "stacks", PROJECT), `${stackName}.json`);
}

async function removeBeginningWith(folder: string, beginning: string): Promise<void> {
  const names = await readdir(folder).catch(() => []); // there is none yet
  for (const name of names) if (name.startsWith(beginning)) await rm(join(folder, name), { force: true });
}
