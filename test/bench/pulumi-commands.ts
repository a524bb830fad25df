import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { localProcessEnvironment } from "../../automation/command-line/local-environment";
import { startLocalCloud } from "../../automation/command-line/local-start";
import { stopLocalCloud } from "../../automation/command-line/local-stop";
import { readStartRecord } from "../../automation/command-line/start-record";
import { readSettings } from "../../automation/settings";
import { temporaryFolder } from "../cloud";
import type { Measure } from "./measure";
import { timed } from "./process-tree";

const run = promisify(execFile);
const checkout = join(__dirname, "../..");
const databaseStack = "database.ledger-development";

/** No changes in either: the time is that of the engine, language host, program, plugins and the cloud's responses. */
export const pulumiPreview = pulumiMeasure("preview of the database stack, nothing to change", ["preview"]);
export const pulumiUp = pulumiMeasure("up of the database stack, nothing to change", ["up", "--yes", "--skip-preview"]);

function pulumiMeasure(name: string, words: string[]): Measure {
  return {
    name,
    ours: `\`pulumi ${words[0]}\` of ${databaseStack}`,
    floor: "the same of an empty program",
    runs: 5,
    async prepare() {
      const settings = { ...readSettings(checkout), dataFolder: temporaryFolder() };
      const { url, dataFolder, accessKey } = await startLocalCloud(settings, () => undefined);
      const env = localProcessEnvironment(
        { url, dataFolder, accessKey, engineFolder: (await readStartRecord(dataFolder))?.engine.folder },
        settings.inherited,
      );
      const empty = emptyProject();
      const pulumi = (folder: string, stack: string, more: string[]) =>
        run("pulumi", [...more, "--stack", stack, "--non-interactive", "--color", "never"], {
          cwd: folder,
          env,
          maxBuffer: 64 << 20,
        });
      for (const stack of ["platform.dev", databaseStack]) {
        await pulumi(checkout, stack, ["stack", "select", "--create"]);
        await pulumi(checkout, stack, ["up", "--yes", "--skip-preview"]);
      }
      await pulumi(empty, "empty", ["stack", "select", "--create"]);
      const timedPulumi = (cwd: string, stack: string) =>
        timed(["pulumi", ...words, "--stack", stack, "--non-interactive", "--color", "never"], { cwd, env });
      return {
        ours: () => timedPulumi(checkout, databaseStack),
        floor: () => timedPulumi(empty, "empty"),
        async after() {
          await stopLocalCloud(settings, () => undefined);
          for (const folder of [empty, dataFolder]) rmSync(folder, { recursive: true, force: true });
        },
      };
    },
  };
}

/** The least that Pulumi runs: a file without a line, which nothing has to compile. */
function emptyProject(): string {
  const folder = mkdtempSync(join(tmpdir(), "shipshape-bench-empty-"));
  const runtime = "runtime:\n  name: nodejs\n  options:\n    typescript: false\n";
  writeFileSync(join(folder, "Pulumi.yaml"), `name: empty\nmain: index.js\n${runtime}`);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "empty", private: true }));
  writeFileSync(join(folder, "index.js"), "");
  symlinkSync(join(checkout, "node_modules"), join(folder, "node_modules"));
  return folder;
}
