import { createHash } from "node:crypto";
import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { readSettings } from "../settings";
import { findBinaries, type Binaries } from "./binaries";
import { buildOnce } from "./build-once";
import { guardedScript, isUnsupported, scriptFormat, trustedControl } from "./extension-scripts";
import { supportedExtensions } from "./extensions";
import { reachableFolder } from "./reachable-folder";

/**
 * A view of one minor's binaries, in our cache: hard links to npm's files, the library links its install script would
 * have made, and extensions that a master without superuser rights may install as on RDS. node_modules stays untouched.
 */
export interface BinariesView {
  version: string;
  postgres: string;
  initdb: string;
  /** The folder of loadable libraries. */
  libraries: string;
  /** Changes whenever an input of the view does. */
  fingerprint: string;
}

/** @throws PostgresError binaries-missing */
export async function binariesView(version: string): Promise<BinariesView> {
  const binaries = findBinaries(version);
  const fingerprint = createHash("sha256")
    .update(JSON.stringify([viewFormat, binaries.packageVersion, supportedExtensions, scriptFormat]))
    .digest("hex")
    .slice(0, 10);
  const folder = join(versionFolder(version), `view-${fingerprint}`);
  // Deliberately synchronous: a thousand links take 50 ms this way and ten times as long with promises.
  await buildOnce(folder, async (partial) => mirror(binaries, partial));
  return {
    version,
    postgres: join(folder, "bin", "postgres"),
    initdb: join(folder, "bin", "initdb"),
    libraries: join(folder, "lib", "postgresql"),
    fingerprint,
  };
}

/** The folder for what is derived from one minor's binaries, accessible to the server's user. */
export function versionFolder(version: string): string {
  return join(reachableFolder(join(readSettings().cacheFolder, "postgresql")).folder, version);
}

export function hasLibrary(view: BinariesView, library: string): boolean {
  return [".so", ".dylib"].some((suffix) => existsSync(join(view.libraries, library + suffix)));
}

/** Increase it when this file derives something else from the same binaries. */
const viewFormat = 3;

function mirror(binaries: Binaries, folder: string): void {
  for (const part of ["bin", "lib", "share"]) mirrorFolder(join(binaries.native, part), join(folder, part));
  for (const link of binaries.links) {
    const path = join(folder, link.folder, link.name);
    if (!existsSync(path)) symlinkSync(link.file, path);
  }
}

function mirrorFolder(source: string, target: string): void {
  mkdirSync(target);
  chmodSync(target, 0o755);
  for (const entry of readdirSync(source, { withFileTypes: true })) {
    const [from, to] = [join(source, entry.name), join(target, entry.name)];
    if (entry.isDirectory()) mirrorFolder(from, to);
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(from), to);
    else if (basename(source) === "extension") mirrorExtensionFile(from, to);
    else if (/^libpq\.so\.\d+\.\d+$/.test(entry.name)) mirrorClientLibrary(from, to);
    else mirrorFile(from, to);
  }
}

/**
 * postgres finds lib and share relative to its own real path, so its file must be in the view: linked where the disk
 * allows, else copied.
 */
function mirrorFile(from: string, to: string): void {
  const isWorldReadable = (lstatSync(from).mode & 0o004) !== 0;
  try {
    if (!isWorldReadable) throw new Error("a hard link shares the mode");
    linkSync(from, to);
  } catch {
    copyFileSync(from, to, constants.COPYFILE_FICLONE);
    chmodSync(to, (lstatSync(from).mode & 0o100) !== 0 ? 0o755 : 0o644);
  }
}

/**
 * From PostgreSQL 18 on an option of libpq names a file that a connection's keys are written to. Any login could pass
 * it to dblink or a subscription, and so append to any file of the server's user. Renamed to an option that comes
 * before it in libpq's table, it can no longer be found. (macOS libraries are signed and keep the option.)
 */
function mirrorClientLibrary(from: string, to: string): void {
  const library = readFileSync(from);
  const at = library.indexOf("\0sslkeylogfile\0");
  if (at < 0) return mirrorFile(from, to);
  library.write("host\0", at + 1, "latin1");
  writeFileSync(to, library);
  chmodSync(to, 0o755);
}

/** Whatever the umask: another user has to read it. */
function writeOpenFile(path: string, content: string): void {
  writeFileSync(path, content);
  chmodSync(path, 0o644);
}

function mirrorExtensionFile(from: string, to: string): void {
  const name = basename(from);
  if (isUnsupported(name)) return;
  const content = readFileSync(from, "utf8");
  writeOpenFile(to, name.endsWith(".control") ? trustedControl(content) : guardedScript(name, content));
}
