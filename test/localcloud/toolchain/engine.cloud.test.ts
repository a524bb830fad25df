// Where the engine comes from, with fakes for what would take minutes or need the network: a mirror on this machine, a
// Go that only writes a file.
import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { hostname } from "node:os";
import { join } from "node:path";
import { EngineMissingError, ensureEngine } from "../../../localcloud/toolchain/engine";
import { engineVersion, type ToolchainSettings, toolchainSettings } from "../../../localcloud/toolchain/settings";
import { temporaryFolder, writeProgram } from "./temporary-folder";

const archive = `pulumi-v${engineVersion}-${process.platform}-${process.arch}.tar.gz`;
const refusing = "http://127.0.0.1:9"; // nothing listens on the discard port
const systemFolders = ["/usr/bin", "/bin"];
const silent = () => undefined;

/** Settings under which no way to get an engine works; each test enables one. */
function closed(): ToolchainSettings {
  return {
    ...toolchainSettings({}),
    cacheFolder: join(temporaryFolder(), "cache"),
    path: [temporaryFolder()],
    downloadBase: refusing,
    checksumBase: refusing,
  };
}

function folderWith(programs: Record<string, string>): string {
  const folder = temporaryFolder();
  for (const [name, line] of Object.entries(programs)) writeProgram(join(folder, name), line);
  return folder;
}

describe("an engine on PATH", () => {
  test("is used when it is new enough and has its language host next to it", async () => {
    const folder = folderWith({ pulumi: "echo v3.300.1", "pulumi-language-nodejs": "" });
    expect(await ensureEngine(silent, { ...closed(), path: [folder] })).toEqual({
      version: "3.300.1",
      folder,
      source: "path",
    });
  });

  test.each([
    [
      "is older",
      { pulumi: "echo v3.249.9", "pulumi-language-nodejs": "" },
      /is version 3\.249\.9, but 3\.250\.0 or newer is needed/,
    ],
    ["cannot run Node.js programs", { pulumi: "echo v3.300.1" }, /has no pulumi-language-nodejs next to it/],
    ["fails", { pulumi: "echo no >&2; exit 3" }, /version" failed/],
    ["prints no version", { pulumi: "echo hello" }, /printed "hello" instead of a version/],
  ])("that %s is skipped, and the error says so", async (_, programs, reason) => {
    await expect(
      ensureEngine(silent, { ...closed(), path: [folderWith(programs as Record<string, string>)] }),
    ).rejects.toThrow(reason);
  });
});

test("when no way works, one error lists all three with their reasons", async () => {
  const failure = await ensureEngine(silent, closed()).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(EngineMissingError);
  expect((failure as Error).message).toMatch(
    /1\. pulumi on PATH: not found\n {2}2\. the official download: http.*\n {2}3\. building it with Go: Go is not installed/,
  );
});

describe("the official download", () => {
  let server: Server;
  let asked: string[];
  let checksums: string;
  const packed = packArchive();
  const rightChecksum = `${createHash("sha256").update(packed).digest("hex")}  ${archive}\n`;

  beforeEach(async () => {
    asked = [];
    checksums = rightChecksum;
    server = createServer((request, response) => {
      asked.push(request.url ?? "");
      if (request.url === `/${archive}`) setTimeout(() => response.end(packed), 300);
      else if (request.url === `/pulumi-${engineVersion}-checksums.txt` && checksums !== "") response.end(checksums);
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  const mirror = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const open = () => ({
    ...closed(),
    path: [temporaryFolder(), ...systemFolders],
    downloadBase: mirror(),
    checksumBase: mirror(),
  });

  test("is unpacked into the cache, and fetched once", async () => {
    const settings = open();
    const engine = await ensureEngine(silent, settings);
    expect(engine).toEqual({
      version: engineVersion,
      folder: join(settings.cacheFolder, engineVersion),
      source: "download",
    });
    expect(execFileSync(join(engine.folder, "pulumi"), { encoding: "utf8" })).toBe("the downloaded engine\n");
    expect(await ensureEngine(silent, settings)).toEqual(engine);
    expect(asked).toHaveLength(2);
    expect(readdirSync(settings.cacheFolder)).toEqual([engineVersion]);
  });

  test("is refused when its checksum is not the published one", async () => {
    checksums = rightChecksum.replace(/^./, (digit) => (digit === "0" ? "1" : "0"));
    const settings = open();
    await expect(ensureEngine(silent, settings)).rejects.toThrow(
      /has the SHA-256 [0-9a-f]{64}, but [0-9a-f]{64} is published/,
    );
    expect(readdirSync(settings.cacheFolder)).toEqual([]);
  });

  test("is refused from an unencrypted server that publishes no checksum", async () => {
    checksums = "";
    await expect(ensureEngine(silent, open())).rejects.toThrow(/its checksum is not available: .*HTTP 404/);
  });

  test("replaces an incomplete engine in the cache", async () => {
    const settings = open();
    mkdirSync(join(settings.cacheFolder, engineVersion), { recursive: true });
    writeProgram(join(settings.cacheFolder, engineVersion, "pulumi"), "echo half");
    mkdirSync(join(settings.cacheFolder, ".partial-abandoned"));
    const engine = await ensureEngine(silent, settings);
    expect(execFileSync(join(engine.folder, "pulumi"), { encoding: "utf8" })).toBe("the downloaded engine\n");
    expect(readdirSync(settings.cacheFolder)).toEqual([engineVersion]);
  });

  test("is done once when two processes start at the same time", async () => {
    const settings = open();
    const environment = {
      PATH: [settings.path[0], ...systemFolders].join(":"),
      XDG_CACHE_HOME: join(settings.cacheFolder),
      SHIPSHAPE_ENGINE_DOWNLOAD: mirror(),
    };
    expect(await Promise.all([prepare(environment), prepare(environment)])).toEqual([0, 0]);
    expect(asked.filter((url) => url === `/${archive}`)).toHaveLength(1);
  });

  test("continues when the process that was doing it has died", async () => {
    const settings = open();
    const lock = join(settings.cacheFolder, `${engineVersion}.lock`);
    mkdirSync(lock, { recursive: true });
    const dead = spawn("true").pid;
    writeFileSync(join(lock, "owner.json"), JSON.stringify({ token: "another", pid: dead, host: hostname() }));
    expect((await ensureEngine(silent, settings)).source).toBe("download");
    expect(existsSync(lock)).toBe(false);
  });
});

describe("an engine built with Go", () => {
  const go = (version: string, build: string) =>
    `case $1 in version) echo go version ${version} linux/amd64;; build) ${build};; esac`;
  // The file to write is the argument after -o.
  const writes = `while [ "$1" != -o ]; do shift; done; test -f go.sum && printf '#!/bin/sh\\necho built\\n' > "$2" && chmod 755 "$2"`;
  const withGo = (line: string) => ({ ...closed(), path: [folderWith({ go: line }), ...systemFolders] });

  test("gets the language host next to it", async () => {
    const engine = await ensureEngine(silent, withGo(go("go1.26.1", writes)));
    expect(engine.source).toBe("built");
    expect(readdirSync(engine.folder).sort()).toEqual([
      "complete.json",
      "package.json",
      "pulumi",
      "pulumi-language-nodejs",
      "pulumi-language-nodejs.sha256",
    ]);
    expect(execFileSync(join(engine.folder, "pulumi"), { encoding: "utf8" })).toBe("built\n");
  });

  test("gets a new language host when its sources have changed", async () => {
    const settings = withGo(go("go1.26.1", writes));
    const { folder } = await ensureEngine(silent, settings);
    const host = join(folder, "pulumi-language-nodejs");
    writeFileSync(host, "old");
    writeFileSync(`${host}.sha256`, "of other sources");
    await ensureEngine(silent, settings);
    expect(readFileSync(host, "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  test("is not tried with a Go that is too old", async () => {
    await expect(ensureEngine(silent, withGo(go("go1.25.4", writes)))).rejects.toThrow(
      "Go 1.25.4 is installed, but 1.26 or newer is needed",
    );
  });

  test("leaves nothing behind when the build fails, and reports the compiler's error", async () => {
    const settings = withGo(
      go("go1.26.1", "echo 'go: downloading example.com/a v1.0.0' >&2; echo 'a.go:1: no such thing' >&2; exit 2"),
    );
    await expect(ensureEngine(silent, settings)).rejects.toThrow(
      '"go build" ended with exit code 2: a.go:1: no such thing',
    );
    expect(readdirSync(settings.cacheFolder)).toEqual([]);
  });
});

function packArchive(): Buffer {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "pulumi"));
  writeProgram(join(folder, "pulumi", "pulumi"), "echo the downloaded engine");
  writeProgram(join(folder, "pulumi", "pulumi-language-nodejs"), "");
  execFileSync("tar", ["-czf", archive, "pulumi"], { cwd: folder });
  return readFileSync(join(folder, archive));
}

/** The whole command in its own process; resolves with its exit code. */
function prepare(env: Record<string, string>): Promise<number | null> {
  const main = join(__dirname, "../../../localcloud/toolchain/main.ts");
  const child = spawn(process.execPath, ["--import", "tsx", main], {
    env,
    stdio: "ignore",
    cwd: join(__dirname, "../../.."),
  });
  return new Promise((resolve) => child.once("exit", resolve));
}
