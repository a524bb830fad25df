/** Keeps drift being looked for: requests the sweep of each tier that is due. None is requested twice. */
import { environmentsOf, tiersOf, tierStandard, type Standard } from "../components/standards/standard";
import type { Database } from "./database";
import { sweepSchedule, type SweepSchedule } from "./observability/due-sweeps";
import type { Submitting } from "./schedule";
import { recentSweeps } from "./runner/recent-requests";

const OPERATION = "drift-detection";

export interface SubmittedSweep {
  requestId: string;
  schedule: SweepSchedule;
}

export const scheduledSweeps = async (database: Database, standard: Standard, now: Date): Promise<SweepSchedule[]> =>
  sweepSchedule(demandedBy(standard), await recentSweeps(database, OPERATION, now));

/** A sweep compares a tier's databases of all environments: as often as any of these demands it. */
export const demandedBy = (standard: Standard): { tier: string; everyHours: number }[] =>
  tiersOf(standard).map((tier) => ({
    tier,
    everyHours: Math.min(
      ...environmentsOf(standard).map((environment) => tierStandard(standard, tier, environment).driftEveryHours),
    ),
  }));

/**
 * Submits the sweeps that are due at that moment: all of them, or none if this process is killed or loses its session.
 * Of two processes at once the second finds what the first has submitted.
 */
export function submitDueSweeps(
  controlPlane: Submitting,
  { now, requestedBy }: { now: Date; requestedBy: string },
): Promise<SubmittedSweep[]> {
  return controlPlane.database.transaction(async (t) => {
    await t.query("select pg_advisory_xact_lock(hashtext('shipshape schedule'))");
    const submitted: SubmittedSweep[] = [];
    for (const schedule of await scheduledSweeps(t, controlPlane.standard, now)) {
      if (!schedule.dueAt || schedule.dueAt > now) continue;
      const by = { requestedBy, reason: `scheduled: ${schedule.reason}` };
      submitted.push({
        requestId: await controlPlane.submit(t, OPERATION, { tier: schedule.tier }, by),
        schedule,
      });
    }
    return submitted;
  });
}
