import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ensureEngine } from "../../localcloud/toolchain/engine";
import { buildWithGo } from "../../localcloud/toolchain/go-build";
import { withLock } from "../../localcloud/toolchain/lock";
import { toolchainSettings } from "../../localcloud/toolchain/settings";

/** As in go.mod here. */
const version = "1.25.0";
const executable = "pulumi-language-yaml";

/** The official engine comes with the host; one that was built from source lacks it, and Go builds that, too. */
export const canHaveYaml = spawnSync("go", ["version"]).status === 0;

/** The folder with Pulumi's YAML language host, for PATH: the engine's, or one kept in the user's cache. */
export async function yamlHostFolder(): Promise<string> {
  const { folder } = await ensureEngine(() => undefined);
  if (existsSync(join(folder, executable))) return folder;
  const settings = toolchainSettings();
  const cache = join(settings.cacheFolder, `yaml-${version}`);
  await withLock(
    `${cache}.lock`,
    () => undefined,
    async () => {
      if (existsSync(join(cache, executable))) return;
      const partial = mkdtempSync(`${cache}-`);
      try {
        mkdirSync(join(partial, "host"));
        await buildWithGo(
          settings,
          {
            pinned: __dirname,
            path: "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml",
            linkerFlags: "-s -w",
            announced: "",
          },
          join(partial, "host", executable),
          () => undefined,
        );
        renameSync(join(partial, "host"), cache);
      } finally {
        rmSync(partial, { recursive: true, force: true });
      }
    },
  );
  return cache;
}
