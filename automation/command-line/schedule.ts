import type { SweepSchedule } from "../observability/due-sweeps";
import type { SubmittedDrill } from "../schedule";
import type { SubmittedRemoval } from "../expired-copies";
import type { SubmittedSweep } from "../scheduled-sweeps";
import type { ControlPlane } from "../control-plane";
import type { CostedDrill, CostOfDay } from "../observability/drill-cost";
import { reasonOf, ShipshapeError } from "../errors";
import type { Signer } from "../evidence/ledger";
import { namesOf, unreachableText, type FleetAnswer } from "../fleet-records";
import { printable } from "../printable";
import type { Settings } from "../settings";
import type { CommandContext } from "./command-context";
import { costCell, costHeading, costOfDay, costRecord, costText, heldLines } from "./drill-cost";
import { readEvidence } from "./evidence-log";
import { cloudTexts } from "./queried-clouds";
import { withControlPlane } from "./open-control-plane";
import { fleetToday, principal, stackContext, withRecords } from "./open-records";
import { entries } from "./layout";
import type { Terminal } from "./terminal";

export interface ScheduleOptions extends Budget {
  run?: boolean;
  json?: boolean;
}

interface Budget {
  openMax: number;
  perDay: number;
}

/**
 * `shipshape schedule`: when each database is drilled next, and compared with what is declared; with `--run`, requests
 * what is due.
 */
export async function schedule(options: ScheduleOptions, context: CommandContext): Promise<void> {
  const { settings, terminal } = context;
  if (options.run)
    return withControlPlane(context, async (controlPlane) => {
      const sweeps = await submitSweeps(controlPlane);
      if (!options.json) for (const line of sweeps.map(sweepLine)) terminal.say(line);
      const { submitted, removals, day } = await submitDue(controlPlane, settings, options, terminal);
      terminal.progress(costOfDay(day));
      if (options.json)
        return terminal.json("schedule", {
          drills: submitted.map((one) => submittedRecord(one, day)),
          sweeps: sweeps.map(({ requestId, schedule: one }) => ({ requestId, ...sweepRecord(one) })),
          removals,
        });
      for (const line of removals.map(removalLine)) terminal.say(line);
      if (submitted.length === 0) terminal.say("no drill is due, or the budget allows no more now");
      for (const line of submitted.map(submittedLine)) terminal.say(line);
    });
  await withRecords(settings, async (records) => {
    const log = await readEvidence(settings, records.database, terminal);
    const fleet = await fleetToday(settings);
    if (!fleet.asked) throw new ShipshapeError("fleet-unknown", { reason: fleet.reason });
    for (const text of cloudTexts(fleet)) terminal.progress(`cloud: ${printable(text)}`);
    tellUnreachable(fleet, terminal);
    const now = new Date();
    const recoveries = await records.recovery(log, fleet, now);
    const { schedules, day, demandedPerDay } = await records.schedule(recoveries, fleet, now, await pricesOf(settings));
    const sweeps = await records.sweeps(now);
    terminal.progress(costOfDay(day));
    if (options.json)
      return terminal.json("schedule", {
        drills: schedules.map((one) => scheduleRecord(one, day)),
        sweeps: sweeps.map(sweepRecord),
      });
    if (demandedPerDay > options.perDay)
      terminal.complain(
        `${terminal.style("yellow", "warning:")} the tiers demand ${Math.ceil(demandedPerDay)} drills a day, and the budget is ${options.perDay}: proofs will expire (--per-day)`,
      );
    for (const line of heldLines(schedules, day)) terminal.complain(line);
    if (schedules.length === 0) terminal.say("no databases are known");
    else
      for (const line of entries(
        ["NEXT DRILL          ", ...(day ? [costHeading(schedules)] : []), "DATABASE"],
        schedules.map((one) => entryOf(one, namesOf(schedules.map((s) => s.recovery.database)), now)),
        terminal.columns,
      ))
        terminal.say(line);
    terminal.say();
    for (const line of entries(
      ["NEXT COMPARISON     ", "EVERY", "TIER"],
      sweeps.map(({ tier, everyHours, dueAt, reason }) => ({
        ...{ cells: [whenOf(dueAt, undefined, now), `${everyHours} h`], name: printable(tier), text: reason },
      })),
      terminal.columns,
    ))
      terminal.say(line);
  });
}

/** Submits the drift detections that are due now: that needs nothing of the cloud. */
export const submitSweeps = async (controlPlane: ControlPlane): Promise<SubmittedSweep[]> =>
  controlPlane.submitDueSweeps({ now: new Date(), requestedBy: await principal(controlPlane) });

/**
 * Submits the drills and the removals of copies that are due now. A signer also records which databases there are.
 * Errors: fleet-unknown.
 */
export async function submitDue(
  controlPlane: ControlPlane,
  settings: Settings,
  { openMax, perDay: perDayMax }: Budget,
  terminal: Terminal,
  signer?: Signer,
): Promise<{ submitted: SubmittedDrill[]; removals: SubmittedRemoval[]; day: CostOfDay | undefined }> {
  const now = new Date();
  const log = await readEvidence(settings, controlPlane.database, terminal);
  const fleet = await fleetToday(settings);
  if (!fleet.asked) throw new ShipshapeError("fleet-unknown", { reason: fleet.reason });
  tellUnreachable(fleet, terminal);
  const recoveries = await controlPlane.recovery(log, fleet, now);
  const removals = await controlPlane.submitDueRemovals(fleet, {
    ...{ now, stacks: stackContext(settings), requestedBy: await principal(controlPlane) },
  });
  const { submitted, held, day } = await controlPlane.submitDueDrills(recoveries, fleet, {
    now,
    prices: await pricesOf(settings),
    openMax,
    perDayMax,
    requestedBy: await principal(controlPlane),
  });
  for (const line of heldLines(held, day)) terminal.complain(line);
  if (signer)
    await controlPlane.recordFleet(signer, log, fleet, now).catch((error: unknown) => {
      terminal.complain(`which databases there are was not recorded: ${reasonOf(error)}`);
    });
  return { submitted, removals, day };
}

/** Drills are planned for what answered. Not an error: the others must not lose their drills. */
function tellUnreachable(fleet: FleetAnswer, terminal: Terminal): void {
  for (const one of (fleet.asked && fleet.unreachable) || [])
    terminal.complain(`${terminal.style("red", "not read:")} ${printable(unreachableText(one))}`);
}

// Loaded when used: the schema of the file.
const pricesOf = async ({ configurationFile }: Settings) =>
  (await import("../configuration/configuration")).readConfiguration(configurationFile)?.prices;

export const submittedLine = ({ requestId, schedule: { recovery, reason, cost } }: SubmittedDrill): string =>
  `request ${requestId}: drill of ${printable(recovery.database.identifier)}, because ${printable(reason)}${cost ? `; about ${costCell(cost)}` : ""}`;

export const removalLine = ({ requestId, identifier, expiredOn }: SubmittedRemoval): string =>
  `request ${requestId}: removal of ${printable(identifier)}, because it expired on ${printable(expiredOn)}`;

export const sweepLine = ({ requestId, schedule: { tier, reason } }: SubmittedSweep): string =>
  `request ${requestId}: drift detection of tier ${printable(tier)}, because ${reason}`;

const sweepRecord = ({ tier, everyHours, dueAt, reason }: SweepSchedule) => ({
  ...{ tier, everyHours, dueAt: dueAt ?? null, reason },
});

const entryOf = ({ cost, held, ...one }: CostedDrill, nameOf: ReturnType<typeof namesOf>, now: Date) => ({
  cells: [whenOf(one.dueAt, held, now), ...(cost ? [costCell(cost)] : [])],
  name: printable(nameOf(one.recovery.database)),
  text: printable([one.reason, ...(cost ? costText(cost) : [])].join("; ")),
});

function whenOf(dueAt: Date | undefined, held: CostedDrill["held"], now: Date): string {
  if (dueAt === undefined) return "-";
  if (held === "over-budget") return "over the daily cost";
  if (held === "no-room") return "waits for daily cost";
  return dueAt <= now ? "now" : `${dueAt.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

const scheduleRecord = ({ recovery, dueAt, reason, cost, held }: CostedDrill, day: CostOfDay | undefined) => ({
  database: recovery.database,
  recoverability: recovery.recoverability,
  dueAt: dueAt ?? null,
  reason,
  cost: cost && day ? costRecord(cost, held, day) : null,
});
const submittedRecord = ({ requestId, schedule: s }: SubmittedDrill, day: CostOfDay | undefined) => ({
  requestId,
  ...scheduleRecord(s, day),
});
