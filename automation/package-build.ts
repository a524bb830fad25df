// Fills dist/ for the published package: components as JavaScript with types; command line and policy pack bundled. In
// the checkout everything runs from its sources, so nothing here can be stale while developing.
import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { build, transform } from "esbuild";
import { dependencies, peerDependencies, version } from "../package.json";
import { componentSchema } from "./component-schema";

const root = join(__dirname, "..");
const dist = join(root, "dist");

/** What is installed with the package is not bundled into it; tsx is never needed there. */
const external = [...Object.keys(dependencies), ...Object.keys(peerDependencies), "tsx", "pg-native"];

/** The programs of threads: thread-program.ts finds them by the names of their sources. */
const threads = [
  "automation/guardrails/state-worker.ts",
  "automation/targets/masked-copy/masking-thread.ts",
  "automation/targets/masked-copy/scanning-thread.ts",
  "automation/targets/masked-copy/schema-dump-thread.ts",
];

async function buildPackage(): Promise<void> {
  rmSync(dist, { recursive: true, force: true });
  compileComponents();
  putComponentPackage(join(dist, "component-package"));
  await bundleCommandLine();
  for (const thread of threads) await bundle(thread, `${basename(thread, ".ts")}.cjs`);
  putPgDump(join(dist, "pg-dump"));
  await putPolicyPack(join(dist, "policypack"));
  await putStacks(join(dist, "stacks"));
  // Read from the folder of the program that applies them.
  cpSync(join(root, "automation", "migrations"), join(dist, "migrations"), { recursive: true });
}

/** By the compiler itself and file by file: what teams import should be readable where they step into it. */
function compileComponents(): void {
  execFileSync(process.execPath, [require.resolve("typescript/bin/tsc"), "-p", join(root, "tsconfig.build.json")], {
    stdio: "inherit",
  });
}

/** A folder as Pulumi wants it for the `packages` of a program in another language. */
function putComponentPackage(folder: string): void {
  mkdirSync(folder);
  const put = (file: string, text: string) => writeFileSync(join(folder, file), text);
  put("PulumiPlugin.yaml", "runtime: nodejs\n");
  put(
    "package.json",
    `${JSON.stringify({ name: "shipshape", version, private: true, main: "index.js" }, undefined, 2)}\n`,
  );
  put("schema.json", componentSchema());
  // Pulumi starts it in the folder of the program, in which the SDK then looks for shipshape.yaml.
  const start = [
    "process.env.PULUMI_NODEJS_ROOT_DIRECTORY ??= process.cwd();",
    'void require("../components/component-package").serveComponentPackage(__dirname);',
  ];
  put("index.js", `${start.join("\n")}\n`);
}

const options = {
  bundle: true,
  platform: "node",
  target: "node20",
  external,
  legalComments: "none",
  logLevel: "warning",
} as const;

async function bundle(entry: string, file: string): Promise<void> {
  await build({ ...options, entryPoints: [join(root, entry)], outfile: join(dist, file), format: "cjs" });
}

/** pg_dump with its licence. Installed as a dependency, it would bring a whole database in WebAssembly with it. */
function putPgDump(folder: string): void {
  mkdirSync(folder);
  const program = require.resolve("@electric-sql/pglite-tools/pg_dump");
  for (const file of ["pg_dump.cjs", "pg_dump.wasm"]) copyFileSync(join(dirname(program), file), join(folder, file));
  copyFileSync(join(dirname(program), "..", "LICENSE"), join(folder, "LICENSE"));
}

/** In parts, each loaded when a command needs it: `shipshape --help` reads a tiny fraction of what `guard` does. */
async function bundleCommandLine(): Promise<void> {
  const { outputFiles } = await build({
    ...options,
    entryPoints: { "command-line": join(root, "automation", "command-line", "main.ts") },
    outdir: dist,
    chunkNames: "command-line-[name]-[hash]",
    outExtension: { ".js": ".cjs" },
    format: "esm",
    splitting: true,
    write: false,
  });
  // esbuild splits only ES modules; as those, libraries would no longer find `require`.
  for (const { path, text } of outputFiles) {
    const { platform, target } = options;
    const { code } = await transform(text, { platform, target, format: "cjs", supported: { "dynamic-import": false } });
    writeFileSync(path, code);
  }
}

/** A folder as Pulumi wants it: its policy host reads name and version from the package.json next to the program. */
async function putPolicyPack(folder: string): Promise<void> {
  const source = join(root, "policypacks", "database-guardrails");
  await bundle("policypacks/database-guardrails/index.ts", "policypack/index.cjs");
  copyFileSync(join(source, "PulumiPolicy.yaml"), join(folder, "PulumiPolicy.yaml"));
  const pack = JSON.parse(readFileSync(join(source, "package.json"), "utf8")) as object;
  writeFileSync(join(folder, "package.json"), `${JSON.stringify({ ...pack, main: "index.cjs" }, undefined, 2)}\n`);
}

/** The programs that `local start --platform` runs, and the config of its stack. */
async function putStacks(folder: string): Promise<void> {
  await bundle("stacks/index.ts", "stacks/index.cjs");
  const config = readFileSync(join(root, "stacks", "Pulumi.platform.dev.yaml"), "utf8");
  // Each data folder has a passphrase of its own.
  writeFileSync(join(folder, "Pulumi.platform.dev.yaml"), config.replace(/^encryptionsalt:.*\n/m, ""));
}

buildPackage().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
