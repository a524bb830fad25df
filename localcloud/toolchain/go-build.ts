import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { older } from "./engine-on-path";
import { GoBuildLog } from "./go-build-log";
import { toolEnvironment, type ToolchainSettings } from "./settings";

const smallestGo = "1.26.0"; // what the engine's go.mod requires
const progressMilliseconds = 10_000;

interface GoProgram {
  /** Folder with the pinned go.mod and go.sum, against which Go verifies every module. */
  pinned: string;
  /** The program's import path. */
  path: string;
  linkerFlags: string;
  /** Said before the build begins. */
  announced: string;
}

/** Builds a Go program from its pinned modules into `output`; a folder `module` beside its folder is used meanwhile. */
export async function buildWithGo(
  settings: ToolchainSettings,
  { pinned, path, linkerFlags, announced }: GoProgram,
  output: string,
  progress: (line: string) => void,
): Promise<void> {
  const module = join(output, "..", "..", "module"); // a copy: the package may be installed where we cannot write
  mkdirSync(module);
  for (const name of ["go.mod", "go.sum"]) copyFileSync(join(pinned, name), join(module, name));
  const go = goCommand(module, settings);
  await requireGo(go);
  progress(announced);
  await go(["build", "-v", "-mod=readonly", "-trimpath", "-ldflags", linkerFlags, "-o", output, path], progress);
  rmSync(module, { recursive: true, force: true });
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
    const log = new GoBuildLog();
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
