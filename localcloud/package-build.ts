// Fills localcloud/dist for the published package: server, plugins and language host, each bundled with everything it
// imports.
import { chmodSync, copyFileSync, mkdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { build } from "esbuild";
import { bundlePlugins } from "./plugins/bundle";
import { bundleLanguageHost } from "./toolchain/language-host-bundle";

const thread = "schema-dump-thread.cjs";
const dist = join(__dirname, "dist");

async function buildPackage(): Promise<void> {
  rmSync(dist, { recursive: true, force: true });
  await build({
    entryPoints: { index: join(__dirname, "index.ts"), server: join(__dirname, "main.ts") },
    outdir: dist,
    outExtension: { ".js": ".cjs" },
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    // Only a checkout bundles and runs TypeScript; pg's native driver is not used.
    external: ["esbuild", "tsx", "pg-native"],
    legalComments: "none",
    logLevel: "warning",
  });
  // The thread that dumps a schema, and pg_dump with its licence: installed, it would bring a whole database with it.
  copyFileSync(join(__dirname, "postgres", thread), join(dist, thread));
  const program = dirname(require.resolve("@electric-sql/pglite-tools/pg_dump"));
  mkdirSync(join(dist, "pg-dump"));
  for (const file of [join(program, "pg_dump.cjs"), join(program, "pg_dump.wasm"), join(program, "..", "LICENSE")])
    copyFileSync(file, join(dist, "pg-dump", basename(file)));
  await bundlePlugins(join(dist, "plugins"));
  const toolchain = join(dist, "toolchain");
  mkdirSync(toolchain);
  for (const name of ["go.mod", "go.sum"]) copyFileSync(join(__dirname, "toolchain", name), join(toolchain, name));
  const host = join(toolchain, "pulumi-language-nodejs");
  await bundleLanguageHost(host);
  chmodSync(host, 0o755);
  copyFileSync(join(__dirname, "../LICENSE"), join(dist, "LICENSE"));
}

buildPackage().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
