/** Masked copies whose time is over: their removal is requested, once. */
import { copyTagKeys } from "../components/standards/fixed";
import type { FleetAnswer, FleetDatabase } from "./fleet-records";
import { recentOf } from "./observability/due-drills";
import { recentRequests } from "./runner/recent-requests";
import type { Submitting } from "./schedule";

const OPERATION = "refresh-removal";

export interface SubmittedRemoval {
  requestId: string;
  identifier: string;
  expiredOn: string;
}

/** Those that say so: whether a refresh has made them, the operation finds out. Pure. */
export const expiredCopies = (databases: readonly FleetDatabase[], now: Date): FleetDatabase[] =>
  databases.filter(({ tags }) => {
    const expiresOn = tags[copyTagKeys.expiresOn];
    return expiresOn !== undefined && /^\d{4}-\d\d-\d\d$/.test(expiresOn) && expiresOn < now.toISOString().slice(0, 10);
  });

/**
 * Submits the removals that are due at that moment: all of them, or none if this process is killed. One that has failed
 * is requested again a day later.
 */
export function submitDueRemovals(
  controlPlane: Submitting,
  fleet: FleetAnswer,
  { now, requestedBy }: { now: Date; requestedBy: string },
): Promise<SubmittedRemoval[]> {
  return controlPlane.database.transaction(async (t) => {
    await t.query("select pg_advisory_xact_lock(hashtext('shipshape schedule'))");
    const requestsOf = recentOf(await recentRequests(t, OPERATION, now, []));
    const submitted: SubmittedRemoval[] = [];
    for (const copy of expiredCopies(fleet.asked ? fleet.databases : [], now)) {
      if (requestsOf(copy).length > 0) continue;
      const { identifier, account, region, tags } = copy;
      const expiredOn = tags[copyTagKeys.expiresOn]!;
      const several = fleet.asked && (fleet.clouds?.length ?? 0) + (fleet.unreachable?.length ?? 0) > 1;
      const by = { requestedBy, reason: `scheduled: it expired on ${expiredOn}` };
      const input = { database: identifier, ...(several && { account, region }) };
      submitted.push({ requestId: await controlPlane.submit(t, OPERATION, input, by), identifier, expiredOn });
    }
    return submitted;
  });
}
