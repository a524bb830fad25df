/** Which stacks are ours: those whose config a folder has that `shipshape.yaml` names, in a git repository. */
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { ConfigurationFile } from "../settings";
import type { Ownership, StackHome } from "../fleet-records";
import { readConfiguration } from "./configuration";

/** Who changes a stack, by its "project/name". Errors: those of `readConfiguration`. */
export function stackOwnership(file: ConfigurationFile): (stack: string) => Ownership {
  const homeOf = stackHomes(file);
  return (stack) => homeOf(stack).ownership;
}

/**
 * The same, with its config. Unknown: a folder of its project is not on this machine, or in no git repository; then
 * there may be a config, but no commit. Errors: those of `readConfiguration`.
 */
export function stackHomes(file: ConfigurationFile): (stack: string) => StackHome {
  const entries = (readConfiguration(file)?.stacks ?? []).map(({ project, folder, author }) => {
    const path = resolve(dirname(file.path), folder);
    return { project, author, path, isInGit: isInGit(path) };
  });
  return (stack) => {
    const [project, name = ""] = [dirname(stack), stack.slice(stack.lastIndexOf("/") + 1)];
    const own = entries.filter((entry) => entry.project === project);
    const config = `Pulumi.${name}.yaml`;
    const having = own.filter(({ path }) => existsSync(join(path, config)));
    const found = having.find((entry) => entry.isInGit) ?? having[0];
    const ownership = found?.isInGit ? "ours" : own.some((entry) => !entry.isInGit) ? "unknown" : "delivered";
    return { ownership, config: found ? { folder: found.path, file: config, author: found.author } : null };
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
