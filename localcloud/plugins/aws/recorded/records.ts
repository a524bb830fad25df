import { fetchSigned } from "../../../access/signature";
import type { PropertyValues } from "../../adapter/wire";
import { unreachable } from "../aws-error";
import type { AwsConfig } from "../configuration";

/**
 * The embedded cloud's own endpoint for resources without an AWS API there: stored as given, with AWS's ids, ARNs and
 * refusals.
 */
const PATH = "/shipshape/recorded";

export interface Recorded {
  id: string;
  arn: string;
  properties: PropertyValues;
}

export interface RecordName {
  type: string;
  id: string;
  /** Absent for IAM, which is global. */
  region: string | undefined;
}

export async function createRecord(
  config: AwsConfig,
  record: { type: string; name: string; region: string | undefined; properties: PropertyValues },
  signal: AbortSignal,
): Promise<Recorded> {
  return (await call(config, "POST", "", signal, record)) as Recorded;
}

export async function readRecord(
  config: AwsConfig,
  name: RecordName,
  signal: AbortSignal,
): Promise<Recorded | undefined> {
  return (await call(config, "GET", query(name), signal)) as Recorded | undefined;
}

export async function replaceRecord(
  config: AwsConfig,
  name: RecordName,
  properties: PropertyValues,
  signal: AbortSignal,
): Promise<Recorded> {
  const replaced = await call(config, "PUT", query(name), signal, { properties });
  if (!replaced) throw new Error(`${name.type} ${name.id} does not exist any more`);
  return replaced as Recorded;
}

/** Deleting what is gone succeeds. */
export async function deleteRecord(config: AwsConfig, name: RecordName, signal: AbortSignal): Promise<void> {
  await call(config, "DELETE", query(name), signal);
}

export async function listRecords(
  config: AwsConfig,
  type: string,
  signal: AbortSignal,
): Promise<(Recorded & { region: string })[]> {
  const answer = await call(config, "GET", `?${new URLSearchParams({ type })}`, signal);
  return (answer as { resources?: (Recorded & { region: string })[] }).resources ?? [];
}

const query = ({ type, id, region }: RecordName): string =>
  `?${new URLSearchParams({ type, id, ...(region ? { region } : {}) })}`;

/** Undefined where there is no such record. */
async function call(
  config: AwsConfig,
  method: string,
  search: string,
  signal: AbortSignal,
  body?: unknown,
): Promise<unknown> {
  const key = await config.credentials();
  const sent = body === undefined ? undefined : JSON.stringify(body);
  const response = await fetchSigned(new URL(`${config.endpoint}${PATH}${search}`), key, {
    method,
    signal,
    body: sent,
  }).catch((error: unknown) => {
    throw signal.aborted ? error : unreachable(config.endpoint, error);
  });
  const text = await response.text();
  if (response.status === 404 && method !== "POST") return undefined;
  const answer = text === "" ? {} : (JSON.parse(text) as { code?: string; message?: string });
  if (!response.ok)
    throw Object.assign(new Error(answer.message ?? `HTTP status ${response.status}`), {
      name: answer.code ?? "Error",
    });
  return answer;
}
