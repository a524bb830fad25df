import { setTimeout as sleep } from "node:timers/promises";

/** A wait ends after some seconds, or by a signal, which the caller has a limit for. */
type Wait = { every: number } & ({ seconds: number; signal?: AbortSignal } | { seconds?: number; signal: AbortSignal });

/**
 * Looks again and again, `every` so many milliseconds, until there is something to return; returns undefined when the
 * time is up, and throws the signal's reason when it is aborted.
 */
export async function poll<Found>(wait: Wait, look: () => Promise<Found | undefined>): Promise<Found | undefined> {
  const { every, seconds = Infinity, signal } = wait;
  for (const endsAt = performance.now() + seconds * 1000; ;) {
    signal?.throwIfAborted();
    const found = await look();
    if (found !== undefined || performance.now() > endsAt) return found;
    await sleep(every, undefined, { signal }).catch(() => signal?.throwIfAborted());
  }
}
