import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { installPlugins } from "../localcloud/plugins/bundle";
import { ensureEngine } from "../localcloud/toolchain/engine";

/** Once per run, so that no test has to wait for it: the engine, and the plugins bundled into the user's cache. */
export default async function globalSetup(): Promise<void> {
  const { folder } = await ensureEngine((line) => process.stderr.write(`${line}\n`));
  // The Automation API looks for the engine on the PATH of the test's own process, which inherits this one's.
  process.env["PATH"] = [folder, process.env["PATH"]].filter(Boolean).join(delimiter);
  const pulumiHome = mkdtempSync(join(tmpdir(), "shipshape-global-setup-"));
  try {
    await installPlugins(pulumiHome);
  } finally {
    rmSync(pulumiHome, { recursive: true, force: true });
  }
}
