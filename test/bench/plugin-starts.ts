import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installPlugins } from "../../localcloud/plugins/bundle";
import type { Measure } from "./measure";

/** From spawn to the port on standard output: the engine waits for this once per plugin and operation. */
export const pluginStarts: Measure[] = ["aws", "postgresql", "random"].map((name) => ({
  name: `start of plugin ${name}`,
  ours: "spawn until its port",
  floor: "an empty Node.js script, spawn until its first line",
  runs: 9,
  async prepare() {
    const home = mkdtempSync(join(tmpdir(), "shipshape-bench-"));
    await installPlugins(home);
    const folder = readdirSync(join(home, "plugins")).find((entry) => entry.startsWith(`resource-${name}-`)) ?? "";
    const executable = join(home, "plugins", folder, `pulumi-resource-${name}`);
    return {
      ours: () => untilFirstLine(executable, ["127.0.0.1:9"]),
      floor: () => untilFirstLine(process.execPath, ["-e", "console.log(0); setInterval(() => undefined, 1000)"]),
      after: async () => rmSync(home, { recursive: true }),
    };
  },
}));

async function untilFirstLine(program: string, words: string[]): Promise<number> {
  const began = performance.now();
  const child = spawn(program, words, { stdio: ["pipe", "pipe", "inherit"] });
  await new Promise<void>((resolve, reject) => {
    child.stdout.once("data", () => resolve());
    child
      .once("error", reject)
      .once("exit", (code) => reject(new Error(`${program} ended with ${code} before it printed a line`)));
  });
  const seconds = (performance.now() - began) / 1000;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await ended;
  return seconds;
}
