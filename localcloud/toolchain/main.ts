// Makes sure that the Pulumi engine is installed. install.cjs runs it before the commands that need the engine.
import { ensureEngine } from "./engine";

ensureEngine((line) => process.stderr.write(`${line}\n`)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
