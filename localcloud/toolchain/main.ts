// Makes sure that the Pulumi engine is there. Run by install.cjs before the commands that need it.
import { ensureEngine } from "./engine";

ensureEngine((line) => process.stderr.write(`${line}\n`)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
