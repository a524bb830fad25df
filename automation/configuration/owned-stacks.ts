/** Which stacks are ours: those whose config a folder has that `shipshape.yaml` names, in a git repository. */
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { ConfigurationFile } from "../settings";
import type { Ownership } from "../fleet-records";
import { readConfiguration } from "./configuration";

/**
 * Of a stack by "project/name". Unknown: a folder of its project is not on this machine, or in no git repository.
 * Errors: those of `readConfiguration`.
 */
export function stackOwnership(file: ConfigurationFile): (stack: string) => Ownership {
  const entries = (readConfiguration(file)?.stacks ?? []).map(({ project, folder }) => {
    const path = resolve(dirname(file.path), folder);
    return { project, path, isInGit: isInGit(path) };
  });
  return (stack) => {
    const [project, name = ""] = [dirname(stack), stack.slice(stack.lastIndexOf("/") + 1)];
    const folders = entries.filter((entry) => entry.project === project);
    if (folders.some(({ path, isInGit: known }) => known && existsSync(join(path, `Pulumi.${name}.yaml`))))
      return "ours";
    return folders.some((folder) => !folder.isInGit) ? "unknown" : "delivered";
  };
}

/** A work tree has a folder `.git`, and a submodule or another work tree of it a file. */
function isInGit(folder: string): boolean {
  if (!existsSync(folder)) return false;
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return true;
    if (dirname(at) === at) return false;
  }
}
