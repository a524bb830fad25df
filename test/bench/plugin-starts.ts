import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installPlugins } from "../../localcloud/plugins/bundle";
import type { Measure } from "./measure";
import { untilFirstLine } from "./process-tree";

const emptyScript = "console.log(0); setInterval(() => undefined, 1000)";

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
      ours: async () => (await untilFirstLine(executable, ["127.0.0.1:9"])).seconds,
      floor: async () => (await untilFirstLine(process.execPath, ["-e", emptyScript])).seconds,
      after: async () => rmSync(home, { recursive: true }),
    };
  },
}));
