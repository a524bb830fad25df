import { join } from "node:path";
import { version } from "@pulumi/pulumi/package.json";

/** Bundles the language host and everything it imports into one file, so that it runs wherever it is put. */
export async function bundleLanguageHost(file: string): Promise<void> {
  const { build } = await import("esbuild"); // loaded only here: the published package has the bundled host, and no bundler
  await build({
    entryPoints: [join(__dirname, "language-host", "main.ts")],
    outfile: file,
    bundle: true,
    minify: true, // it is loaded at every start of the engine
    keepNames: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    banner: { js: "#!/usr/bin/env node" },
    define: { HOST_VERSION: JSON.stringify(version) },
    legalComments: "none",
    logLevel: "warning",
  });
}
