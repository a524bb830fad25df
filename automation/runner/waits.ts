import { waitLookSeconds } from "./limits";
import { wakeable } from "./liveness";

/** What a look found, or for how long there is still something to wait for. */
export type Look<Found> = { found: Found } | { secondsLeft: number };

/** The waits of this process. Each looks when its request is woken; the worker is told when one is. */
export class Waits {
  private readonly wakers = new Map<string, Set<() => void>>();
  private left: Error | undefined;

  wake(requestId: string): void {
    for (const wake of this.wakers.get(requestId) ?? []) wake();
  }

  /** Leaves every wait with that error, and each that begins later: this process continues none. */
  leave(error: Error): void {
    this.left = error;
    for (const requestId of this.wakers.keys()) this.wake(requestId);
  }

  async until<Found>(requestId: string, signal: AbortSignal, look: () => Promise<Look<Found>>): Promise<Found> {
    for (;;) {
      let isWoken = false;
      let wake: () => void = () => (isWoken = true);
      const remove = this.add(requestId, () => wake(), signal);
      try {
        if (this.left) throw this.left;
        signal.throwIfAborted();
        const seen = await look();
        if ("found" in seen) return seen.found;
        const seconds = Math.min(seen.secondsLeft, waitLookSeconds);
        // What happened while it looked has woken it already.
        if (!isWoken) await new Promise<void>((resolve) => (wake = wakeable(resolve, seconds * 1000)));
      } finally {
        remove();
      }
    }
  }

  private add(requestId: string, waker: () => void, signal: AbortSignal): () => void {
    const wakers = this.wakers.get(requestId) ?? new Set();
    this.wakers.set(requestId, wakers.add(waker));
    signal.addEventListener("abort", waker);
    return () => {
      signal.removeEventListener("abort", waker);
      wakers.delete(waker);
      if (wakers.size === 0) this.wakers.delete(requestId);
    };
  }
}
