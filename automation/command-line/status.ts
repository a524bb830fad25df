import { existsSync } from "node:fs";
import type { Standard } from "../../components/standards/standard";
import type { ControlPlaneRecords } from "../control-plane-records";
import { ShipshapeError } from "../errors";
import { runsListedMax } from "./limits";
import type { Publication } from "../evidence/publisher";
import type { LogContent } from "../evidence/reading";
import type { DatabaseRecovery } from "../observability/recoverability";
import { printable } from "../printable";
import {
  identityOf,
  namesOf,
  unreachableText,
  type ExpectedChange,
  type FleetAnswer,
  type Targets,
} from "../fleet-records";
import type { Recoverability, Run } from "../records";
import type { Finding } from "../review/findings";
import type { PublishedAccess, Refusal } from "../policy/access";
import type { Pause } from "../runner/pauses";
import type { BoundState } from "../runner/places";
import type { ControlPlaneSettings } from "../settings";
import type { CommandContext } from "./command-context";
import { expectedLine } from "./expected-changes";
import { cloudRecord, cloudTexts } from "./queried-clouds";
import type { Printed } from "./json/types";
import { fleetToday, withRecords } from "./open-records";
import { readEvidence } from "./evidence-log";
import { minuteOf, reachedBounds, runLines, runRecord } from "./run-report";
import { table, wrapped } from "./layout";
import type { Terminal } from "./terminal";
import { watched } from "./watching";

interface Status {
  fleet: FleetAnswer;
  log: LogContent;
  recovery: DatabaseRecovery[];
  runs: Run[];
  waiting: Run[];
  pauses: Pause[];
  bounds: BoundState[];
  findings: Finding[];
  expectedChanges: ExpectedChange[];
  access: PublishedAccess | undefined;
  refusals: Refusal[];
  published: Publication[];
  unsentAlerts: number;
  signer: SignerHere;
}

export interface StatusOptions {
  database?: string;
  owner?: string;
  watch?: boolean;
  json?: boolean;
}

/** `shipshape status`: whether recovery of every database is proven, the latest runs, and what a human must answer. */
export async function status(options: StatusOptions, context: CommandContext): Promise<void> {
  const { settings, terminal } = context;
  await withRecords(settings, async (records) => {
    const look = async () => {
      const known = await lookAt(records, options, context);
      // Of each look: a place that answers again is no reason to fail.
      process.exitCode = known.fleet.asked && known.fleet.unreachable?.length ? 1 : undefined;
      return known;
    };
    if (options.json) return terminal.json("status", statusRecord(await look()));
    await watched(options.watch, terminal, async () => statusLines(await look(), terminal));
  });
}

async function lookAt(
  records: ControlPlaneRecords,
  options: StatusOptions,
  { settings, terminal }: CommandContext,
): Promise<Status> {
  const log = await readEvidence(settings, records.database, terminal);
  const fleet = await fleetToday(settings);
  const targets = targetsOf(options, fleet, records.standard);
  const recovery = await records.recovery(log, fleet, new Date());
  return {
    fleet,
    log,
    recovery: recovery.filter(
      ({ database }) =>
        (targets?.names.includes(database.identifier) ?? true) &&
        (targets?.identities?.includes(identityOf(database)) ?? true),
    ),
    runs: await records.runs(runsListedMax, { targets }),
    waiting: await records.waiting(runsListedMax, targets),
    pauses: await records.pauses(),
    bounds: await records.bounds(),
    findings: await records.findings(runsListedMax, targets),
    expectedChanges: await records.awaitedChanges(runsListedMax, targets),
    access: await records.access(),
    refusals: await records.refusals(runsListedMax),
    published: await records.publications(),
    unsentAlerts: await records.unsentAlerts(),
    signer: signerHere(settings.controlPlane),
  };
}

/** The databases to show; undefined: all. Only the cloud says whose they are. Errors: fleet-unknown. */
function targetsOf({ database, owner }: StatusOptions, fleet: FleetAnswer, standard: Standard): Targets | undefined {
  if (owner === undefined) return database === undefined ? undefined : { names: [database] };
  if (!fleet.asked) throw new ShipshapeError("fleet-unknown", { reason: fleet.reason });
  const owned = fleet.databases.filter(
    ({ identifier, tags }) => tags[standard.tags.owner.key] === owner && identifier === (database ?? identifier),
  );
  return { names: owned.map(({ identifier }) => identifier), identities: owned.map(identityOf) };
}

const statusRecord = ({
  fleet,
  log,
  runs,
  waiting,
  access,
  published,
  signer,
  ...known
}: Status): Printed<"status"> => ({
  ...known,
  fleet: fleet.asked ? { asked: true, databases: fleet.databases.length, ...cloudRecord(fleet) } : fleet,
  evidence: {
    size: log.head?.checkpoint.size ?? 0,
    problems: log.problems.map((p) => p.what),
    published,
    signer: signer ?? null,
  },
  runs: runs.map(runRecord),
  waiting: waiting.map(runRecord),
  access: access ?? null,
});

const colours = {
  fresh: "green",
  stale: "yellow",
  failed: "red",
  unproven: "yellow",
  never: "yellow",
  unknown: "red",
  copy: "dim",
} as const satisfies Record<Recoverability, string>;

function statusLines(known: Status, terminal: Terminal): string[] {
  const { fleet, log, recovery, runs, waiting, pauses, findings, access, refusals, published } = known;
  const { unsentAlerts: unsent, expectedChanges: expected, signer } = known;
  const nameOf = namesOf(recovery.map((r) => r.database));
  const problems = [
    ...(fleet.asked ? (fleet.unreachable ?? []).map(unreachableText) : [`the fleet is unknown: ${fleet.reason}`]),
    ...log.problems.map((p) => `evidence: ${p.what}`),
    ...published.flatMap((p) => (p.error ? [`evidence is not published in ${p.target}: ${p.error.message}`] : [])),
  ];
  return [
    ...problems.map((what) => `${terminal.style("red", "problem:")} ${printable(what)}`),
    ...cloudTexts(fleet).flatMap((text) => wrapped("cloud:", printable(text), " ".repeat(7), terminal.columns)),
    ...(recovery.length === 0
      ? ["no databases are known"]
      : table(
          ["DATABASE", "RECOVERY", "UNTIL", "WHY"],
          recovery.map((r) => recoveryRow(r, nameOf, terminal)),
          terminal.columns,
        )),
    ...recovery.flatMap(({ database, beside }) =>
      beside.map((d) => `  ${printable(nameOf(database))}: later drill ${d.requestId} was inconclusive`),
    ),
    ...published.map(({ size, target, seenAt }) => {
      const of = log.head?.checkpoint.size ?? 0;
      return `${size} of ${of} statements of the log are published in ${printable(target)}${target.startsWith("s3://") ? untried : ""}, as of ${seenAt.toISOString()}`;
    }),
    ...(signer ? [`this machine signs evidence with ${signerName(signer)}`] : []),
    "",
    ...(runs.length === 0
      ? ["no requests yet; `npx shipshape request --help` lists the operations"]
      : runLines(runs, terminal)),
    ...(pauses.length > 0 ? [""] : []),
    ...pauses.map(
      (p) =>
        `${terminal.style("yellow", "paused:")} ${p.operation} since ${p.pausedAt.toISOString()} by ${printable(p.pausedBy)}: ${printable(p.reason)}`,
    ),
    ...reachedBounds(known.bounds).map((line) => `${terminal.style("yellow", "held:")} ${line}`),
    ...(waiting.length > 0
      ? ["", terminal.style("yellow", `${waiting.length} to approve or reject (\`npx shipshape show <id>\`):`)]
      : []),
    ...waiting.map(
      (r) =>
        `  ${r.requestId}  ${r.operation} of ${printable(r.target ?? "?")}, by ${printable(r.requestedBy)}: ${printable(r.reason)}`,
    ),
    ...(findings.length > 0
      ? ["", terminal.style("yellow", `${findings.length} to answer (\`npx shipshape review <id> --help\`):`)]
      : []),
    ...findings.map((f) => `  ${f.id}  ${printable(f.target)}: ${printable(f.summary)} (${minuteOf(f.lastSeen)})`),
    ...(expected.length > 0
      ? ["", "changes that are delivered and not made yet (`npx shipshape show <id>` prints them):"]
      : []),
    ...expected.flatMap((e) => [
      `  ${e.requestId}  ${printable(e.database.identifier)}`,
      ...wrapped("   ", expectedLine(e), "     ", terminal.columns).map((line) =>
        e.status === "overdue" ? terminal.style("red", line) : line,
      ),
    ]),
    ...(unsent > 0 ? ["", terminal.style("yellow", unsentLine(unsent))] : []),
    "",
    accessLine(access),
    ...refusals.map(
      (r) =>
        `${terminal.style("yellow", "refused:")} ${printable(r.principal)} may not ${r.action} (${r.times} ${r.times === 1 ? "call" : "calls"}, the last at ${r.lastAt.toISOString()})`,
    ),
  ];
}

type SignerHere = { kind: "file" | "kms"; key: string } | undefined;

/** What signs here; whether it is the log's key is known when it signs. */
function signerHere({ signingKeyFile: file, signingKmsKey: key }: ControlPlaneSettings): SignerHere {
  if (key !== undefined) return { kind: "kms", key };
  return existsSync(file) ? { kind: "file", key: file } : undefined;
}

const untried = " (untried on AWS)";
const signerName = ({ kind, key }: NonNullable<SignerHere>): string =>
  kind === "kms" ? `KMS key ${printable(key)}${untried}` : `the key in ${printable(key)}`;

const unsentLine = (count: number): string =>
  `${count} ${count === 1 ? "alert is" : "alerts are"} not sent (\`npx shipshape alerts\`)`;

/** Says where no roles are in force, too: a file that no worker found would not be missed otherwise. */
const accessLine = (access: PublishedAccess | undefined): string =>
  access?.roles
    ? `roles: as ${printable(access.publishedBy)} read them in shipshape.yaml at ${access.publishedAt.toISOString()}`
    : "roles: everyone has all of them; shipshape.yaml can change that";

export const recoveryWord = (word: Recoverability, terminal: Terminal): string => terminal.style(colours[word], word);

function recoveryRow(
  { database, recoverability, reason, decidedBy, copy }: DatabaseRecovery,
  nameOf: ReturnType<typeof namesOf>,
  terminal: Terminal,
): string[] {
  const until =
    recoverability === "fresh" || recoverability === "stale"
      ? (decidedBy?.expiresOn.toISOString().slice(0, 10) ?? "-")
      : (copy?.expiresOn ?? "-");
  return [printable(nameOf(database)), recoveryWord(recoverability, terminal), until, printable(reason)];
}
