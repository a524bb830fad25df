import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { EngineBuildLog } from "./engine-build-log";
import { older } from "./engine-on-path";
import { engineVersion, toolEnvironment, type ToolchainSettings } from "./settings";

const smallestGo = "1.26.0"; // what the engine's go.mod asks for
const newsMilliseconds = 10_000;

/** Builds the engine from its pinned Go modules into `folder`. Go verifies every module against the tracked go.sum. */
export async function buildEngine({ assetsFolder }: ToolchainSettings, folder: string, progress: (line: string) => void): Promise<void> {
  const module = join(folder, "..", "module"); // a copy: the package may be installed where we cannot write
  mkdirSync(module);
  for (const name of ["go.mod", "go.sum"]) copyFileSync(join(assetsFolder, name), join(module, name));
  await requireGo(module);
  progress(`building the Pulumi engine ${engineVersion} with Go: about 6 minutes on two cores, once`);
  await go(module, buildArguments(join(folder, "pulumi")), progress);
  rmSync(module, { recursive: true, force: true });
}

function buildArguments(output: string): string[] {
  const version = `github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${engineVersion}`;
  return ["build", "-v", "-mod=readonly", "-trimpath", "-ldflags", `-s -w -X ${version}`, "-o", output, "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"];
}

/** Asked inside the module, since an older Go may fetch the one its go.mod asks for. */
async function requireGo(module: string): Promise<void> {
  const said = await go(module, ["version"]).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") throw new Error(`Go is not installed (version ${smallestGo.slice(0, 4)} or newer is needed)`);
    throw error;
  });
  const version = /go(\d+\.\d+(?:\.\d+)?)/.exec(said)?.[1] ?? "unknown";
  if (older(version, smallestGo)) throw new Error(`Go ${version} is installed, and ${smallestGo.slice(0, 4)} or newer is needed`);
}

/** Runs Go; resolves with its standard output, rejects with the end of what it complained about. */
function go(folder: string, args: string[], progress?: (line: string) => void): Promise<string> {
  // No C compiler is needed, and a surrounding Go workspace or vendor setting has nothing to say here.
  const env = toolEnvironment({ CGO_ENABLED: "0", GOWORK: "off", GOFLAGS: "" });
  const child = spawn("go", args, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
  const log = new EngineBuildLog();
  const timer = setInterval(() => progress?.(log.news()), newsMilliseconds);
  createInterface(child.stderr).on("line", (line) => log.add(line));
  let output = "";
  child.stdout.on("data", (bytes: Buffer) => (output += bytes.toString()));
  return new Promise<string>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (code === 0) resolve(output);
      else reject(new Error(`"go ${args[0]}" ended with ${signal ?? `exit code ${code}`}: ${log.complaint()}`));
    });
  }).finally(() => clearInterval(timer));
}
