/** What a drill can leave on this machine. */
import { readdirSync, readFileSync } from "node:fs";

/**
 * Every file with a drill in its path: workspaces, states, copies, history and locks of stacks, and the folders of
 * databases and of their backups.
 */
export function drillFiles(dataFolder: string): string[] {
  return readdirSync(dataFolder, { recursive: true, encoding: "utf8" }).filter((path) => path.includes("drill-"));
}

function processFile(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8").replaceAll("\0", " ");
  } catch {
    return ""; // has ended, or is not ours to read
  }
}

/** Running engines and plugins whose PULUMI_HOME is in that folder, according to Linux. */
export function pulumiProcesses(dataFolder: string): string[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids
    .filter((pid) => processFile(pid, "environ").includes(`PULUMI_HOME=${dataFolder}/`))
    .filter(
      (pid) => processFile(pid, "comm").includes("pulumi") || processFile(pid, "cmdline").includes("pulumi-resource-"),
    )
    .map((pid) => processFile(pid, "cmdline"));
}
