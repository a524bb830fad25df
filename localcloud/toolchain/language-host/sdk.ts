import { createRequire } from "node:module";
import { join } from "node:path";

/**
 * The path of an entry point in the program's own copy of the Pulumi SDK: the program and its runner must share one
 * copy.
 * @throws Error with a hint when the SDK is not installed there.
 */
export function sdkEntryPoint(programFolder: string, entryPoint: "run" | "run-plugin" | "run-policy-pack"): string {
  const module = `@pulumi/pulumi/cmd/${entryPoint}`;
  try {
    return createRequire(join(programFolder, "program.js")).resolve(module);
  } catch {
    throw new Error(
      `the Pulumi SDK for Node.js was not found from ${programFolder} (looked for ${module}); run "npm install" there`,
    );
  }
}
