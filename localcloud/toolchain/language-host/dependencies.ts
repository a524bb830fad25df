import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import {
  AboutResponse,
  DependencyInfo,
  GetProgramDependenciesResponse,
  InstallDependenciesResponse,
} from "@pulumi/pulumi/proto/language_pb";
import { exited } from "./children";

/** What `pulumi about` shows about the language. */
export function about(): AboutResponse {
  const answer = new AboutResponse();
  answer.setExecutable(process.execPath);
  answer.setVersion(process.version);
  return answer;
}

/** The program's direct dependencies, in the versions installed. */
export function programDependencies(programFolder: string): GetProgramDependenciesResponse {
  const manifest = nearestManifest(programFolder);
  const answer = new GetProgramDependenciesResponse();
  for (const name of Object.keys({ ...manifest.content.dependencies, ...manifest.content.devDependencies }).sort()) {
    const version = installedVersion(manifest.folder, name);
    if (version === undefined) continue; // optional, or not installed: its version is unknown
    const dependency = new DependencyInfo();
    dependency.setName(name);
    dependency.setVersion(version);
    answer.addDependencies(dependency);
  }
  return answer;
}

/**
 * `npm install` for `pulumi install` and for packages that the engine fetched. The engine asks for it each time it reads
 * the schema of a component package, too: one that needs nothing of its own is left as it is.
 */
export async function installDependencies(
  folder: string,
  send: (part: InstallDependenciesResponse) => void,
): Promise<void> {
  const { dependencies, devDependencies } = readManifest(join(folder, "package.json")) ?? {};
  if (Object.keys({ ...dependencies, ...devDependencies }).length === 0) return;
  const child = spawn("npm", ["install", "--no-audit", "--no-fund"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const forward = (fill: (answer: InstallDependenciesResponse, bytes: Buffer) => void) => (bytes: Buffer) => {
    const answer = new InstallDependenciesResponse();
    fill(answer, bytes);
    send(answer);
  };
  child.stdout.on(
    "data",
    forward((answer, bytes) => answer.setStdout(bytes)),
  );
  child.stderr.on(
    "data",
    forward((answer, bytes) => answer.setStderr(bytes)),
  );
  const { code } = await exited(child);
  if (code !== 0) throw new Error(`"npm install" in ${folder} ended with exit code ${code}`);
}

interface Manifest {
  version?: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

function nearestManifest(folder: string): { folder: string; content: Manifest } {
  for (let current = folder; ; current = dirname(current)) {
    const content = readManifest(join(current, "package.json"));
    if (content !== undefined) return { folder: current, content };
    if (dirname(current) === current) return { folder, content: {} };
  }
}

function installedVersion(folder: string, name: string): string | undefined {
  // Not `require.resolve("<name>/package.json")`: packages with an export map may hide that file.
  for (const modules of createRequire(join(folder, "program.js")).resolve.paths(name) ?? []) {
    const content = readManifest(join(modules, name, "package.json"));
    if (content !== undefined) return content.version;
  }
  return undefined;
}

function readManifest(file: string): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Manifest;
  } catch {
    return undefined;
  }
}
