import { spawn, type ChildProcess } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, openSync, closeSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DescribeDBInstancesCommand, DescribeEventsCommand, RDSClient, type DBInstance } from "@aws-sdk/client-rds";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { type AccessKey, ensureAccessKey } from "../localcloud/access/access-keys";
import { localProcessEnvironment } from "../automation/command-line/local-environment";
import { until, waitSecondsMax } from "./until";

/** A real server process of the embedded cloud on its own folder, with clients for it. */
export interface Cloud {
  url: string;
  dataFolder: string;
  /** Process id of the server. */
  pid: number;
  /** The whole environment of a child process that is to use this cloud. */
  env: Record<string, string>;
  /** A client configuration: as the owner of its data folder, or with another access key, which is its own user. */
  client(accessKeyId?: string): ClientSettings;
  rds: RDSClient;
  secrets: SecretsManagerClient;
  /** Ends the server process with this signal and waits until it is gone; databases survive SIGKILL. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Starts a new server process on the same folder; stops the old one first, unless it was killed. */
  restart(): Promise<void>;
  /** Stops databases and server, and removes the folder. */
  stop(): Promise<void>;
}

export interface ClientSettings {
  endpoint: string;
  region: string;
  credentials: AccessKey;
  maxAttempts: number;
}

export interface CloudOptions {
  /** A folder to use and keep afterwards. @default a temporary one, removed at stop */
  dataFolder?: string;
  /** Added to the server's environment. */
  env?: Record<string, string>;
}

export async function startCloud(options: CloudOptions = {}): Promise<Cloud> {
  const dataFolder = realpathSync(options.dataFolder ?? temporaryFolder());
  const removeFolder = () => {
    if (options.dataFolder === undefined) rmSync(dataFolder, { recursive: true, force: true });
  };
  let server = await startServer(dataFolder, options.env ?? {}).catch((error: unknown) => {
    removeFolder();
    throw error;
  });
  const cloud = {
    dataFolder,
    ...reach(server, dataFolder),
    async kill(signal: NodeJS.Signals) {
      const gone = exitOf(server.process);
      server.process.kill(signal);
      await gone;
    },
    async restart() {
      if (server.process.exitCode === null && server.process.signalCode === null) await cloud.kill("SIGTERM");
      closeClients(cloud);
      server = await startServer(dataFolder, options.env ?? {});
      Object.assign(cloud, reach(server, dataFolder));
    },
    async stop() {
      // A killed server left its databases running: another one adopts and stops them.
      if (server.process.exitCode !== null || server.process.signalCode !== null) await cloud.restart();
      await cloud.kill("SIGTERM");
      closeClients(cloud);
      removeFolder();
    },
  };
  return cloud;
}

/** Polls until the instance has this status; fails with the current one when that is a fault, or at the timeout. */
export async function instanceIs(cloud: Pick<Cloud, "rds">, identifier: string, status: string): Promise<DBInstance> {
  const faults = [
    "failed",
    "storage-full",
    "incompatible-parameters",
    "incompatible-network",
    "incompatible-restore",
  ].filter((fault) => fault !== status);
  for (const deadline = Date.now() + waitSecondsMax * 1000; ; await sleep(50)) {
    const { DBInstances: [instance] = [] } = await cloud.rds.send(
      new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier }),
    );
    const current = instance?.DBInstanceStatus ?? "";
    if (instance && current === status) return instance;
    if (faults.includes(current) || Date.now() > deadline)
      throw new Error(`${identifier} is ${current}, not ${status}: ${await lastEvent(cloud, identifier)}`);
  }
}

async function lastEvent(cloud: Pick<Cloud, "rds">, identifier: string): Promise<string> {
  const { Events } = await cloud.rds.send(
    new DescribeEventsCommand({ SourceType: "db-instance", SourceIdentifier: identifier }),
  );
  return Events?.at(-1)?.Message ?? "it has no events";
}

/** Waits until RDS no longer knows the instance. */
export async function instanceIsGone(cloud: Pick<Cloud, "rds">, identifier: string): Promise<void> {
  await until(`${identifier} is gone`, async () => {
    try {
      await cloud.rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier }));
      return false;
    } catch (error) {
      if ((error as Error).name === "DBInstanceNotFoundFault") return true;
      throw error;
    }
  });
}

/** A folder that PostgreSQL's unprivileged user can enter, unlike mkdtemp's 0700. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "shipshape-test-"));
  chmodSync(folder, 0o755);
  return folder;
}

interface ServerProcess {
  process: ChildProcess;
  url: string;
  controlPlaneUrl?: string | undefined;
}

const serverProgram = join(__dirname, "..", "localcloud", "main.ts");

async function startServer(dataFolder: string, environment: Record<string, string>): Promise<ServerProcess> {
  const whereabouts = join(dataFolder, "localcloud.json");
  rmSync(whereabouts, { force: true });
  const log = openSync(join(dataFolder, "localcloud.log"), "a");
  const child = spawn(process.execPath, ["--import", "tsx", serverProgram], {
    stdio: ["ignore", log, log],
    env: { ...process.env, ...environment, SHIPSHAPE_DATA_FOLDER: dataFolder },
  });
  closeSync(log);
  for (const deadline = Date.now() + waitSecondsMax * 1000; ; await sleep(20)) {
    const record = recordIn(whereabouts, child.pid);
    if (record !== undefined) return { process: child, url: record.url, controlPlaneUrl: record.controlPlaneUrl };
    if (child.exitCode !== null || Date.now() > deadline)
      throw new Error(`the embedded cloud did not start: ${logTail(dataFolder)}`);
  }
}

function recordIn(
  whereabouts: string,
  pid: number | undefined,
): Pick<ServerProcess, "url" | "controlPlaneUrl"> | undefined {
  if (!existsSync(whereabouts)) return undefined;
  const record = JSON.parse(readFileSync(whereabouts, "utf8")) as {
    pid: number;
    url: string;
    controlPlaneUrl?: string;
  };
  return record.pid === pid ? record : undefined;
}

function logTail(dataFolder: string): string {
  return readFileSync(join(dataFolder, "localcloud.log"), "utf8").split("\n").slice(-20).join("\n");
}

function reach(
  server: ServerProcess,
  dataFolder: string,
): Pick<Cloud, "url" | "pid" | "env" | "client" | "rds" | "secrets"> {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const env = localProcessEnvironment(
    { url: server.url, dataFolder, accessKey: ensureAccessKey(dataFolder), controlPlaneUrl: server.controlPlaneUrl },
    inherited,
  );
  const client = (accessKeyId?: string): ClientSettings => ({
    endpoint: server.url,
    region: "eu-central-1",
    credentials: ensureAccessKey(dataFolder, accessKeyId),
    maxAttempts: 1,
  });
  return {
    url: server.url,
    pid: server.process.pid!,
    env,
    client,
    rds: new RDSClient(client()),
    secrets: new SecretsManagerClient(client()),
  };
}

function closeClients(cloud: Pick<Cloud, "rds" | "secrets">): void {
  cloud.rds.destroy();
  cloud.secrets.destroy();
}

function exitOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => void child.once("exit", () => resolve()));
}
