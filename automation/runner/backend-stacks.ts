/**
 * The databases that the stacks of the configured backend declare. A folder backend's files are read directly, since an
 * engine for each of a thousand stacks would take minutes; of any other backend the engine lists the stacks, and exports
 * those that were changed since this machine last read them.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join, relative, resolve } from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { version } from "../../package.json";
import { atOnce } from "../at-once";
import { reasonOf } from "../errors";
import type { BackendStack, StacksAnswer } from "../fleet-records";
import { declaredIn, type StateResource } from "./declared-databases";
import { whenWritten } from "./half-written";
import {
  answerRecentFactor,
  answerRecentMilliseconds,
  enginesReadingMax,
  halfWrittenSecondsMax,
  stackReadSeconds,
  stackStateBytesMax,
} from "./limits";
import type { StackContext } from "./stack-state";

/** By its name, "shipshape/database.orders". */
type IsWanted = (stack: string) => boolean;

type StacksRead = Pick<StacksAnswer & { asked: true }, "stacks" | "unread">;

/**
 * Also resolves if the backend could not be read: that is an answer too, different from having no stacks. Only those
 * that are wanted are read.
 */
export async function askBackend(s: StackContext, isWanted: IsWanted = () => true): Promise<StacksAnswer> {
  let backend = s.environment["PULUMI_BACKEND_URL"];
  try {
    backend ??= ((await pulumi(s, "whoami", "--json")) as { url: string }).url;
    const folder = folderOfBackend(backend);
    const read = folder === undefined ? exported(s, backend, isWanted) : stored(folder, isWanted);
    return { asked: true, backend, ...(await read) };
  } catch (error) {
    return { asked: false, backend, reason: reasonOf(error) };
  }
}

/**
 * The same of one stack, "shipshape/database.orders"; no other is read. A stack that cannot be read, or is not there, is
 * among the unread.
 */
export async function askStack(
  s: StackContext,
  stack: string,
  readState = (name: string) => readResources(s, name),
): Promise<StacksAnswer & { asked: true }> {
  const backend = s.environment["PULUMI_BACKEND_URL"] ?? "the backend of this machine";
  const read = await readEach([stack], 1, async () => declaredIn(stack, await readState(stack)));
  return { asked: true, backend, ...read };
}

/**
 * Asks the backend again only when the answer is a minute old, or older than twenty times what it took: of a backend of
 * ten thousand stacks, some minutes.
 */
export function recentlyAsked(s: StackContext, now = () => Date.now()): () => Promise<StacksAnswer> {
  let asked: Promise<StacksAnswer> | undefined;
  let validUntil = 0;
  return () => {
    if (asked && now() < validUntil) return asked;
    const from = now();
    validUntil = Infinity; // all that ask meanwhile get this answer
    asked = askBackend(s).then((answer) => {
      const ageMax = Math.max(answerRecentMilliseconds, answerRecentFactor * (now() - from));
      validUntil = answer.asked ? now() + ageMax : 0;
      return answer;
    });
    return asked;
  };
}

/** The answer, with what a later one says of one stack. */
export function withStack(all: StacksAnswer, one: StacksAnswer): StacksAnswer {
  if (!all.asked || !one.asked) return all;
  const names = new Set([...one.stacks.map(({ name }) => name), ...one.unread.map(({ stack }) => stack)]);
  return {
    ...all,
    stacks: [...all.stacks.filter(({ name }) => !names.has(name)), ...one.stacks],
    unread: [...all.unread.filter(({ stack }) => !names.has(stack)), ...one.unread],
  };
}

/** The resources in the state of one stack; of a folder backend without an engine. Secrets stay encrypted. */
export async function readResources(s: StackContext, stack: string): Promise<StateResource[]> {
  if (!stackName.test(stack)) throw new Error("that is not the name of a stack: <project>/<stack>");
  const folder = folderOfBackend(s.environment["PULUMI_BACKEND_URL"] ?? "");
  if (folder === undefined) {
    const name = stack.split("/").length === 2 ? `organization/${stack}` : stack;
    return stateIn(await pulumi(s, "stack", "export", "--stack", name), "deployment");
  }
  const file = join(stacksOf(folder), `${stack}.json`);
  const [newest] = (await Promise.all([sized(file), sized(`${file}.gz`)]))
    .filter(({ mtimeMs }) => mtimeMs > 0)
    .sort((one, other) => other.mtimeMs - one.mtimeMs);
  if (!newest) throw new Error(`the backend has no ${file}`);
  return readCheckpoint(newest);
}

/** A name is part of a path: none leads out of the backend. */
const stackName = /^(?!.*(?:^|\/)\.{1,2}(?:\/|$))[\w.-]+(?:\/[\w.-]+){0,2}$/;

/** The folder of a `file://` backend, as Pulumi finds it; undefined for another backend. */
function folderOfBackend(backend: string): string | undefined {
  if (!backend.startsWith("file://")) return undefined;
  const [path = ""] = backend.slice("file://".length).split("?");
  return resolve(decodeURIComponent(path).replace(/^~(?=$|\/)/, homedir()));
}

const stacksOf = (folder: string) => join(folder, ".pulumi", "stacks");

const sized = async (file: string) => {
  const { mtimeMs, size } = await stat(file).catch(() => ({ mtimeMs: 0, size: 0 })); // reading it will say why not
  return { file, mtimeMs, size };
};

async function readCheckpoint({ file, size, mtimeMs }: Awaited<ReturnType<typeof sized>>): Promise<StateResource[]> {
  if (size > stackStateBytesMax) throw new Error(`its state has ${size} bytes; the limit is ${stackStateBytesMax}`);
  const read = async () => {
    const bytes = await readFile(file);
    const text = file.endsWith(".gz") ? gunzipSync(bytes, { maxOutputLength: stackStateBytesMax }) : bytes;
    return stateIn(JSON.parse(text.toString()), "checkpoint");
  };
  // One that was not written lately is broken: with many of them nobody waits for each.
  return Date.now() - mtimeMs > halfWrittenSecondsMax * 1000 ? read() : whenWritten(read);
}

/** The checkpoints of a folder backend: `.pulumi/stacks/<project>/<stack>.json`, without a project in the old layout. */
async function stored(folder: string, isWanted: IsWanted): Promise<StacksRead> {
  const root = stacksOf(folder);
  // No backend is not the same as one without stacks.
  if (!existsSync(join(folder, ".pulumi")))
    throw new Error("it has no folder .pulumi: no stack was ever deployed there");
  const entries = existsSync(root) ? await readdir(root, { recursive: true, withFileTypes: true }) : [];
  const files = entries.filter((entry) => !entry.isDirectory() && /\.json(\.gz)?$/.test(entry.name));
  const found = await atOnce(files, 1, ({ parentPath, name }) => sized(join(parentPath, name)));
  found.sort((one, other) => one.mtimeMs - other.mtimeMs);
  // With and without compression it is the same stack: the engine reads the newer file.
  const newest = new Map(found.map((one) => [relative(root, one.file).replace(/\.json(\.gz)?$/, ""), one]));
  return readEach([...newest.keys()].filter(isWanted).sort(), 1, async (name) =>
    declaredIn(name, await readCheckpoint(newest.get(name)!)),
  );
}

interface ListedStack {
  name: string;
  lastUpdate?: string;
  updateInProgress?: boolean;
  resourceCount?: number;
}

/** What this machine has read: no secrets, and of each stack the update that it had then. */
interface Remembered {
  version: string;
  backend: string;
  stacks: Record<string, { lastUpdate: string; read: Omit<BackendStack, "name"> }>;
}

/** Each stack that has resources, by an engine of its own unless it is unchanged since it was last read. */
export async function exported(s: StackContext, backend: string, isWanted: IsWanted = () => true): Promise<StacksRead> {
  const file = join(s.workspacesFolder, "stacks-read.json");
  const known = rememberedIn(await readFile(file, "utf8").catch(() => ""), backend);
  const listed = (await pulumi(s, "stack", "ls", "--all", "--json")) as ListedStack[];
  const withResources = new Map(listed.filter((one) => one.resourceCount !== 0).map((one) => [one.name, one]));
  const remembered: Remembered = { version, backend, stacks: {} };
  const names = [...withResources.keys()].sort();
  for (const name of names) if (!isWanted(plain(name)) && known[name]) remembered.stacks[name] = known[name];
  const wanted = names.filter((name) => isWanted(plain(name)));
  const read = await readEach(wanted, enginesReadingMax, async (name) => {
    const { lastUpdate = "", updateInProgress = false } = withResources.get(name)!;
    const earlier = known[name];
    if (lastUpdate && earlier?.lastUpdate === lastUpdate && !updateInProgress) remembered.stacks[name] = earlier;
    else {
      const state = stateIn(await pulumi(s, "stack", "export", "--stack", name), "deployment");
      remembered.stacks[name] = {
        lastUpdate: updateInProgress ? "" : lastUpdate,
        read: declaredIn(plain(name), state),
      };
    }
    return remembered.stacks[name].read;
  });
  await mkdir(s.workspacesFolder, { recursive: true });
  await writeFile(`${file}.${process.pid}`, JSON.stringify(remembered), { mode: 0o600 });
  await rename(`${file}.${process.pid}`, file);
  return read;
}

/** Nothing if another version of this program wrote it, or about another backend, or if it was cut off. */
function rememberedIn(text: string, backend: string): Remembered["stacks"] {
  try {
    const remembered = JSON.parse(text) as Remembered;
    return remembered.version === version && remembered.backend === backend ? remembered.stacks : {};
  } catch {
    return {};
  }
}

async function pulumi({ environment }: StackContext, ...words: string[]): Promise<unknown> {
  const settings = {
    // Not in a project, whose settings may name another backend.
    cwd: "/",
    env: { ...environment, PULUMI_AUTOMATION_API: "true" },
    maxBuffer: stackStateBytesMax,
    timeout: stackReadSeconds * 1000,
  };
  const { stdout } = await whenWritten(() => promisify(execFile)("pulumi", [...words, "--non-interactive"], settings));
  return JSON.parse(stdout) as unknown;
}

/** Version 4 only adds a list of the deployment's features. */
const versionsRead = [3, 4];

function stateIn(stored: unknown, kind: "checkpoint" | "deployment"): StateResource[] {
  const { version, checkpoint, deployment } = stored as {
    version?: number;
    checkpoint?: { latest?: { resources?: unknown } | null };
    deployment?: { resources?: unknown };
  };
  if (version === undefined || !versionsRead.includes(version))
    throw new Error(`its state has version ${version}; known: ${versionsRead.join(", ")}`);
  const state = kind === "checkpoint" ? checkpoint : { latest: deployment };
  if (typeof state !== "object" || state === null) throw new Error(`its state has no ${kind}`);
  // A stack that was never brought up has no resources.
  const { resources = [] } = state.latest ?? {};
  if (!Array.isArray(resources)) throw new Error("the resources of its state are not a list");
  return resources as StateResource[];
}

/** A stack that cannot be read is named; it does not keep the others from being read. */
async function readEach(
  names: string[],
  countMax: number,
  read: (name: string) => Promise<Omit<BackendStack, "name">>,
): Promise<StacksRead> {
  const results = await atOnce(
    names,
    countMax,
    async (name): Promise<BackendStack | { stack: string; reason: string }> => {
      try {
        return { name: plain(name), ...(await read(name)) };
      } catch (error) {
        return { stack: plain(name), reason: reasonOf(error) };
      }
    },
  );
  return {
    stacks: results.flatMap((one) => ("name" in one ? [one] : [])),
    unread: results.flatMap((one) => ("reason" in one ? [one] : [])),
  };
}

/** Without the only organization that a backend of one's own has. */
const plain = (stack: string): string => stack.replace(/^organization\//, "");
