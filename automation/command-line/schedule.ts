import type { SubmittedDrill } from "../schedule";
import type { ControlPlane } from "../control-plane";
import { reasonOf, ShipshapeError } from "../errors";
import type { Signer } from "../evidence/ledger";
import type { DrillSchedule } from "../observability/due-drills";
import { printable } from "../printable";
import type { Settings } from "../settings";
import type { CommandContext } from "./command-context";
import { readEvidence } from "./evidence-log";
import { withControlPlane } from "./open-control-plane";
import { fleetToday, principal, withRecords } from "./open-records";
import { entries, type Terminal } from "./terminal";

export interface ScheduleOptions extends Budget {
  run?: boolean;
  json?: boolean;
}

interface Budget {
  openMax: number;
  perDay: number;
}

/** `shipshape schedule`: when each database is drilled next; with `--run`, submits the drills that are due. */
export async function schedule(options: ScheduleOptions, context: CommandContext): Promise<void> {
  const { settings, terminal } = context;
  if (options.run)
    return withControlPlane(context, async (controlPlane) => {
      const submitted = await submitDue(controlPlane, settings, options, terminal);
      if (options.json) return terminal.say(JSON.stringify(submitted.map(submittedRecord), undefined, 2));
      if (submitted.length === 0) terminal.say("no drill is due, or the budget allows no more now");
      for (const line of submitted.map(submittedLine)) terminal.say(line);
    });
  await withRecords(settings, async (records) => {
    const log = await readEvidence(settings, records.database, terminal);
    const fleet = await fleetToday();
    if (!fleet.asked) throw new ShipshapeError("fleet-unknown", { reason: fleet.reason });
    const now = new Date();
    const { schedules, demandedPerDay } = await records.schedule(await records.recovery(log, fleet, now), fleet, now);
    if (options.json) return terminal.say(JSON.stringify(schedules.map(scheduleRecord), undefined, 2));
    if (demandedPerDay > options.perDay)
      terminal.progress(
        `${terminal.style("yellow", "warning:")} the tiers demand ${Math.ceil(demandedPerDay)} drills a day, and the budget is ${options.perDay}: proofs will expire (--per-day)`,
      );
    if (schedules.length === 0) terminal.say("no databases are known");
    else
      for (const line of entries(
        ["NEXT DRILL          ", "DATABASE"],
        schedules.map((one) => entryOf(one, now)),
      ))
        terminal.say(line);
  });
}

/** Submits what is due now. A signer also records which databases there are. Errors: fleet-unknown. */
export async function submitDue(
  controlPlane: ControlPlane,
  settings: Settings,
  { openMax, perDay: perDayMax }: Budget,
  terminal: Terminal,
  signer?: Signer,
): Promise<SubmittedDrill[]> {
  const now = new Date();
  const log = await readEvidence(settings, controlPlane.database, terminal);
  const fleet = await fleetToday();
  if (!fleet.asked) throw new ShipshapeError("fleet-unknown", { reason: fleet.reason });
  const recoveries = await controlPlane.recovery(log, fleet, now);
  const submitted = await controlPlane.submitDueDrills(recoveries, fleet, {
    now,
    openMax,
    perDayMax,
    requestedBy: await principal(controlPlane),
  });
  if (signer)
    await controlPlane.recordFleet(signer, log, fleet, now).catch((error: unknown) => {
      terminal.progress(`which databases there are was not recorded: ${reasonOf(error)}`);
    });
  return submitted;
}

export const submittedLine = ({ requestId, schedule: { recovery, reason } }: SubmittedDrill): string =>
  `request ${requestId}: drill of ${printable(recovery.database.identifier)}, because ${printable(reason)}`;

const entryOf = ({ recovery, dueAt, reason }: DrillSchedule, now: Date) => ({
  cells: [
    dueAt === undefined ? "-" : dueAt <= now ? "now" : `${dueAt.toISOString().slice(0, 16).replace("T", " ")} UTC`,
  ],
  name: printable(recovery.database.identifier),
  text: printable(reason),
});

const scheduleRecord = ({ recovery, dueAt, reason }: DrillSchedule) => ({
  database: recovery.database,
  recoverability: recovery.recoverability,
  dueAt: dueAt ?? null,
  reason,
});
const submittedRecord = ({ requestId, schedule: s }: SubmittedDrill) => ({ requestId, ...scheduleRecord(s) });
