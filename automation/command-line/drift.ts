import { writeFile } from "node:fs/promises";
import type { Severity } from "../../policypacks/database-guardrails/judging/rule";
import type { ControlPlaneRecords } from "../control-plane-records";
import type { DifferenceFilter } from "../difference-records";
import { ShipshapeError } from "../errors";
import { unreachableText } from "../fleet-records";
import { printableJson } from "../guardrails/printable";
import type { CommandContext } from "./command-context";
import { driftAnnotations, driftSarif } from "./drift-machines";
import { driftRecord, exitCodeOf, looksOf, type DriftReport } from "./drift-report";
import { driftLines } from "./drift-text";
import { differencesListedMax, trendDays } from "./limits";
import { fleetToday, principal, withRecords } from "./open-records";

export interface DriftOptions extends DifferenceFilter {
  failOn: Severity;
  once?: boolean;
  sweep?: boolean;
  work?: boolean;
  json?: boolean;
  github?: boolean;
  sarif?: string;
}

/**
 * `shipshape drift`: what differs from what stacks declare, whose it is, since when, and what to do. Exit code 1 if
 * something is as bad as `--fail-on`, 2 if not everything could be compared.
 */
export async function drift(options: DriftOptions, context: CommandContext): Promise<void> {
  if (options.work && !options.sweep) throw usage("--work goes with --sweep");
  if (options.once) {
    if (options.sweep) throw usage("give either --once or --sweep");
    return tell(await (await import("./drift-once")).comparedOnce(options, context), options, context);
  }
  const failure = options.sweep ? await sweep(options, context) : [];
  await withRecords(context.settings, async (records) => {
    const report = await recorded(records, options, context);
    return tell({ ...report, problems: [...failure, ...report.problems] }, options, context);
  });
}

const usage = (problem: string) => new ShipshapeError("usage", { problem, command: "shipshape drift" });

/**
 * Requests a look at what the filter names, and reports its progress until it is over. Resolves to why it says nothing,
 * if that is so: then what is shown is of earlier looks.
 */
async function sweep({ database, owner, work }: DriftOptions, context: CommandContext): Promise<string[]> {
  const { withControlPlane } = await import("./open-control-plane");
  const { waitUntilOver } = await import("./waiting");
  const { terminal } = context;
  return withControlPlane(context, async (controlPlane) => {
    const input = database !== undefined ? { database } : owner !== undefined ? { owner } : { fleet: true };
    const by = { requestedBy: await principal(controlPlane), reason: "shipshape drift --sweep" };
    const id = await controlPlane.submit("drift-detection", input, by);
    // Its result is what this command prints next.
    const silent = { ...context, terminal: { ...terminal, say: () => undefined, columns: terminal.columns } };
    const { status, error } = await waitUntilOver(controlPlane, id, { wait: true, ...(work && { work }) }, silent);
    return status === "succeeded" ? [] : [`request ${id} ${status}${error ? `: ${error.message}` : ""}`];
  });
}

async function recorded(
  records: ControlPlaneRecords,
  options: DriftOptions,
  { settings }: CommandContext,
): Promise<DriftReport> {
  const at = new Date();
  const { database, owner } = options;
  const fleet = await fleetToday(settings);
  const shown = await records.differences(differencesListedMax, options);
  const unreadable = await records.differences(differencesListedMax, { database, owner, class: "unreadable" });
  const ownerTag = records.standard.tags.owner.key;
  const looks = looksOf(fleet.asked ? fleet.databases : [], await records.looks(), whole(unreadable), { at, ownerTag });
  const counts = await records.differenceCounts(options);
  const open = counts.reduce((sum, { count }) => sum + count, 0);
  return {
    at,
    trend: await records.differenceTrend(new Date(at.getTime() - trendDays * 86_400_000), options),
    differences: shown.map(({ database: of, difference, ...finding }) => ({ ...difference, database: of, finding })),
    left: open - shown.length,
    databases: looks.filter(
      (one) => (database ?? one.identifier) === one.identifier && (owner === undefined || owner === one.owner),
    ),
    problems: fleet.asked ? (fleet.unreachable ?? []).map(unreachableText) : [`the fleet is unknown: ${fleet.reason}`],
  };
}

/** Those of a database as a whole: of a resource alone, the rest was compared. */
const whole = <One extends { difference: { source: string } }>(findings: One[]): One[] =>
  findings.filter(({ difference }) => difference.source === "run" || difference.source === "stack");

async function tell(report: DriftReport, options: DriftOptions, { terminal }: CommandContext): Promise<void> {
  const folder = process.cwd();
  if (options.sarif !== undefined) await writeFile(options.sarif, `${printableJson(driftSarif(report, folder))}\n`);
  if (options.json) terminal.json("drift", driftRecord(report, options.failOn));
  else if (options.github) for (const line of driftAnnotations(report, options.failOn, folder)) terminal.exact(line);
  else for (const line of driftLines(report, terminal)) terminal.say(line);
  process.exitCode = exitCodeOf(report, options.failOn);
}
