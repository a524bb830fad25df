import { join } from "node:path";
import { buildWithGo } from "./go-build";
import { engineVersion, type ToolchainSettings } from "./settings";

/** Builds the engine from its pinned Go modules into `folder`. */
export function buildEngine(
  settings: ToolchainSettings,
  folder: string,
  progress: (line: string) => void,
): Promise<void> {
  const version = `github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${engineVersion}`;
  return buildWithGo(
    settings,
    {
      pinned: settings.assetsFolder,
      path: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
      linkerFlags: `-s -w -X ${version}`,
      announced: `building the Pulumi engine ${engineVersion} with Go: about 6 minutes on two cores, once`,
    },
    join(folder, "pulumi"),
    progress,
  );
}
