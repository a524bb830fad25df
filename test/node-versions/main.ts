/**
 * `npm run nodes -- [<major>] … [unit | engine | demo | newest-sdk] …`: the unit tests, one test on the real engine and
 * the demo on the other versions of Node.js that Shipshape supports, and the tests with the newest SDK of Pulumi. Prints
 * a line for each; the exit code is 1 if one has failed.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

const root = join(__dirname, "../..");
/** By major version. The newest when they were last tried; packages of npm have the binaries. */
const versions: Record<string, string> = { "22": "22.23.3", "24": "24.21.0" };
const newestSdk = "3.276.0";

const jest = (project: string, pattern: string) =>
  ["node_modules/jest/bin/jest.js", "--ci", "--selectProjects", project, "--testPathPatterns", pattern] as const;
const engineTest = jest("real", "/test/policypacks/pack\\.engine");
const checks: Record<string, (node: Node) => boolean> = {
  unit: (node) => node.runs(root, ...jest("unit", "/test/")),
  engine: (node) => node.runs(root, ...engineTest),
  demo: (node) => node.runs(root, "node_modules/tsx/dist/cli.mjs", "demo/main.ts"),
  "newest-sdk": (node) =>
    withNewestSdk((copy) => node.runs(copy, ...jest("unit", "/test/")) && node.runs(copy, ...engineTest)),
};

/** One version of Node.js: child processes find it first. */
class Node {
  constructor(private readonly folder: string) {}

  static install(version: string): Node {
    const folder = join(root, "node_modules/.cache/node-versions", version);
    const name = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
    const bin = join(folder, "node_modules", name, "bin");
    if (!existsSync(join(bin, "node"))) {
      mkdirSync(folder, { recursive: true });
      const quiet = ["--prefix", folder, "--no-save", "--no-audit", "--no-fund", "--silent"];
      execFileSync("npm", ["install", ...quiet, `${name}@${version}`], { stdio: "inherit" });
    }
    return new Node(bin);
  }

  runs(cwd: string, ...args: readonly string[]): boolean {
    const PATH = [this.folder, process.env["PATH"]].join(delimiter);
    const { status } = spawnSync(join(this.folder, "node"), args, {
      cwd,
      env: { ...process.env, PATH },
      stdio: ["ignore", 2, 2],
    });
    return status === 0;
  }
}

/** In a clone, since the packages of this checkout are what package-lock.json says. */
function withNewestSdk(work: (copy: string) => boolean): boolean {
  const folder = mkdtempSync(join(tmpdir(), "shipshape-newest-sdk-"));
  const copy = join(folder, "project");
  try {
    execFileSync("git", ["clone", "--quiet", root, copy], { stdio: ["ignore", 2, 2] });
    const quiet = ["--no-audit", "--no-fund", "--silent"];
    execFileSync("npm", ["ci", ...quiet], { cwd: copy, stdio: ["ignore", 2, 2] });
    const sdk = ["install", "--no-save", ...quiet, `@pulumi/pulumi@${newestSdk}`];
    execFileSync("npm", sdk, { cwd: copy, stdio: ["ignore", 2, 2] });
    return work(copy);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function main(words: string[]): number {
  const known = [...Object.keys(versions), ...Object.keys(checks)];
  const unknown = words.filter((word) => !known.includes(word));
  if (unknown.length > 0) {
    console.error(`no version or check ${unknown.join(", ")}; there are: ${known.join(", ")}`);
    return 2;
  }
  const chosen = (all: string[]) =>
    all.some((one) => words.includes(one)) ? all.filter((one) => words.includes(one)) : all;
  const failed: string[] = [];
  for (const major of chosen(Object.keys(versions))) {
    const node = Node.install(versions[major]!);
    for (const check of chosen(Object.keys(checks))) {
      const passed = checks[check]!(node);
      const sdk = check === "newest-sdk" ? ` ${newestSdk}` : "";
      console.log(`Node.js ${versions[major]!}, ${check}${sdk}: ${passed ? "passed" : "FAILED"}`);
      if (!passed) failed.push(check);
    }
  }
  return failed.length === 0 ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));
