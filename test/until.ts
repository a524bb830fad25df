import { setTimeout as sleep } from "node:timers/promises";

/** How long a test waits for anything: far longer than an idle machine needs, since a busy one must not fail it. */
export const waitSecondsMax = 600;

/** Polls until the result is neither undefined nor false; fails with `what` did not happen. */
export async function until<T>(
  what: string | (() => string),
  ask: () => Promise<T> | T,
  pauseMilliseconds = 50,
  secondsMax = waitSecondsMax,
): Promise<NonNullable<T>> {
  for (const deadline = Date.now() + secondsMax * 1000; Date.now() < deadline; await sleep(pauseMilliseconds)) {
    const answer = await ask();
    if (answer !== undefined && answer !== null && answer !== false) return answer;
  }
  throw new Error(`not within ${secondsMax} s: ${typeof what === "string" ? what : what()}`);
}

/** Retries until it succeeds; at the timeout it fails like the last attempt. */
export async function eventually<T>(attempt: () => Promise<T>): Promise<T> {
  for (const deadline = Date.now() + waitSecondsMax * 1000; ; await sleep(50)) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}
