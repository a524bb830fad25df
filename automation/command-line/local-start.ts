import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { reasonOf, ShipshapeError } from "../errors";
import { poll } from "../poll";
import { localPollMilliseconds, localStartWaitSeconds, logTailLinesMax } from "./limits";
import type { Settings } from "../settings";
import type { CommandContext } from "./command-context";
import { embeddedCloud } from "./embedded-cloud";
import { createFirstKey, memoryOf } from "./evidence-log";
import { findLocalCloud, localLogFile, type LocalCloud, processLives } from "./local-cloud";
import { localProcessEnvironment } from "./local-environment";
import { prepareDataFolder } from "./local-folder";
import { reportStatus } from "./local-status";
import { readStartRecord, type StartRecord, writeStartRecord } from "./start-record";

type Progress = (line: string) => void;

export interface StartOptions {
  platform?: boolean;
  json?: boolean;
}

export async function start(options: StartOptions, { settings, terminal }: CommandContext): Promise<void> {
  const progress: Progress = (line) => terminal.progress(line);
  const cloud = await startLocalCloud(settings, progress);
  if (options.platform) await startPlatform(cloud, settings, progress);
  reportStatus((await findLocalCloud(settings.dataFolder)) ?? cloud, options, terminal);
}

/** A platform for databases to refer to; safe to repeat, as everything here. */
async function startPlatform(cloud: LocalCloud, settings: Settings, progress: Progress): Promise<void> {
  const { bringUpPlatform, localPlatform } = await import("../local-platform");
  progress("bringing up the platform; the first time takes up to a minute");
  const engineFolder = (await readStartRecord(settings.dataFolder))?.engine.folder;
  const environment = localProcessEnvironment({ ...cloud, engineFolder }, settings.inherited);
  const interrupt = new AbortController();
  const abort = () => interrupt.abort();
  process.once("SIGINT", abort).once("SIGTERM", abort);
  await bringUpPlatform({ ...settings, environment }, interrupt.signal).finally(() =>
    process.removeListener("SIGINT", abort).removeListener("SIGTERM", abort),
  );
  progress(`the platform is stack ${localPlatform}: programs refer to it with platformOf("${localPlatform}")`);
}

/** Starts everything that `pulumi up` on the embedded cloud needs. Safe to repeat, and to run twice at once. */
export async function startLocalCloud(settings: Settings, progress: Progress): Promise<LocalCloud> {
  requirePostgres();
  await prepareDataFolder(settings);
  createEvidenceKey(settings, progress);
  const engine = await prepareEngine(progress);
  await preparePlugins(settings);
  const running = await findLocalCloud(settings.dataFolder);
  const cloud = running ?? (await startServer(settings));
  await writeStartRecord(settings.dataFolder, { engine, databasesFolder: cloud.databasesFolder });
  if (running === undefined && cloud.portReason !== undefined) progress(cloud.portReason);
  progress(
    running === undefined
      ? `the embedded cloud listens at ${cloud.url}`
      : `the embedded cloud is already running at ${cloud.url}`,
  );
  return cloud;
}

function requirePostgres(): void {
  const { availableVersions, howToAdd } = embeddedCloud();
  if (availableVersions().length > 0) return;
  throw new ShipshapeError("local-postgres-missing", {
    platform: `${process.platform}-${process.arch}`,
    howToAdd: howToAdd("17"),
  });
}

/**
 * The embedded cloud has its own key, created with its data folder. If there ever was a control plane, and so perhaps a
 * log, a missing key is not replaced: `shipshape evidence key create` says what to do.
 */
function createEvidenceKey(settings: Settings, progress: Progress): void {
  const { signingKeyFile, signingKmsKey, evidenceOrigin } = settings.controlPlane;
  const [isOwn, isNew] = [
    signingKeyFile.startsWith(join(settings.dataFolder, "evidence")),
    !existsSync(join(settings.dataFolder, "control-plane")),
  ];
  if (
    signingKmsKey !== undefined ||
    !isOwn ||
    !isNew ||
    existsSync(signingKeyFile) ||
    memoryOf(settings).of(evidenceOrigin)
  )
    return;
  try {
    progress(`created the key that signs evidence: ${createFirstKey(settings)}`);
  } catch (thrown) {
    // A concurrent `local start` was first.
    if (!(thrown instanceof ShipshapeError && thrown.code === "signing-key-exists")) throw thrown;
  }
}

function prepareEngine(progress: Progress): Promise<StartRecord["engine"]> {
  return embeddedCloud()
    .ensureEngine(progress)
    .catch((thrown: unknown) => {
      throw new ShipshapeError("engine-missing", { reason: reasonOf(thrown) }, { cause: thrown });
    });
}

async function preparePlugins({ dataFolder }: Settings): Promise<void> {
  const folder = join(dataFolder, "pulumi-home");
  await embeddedCloud()
    .installPlugins(folder)
    .catch((thrown: unknown) => {
      throw new ShipshapeError(
        "local-plugins-failed",
        { dataFolder, folder, reason: reasonOf(thrown) },
        { cause: thrown },
      );
    });
}

/**
 * Starts the server in its own session, so that it outlives this terminal, and waits for its first answer. If two start
 * at once, the server's lock lets one through; the other command then finds that one running.
 */
async function startServer(settings: Settings): Promise<LocalCloud> {
  const logFile = localLogFile(settings.dataFolder);
  const log = await open(logFile, "a", 0o600);
  const logBegan = (await log.stat()).size;
  const server = spawn(process.execPath, embeddedCloud().serverArguments(), {
    cwd: settings.packageFolder,
    detached: true,
    stdio: ["ignore", log.fd, log.fd],
    env: { ...settings.inherited, SHIPSHAPE_DATA_FOLDER: settings.dataFolder },
  });
  let ended: string | undefined;
  let folderTaken = false;
  server
    .once("error", (error) => (ended = error.message))
    .once("exit", (code, signal) => {
      ended = `it ended with ${signal ?? `exit code ${code}`}`;
      folderTaken = code === embeddedCloud().folderTakenExitCode;
    });
  server.unref();

  let interrupted = false;
  const stopServer = () => {
    if (server.pid !== undefined && processLives(server.pid)) process.kill(server.pid, "SIGTERM");
  };
  const interrupt = () => {
    interrupted = true;
    stopServer();
  };
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  try {
    const cloud = await poll(
      { every: localPollMilliseconds, seconds: localStartWaitSeconds },
      // If two started at once, the other one may still be starting when this one is refused.
      async () =>
        (await findLocalCloud(settings.dataFolder)) ??
        (interrupted || (ended !== undefined && !folderTaken) ? null : undefined),
    );
    if (interrupted) throw new ShipshapeError("interrupted", { action: "the start of the embedded cloud" });
    if (cloud) return cloud;
    if (ended === undefined) stopServer();
    const reason = `${ended ?? `no answer within ${localStartWaitSeconds} s`}${await logTail(logFile, logBegan)}`;
    throw new ShipshapeError("local-start-failed", { dataFolder: settings.dataFolder, reason, logFile });
  } finally {
    process.removeListener("SIGINT", interrupt).removeListener("SIGTERM", interrupt);
    await log.close();
  }
}

/** What the server has logged since it was started, indented below the error. */
async function logTail(logFile: string, from: number): Promise<string> {
  const text = (await readFile(logFile).catch(() => Buffer.alloc(0))).subarray(from).toString("utf8").trimEnd();
  return text === "" ? "" : `\n  ${text.split("\n").slice(-logTailLinesMax).join("\n  ")}`;
}
