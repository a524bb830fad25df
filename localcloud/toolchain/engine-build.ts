import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { EngineBuildLog } from "./engine-build-log";
import { older } from "./engine-on-path";
import { engineVersion, toolEnvironment, type ToolchainSettings } from "./settings";

const smallestGo = "1.26.0"; // what the engine's go.mod requires
const progressMilliseconds = 10_000;

/** Builds the engine from its pinned Go modules into `folder`. Go verifies every module against the tracked go.sum. */
export async function buildEngine(
  settings: ToolchainSettings,
  folder: string,
  progress: (line: string) => void,
): Promise<void> {
  const module = join(folder, "..", "module"); // a copy: the package may be installed where we cannot write
  mkdirSync(module);
  for (const name of ["go.mod", "go.sum"]) copyFileSync(join(settings.assetsFolder, name), join(module, name));
  const go = goCommand(module, settings);
  await requireGo(go);
  progress(`building the Pulumi engine ${engineVersion} with Go: about 6 minutes on two cores, once`);
  await go(buildArguments(join(folder, "pulumi")), progress);
  rmSync(module, { recursive: true, force: true });
}

function buildArguments(output: string): string[] {
  const version = `github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${engineVersion}`;
  return [
    "build",
    "-v",
    "-mod=readonly",
    "-trimpath",
    "-ldflags",
    `-s -w -X ${version}`,
    "-o",
    output,
    "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
  ];
}

/** Run inside the module, since an older Go may fetch the version its go.mod requires. */
async function requireGo(go: Go): Promise<void> {
  const output = await go(["version"]).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT")
      throw new Error(`Go is not installed (version ${smallestGo.slice(0, 4)} or newer is needed)`);
    throw error;
  });
  const version = /go(\d+\.\d+(?:\.\d+)?)/.exec(output)?.[1] ?? "unknown";
  if (older(version, smallestGo))
    throw new Error(`Go ${version} is installed, but ${smallestGo.slice(0, 4)} or newer is needed`);
}

type Go = (args: string[], progress?: (line: string) => void) => Promise<string>;

/** Runs Go in a folder; resolves with its standard output, rejects with the last lines of its errors. */
function goCommand(folder: string, settings: ToolchainSettings): Go {
  // No C compiler is needed, and an enclosing Go workspace or vendor setting must not apply.
  const env = toolEnvironment(settings, { CGO_ENABLED: "0", GOWORK: "off", GOFLAGS: "" });
  return async (args, progress) => {
    const child = spawn("go", args, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
    const log = new EngineBuildLog();
    const timer = setInterval(() => progress?.(log.progressLine()), progressMilliseconds);
    createInterface(child.stderr).on("line", (line) => log.add(line));
    let output = "";
    child.stdout.on("data", (bytes: Buffer) => (output += bytes.toString()));
    try {
      const ending = await new Promise<number | NodeJS.Signals | null>((resolve, reject) => {
        child.once("error", reject);
        child.once("close", (code, signal) => resolve(signal ?? code));
      });
      if (ending === 0) return output;
      throw new Error(
        `"go ${args[0]}" ended with ${typeof ending === "string" ? ending : `exit code ${ending}`}: ${log.errorText()}`,
      );
    } finally {
      clearInterval(timer);
    }
  };
}
