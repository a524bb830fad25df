import { setTimeout as sleep } from "node:timers/promises";
import { cloudPoll } from "./limits";

/** A wait ends after some seconds, or by a signal, which the caller has a limit for. */
type Wait = { every: number | ((waitedMilliseconds: number) => number) } & (
  { seconds: number; signal?: AbortSignal } | { seconds?: number; signal: AbortSignal }
);

/**
 * Looks again and again, `every` so many milliseconds (a number, or a function of the wait so far), until there is
 * something to return; returns undefined when the time is up, and throws the signal's reason when it is aborted.
 */
export async function poll<Found>(wait: Wait, look: () => Promise<Found | undefined>): Promise<Found | undefined> {
  const { every, seconds = Infinity, signal } = wait;
  const beganAt = performance.now();
  for (const endsAt = beganAt + seconds * 1000; ;) {
    signal?.throwIfAborted();
    const found = await look();
    if (found !== undefined || performance.now() > endsAt) return found;
    const pause = typeof every === "number" ? every : every(performance.now() - beganAt);
    await sleep(pause, undefined, { signal }).catch(() => signal?.throwIfAborted());
  }
}

/** Of the cloud, a share of the wait so far: then a wait ends only that much late, however long it is. */
export const cloudPause = (waited: number): number =>
  Math.min(cloudPoll.millisecondsMax, Math.max(cloudPoll.millisecondsMin, cloudPoll.share * waited));
