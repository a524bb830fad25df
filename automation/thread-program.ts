import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import type * as esbuild from "esbuild";

/**
 * The program of a thread: in the package a bundled file; in a checkout its source, bundled on demand. tsx does not
 * work in a thread: the compiler it starts outlives the thread and keeps this process from ending.
 */
export type ThreadProgram = { file: string } | { text: string };

const built = new Map<string, ThreadProgram>();

/** `source` is relative to the folder of the package, such as `automation/guardrails/state-worker.ts`. */
export function threadProgram(packageFolder: string, source: string): ThreadProgram {
  const path = join(packageFolder, source);
  const known = built.get(path);
  if (known) return known;
  const program = existsSync(path)
    ? { text: bundled(packageFolder, path) }
    : { file: join(packageFolder, "dist", `${basename(source, ".ts")}.cjs`) };
  built.set(path, program);
  return program;
}

function bundled(packageFolder: string, path: string): string {
  const { buildSync } = createRequire(join(packageFolder, "package.json"))("esbuild") as typeof esbuild;
  const { outputFiles } = buildSync({
    entryPoints: [path],
    bundle: true,
    platform: "node",
    format: "cjs",
    write: false,
    mainFields: ["module", "main"], // the UMD form of jsonc-parser hides its imports from bundlers
    logLevel: "silent",
  });
  return outputFiles[0]?.text ?? "";
}
