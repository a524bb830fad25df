/**
 * Keeps recovery evidence being produced: submits the drills that are due, the oldest evidence first, as many as may be
 * open at once. Those that were missed are due, so they are caught up; none is submitted twice.
 */
import type { Database } from "./database";
import { drillSchedule, type DrillSchedule } from "./observability/due-drills";
import type { DatabaseRecovery } from "./observability/recoverability";
import type { FleetAnswer } from "./records";
import { latestRequests } from "./runner/runs";

const OPERATION = "restore-drill";

export interface DueDrills {
  now: Date;
  /** No drill is submitted while this many are queued or running. */
  openMax: number;
  requestedBy: string;
}

export interface SubmittedDrill {
  requestId: string;
  schedule: DrillSchedule;
}

/** When each database that the cloud has today is due; those no longer there are not. */
export const scheduleOf = async (database: Database, recoveries: DatabaseRecovery[], fleet: FleetAnswer) =>
  drillSchedule(presentIn(fleet, recoveries), await latestRequests(database, OPERATION));

function presentIn(fleet: FleetAnswer, recoveries: DatabaseRecovery[]): DatabaseRecovery[] {
  const present = new Set(fleet.asked ? fleet.databases.map((d) => d.arn) : []);
  return recoveries.filter((r) => present.has(r.database.arn));
}

/**
 * Submits the drills that are due at that moment. Two processes may do so at once: the second finds what the first has
 * submitted.
 */
export function submitDueDrills(
  controlPlane: {
    database: Database;
    submit(operation: string, input: unknown, by: { requestedBy: string; reason: string }): Promise<string>;
  },
  recoveries: DatabaseRecovery[],
  fleet: FleetAnswer,
  { now, openMax, requestedBy }: DueDrills,
): Promise<SubmittedDrill[]> {
  return controlPlane.database.transaction(async (t) => {
    await t.query("select pg_advisory_xact_lock(hashtext('shipshape schedule'))");
    const latest = await latestRequests(t, OPERATION);
    const open = latest.filter((r) => r.isOpen).length;
    const due = drillSchedule(presentIn(fleet, recoveries), latest).filter((s) => s.dueAt && s.dueAt <= now);
    const submitted: SubmittedDrill[] = [];
    for (const schedule of due.slice(0, Math.max(0, openMax - open))) {
      const input = { database: schedule.recovery.database.identifier };
      const by = { requestedBy, reason: `scheduled: ${schedule.reason}` };
      submitted.push({ requestId: await controlPlane.submit(OPERATION, input, by), schedule });
    }
    return submitted;
  });
}
