/**
 * Brings up the platform of the embedded cloud: stack `platform.dev` of the programs in `stacks/`, in a checkout by its
 * own files, elsewhere in a folder of the data folder. The engine outlives a command that is killed: then the platform
 * is complete soon after.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, mkdir, open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ShipshapeError } from "./errors";
import { platformLogLinesMax } from "./limits";
import { whenUnlocked } from "./runner/stack-lock";

const name = "platform.dev";
/** As programs refer to it. */
export const localPlatform = `shipshape/${name}`;

export interface LocalPlatform {
  packageFolder: string;
  inCheckout: boolean;
  dataFolder: string;
  /** The complete environment of the engine. */
  environment: Readonly<Record<string, string>>;
}

/** @throws ShipshapeError local-platform-failed, stack-locked, interrupted */
export async function bringUpPlatform(of: LocalPlatform, signal: AbortSignal): Promise<void> {
  const folder = of.inCheckout ? of.packageFolder : await programFolder(of);
  const logFile = join(of.dataFolder, "platform.log");
  const pulumi = async (...words: string[]) => {
    const { code, output } = await run(["--cwd", folder, ...words], of.environment, logFile, signal);
    if (signal.aborted) throw new ShipshapeError("interrupted", { action: "the platform" });
    if (code === 0 || words.includes("init")) return output;
    // By its name whenUnlocked knows it.
    if (/the stack is currently locked/.test(output))
      throw Object.assign(new Error(output), { name: "ConcurrentUpdateError" });
    // A half-written state: whenUnlocked knows it by these words.
    const lines = output.split("\n").filter((line) => line.trim() !== "");
    throw new ShipshapeError("local-platform-failed", {
      reason: `\n  ${lines.slice(-platformLogLinesMax).join("\n  ")}`,
      logFile,
    });
  };
  const changing = ["--stack", name, "--yes", "--skip-preview"];
  const cancel = async () => {
    await pulumi("cancel", "--yes", "--stack", name);
    await pulumi("refresh", ...changing, "--clear-pending-creates");
  };
  await whenUnlocked({ name, cancel }, signal, async () => {
    await pulumi("stack", "init", name, "--no-select"); // if there is one, it says so
    await pulumi("up", ...changing);
  });
}

/** A project whose program is in the package. A config that exists stays: it may be the user's by now. */
async function programFolder({ packageFolder, dataFolder }: LocalPlatform): Promise<string> {
  const folder = join(dataFolder, "platform");
  const programs = join(packageFolder, "dist", "stacks");
  await mkdir(folder, { recursive: true });
  const project = { name: "shipshape", runtime: "nodejs", main: join(programs, "index.cjs") };
  await writeFile(join(folder, "Pulumi.yaml"), `${JSON.stringify(project, undefined, 2)}\n`); // JSON is YAML
  const config = `Pulumi.${name}.yaml`;
  if (!existsSync(join(folder, config))) await copyFile(join(programs, config), join(folder, config));
  return folder;
}

/** In a session of its own, with its output in a file. On a signal the engine ends what is in flight, and stops. */
async function run(
  words: string[],
  env: LocalPlatform["environment"],
  logFile: string,
  signal: AbortSignal,
): Promise<{ code: number | null; output: string }> {
  const log = await open(logFile, "a", 0o600);
  const begins = (await log.stat()).size;
  const options = { detached: true, stdio: ["ignore", log.fd, log.fd] as ["ignore", number, number], env };
  const engine = spawn("pulumi", [...words, "--non-interactive", "--color", "never"], options);
  const stop = () => void engine.kill("SIGINT");
  signal.addEventListener("abort", stop);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      engine.once("error", reject).once("exit", resolve);
    });
    return { code, output: (await readFile(logFile)).subarray(begins).toString("utf8") };
  } finally {
    signal.removeEventListener("abort", stop);
    await log.close();
  }
}
