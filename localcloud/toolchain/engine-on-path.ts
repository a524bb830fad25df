import { execFile } from "node:child_process";
import { constants, accessSync, realpathSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Engine } from "./engine-types";
import { engineVersion, toolEnvironment, type ToolchainSettings } from "./settings";

// The engine responds in half a second; a cold disk or a busy machine needs more
const versionTimeoutMilliseconds = 30_000;

/** The first `pulumi` on PATH, when it is new enough and can run Node.js programs. */
export async function engineOnPath(settings: ToolchainSettings): Promise<Engine> {
  const { path } = settings;
  const pulumi = find("pulumi", path);
  if (pulumi === undefined) throw new Error("not found");
  const version = await versionOf(pulumi, settings);
  if (older(version, engineVersion))
    throw new Error(`${pulumi} is version ${version}, but ${engineVersion} or newer is needed`);
  // Without a language host the engine would fail much later, with an error about plugins.
  if (find("pulumi-language-nodejs", [dirname(pulumi), dirname(realpathSync(pulumi)), ...path]) === undefined) {
    throw new Error(`${pulumi} has no pulumi-language-nodejs next to it`);
  }
  return { version, folder: dirname(pulumi), source: "path" };
}

async function versionOf(pulumi: string, settings: ToolchainSettings): Promise<string> {
  const env = toolEnvironment(settings, { PULUMI_SKIP_UPDATE_CHECK: "true" });
  const { stdout } = await promisify(execFile)(pulumi, ["version"], { env, timeout: versionTimeoutMilliseconds }).catch(
    (error: Error) => {
      throw new Error(`"${pulumi} version" failed: ${error.message.trim()}`);
    },
  );
  const version = /^v?(\d+\.\d+\.\d+\S*)/m.exec(stdout.trim())?.[1];
  if (version === undefined)
    throw new Error(`"${pulumi} version" printed ${JSON.stringify(stdout.trim())} instead of a version`);
  return version;
}

/** Compares major, minor and patch; suffixes (`-alpha.…`) are ignored. */
export function older(version: string, than: string): boolean {
  const parts = (text: string) => text.split(/[.+-]/, 3).map(Number);
  const [left, right] = [parts(version), parts(than)];
  for (let i = 0; i < 3; i++) {
    if (left[i] !== right[i]) return (left[i] ?? 0) < (right[i] ?? 0);
  }
  return false;
}

function find(program: string, folders: string[]): string | undefined {
  return folders.map((folder) => join(folder, program)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
