import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, existsSync, mkdirSync, readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { engineVersion, type ToolchainSettings } from "./settings";

const answerMilliseconds = 8_000; // the time lost where a firewall silently drops downloads
const transferMilliseconds = 20 * 60_000; // 150 MB at 1 Mbit/s
const progressMilliseconds = 5_000;

/**
 * Fetches the official download of this platform, checks it against the published checksum and unpacks it into
 * `folder`.
 */
export async function downloadEngine(
  settings: ToolchainSettings,
  folder: string,
  progress: (line: string) => void,
): Promise<void> {
  const name = archiveName();
  const url = `${settings.downloadBase}/${name}`;
  const answer = await ask(url);
  progress(`downloading the Pulumi engine ${engineVersion} from ${url}`);
  const archive = join(folder, "..", name);
  await save(answer, archive, progress);
  await verify(settings, archive, name, progress);
  await unpack(archive, folder);
}

/** The archive contains one folder, called `pulumi` like the main program in it. */
async function unpack(archive: string, folder: string): Promise<void> {
  const unpacked = join(folder, "..", "unpacked");
  mkdirSync(unpacked);
  await promisify(execFile)("tar", ["-xzf", archive, "-C", unpacked]);
  for (const file of readdirSync(join(unpacked, "pulumi")))
    renameSync(join(unpacked, "pulumi", file), join(folder, file));
  for (const needed of ["pulumi", "pulumi-language-nodejs"]) {
    if (!existsSync(join(folder, needed))) throw new Error(`the archive contains no ${needed}`);
  }
}

function archiveName(): string {
  const systems: Partial<Record<NodeJS.Platform, string>> = { linux: "linux", darwin: "darwin" };
  const [system, processor] = [systems[process.platform], process.arch];
  if (system === undefined || (processor !== "x64" && processor !== "arm64"))
    throw new Error(`there is none for ${process.platform} on ${processor}`);
  return `pulumi-v${engineVersion}-${system}-${processor}.tar.gz`;
}

async function ask(url: string): Promise<Response> {
  const controller = new AbortController();
  const timer = setTimeout(
    () => controller.abort(new Error(`no answer within ${answerMilliseconds / 1000} s`)),
    answerMilliseconds,
  );
  const transfer = setTimeout(
    () => controller.abort(new Error(`not done within ${transferMilliseconds / 60_000} minutes`)),
    transferMilliseconds,
  ).unref();
  try {
    const answer = await fetch(url, { signal: controller.signal });
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    return answer;
  } catch (error) {
    clearTimeout(transfer);
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new Error(`${url}: ${cause instanceof Error ? cause.message : String(cause)}`);
  } finally {
    clearTimeout(timer);
  }
}

async function save(answer: Response, file: string, progress: (line: string) => void): Promise<void> {
  if (answer.body === null) throw new Error(`${answer.url}: an empty answer`);
  const total = Number(answer.headers.get("content-length") ?? 0);
  let received = 0;
  const megabytes = (bytes: number) => Math.round(bytes / 1e6);
  const timer = setInterval(
    () =>
      progress(`downloading the Pulumi engine: ${megabytes(received)}${total > 0 ? ` of ${megabytes(total)}` : ""} MB`),
    progressMilliseconds,
  );
  try {
    // The two declarations of a web stream, Node's and the DOM's, describe the same object.
    const body = Readable.fromWeb(answer.body as Parameters<typeof Readable.fromWeb>[0]);
    body.on("data", (bytes: Buffer) => (received += bytes.length));
    await pipeline(body, createWriteStream(file));
  } finally {
    clearInterval(timer);
  }
}

/** A wrong checksum is always fatal. A missing list is tolerated only where TLS authenticates the server. */
async function verify(
  { checksumBase, downloadBase }: ToolchainSettings,
  archive: string,
  name: string,
  progress: (line: string) => void,
): Promise<void> {
  const expected = await publishedChecksum(`${checksumBase}/pulumi-${engineVersion}-checksums.txt`, name).catch(
    (error: Error) => error,
  );
  if (expected instanceof Error) {
    if (!downloadBase.startsWith("https://")) throw new Error(`its checksum is not available: ${expected.message}`);
    progress(`the published checksums are not available (${expected.message}); relying on the encrypted connection`);
    return;
  }
  const hash = createHash("sha256");
  await pipeline(createReadStream(archive), hash);
  const found = hash.digest("hex");
  if (found !== expected) throw new Error(`${name} has the SHA-256 ${found}, but ${expected} is published`);
}

async function publishedChecksum(url: string, name: string): Promise<string> {
  const lines = (await (await ask(url)).text()).split("\n").map((line) => line.trim().split(/\s+\*?/));
  const found = lines.find(([, file]) => file === name)?.[0];
  if (found === undefined || !/^[0-9a-f]{64}$/.test(found)) throw new Error(`${url} has no SHA-256 of ${name}`);
  return found;
}
