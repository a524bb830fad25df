import { spawn } from "node:child_process";
import type { ServerUser } from "./server-user";

/**
 * Our own would pass PGPORT, PGOPTIONS and the like to the server; and messages must be English, since some are
 * matched.
 */
export const serverEnvironment = { LC_ALL: "C", PATH: "/usr/bin:/bin" };

export interface Finished {
  /** -1 when it was killed. */
  code: number;
  output: string;
}

/**
 * Runs a program to its end as the server's user and returns its output. It fails only when the program cannot be
 * started.
 */
export function runAsServer(
  user: ServerUser,
  program: string,
  args: string[],
  options: { input?: string; milliseconds: number },
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      ...user.spawnOptions,
      env: serverEnvironment,
      timeout: options.milliseconds,
      killSignal: "SIGKILL",
    });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stdin.on("error", () => undefined); // it exited before reading everything: its exit code says why
    child.stdin.end(options.input ?? "");
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? -1, output }));
  });
}
