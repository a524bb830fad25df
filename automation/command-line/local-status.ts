import type { CommandContext } from "./command-context";
import { findLocalCloud, type LocalCloud, type LocalInstance, localLogFile } from "./local-cloud";
import { readStartRecord } from "./start-record";
import type { Printed } from "./json/types";
import { table, wrapped } from "./layout";
import type { Terminal } from "./terminal";

export async function status(options: { json?: boolean }, { settings, terminal }: CommandContext): Promise<void> {
  const { dataFolder } = settings;
  const cloud = await findLocalCloud(dataFolder);
  if (cloud !== undefined)
    return reportStatus(cloud, options, terminal, (await readStartRecord(dataFolder))?.engine.version);
  if (options.json) terminal.json("local status", { running: false, dataFolder });
  else terminal.say(`not running (data folder ${dataFolder}); start it: npx shipshape local start`);
  process.exitCode = 3;
}

/** The same report after `start` and for `status`. */
export function reportStatus(
  cloud: LocalCloud,
  options: { json?: boolean },
  terminal: Terminal,
  engineVersion?: string,
): void {
  if (options.json) return terminal.json("local status", statusRecord(cloud));
  for (const line of statusLines(cloud, engineVersion, terminal.columns)) terminal.say(line);
}

export function statusRecord(cloud: LocalCloud): Printed<"local start"> {
  const { url, pid, startedAt, dataFolder, databasesFolder, status } = cloud;
  return {
    running: true,
    url,
    pid,
    startedAt,
    dataFolder,
    databasesFolder,
    clock: clockText(status.clock),
    instances: status.instances,
    recorded: status.recorded,
  };
}

export function statusLines(cloud: LocalCloud, engineVersion?: string, columns = Infinity): string[] {
  const { status } = cloud;
  const facts: [string, string | undefined][] = [
    ["embedded cloud", `${cloud.url} (pid ${cloud.pid}, since ${cloud.startedAt})`],
    ["clock", clockText(status.clock)],
    ["data folder", cloud.dataFolder],
    // Shown only if it is not below the data folder, because PostgreSQL's user could not reach it there.
    ["databases in", cloud.databasesFolder?.startsWith(cloud.dataFolder) === false ? cloud.databasesFolder : undefined],
    ["log", localLogFile(cloud.dataFolder)],
    ["Pulumi engine", engineVersion],
    ["other resources", `${status.recorded} recorded`],
  ];
  return [
    ...facts.flatMap(([name, value]) =>
      value === undefined ? [] : wrapped(name.padEnd(15), value, " ".repeat(16), columns),
    ),
    "",
    ...(status.instances.length === 0
      ? ["no databases yet; `pulumi up` on a database stack creates one"]
      : databaseTable(cloud, columns)),
  ];
}

function databaseTable({ status: { instances } }: LocalCloud, columns?: number): string[] {
  const placeOf = ({ account, region }: LocalInstance) => `${account} ${region}`;
  // Names are unique in an account and Region only.
  const several = new Set(instances.map(placeOf)).size > 1;
  const rows = instances.map((instance) => [
    instance.identifier,
    instance.status,
    ...(several ? [placeOf(instance)] : []),
    `PostgreSQL ${instance.engineVersion}`,
    instance.port ? `127.0.0.1:${instance.port}` : "-",
  ]);
  const headings = ["DATABASE", "STATUS", ...(several ? ["ACCOUNT AND REGION"] : []), "VERSION", "ENDPOINT"];
  return table(headings, rows, columns);
}

/** The clock is a moment, or a moment with the offset that was set. */
export function clockText(clock: unknown): string {
  if (typeof clock === "string") return clock;
  const { now, offsetSeconds } = (clock ?? {}) as { now?: string; offsetSeconds?: number };
  const shift = offsetSeconds
    ? ` (set ${Math.round(Math.abs(offsetSeconds))} s ${offsetSeconds > 0 ? "ahead of" : "behind"} real time)`
    : "";
  return `${now ?? "unknown"}${shift}`;
}
