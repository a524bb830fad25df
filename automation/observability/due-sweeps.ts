/** Pure: when the databases of each tier are next compared with what is declared; the strictest the most often. */
import { sweepRetryHours } from "./limits";

/** Requests for a sweep of a tier, or of the whole fleet, that are open or recent. */
export interface RecentSweeps {
  /** Null: of the whole fleet. */
  tier: string | null;
  /** When the latest was requested that is open or has ended without a failure; null if there is none. */
  latestAt: Date | null;
  /** The same of those that failed or were cancelled. */
  failedAt: Date | null;
  isOpen: boolean;
}

export interface SweepSchedule {
  tier: string;
  everyHours: number;
  /** Undefined: one is queued or running. */
  dueAt: Date | undefined;
  reason: string;
}

/** A sweep of the whole fleet counts for each tier. */
export function sweepSchedule(
  tiers: readonly Pick<SweepSchedule, "tier" | "everyHours">[],
  recent: readonly RecentSweeps[],
): SweepSchedule[] {
  return tiers.map(({ tier, everyHours }) => {
    const own = recent.filter((one) => one.tier === tier || one.tier === null);
    if (own.some(({ isOpen }) => isOpen))
      return { tier, everyHours, dueAt: undefined, reason: "a sweep is queued or running" };
    const latestAt = latest(own.map((one) => one.latestAt));
    const failedAt = latest(own.map((one) => one.failedAt));
    const planned = latestAt === 0 ? 0 : latestAt + everyHours * 3_600_000;
    // What made a sweep fail may last: it is not repeated at once.
    const notBefore = failedAt > latestAt ? failedAt + sweepRetryHours * 3_600_000 : 0;
    return {
      ...{ tier, everyHours, dueAt: new Date(Math.max(planned, notBefore)) },
      reason:
        latestAt === 0
          ? "it was not compared in the last two days"
          : `it was last compared at ${new Date(latestAt).toISOString().slice(0, 16)}Z`,
    };
  });
}

const latest = (moments: readonly (Date | null)[]): number => Math.max(0, ...moments.map((one) => one?.getTime() ?? 0));
