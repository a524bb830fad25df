import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Scene } from "./chapter";

/** A git folder with the config of one stack, beside a `shipshape.yaml` that names it. Resolves to that file. */
export function ownedStack(
  { settings }: Scene,
  { folder: name, file, text }: { folder: string; file: string; text: string },
): string {
  const folder = join(settings.dataFolder, "demo", name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, file), text);
  const git = (...words: string[]) => execFileSync("git", words, { cwd: folder, stdio: "ignore" });
  git("init");
  git("add", file);
  git("-c", "user.name=Demo", "-c", "user.email=demo@example.com", "commit", "--message", "The database");
  const configuration = join(folder, "shipshape.yaml");
  const named = "stacks:\n  - project: shipshape\n    folder: .\n    author: Platform <platform@example.com>\n";
  writeFileSync(configuration, named);
  return configuration;
}
