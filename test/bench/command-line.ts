import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { localProcessEnvironment } from "../../automation/command-line/local-environment";
import { startLocalCloud } from "../../automation/command-line/local-start";
import { stopLocalCloud } from "../../automation/command-line/local-stop";
import { readSettings } from "../../automation/settings";
import { temporaryFolder } from "../cloud";
import type { Measure } from "./measure";
import { timed } from "./process-tree";

const checkout = join(__dirname, "../..");
const launcher = join("automation", "command-line", "shipshape.cjs");

/** What a user waits for before a command begins its work, in the package as it is published. */
export const commandLine: Measure[] = [["--version"], ["--help"], ["status"]].map((words) => ({
  name: `shipshape ${words.join(" ")}`,
  ours: "the published package",
  floor: "`node -e 0`",
  runs: 9,
  async prepare() {
    const folder = builtPackage();
    const settings = { ...readSettings(checkout), dataFolder: temporaryFolder() };
    const cloud = words.includes("status") ? await startLocalCloud(settings, () => undefined) : undefined;
    const env = cloud ? localProcessEnvironment(cloud, settings.inherited) : settings.inherited;
    return {
      ours: () => timed([process.execPath, join(folder, launcher), ...words], { env }, 5),
      floor: () => timed([process.execPath, "-e", "0"], { env }, 5),
      async after() {
        if (cloud) await stopLocalCloud(settings, () => undefined);
        for (const one of [folder, settings.dataFolder]) rmSync(one, { recursive: true, force: true });
      },
    };
  },
}));

/** Its files in a separate folder, as the launcher would otherwise run the sources next to it. */
function builtPackage(): string {
  execFileSync(process.execPath, ["--import", "tsx", join("automation", "package-build.ts")], { cwd: checkout });
  const folder = mkdtempSync(join(tmpdir(), "shipshape-bench-package-"));
  mkdirSync(dirname(join(folder, launcher)), { recursive: true });
  for (const file of ["package.json", launcher]) copyFileSync(join(checkout, file), join(folder, file));
  renameSync(join(checkout, "dist"), join(folder, "dist"));
  symlinkSync(join(checkout, "node_modules"), join(folder, "node_modules"));
  return folder;
}
