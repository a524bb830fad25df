import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Where a tool that is not an npm package is installed, in the versions of its pin file; or why it is missing. */
export interface DownloadedTool {
  folder: string;
  missing: string | undefined;
}

/** Downloads once for each content of the pin file. The commands in `needs` must exist on this machine. */
export function download(
  tool: string,
  pins: string,
  needs: string[],
  install: (folder: string) => [command: string, arguments_: string[]],
): DownloadedTool {
  const digest = createHash("sha256").update(readFileSync(pins)).digest("hex").slice(0, 16);
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "shipshape", "test-tools");
  const folder = join(cache, `${tool}-${digest}`);
  const absent = needs.filter((command) => spawnSync("which", [command]).status !== 0);
  if (absent.length > 0) return { folder, missing: `${tool} needs ${absent.join(" and ")}, which this machine lacks` };
  if (existsSync(folder)) return { folder, missing: undefined };
  mkdirSync(cache, { recursive: true });
  const part = mkdtempSync(`${folder}-`);
  const [command, words] = install(part);
  const { status, stderr } = spawnSync(command, words, { encoding: "utf8", timeout: 300_000 });
  if (status !== 0) return { folder, missing: `${tool} could not be downloaded: ${stderr.trim().split("\n").at(-1)}` };
  // Another process may have been faster; its folder is used then.
  if (!existsSync(folder)) renameSync(part, folder);
  return { folder, missing: undefined };
}
