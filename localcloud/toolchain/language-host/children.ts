import { type ChildProcess, spawn, type SpawnOptions } from "node:child_process";

const children = new Set<ChildProcess>();

/** How a child exited: an exit code, or the signal that killed it. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** Starts Node and tracks the process, so that no program outlives the host. */
export function spawnNode(args: string[], options: SpawnOptions): ChildProcess {
  const child = spawn(process.execPath, args, options);
  children.add(child);
  child.once("close", () => children.delete(child));
  child.once("error", () => children.delete(child));
  return child;
}

/** Resolves when the child has exited and all its output was relayed. */
export function exited(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
}

/** The engine manages a program's resources: there is nothing for the program to clean up, so it is killed at once. */
export function killChildren(): void {
  for (const child of children) child.kill("SIGKILL");
}
