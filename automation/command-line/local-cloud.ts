import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { reasonOf, ShipshapeError } from "../errors";
import { type AccessKey, embeddedCloud } from "./embedded-cloud";
import { readPassphrase } from "./local-passphrase";
import { localRequestTimeoutSeconds } from "./limits";

/** What the server writes to its data folder while it listens. */
export interface LocalRecord {
  pid: number;
  port: number;
  /** Why it is not the port of the last start, if it differs. */
  portReason?: string;
  url: string;
  startedAt: string;
  databasesFolder?: string;
  /** The URL of the PostgreSQL that the cloud runs for Shipshape itself. */
  controlPlaneUrl?: string;
}

/** One database as the embedded cloud reports it. */
export interface LocalInstance {
  identifier: string;
  account: string;
  region: string;
  status: string;
  engineVersion: string;
  port: number | null;
  pid?: number | null;
  dataFolder: string;
  masterUsername: string;
  databaseName: string;
}

export interface LocalStatus {
  pid: number;
  dataFolder: string;
  clock: unknown;
  accounts: string[];
  instances: LocalInstance[];
  recorded: number;
}

/** A running embedded cloud: its address, and its own small API under `/shipshape/`. */
export interface LocalCloud extends LocalRecord {
  dataFolder: string;
  /** The key of the user who started it. */
  accessKey: AccessKey;
  /** The passphrase of the stacks in the data folder. */
  passphrase: string | undefined;
  status: LocalStatus;
}

export const localLogFile = (dataFolder: string): string => join(dataFolder, "localcloud.log");

/** The record of a server that ran or runs on this folder. It outlives a server that was killed. */
export async function readLocalRecord(dataFolder: string): Promise<LocalRecord | undefined> {
  try {
    return JSON.parse(await readFile(join(dataFolder, "localcloud.json"), "utf8")) as LocalRecord;
  } catch {
    return undefined;
  }
}

/**
 * The embedded cloud of this folder, if it answers. Another program that took the port of a killed server does not
 * count.
 */
export async function findLocalCloud(dataFolder: string): Promise<LocalCloud | undefined> {
  const record = await readLocalRecord(dataFolder);
  if (record === undefined) return undefined;
  const { ensureAccessKey } = embeddedCloud();
  const status = await callLocal<LocalStatus>({ ...record, dataFolder }, "GET", "/shipshape/status").catch(
    () => undefined,
  );
  return status?.pid === record.pid
    ? { ...record, dataFolder, accessKey: ensureAccessKey(dataFolder), passphrase: readPassphrase(dataFolder), status }
    : undefined;
}

export async function requireLocalCloud(dataFolder: string): Promise<LocalCloud> {
  const cloud = await findLocalCloud(dataFolder);
  if (cloud === undefined) throw new ShipshapeError("local-not-running", { dataFolder });
  return cloud;
}

/** A user's key for the API, created if missing: to the cloud each key is a separate user of its account. */
export const accessKeyOf = (dataFolder: string, of: { as?: string; account?: string }): AccessKey =>
  embeddedCloud().ensureAccessKey(dataFolder, embeddedCloud().keyIdOf(of.as ?? "shipshapelocal", of.account));

/** One request to the server's own API, signed with the key of its data folder; refusals keep the server's message. */
export async function callLocal<Answer>(
  cloud: Pick<LocalCloud, "url" | "dataFolder">,
  method: string,
  path: string,
  body?: unknown,
  account?: string,
): Promise<Answer> {
  const { url, dataFolder } = cloud;
  const { ensureAccessKey, fetchSigned } = embeddedCloud();
  const key = account === undefined ? ensureAccessKey(dataFolder) : accessKeyOf(dataFolder, { account });
  const request = `${method} ${path}`;
  const response = await fetchSigned(new URL(path, url), key, {
    method,
    signal: AbortSignal.timeout(localRequestTimeoutSeconds * 1000),
    body: body === undefined ? undefined : JSON.stringify(body),
  }).catch((thrown: unknown) => {
    throw new ShipshapeError("local-unreachable", { dataFolder, url, request, reason: fetchFailure(thrown) });
  });
  const text = await response.text();
  if (!response.ok)
    throw new ShipshapeError("local-request-failed", { dataFolder, request, reason: refusal(text, response.status) });
  return (text === "" ? undefined : JSON.parse(text)) as Answer;
}

/** Whether anything accepts connections on this port of this machine. */
export function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    const answer = (yes: boolean) => {
      socket.destroy();
      resolve(yes);
    };
    socket
      .setTimeout(1000, () => answer(false))
      .once("connect", () => answer(true))
      .once("error", () => answer(false));
  });
}

export function processLives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** `fetch` puts the reason for a failure in `cause`. */
function fetchFailure(thrown: unknown): string {
  return thrown instanceof Error && thrown.cause !== undefined ? reasonOf(thrown.cause) : reasonOf(thrown);
}

/** The server returns errors as JSON with a message; anything else is shown as received. */
function refusal(text: string, status: number): string {
  try {
    const body = JSON.parse(text) as { message?: string; error?: string | { message?: string } };
    const error = typeof body.error === "object" ? body.error.message : body.error;
    return body.message ?? error ?? text;
  } catch {
    return text.trim() || `HTTP ${status}`;
  }
}
