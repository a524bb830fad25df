/**
 * Keeps recovery evidence being produced: submits the drills that are due, the most overdue first, within the budget.
 * Those that were missed are due, so they are caught up; none is submitted twice.
 */
import { standardTag } from "../components/standards/fixed";
import type { Standard } from "../components/standards/standard";
import type { Database } from "./database";
import {
  costedDrills,
  costOnceRequested,
  type CostedDrill,
  type CostOfDay,
  type PricedDatabase,
  type Prices,
} from "./observability/drill-cost";
import { drillsDemandedPerDay, drillsLeft, type DrillBudget } from "./observability/due-drills";
import type { DatabaseRecovery } from "./observability/recoverability";
import { identityOf, type FleetAnswer } from "./fleet-records";
import { recentRequests } from "./runner/recent-requests";
import { tierOf } from "./tier-of";

const OPERATION = "restore-drill";
/** A drill of an earlier moment or of a snapshot proves nothing about the backups of today, and postpones no other. */
const ELSEWHERE = ["at", "snapshot"];

export interface DueDrills extends DrillBudget {
  now: Date;
  requestedBy: string;
  /** @default drills are only counted */
  prices?: Prices | undefined;
}

/** What schedules need of the control plane. */
export interface Submitting {
  database: Database;
  standard: Standard;
  /** Joins the transaction. */
  submit(
    transaction: Database,
    operation: string,
    input: unknown,
    by: { requestedBy: string; reason: string },
  ): Promise<string>;
}

export interface SubmittedDrill {
  requestId: string;
  schedule: CostedDrill;
}

export interface DrillsSubmitted {
  submitted: SubmittedDrill[];
  held: CostedDrill[];
  day: CostOfDay | undefined;
}

/** When each database that the cloud has today is due; those no longer there are not. */
export async function scheduleOf(
  database: Database,
  standard: Standard,
  recoveries: DatabaseRecovery[],
  fleet: FleetAnswer,
  now: Date,
  prices?: Prices,
): Promise<{ schedules: CostedDrill[]; day: CostOfDay | undefined; demandedPerDay: number }> {
  const drillable = drillableOf(fleet, recoveries, standard);
  const recent = await recentRequests(database, OPERATION, now, ELSEWHERE);
  const { drills, day } = costedDrills(drillable, recent, prices, now);
  return { schedules: drills, day, demandedPerDay: drillsDemandedPerDay(drillable) };
}

function drillableOf(fleet: FleetAnswer, recoveries: DatabaseRecovery[], standard: Standard): PricedDatabase[] {
  const present = new Map(fleet.asked ? fleet.databases.map((d) => [identityOf(d), d]) : []);
  return recoveries.flatMap((recovery) => {
    const found = present.get(identityOf(recovery.database));
    if (!found) return [];
    const { drillEveryDays, drillReading } = tierOf(found.tags, standard).objectives;
    const isStandard = standardTag in found.tags;
    return [{ recovery, drillEveryDays, isStandard, size: found.size, readingHoursMax: drillReading.hoursMax }];
  });
}

/**
 * Submits the drills that are due at that moment: all of them, or none if this process is killed or loses its session.
 * Two processes may do so at once: the second finds what the first has submitted, and what that costs. Also resolves to
 * the due drills that cost holds, and to what 24 hours cost with those that it submits.
 */
export function submitDueDrills(
  controlPlane: Submitting,
  recoveries: DatabaseRecovery[],
  fleet: FleetAnswer,
  { now, requestedBy, prices, ...budget }: DueDrills,
): Promise<DrillsSubmitted> {
  const drillable = drillableOf(fleet, recoveries, controlPlane.standard);
  return controlPlane.database.transaction(async (t) => {
    await t.query("select pg_advisory_xact_lock(hashtext('shipshape schedule'))");
    const recent = await recentRequests(t, OPERATION, now, ELSEWHERE);
    const left = drillsLeft(
      drillable.map((d) => d.recovery.database),
      recent,
      budget,
    );
    const { drills, day } = costedDrills(drillable, recent, prices, now);
    const due = drills.filter((s) => s.dueAt && s.dueAt <= now);
    const several = fleet.asked && (fleet.clouds?.length ?? 0) + (fleet.unreachable?.length ?? 0) > 1;
    const submitted: SubmittedDrill[] = [];
    for (const schedule of due.filter((s) => !s.held).slice(0, left)) {
      const { identifier, account, region } = schedule.recovery.database;
      const input = { database: identifier, ...(several && { account, region }) };
      const by = { requestedBy, reason: `scheduled: ${schedule.reason}` };
      submitted.push({ requestId: await controlPlane.submit(t, OPERATION, input, by), schedule });
    }
    const requested = submitted.map((s) => s.schedule);
    return { submitted, held: due.filter((s) => s.held), day: day && costOnceRequested(day, requested) };
  });
}
